"""Browsing: filters, counts, chips, order and pages of /cases/."""

import re
from html import unescape
from itertools import pairwise
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from cases import search
from cases.filters import CaseFilter
from cases.models import Case
from tests.builders import (
    make_case,
    make_district,
    make_draft,
    make_list,
    make_organisation,
    make_sector,
    make_theme,
)
from tests.pages import cards, queries_of, text_of

pytestmark = pytest.mark.django_db


def choice_counts(response: Any, facet: str) -> dict[str, int]:
    """What a facet of the page offers: label to number of cases."""
    html = response.content.decode()
    part = re.search(rf"(?s)<summary>{facet}</summary>(.*?)</ul>", html)
    assert part, f"no facet {facet}"
    found = re.findall(r'<span>([^<]*)</span><span class="count">(\d+)', part[1])
    return {label: int(count) for label, count in found}


def test_a_district_shows_its_whole_subtree_and_nothing_beside_it(client: Client) -> None:
    make_case("区级", district=make_district("440104"))
    make_case("街道", district=make_district("440104002"))
    make_case("邻区", district=make_district("440105"))
    make_case("外省", district=make_district("2207"))

    assert set(cards(client.get("/cases/?district=440104"))) == {"区级", "街道"}
    assert set(cards(client.get("/cases/?district=440100"))) == {"区级", "街道", "邻区"}
    assert set(cards(client.get("/cases/?district=440000"))) == {"区级", "街道", "邻区"}
    assert set(cards(client.get("/cases/?district=44"))) == {"区级", "街道", "邻区"}
    assert set(cards(client.get("/cases/?district=440104002"))) == {"街道"}


def test_a_functional_zone_belongs_to_its_city(client: Client) -> None:
    make_case("新区", district=make_district("4403F01"))
    make_case("广州", district=make_district("4401"))

    assert cards(client.get("/cases/?district=4403F01")) == ["新区"]
    assert cards(client.get("/cases/?district=440300")) == ["新区"]


def test_each_filter_narrows_and_all_combine(client: Client) -> None:
    rural, urban = make_sector("农村", "rural"), make_sector("城市社区", "urban-community")
    service, grid = make_theme("党群服务", "service"), make_theme("网格治理", "grid")
    wanted = make_case("要找的", sector=rural, themes=[service, grid], kind="method", year=2021)
    make_case("领域不同", sector=urban, themes=[service], kind="method", year=2021)
    make_case("主题不同", sector=rural, themes=[grid], kind="method", year=2021)
    make_case("类型不同", sector=rural, themes=[service], kind="brand", year=2021)
    make_case("年份不同", sector=rural, themes=[service], kind="method", year=2022)
    award = make_list(slug="ten-2021", cases=[wanted], level="province")

    assert set(cards(client.get("/cases/?sector=rural"))) == {"要找的", "主题不同", "类型不同", "年份不同"}
    assert set(cards(client.get("/cases/?theme=service"))) == {"要找的", "领域不同", "类型不同", "年份不同"}
    assert set(cards(client.get("/cases/?kind=brand"))) == {"类型不同"}
    assert set(cards(client.get("/cases/?year=2022"))) == {"年份不同"}
    assert set(cards(client.get("/cases/?level=province"))) == {"要找的"}
    assert set(cards(client.get(f"/cases/?list={award.slug}"))) == {"要找的"}
    assert cards(client.get("/cases/?sector=rural&theme=service&kind=method&year=2021")) == ["要找的"]
    assert cards(client.get("/cases/?level=national")) == []


def test_several_values_of_one_filter_mean_any_of_them(client: Client) -> None:
    make_case("甲", year=2019)
    make_case("乙", year=2020)
    make_case("丙", year=2021)

    assert set(cards(client.get("/cases/?year=2019&year=2021"))) == {"甲", "丙"}


def test_a_case_with_two_chosen_themes_stands_once(client: Client) -> None:
    make_case("甲", themes=[make_theme("党群服务", "service"), make_theme("网格治理", "grid")])

    assert cards(client.get("/cases/?theme=service&theme=grid")) == ["甲"]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("district=999999", "没有代码为“999999”的区划"),
        ("district=%00", "区划"),
        ("sector=nope", "没有名为“nope”的领域"),
        ("theme=nope", "没有名为“nope”的主题"),
        ("kind=nope", "“nope”不是可选的类型"),
        ("year=abcd", "“abcd”不是年份"),
        ("level=nope", "“nope”不是可选的榜单级别"),
        ("list=nope", "没有这个榜单"),
        ("sort=nope", "“nope”不是可选的排序方式"),
    ],
)
def test_a_bad_value_shows_an_error_and_no_cases(client: Client, query: str, words: str) -> None:
    make_case("不该出现")

    response = client.get(f"/cases/?{query}")

    assert words in text_of(response)
    assert cards(response) == []
    assert "不该出现" not in text_of(response)


