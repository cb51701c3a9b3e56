"""One case on its page."""

from typing import Any

import pytest
from django.test import Client

from cases.models import Attachment
from tests.builders import make_case, make_district, make_draft, make_list, make_organisation, make_user
from tests.pages import cards, text_of

pytestmark = pytest.mark.django_db


def test_a_case_shows_all_that_the_library_knows_of_it(client: Client) -> None:
    case = make_case(
        "党建+河长制 治水显成效",
        brand_name="党建+河长制",
        year=2020,
        start_year=2019,
        background="治水压力大。",
        approach="书记带头。\n\n- 设河长\n- 设网格员",
        results="水变清了。",
        lessons="层层负责。",
        leads=[make_organisation("中共广州市水务局党组"), make_organisation("广州市水务局")],
        figures=[{"indicator": "网格员", "value": 18416, "unit": "名", "year": 2019, "as_printed": "18416名网格员"}],
    )
    make_list("基层党建创新榜", slug="top10", cases=[case])

    page = text_of(client.get(case.get_absolute_url()))

    for words in (
        "党建+河长制 治水显成效",
        "2019年开始",
        "治水压力大。",
        "书记带头。",
        "设河长",
        "水变清了。",
        "层层负责。",
        "中共广州市水务局党组",
        "网格员 18,416 名 2019年 18416名网格员",
        "市级 基层党建创新榜",
        "南方都市报 ：《党建创新十大案例》".replace(" ", ""),
        "2020年11月",
        "广东省广州市越秀区",
    ):
        assert words in page, words


def test_whole_parts_and_neighbours_lead_on_but_never_to_what_is_not_public(client: Client) -> None:
    whole = make_case("整体", number="2020-0010")
    part = make_case("公开部分", number="2020-0011", part_of=whole, district=make_district("440105"))
    make_draft("草稿部分", number="2020-0012", part_of=whole)
    make_draft("草稿邻居", number="2020-0009")
    make_case("公开邻居", number="2020-0008")

    page = client.get(whole.get_absolute_url())

    assert cards(page) == ["公开部分"]
    assert "公开邻居" in text_of(page)
    assert "草稿" not in text_of(page)
    assert "整体" in text_of(client.get(part.get_absolute_url()))


def test_a_part_does_not_name_a_whole_that_is_not_public(client: Client) -> None:
    part = make_case("部分", part_of=make_draft("未公开的整体"))

    assert "未公开的整体" not in text_of(client.get(part.get_absolute_url()))


@pytest.mark.parametrize("number", ["2020-9999", "nonsense", "2020-0001'", "%00"])
def test_an_unknown_number_is_a_clear_404(client: Client, number: str) -> None:
    response = client.get(f"/cases/{number}/")

    assert response.status_code == 404
    assert "没有找到这个页面" in text_of(response)


def test_a_draft_is_404_for_readers_and_a_marked_preview_for_curators(client: Client) -> None:
    case = make_draft("草稿案例")

    assert client.get(case.get_absolute_url()).status_code == 404
    client.force_login(make_user("reader"))
    assert client.get(case.get_absolute_url()).status_code == 404
    client.force_login(make_user("curator", group="录入员"))
    page = client.get(case.get_absolute_url())
    assert "读者看不到本页" in text_of(page)
    assert "noindex" in page.content.decode()
    assert "no-store" in page["Cache-Control"]


def test_an_incomplete_draft_can_be_previewed(client: Client) -> None:
    case = make_draft("半成品", district=None, sector=None, summary="")
    client.force_login(make_user("curator", group="录入员"))

    assert client.get(case.get_absolute_url()).status_code == 200


def test_a_lost_file_does_not_take_the_page_down(client: Client) -> None:
    from django.core.files.base import ContentFile

    case = make_case()
    file = Attachment(case=case, title="方案")
    file.file.save("a.pdf", ContentFile(b"%PDF-1.7 content"))
    file.file.storage.delete(str(file.file.name))

    page = text_of(client.get(case.get_absolute_url()))
    assert "方案" in page
    assert "16" in page
    assert client.get(file.get_absolute_url()).status_code == 404


def test_pasted_text_keeps_its_paragraphs(client: Client) -> None:
    case = make_case(approach="第一段\r\n第二段\n \n第三段\n- 甲\n- 乙\n第四段")

    html = client.get(case.get_absolute_url()).content.decode()

    assert "<p>第一段</p><p>第二段</p><p>第三段</p><ul><li>甲</li><li>乙</li></ul><p>第四段</p>" in html


def test_text_is_never_taken_for_markup(client: Client) -> None:
    attack = "<img src=x onerror=alert(1)>"
    case = make_case(
        attack,
        brand_name=attack,
        summary=attack,
        approach=f"- {attack}",
        leads=[make_organisation(attack)],
        figures=[{"indicator": attack, "value": 1, "unit": "个", "as_printed": attack}],
    )

    for address in (case.get_absolute_url(), "/cases/", "/organisations/", f"/cases/?q={attack}", "/"):
        html = client.get(address).content.decode()
        assert "<img" not in html, address
        assert "&lt;img" in html, address


def test_an_attachment_is_served_safely_and_only_with_its_case(client: Client) -> None:
    from django.core.files.base import ContentFile

    case = make_case()
    file = Attachment(case=case, title="方案")
    file.file.save("工作 方案.pdf", ContentFile(b"%PDF-1.7 content"))
    address = file.get_absolute_url()

    response: Any = client.get(address)

    assert b"".join(response.streaming_content) == b"%PDF-1.7 content"
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Content-Disposition"].startswith("attachment")
    assert "方案" not in str(file.file.name)

    case.withdraw(by=None)
    assert client.get(address).status_code == 404
    assert client.head(address).status_code == 404
    client.force_login(make_user(group="录入员"))
    assert client.get(address).status_code == 200
