"""The Atom feed of any query: what stands in it, in which order, and that it is what RFC 4287 calls valid."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from lxml import etree

from cases import search
from cases.models import Case, Credit
from tests.builders import make_case, make_district, make_draft, make_organisation, make_sector, make_theme, make_user
from tests.pages import queries_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

ATOM = "{http://www.w3.org/2005/Atom}"
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
# RFC 4151: host in lower case, a date, and what is allowed in a URI.
TAG = re.compile(r"tag:[a-z0-9.-]+,\d{4}(-\d\d(-\d\d)?)?:[A-Za-z0-9\-._~%!$&'()*+,;=:@/?]*")
# How often each element may stand in a feed and in an entry (RFC 4287, 4.1.1 and 4.1.2).
ONCE = {"feed": {"id", "title", "updated"}, "entry": {"id", "title", "updated"}}
AT_MOST_ONCE = {
    "feed": {"subtitle", "rights", "generator", "icon", "logo"},
    "entry": {"published", "summary", "rights"},
}
ANY_NUMBER = {"feed": {"author", "category", "contributor", "link", "entry"}, "entry": {"author", "category", "link"}}


def read(client: Client, query: str = "") -> Any:
    response = client.get(f"/feed.xml{query}")
    assert response.status_code == 200
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    return etree.fromstring(response.content)


def titles(client: Client, query: str = "") -> list[str]:
    return [entry.findtext(f"{ATOM}title") for entry in read(client, query).findall(f"{ATOM}entry")]


def links(element: Any) -> dict[str, str]:
    return {link.get("rel"): link.get("href") for link in element.findall(f"{ATOM}link")}


def faults(feed: Any) -> list[str]:
    """What RFC 4287 forbids and this feed has."""
    found = []
    for element in (feed, *feed.findall(f"{ATOM}entry")):
        kind = etree.QName(element).localname
        names = [etree.QName(child).localname for child in element]
        counts = {name: names.count(name) for name in {*names, *ONCE[kind]}}
        for name, count in counts.items():
            wrong = count != 1 if name in ONCE[kind] else name in AT_MOST_ONCE[kind] and count > 1
            if wrong:
                found.append(f"{kind}: {name} {count} times")
            elif name not in ONCE[kind] | AT_MOST_ONCE[kind] | ANY_NUMBER[kind]:
                found.append(f"{kind}: {name} has no place there")
        if kind == "entry" and ("author" not in names or "alternate" not in links(element)):
            found.append("entry without author or alternate link")
        found += [
            f"no name: {author}" for author in element.iter(f"{ATOM}author") if not author.findtext(f"{ATOM}name")
        ]
        dates = [date.text for name in ("updated", "published") for date in element.findall(f"{ATOM}{name}")]
        found += [f"{date} is no date" for date in dates if not RFC_3339.fullmatch(date)]
        found += [f"{href} is not absolute" for href in links(element).values() if not href.startswith("http://")]
        found += [f"{one.text} is no tag" for one in element.findall(f"{ATOM}id") if not TAG.fullmatch(one.text)]
        found += [f"category {one.attrib}" for one in element.findall(f"{ATOM}category") if not one.get("term")]
        found += [f"summary {one.attrib}" for one in element.findall(f"{ATOM}summary") if one.get("type") != "text"]
    identifiers = [one.text for one in feed.iter(f"{ATOM}id")]
    return found + sorted({one for one in identifiers if identifiers.count(one) > 1})


def test_the_feed_keeps_to_the_standard(client: Client, shipped_library: None) -> None:
    search.rebuild()

    for query in (
        "",
        "?q=网格&district=440100",
        "?sector=urban-community&year=2020&sort=title&more=theme",
        "?year=1950",
    ):
        feed = read(client, query)
        assert feed.tag == f"{ATOM}feed"
        assert faults(feed) == []
    assert len(read(client).findall(f"{ATOM}entry")) == 30


def test_the_checks_see_what_is_wrong(client: Client) -> None:
    make_case()
    feed = read(client)
    entry = feed.find(f"{ATOM}entry")
    entry.find(f"{ATOM}updated").text = "2020-11-16"
    entry.remove(entry.find(f"{ATOM}id"))
    entry.remove(entry.find(f"{ATOM}author"))

    assert len(faults(feed)) == 3


def test_an_entry_tells_the_case(client: Client) -> None:
    case = make_case(
        "<b>甲</b> & \x07乙",
        number="2020-0007",
        summary="一 < 二\x0b。",
        sector=make_sector("农村"),
        themes=[make_theme("党群服务")],
        leads=[make_organisation("甲单位"), make_organisation("乙单位")],
    )
    Credit.objects.create(case=case, organisation=make_organisation("协办单位"), role="partner", position=9)

    entry = read(client).find(f"{ATOM}entry")

    assert entry.findtext(f"{ATOM}title") == "<b>甲</b> & 乙"
    assert entry.findtext(f"{ATOM}id") == "tag:testserver,2020:/cases/2020-0007/"
    assert links(entry) == {"alternate": "http://testserver/cases/2020-0007/"}
    assert entry.findtext(f"{ATOM}summary") == "一 < 二。"
    assert [one.findtext(f"{ATOM}name") for one in entry.findall(f"{ATOM}author")] == ["甲单位", "乙单位"]
    assert [one.get("term") for one in entry.findall(f"{ATOM}category")] == ["农村", "党群服务"]
    assert datetime.fromisoformat(entry.findtext(f"{ATOM}published")) == case.published_at
    assert datetime.fromisoformat(entry.findtext(f"{ATOM}updated")) == Case.objects.get().updated_at


def test_what_was_published_last_comes_first_whatever_its_year(client: Client) -> None:
    now = timezone.now()
    for title, year, hours in (("乙", 2023, 3), ("甲", 2018, 1), ("丙", 2020, 2)):
        case = make_case(title, year=year)
        Case.objects.filter(pk=case.pk).update(published_at=now - timedelta(hours=hours))

    assert titles(client) == titles(client, "?sort=oldest") == ["甲", "丙", "乙"]


def test_the_feed_has_what_the_query_finds_and_says_so(client: Client) -> None:
    rural = make_sector("农村", "rural")
    make_case("网格一", sector=rural)
    make_case("网格二")
    make_case("别的", sector=rural)
    make_draft("网格草稿", sector=rural)
    search.rebuild()

    feed = read(client, "?q=网格&sector=rural&sort=title")

    assert [entry.findtext(f"{ATOM}title") for entry in feed.findall(f"{ATOM}entry")] == ["网格一"]
    assert feed.findtext(f"{ATOM}title") == "“网格”，农村 - 基层党建创新案例库"
    assert links(feed) == {
        "alternate": "http://testserver/cases/?q=%E7%BD%91%E6%A0%BC&sector=rural",
        "self": "http://testserver/feed.xml?q=%E7%BD%91%E6%A0%BC&sector=rural",
    }
    assert sorted(titles(client)) == ["别的", "网格一", "网格二"]
    assert read(client).findtext(f"{ATOM}id") != feed.findtext(f"{ATOM}id")


def test_a_feed_is_as_new_as_its_newest_entry(client: Client) -> None:
    make_district("22")
    first = make_case("甲")
    Case.objects.filter(pk=first.pk).update(updated_at=timezone.now() + timedelta(days=1))
    make_case("乙")

    assert datetime.fromisoformat(read(client).findtext(f"{ATOM}updated")) == Case.objects.get(pk=first.pk).updated_at
    empty = read(client, "?district=22").findtext(f"{ATOM}updated")
    assert empty == read(client, "?district=22").findtext(f"{ATOM}updated")


@pytest.mark.parametrize("query", ["district=999999", "q=,,", "year=x", "q=%00"])
def test_a_query_with_a_fault_is_refused(client: Client, query: str) -> None:
    make_case("不该出现")

    response = client.get(f"/feed.xml?{query}")

    assert response.status_code == 400
    assert "条件有误" in response.content.decode()
    assert "不该出现" not in response.content.decode()


def test_who_asks_makes_no_difference(client: Client) -> None:
    make_case("公开")
    make_draft("草稿")
    curator = Client()
    curator.force_login(make_user(group="审核员"))

    assert client.get("/feed.xml").content == curator.get("/feed.xml").content


def test_pages_lead_to_the_feed_of_what_they_show(client: Client) -> None:
    make_case(sector=make_sector("农村", "rural"))
    head = '<link rel="alternate" type="application/atom+xml" href="{}"'

    assert head.format("/feed.xml") in client.get("/").content.decode()
    page = client.get("/cases/?sector=rural").content.decode()
    assert head.format("/feed.xml?sector=rural") in page
    assert '<a href="/feed.xml?sector=rural"' in page
    assert "atom+xml" not in client.get("/cases/?sector=nope").content.decode()


def test_a_longer_feed_costs_no_more_queries(client: Client) -> None:
    def grow(count: int) -> None:
        for index in range(count):
            make_case(f"案例{index}", themes=[make_theme(f"主题{index}")], leads=[make_organisation(f"单位{index}")])
        search.rebuild()

    grow(2)
    few = queries_of(client, "/feed.xml", "/feed.xml?q=案例")
    grow(6)
    assert queries_of(client, "/feed.xml", "/feed.xml?q=案例") == few