def test_a_bad_value_beside_a_good_one_still_shows_nothing(client: Client) -> None:
    make_case("不该出现", sector=make_sector("农村", "rural"))

    assert cards(client.get("/cases/?sector=rural&year=abcd")) == []


@pytest.mark.parametrize("query", ["year=abcd", "district=999999", "sector=nope&q=不该"])
def test_the_description_of_a_list_finds_nothing_by_a_bad_value(query: str) -> None:
    make_case("不该出现")

    browse = CaseFilter(QueryDict(query), Case.objects.visible_to(None))

    assert len(browse.found) == 0
    assert list(browse.in_order()) == []


def test_counts_stand_beside_each_choice_as_if_its_own_facet_were_open(client: Client) -> None:
    rural, urban = make_sector("农村", "rural"), make_sector("城市社区", "urban-community")
    make_case("甲", sector=rural, year=2020, district=make_district("440104"))
    make_case("乙", sector=urban, year=2020, district=make_district("440105"))
    make_case("丙", sector=urban, year=2021, district=make_district("440105"))
    make_draft("草稿", sector=rural, year=2020)

    response = client.get("/cases/?sector=rural")

    assert choice_counts(response, "领域") == {"农村": 1, "城市社区": 2}
    assert choice_counts(response, "年度") == {"2020年": 1}
    assert choice_counts(client.get("/cases/"), "年度") == {"2021年": 1, "2020年": 2}
    assert choice_counts(client.get("/cases/?district=4401"), "区划") == {"海珠区": 2, "越秀区": 1}


def test_levels_and_lists_count_cases_not_entries(client: Client) -> None:
    twice, once = make_case("两次上榜"), make_case("一次上榜")
    make_case("没有上榜")
    make_list("甲榜", slug="a", cases=[twice, once], level="city")
    make_list("乙榜", slug="b", cases=[twice], level="city")
    make_list("草稿榜", slug="c", cases=[once], level="national", status="draft")

    response = client.get("/cases/")

    assert choice_counts(response, "榜单级别") == {"市级": 2}
    assert choice_counts(response, "榜单") == {"甲榜": 2, "乙榜": 1}
    assert cards(client.get("/cases/?level=national")) == []
    assert cards(client.get("/cases/?list=c")) == []


def test_chips_show_what_is_chosen_and_take_it_off(client: Client) -> None:
    make_case("甲", sector=make_sector("农村", "rural"), year=2020)

    html = client.get("/cases/?sector=rural&year=2020&page=1").content.decode()

    chips = re.findall(r'(?s)<a class="chip" href="([^"]*)">(.*?) <span', html)
    assert {label: query for query, label in chips} == {"农村": "?year=2020", "2020年": "?sector=rural"}


def test_orders(client: Client) -> None:
    make_case("B", year=2019)
    make_case("A", year=2021)
    make_case("C", year=2020)

    assert cards(client.get("/cases/")) == ["A", "C", "B"]
    assert cards(client.get("/cases/?sort=oldest")) == ["B", "C", "A"]
    assert cards(client.get("/cases/?sort=title")) == ["A", "B", "C"]


def test_a_page_holds_twenty_and_the_address_of_the_next_keeps_the_filters(client: Client) -> None:
    for index in range(21):
        make_case(f"第{index:02d}个", year=2020)
    make_case("别的年份", year=2021)

    first = client.get("/cases/?year=2020&sort=title")
    second = client.get("/cases/?year=2020&sort=title&page=2")

    assert cards(first) == [f"第{index:02d}个" for index in range(20)]
    assert cards(second) == ["第20个"]
    assert "year=2020&amp;sort=title&amp;page=2" in first.content.decode()
    assert cards(client.get("/cases/?year=2020&sort=title&page=999999999999")) == ["第20个"]
    assert cards(client.get("/cases/?year=2020&sort=title&page=x")) == cards(first)


def test_a_case_found_by_a_number_alone_shows_that_number(client: Client) -> None:
    make_case("甲", figures=[{"indicator": "加装电梯", "value": 1200, "unit": "部"}])
    search.rebuild()

    assert "加装电梯 1,200 部" in text_of(client.get("/cases/?q=加装电梯"))
    assert "1,200" not in text_of(client.get("/cases/"))


def ways_out(client: Client, query: str) -> dict[str, tuple[int, str]]:
    """What a page without cases proposes: label to number of cases and the address that leads there."""
    html = client.get(f"/cases/?{query}").content.decode()
    found = re.findall(r'<li><a href="([^"]*)">([^<]*)</a><span class="count">(\d+) 个案例', html)
    return {unescape(label): (int(count), unescape(href)) for href, label, count in found}


