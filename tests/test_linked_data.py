"""What programs read of a case."""

import json
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client

from cases.models import Case, Citation, Correction, Credit
from tests.builders import (
    make_case,
    make_district,
    make_draft,
    make_list,
    make_organisation,
    make_sector,
    make_source,
    make_theme,
    make_user,
)

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
SITE = "http://testserver"


class Blocks(HTMLParser):
    """Scripts of a page as a browser divides them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str | None, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script":
            self.found.append((dict(attrs).get("type"), ""))

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "script":
            kind, text = self.found.pop()
            self.found.append((kind, text + data))


def linked(response: Any) -> list[dict[str, Any]]:
    blocks = Blocks()
    blocks.feed(response.content.decode())
    return [json.loads(text) for kind, text in blocks.found if kind == "application/ld+json"]


def dated(case: Case, published: datetime, updated: datetime) -> None:
    Case.objects.filter(pk=case.pk).update(published_at=published, updated_at=updated)


def full_case() -> Case:
    source = make_source("second", kind="webpage", title="后续报道", published="", url="https://example.org/a")
    whole = make_case("整体", number="2019-0001", year=2019)
    case = make_case(
        "党建+河长制",
        number="2020-0007",
        brand_name="河长",
        summary="治水。",
        part_of=whole,
        sector=make_sector("机关"),
        themes=[make_theme("生态环境")],
        leads=[make_organisation("水务局党组")],
    )
    make_case("部分", number="2020-0008", part_of=case)
    make_draft("草稿部分", number="2020-0009", part_of=case)
    Credit.objects.create(case=case, organisation=make_organisation("民政局"), role="partner", position=5)
    Credit.objects.create(case=case, organisation=make_organisation("民政局"), role="reporter", position=6)
    Citation.objects.create(case=case, source=source, locator="第三节", position=1)
    Correction.objects.create(case=case, date="2021-03-05", text="“九”应为“五”。")
    make_list("创新榜", cases=[case], year=2020).entries.update(rank=3)
    make_list("草稿榜", cases=[case], status="draft")
    dated(case, datetime(2020, 11, 16, 1, tzinfo=UTC), datetime(2021, 3, 4, 17, tzinfo=UTC))
    return case


def test_a_case_is_an_article_with_its_bodies_place_sources_and_relations(client: Client) -> None:
    case = full_case()
    bodies = {c.organisation.name: f"{SITE}/organisations/{c.organisation_id}/" for c in case.credits.all()}

    assert linked(client.get("/cases/2020-0007/")) == [
        {
            "@context": "https://schema.org",
            "@type": "Article",
            "@id": f"{SITE}/cases/2020-0007/",
            "url": f"{SITE}/cases/2020-0007/",
            "identifier": "2020-0007",
            "headline": "党建+河长制",
            "alternativeHeadline": "河长",
            "abstract": "治水。",
            "inLanguage": "zh-Hans",
            "datePublished": "2020-11-16",
            "dateModified": "2021-03-05",
            "about": [{"@type": "DefinedTerm", "name": "机关"}, {"@type": "DefinedTerm", "name": "生态环境"}],
            "contentLocation": {
                "@type": "AdministrativeArea",
                "name": "广东省广州市越秀区",
                "identifier": "440104",
            },
            "author": [{"@type": "Organization", "name": "水务局党组", "url": bodies["水务局党组"]}],
            "contributor": [{"@type": "Organization", "name": "民政局", "url": bodies["民政局"]}],
            "publisher": {"@type": "Organization", "name": "基层党建创新案例库", "url": f"{SITE}/"},
            "award": ["2020年 创新榜 第 3 名"],
            "citation": [
                {
                    "@type": "NewsArticle",
                    "name": "党建创新十大案例",
                    "datePublished": "2020-11",
                    "publisher": {"@type": "Organization", "name": "南方都市报"},
                },
                {
                    "@type": "WebPage",
                    "name": "后续报道",
                    "publisher": {"@type": "Organization", "name": "南方都市报"},
                    "pagination": "第三节",
                    "url": "https://example.org/a",
                },
            ],
            "correction": [{"@type": "CorrectionComment", "datePublished": "2021-03-05", "text": "“九”应为“五”。"}],
            "isPartOf": {
                "@type": "Article",
                "@id": f"{SITE}/cases/2019-0001/",
                "url": f"{SITE}/cases/2019-0001/",
                "identifier": "2019-0001",
                "headline": "整体",
            },
            "hasPart": [
                {
                    "@type": "Article",
                    "@id": f"{SITE}/cases/2020-0008/",
                    "url": f"{SITE}/cases/2020-0008/",
                    "identifier": "2020-0008",
                    "headline": "部分",
                }
            ],
        }
    ]


@pytest.mark.parametrize(
    "attack",
    ["</script><script>alert(1)</script>", "<!--<script>", "</SCRIPT >", "]]>&amp;\u2028\\\"'", "<!-- --!>"],
)
def test_no_title_breaks_out_of_the_block(client: Client, attack: str) -> None:
    case = make_case(attack, number="2020-0001", summary=attack)

    page = client.get(case.get_absolute_url())

    (data,) = linked(page)
    assert (data["headline"], data["abstract"]) == (attack, attack)
    block = re.search(r'(?s)ld\+json">(.*?)</script>', page.content.decode())
    assert block
    assert not set("<>&\u2028") & set(block[1])
    blocks = Blocks()
    blocks.feed(page.content.decode())
    assert "alert(1)" not in "".join(text for kind, text in blocks.found if kind != "application/ld+json")


def test_a_preview_tells_programs_nothing(client: Client) -> None:
    case = make_draft("草稿案例")
    client.force_login(make_user(group="录入员"))

    page = client.get(case.get_absolute_url())

    assert page.status_code == 200
    assert linked(page) == []
    assert 'property="' not in page.content.decode()
    assert "草稿案例" not in "".join(re.findall(r"<meta[^>]*>", page.content.decode()))


def test_what_is_shared_has_title_text_address_and_dates() -> None:
    case = make_case("党建 & <河长>", number="2020-0001", summary="字" * 130, district=make_district("440105"))
    dated(case, datetime(2020, 11, 16, 1, tzinfo=UTC), datetime(2021, 3, 4, 17, tzinfo=UTC))
    case.refresh_from_db()

    tags = render_to_string("cases/_case_social.html", {"case": case, "address": "http://testserver/cases/2020-0001/"})

    assert re.findall(r'<meta property="([^"]*)" content="([^"]*)">', tags) == [
        ("og:type", "article"),
        ("og:title", "党建 &amp; &lt;河长&gt;"),
        ("og:description", "字" * 117 + "..."),
        ("og:url", "http://testserver/cases/2020-0001/"),
        ("article:published_time", "2020-11-16T09:00:00+08:00"),
        ("article:modified_time", "2021-03-05T01:00:00+08:00"),
    ]
