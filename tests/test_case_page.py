"""One case on its page."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from cases.models import AwardEntry, Case, Citation, Correction, Credit, Figure
from tests.builders import (
    attach,
    make_case,
    make_district,
    make_draft,
    make_list,
    make_organisation,
    make_source,
    make_theme,
    make_user,
)
from tests.pages import cards, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


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


def contents(html: str) -> list[str]:
    """The addresses in 本页内容, in order."""
    found = re.search(r'(?s)<nav class="contents".*?</nav>', html)
    assert found
    return re.findall(r'href="#([^"]*)"', found[0])


def test_the_contents_name_every_part_of_the_page_that_is_there_and_each_can_be_linked(client: Client) -> None:
    case = make_case(
        background="背景。",
        approach="做法。",
        lessons="启示。",
        figures=[{"indicator": "数", "value": 1, "unit": "个"}],
    )
    make_case("部分", part_of=case)
    make_list(cases=[case])
    attach(case, "a.png", "照片")
    attach(case, "a.pdf", "方案")
    Correction.objects.create(case=case, text="更正。")

    html = client.get(case.get_absolute_url()).content.decode()

    parts = ["background", "approach", "lessons", "figures", "awards", "parts", "pictures"]
    parts += ["sources", "cite", "corrections"]
    assert contents(html) == [*parts, "about", "files"]
    assert re.findall(r'class="permalink no-print" href="#([^"]*)"', html) == parts
    assert [name for name in contents(html) if html.count(f' id="{name}"') != 1] == []


def test_a_case_with_nothing_but_a_summary_says_so(client: Client) -> None:
    html = client.get(make_case().get_absolute_url()).content.decode()

    assert "目前只有摘要，正文尚未录入。" in html
    assert contents(html) == ["sources", "cite", "about"]


def test_bodies_stand_by_role_whatever_their_order(client: Client) -> None:
    case = make_case(leads=[make_organisation("甲")])
    for name, role in (("乙", "recommender"), ("丙", "partner"), ("丁", "lead"), ("戊", "partner")):
        Credit.objects.create(case=case, organisation=make_organisation(name), role=role, position=9)

    assert "主办 甲 丁 协办 丙 戊 推荐 乙 年度" in text_of(client.get(case.get_absolute_url()))


def test_an_award_shows_its_year_level_standing_and_the_title_announced_where_it_differs(client: Client) -> None:
    case = make_case("今名")
    make_list("甲榜", cases=[case], year=2021, level="city").entries.update(rank=3)
    make_list("乙榜", cases=[case], year=2020, level="national").entries.update(tier="二等奖", title="原名")
    make_list("草稿榜", cases=[case], status="draft")

    page = text_of(client.get(case.get_absolute_url()))

    assert "入选榜单 # 甲榜 2021年 市级 第 3 名 乙榜 2020年 全国 二等奖 公布的名称：原名 来源" in page
    assert "草稿榜" not in page


def test_a_source_shows_all_that_is_known_of_it_and_no_more(client: Client) -> None:
    case = make_case()
    full = make_source(
        "full",
        publisher="学习时报",
        title="打造品牌",
        authors="凌杰",
        published="2018-12-28",
        page="第5版",
        url="https://example.org/a",
        note="转载本。",
    )
    bare = make_source("bare", publisher="区政府网站", title="无日期", published="")
    Citation.objects.create(case=case, source=full, locator="第三节", position=1)
    Citation.objects.create(case=case, source=bare, position=2)

    response = client.get(case.get_absolute_url())

    assert (
        "来源 # 南方都市报：《党建创新十大案例》， 2020年11月 "
        "学习时报：《打造品牌》，凌杰， 2018年12月28日 ，第5版，第三节， 查看原文 转载本。 "
        "区政府网站：《无日期》 引用本案例"
    ) in text_of(response)
    assert '<a href="https://example.org/a" rel="noopener external">查看原文</a>' in response.content.decode()


def test_figures_name_their_source_by_its_place_where_there_are_several(client: Client) -> None:
    second, elsewhere = make_source("second", title="后续"), make_source("third", publisher="年鉴", title="统计")
    case = make_case(figures=[{"indicator": "站点", "value": 1, "unit": "个", "source": make_source()}])
    assert "全部 1 项数据 指标 数值 年份 原文表述 站点 1 个 来源" in text_of(client.get(case.get_absolute_url()))

    Citation.objects.create(case=case, source=second, position=1)
    for indicator, source in (("党员", second), ("群众", elsewhere), ("商户", None)):
        Figure.objects.create(case=case, indicator=indicator, value=2, unit="名", source=source)

    response = client.get(case.get_absolute_url())
    rows = "指标 数值 年份 原文表述 来源 站点 1 个 来源 [1] 党员 2 名 来源 [2] 群众 2 名 年鉴：统计 商户 2 名 来源 #"
    assert rows in text_of(response)
    assert 'href="#source-2"' in response.content.decode()
    assert '<li id="source-2"><p>南方都市报：《后续》' in response.content.decode()


def test_years_that_compare_are_bars_with_their_numbers_and_the_change_in_words(client: Client) -> None:
    years = [
        {"indicator": "站点", "value": value, "unit": "个", "year": year} for year, value in ((2019, 50), (2021, 80))
    ]
    response = client.get(make_case(figures=years).get_absolute_url())

    assert "成效数据 # 站点 2019年 50 个 2021年 80 个 2019年到2021年增加 30 个，增长 60%。 全部 2 项" in text_of(
        response
    )
    assert re.findall(r'<rect width="([^"]*)"', response.content.decode()) == ["62.5%", "100%"]


def test_dates_and_the_permanent_address_are_told_and_a_change_only_where_it_came_later(client: Client) -> None:
    case = make_case(number="2020-0001")
    address = "http://testserver/cases/2020-0001/"
    morning, evening = datetime(2020, 11, 16, 1, tzinfo=UTC), datetime(2020, 11, 16, 15, tzinfo=UTC)
    Case.objects.update(published_at=morning, updated_at=evening)

    response = client.get(case.get_absolute_url())
    assert f"年度 2020年 发布 2020年11月16日 永久地址 {address} 复制" in text_of(response)
    assert f'<link rel="canonical" href="{address}">' in response.content.decode()
    assert re.search(r"<button[^>]* hidden>复制</button>", response.content.decode())

    Case.objects.update(updated_at=datetime(2020, 11, 16, 16, tzinfo=UTC))
    assert "发布 2020年11月16日 更新 2020年11月17日 永久地址" in text_of(client.get(case.get_absolute_url()))


def test_related_cases_tell_place_field_and_year(client: Client) -> None:
    case = make_case("甲", year=2020)
    make_case("乙", year=2019)

    assert "相关案例 乙 广东省广州市越秀区 城市社区 2019年" in text_of(client.get(case.get_absolute_url()))


def test_a_published_case_can_be_taken_to_compare_and_a_draft_cannot(client: Client) -> None:
    case, draft = make_case(), make_draft()
    client.force_login(make_user(group="录入员"))

    assert f'href="/compare/?case={case.number}"' in client.get(case.get_absolute_url()).content.decode()
    page = client.get(draft.get_absolute_url())
    assert "/compare/" not in page.content.decode()
    assert "永久地址" not in text_of(page)


def test_a_fuller_page_costs_no_more_queries(client: Client, django_assert_num_queries: Any) -> None:
    case = make_case("整体", number="2020-0001")

    def grow(count: int) -> None:
        for _ in range(count):
            serial = Figure.objects.count()
            source = make_source(f"source-{serial}")
            Citation.objects.create(case=case, source=source, position=serial)
            Credit.objects.create(case=case, organisation=make_organisation(f"单位{serial}"), role="partner")
            Figure.objects.create(case=case, indicator="数", value=serial, unit="个", year=2000 + serial, source=source)
            Correction.objects.create(case=case, text="更正。")
            attach(case, "a.png", "照片")
            attach(case, "a.pdf", "方案")
            case.themes.add(make_theme(f"主题{serial}"))
            make_case("部分", part_of=case, themes=[make_theme()])
            make_list(cases=[case])
            make_case("同一领域的别的案例", district=make_district("440105"))

    grow(2)
    with django_assert_num_queries(16):
        client.get(case.get_absolute_url())
    grow(6)
    assert AwardEntry.objects.filter(case=case).count() == 8
    with django_assert_num_queries(16):
        client.get(case.get_absolute_url())


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
    assert "本案例是“ 整体 ”的组成部分。" in text_of(client.get(part.get_absolute_url()))


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
    curator = make_user("curator", group="录入员")
    case = make_draft("半成品", district=None, sector=None, summary="", created_by=curator)
    client.force_login(curator)

    assert client.get(case.get_absolute_url()).status_code == 200


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
        assert "<img src=x" not in html, address
        assert "&lt;img" in html, address