def test_where_nothing_is_found_each_way_out_leads_to_as_many_cases_as_it_says(client: Client) -> None:
    rural, urban = make_sector("农村", "rural"), make_sector("城市社区", "urban")
    make_case("电梯一", sector=rural, year=2020, summary="加装电梯")
    make_case("电梯二", sector=rural, year=2021, summary="加装电梯")
    make_case("食堂", sector=urban, year=2020)
    make_draft("电梯草稿", sector=urban, year=2020, summary="加装电梯")
    search.rebuild()

    assert ways_out(client, "q=电梯&sector=urban&year=2020&year=2021") == {
        "去掉城市社区": (2, "?q=%E7%94%B5%E6%A2%AF&year=2020&year=2021"),
        "只留“电梯”": (2, "?q=%E7%94%B5%E6%A2%AF"),
        "去掉“电梯”": (1, "?sector=urban&year=2020&year=2021"),
    }
    assert ways_out(client, "sector=urban&year=2021") == {
        "去掉城市社区": (1, "?year=2021"),
        "去掉2021年": (1, "?sector=urban"),
    }
    assert ways_out(client, "year=2031") == {"去掉2031年": (3, ".")}
    assert ways_out(client, "") == {}
    for query in ("q=电梯&sector=urban&year=2020&year=2021", "sector=urban&year=2021", "year=2031"):
        for count, href in ways_out(client, query).values():
            assert client.get(f"/cases/{href.strip('.')}").context["page"].paginator.count == count


def test_other_words_are_searched_for_among_what_is_chosen(client: Client) -> None:
    make_case("甲", sector=make_sector("农村", "rural"), year=2020)

    html = client.get("/cases/?sector=rural&year=2020&year=2021&q=甲&sort=title&page=1&utm=x").content.decode()

    kept = re.findall(r'<input type="hidden" form="search" name="(\w+)" value="(\w+)">', html)
    assert kept == [("sector", "rural"), ("year", "2020"), ("year", "2021")]
    assert '<form class="searchbox" id="search"' in html


def test_a_long_facet_begins_with_ten_choices_and_those_that_are_on(client: Client) -> None:
    themes = [make_theme(f"主题{number:02d}", f"theme-{number:02d}") for number in range(13)]
    make_case("甲", themes=themes)
    names = [theme.name for theme in themes]

    def shown(query: str) -> list[str]:
        return list(choice_counts(client.get(f"/cases/?{query}"), "主题"))

    assert shown("") == names[:10]
    assert shown("theme=theme-12") == [*names[:10], names[12]]
    assert shown("more=theme") == names
    page = client.get("/cases/?theme=theme-12").content.decode()
    assert '<a class="choice rest" id="rest-theme" href="?theme=theme-12&amp;more=theme">其余 2 个</a>' in page
    open_page = client.get("/cases/?theme=theme-12&more=theme").content.decode()
    assert '<a class="choice rest" id="rest-theme" href="?theme=theme-12">收起</a>' in open_page
    assert cards(client.get("/cases/?more=theme&more=nope")) == ["甲"]


def test_only_the_whole_list_is_for_search_engines(client: Client) -> None:
    for number in range(21):
        make_case(f"第{number:02d}个", year=2020)

    def said(query: str) -> list[str]:
        head = client.get(f"/cases/?{query}").content.decode().partition("</head>")[0]
        return re.findall(r'<link rel="canonical" href="([^"]*)">|<meta name="robots" content="([^"]*)">', head)

    assert said("") == said("page=1") == said("utm=x") == said("more=theme") == [("http://testserver/cases/", "")]
    assert said("page=2") == [("http://testserver/cases/?page=2", "")]
    for query in ("year=2020", "q=甲", "sort=title", "district=999999", "year=2020&page=2"):
        assert said(query) == [("", "noindex, follow")]


def test_headings_and_parts_that_live_results_need_are_on_every_page(client: Client) -> None:
    make_case("甲")

    for query in ("", "year=2031", "district=999999", "q=甲"):
        html = client.get(f"/cases/?{query}").content.decode()
        for part in ("heading", "facets", "facets-label", "results", "said", "trouble"):
            assert html.count(f'id="{part}"') == 1, (query, part)
        levels = [int(level) for level in re.findall(r"<h([1-6])", html)]
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in pairwise(levels)), query


def test_what_is_found_leads_to_its_statistics_and_files(client: Client) -> None:
    make_case("甲", year=2020)

    html = client.get("/cases/?year=2020&sort=title").content.decode()

    for path in ("/statistics/", "/cases/export.xlsx", "/cases/export.csv", "/cases/export.json"):
        assert f'href="{path}?year=2020&amp;sort=title"' in html
    assert "看统计" not in client.get("/cases/?year=2031").content.decode()


def tree(response: Any) -> list[tuple[str, str, int]]:
    """The tree of districts as it is read: name, address and number of cases."""
    html = response.content.decode().partition('id="branches"')[2]
    found = re.findall(r'<a href="([^"]*)">([^<]*)</a> <span class="count">(\d+) 个案例', html)
    return [(label, unescape(href), int(count)) for href, label, count in found]


def test_the_tree_of_districts_follows_the_filters_and_leads_back_to_the_list(client: Client) -> None:
    rural = make_sector("农村", "rural")
    make_case("甲", sector=rural, district=make_district("440104002"))
    make_case("乙", sector=rural, district=make_district("4403F01"))
    make_case("丙", sector=make_sector("城市社区", "urban"), district=make_district("440104"))
    make_draft("草稿", sector=rural, district=make_district("2207"))
    back = "/cases/?sector=rural&district="

    page = client.get("/cases/?sector=rural&district=440104&page=1")
    link = re.search(r'id="whole-tree" href="([^"]*)"', page.content.decode())
    assert link
    chosen = client.get(unescape(link[1]))

    assert tree(chosen) == [
        ("广东省", f"{back}440000", 2),
        ("广州市", f"{back}440100", 1),
        ("越秀区", f"{back}440104", 1),
        ("人民街道", f"{back}440104002", 1),
        ("深圳市", f"{back}440300", 1),
        ("大鹏新区", f"{back}4403F01", 1),
    ]
    for _, href, count in tree(chosen):
        assert client.get(href).context["page"].paginator.count == count
    assert "返回案例列表" in text_of(chosen)
    assert [row[1] for row in tree(client.get("/districts/"))][:3] == [
        "/districts/440000/",
        "/districts/440100/",
        "/districts/440104/",
    ]
    assert tree(client.get("/districts/?choose=1"))[0] == ("广东省", "/cases/?district=440000", 3)
    wrong = client.get("/districts/?choose=1&year=abcd")
    assert tree(wrong) == []
    assert "“abcd”不是年份" in text_of(wrong)


@pytest.mark.parametrize("typed", ["越秀", "越秀區", "yxq", "yuexiu", "YueX", " 秀 "])
def test_a_district_is_found_by_name_pinyin_and_initials(client: Client, typed: str) -> None:
    make_case("甲", district=make_district("440104002"))
    make_case("乙", district=make_district("440105"))

    assert [row[0] for row in tree(client.get("/districts/", {"place": typed}))] == [
        "广东省",
        "广州市",
        "越秀区",
        "人民街道",
    ]


@pytest.mark.parametrize("typed", ["没有", "zzz", ".*", "<b>", "x" * 500])
def test_a_district_that_is_not_there_is_said_to_be_missing(client: Client, typed: str) -> None:
    make_case("甲", district=make_district("440104"))

    response = client.get("/districts/", {"place": typed})

    assert tree(response) == []
    assert "没有名称含" in text_of(response)


def test_an_empty_library_says_so(client: Client) -> None:
    assert "没有符合条件的案例" in text_of(client.get("/cases/"))
    assert client.get("/").status_code == 200
    assert client.get("/districts/").status_code == 200


@pytest.mark.any_database
def test_a_longer_list_costs_no_more_queries(client: Client) -> None:
    whole = make_case("整体", number="2020-9000", leads=[make_organisation("单位")])
    award = make_list(slug="growing", cases=[whole])
    detail = ("/cases/2020-9000/", f"/organisations/{make_organisation('单位').pk}/", "/awards/growing/")

    def grow(count: int) -> None:
        for index in range(count):
            body = make_organisation(f"单位{index}-{Case.objects.count()}")
            case = make_case(f"案例{index}", leads=[body], themes=[make_theme(f"主题{index}")], year=2010 + index)
            make_list(cases=[case])
            Case.objects.filter(pk=case.pk).update(part_of=whole)
            case.credits.create(organisation=make_organisation("单位"), role="partner")
            award.entries.create(case=case, title=case.title).organisations.add(body)

    grow(6)
    tree = ("/districts/", "/districts/?choose=1&sector=rural", "/districts/?choose=1&place=yx")
    make_sector("农村", "rural")
    lists = ("/cases/", "/cases/?year=1990", "/", *tree, "/organisations/", "/awards/", "/districts/440104/")
    few = queries_of(client, *lists, *detail)
    grow(4)
    assert queries_of(client, *lists, *detail) == few
