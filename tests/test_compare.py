"""Two to four cases side by side."""

from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from cases import compare, search
from cases.compare import Comparison
from cases.compare_figures import figure_rows
from cases.models import Case, Credit, Figure
from tests.builders import make_case, make_district, make_draft, make_list, make_organisation, make_sector, make_theme
from tests.pages import queries_of, text_of, without_token

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def comparison(query: str) -> Comparison:
    return Comparison(QueryDict(query), Case.objects.visible_to(None), None)


def asked(query: str) -> tuple[list[str], list[str]]:
    """The numbers shown and what is said of the others."""
    found = comparison(query).asked
    return found.numbers, found.faults


def facts(query: str) -> dict[str, Any]:
    """Each row of facts by its label: the texts of each case, those that all share in brackets, and whether all do."""
    return {
        row.label: ([[f"[{i.text}]" if i.is_common else i.text for i in cell] for cell in row.cells], row.is_same)
        for row in comparison(query).facts
    }


def figures(*columns: list[dict[str, Any]]) -> list[Any]:
    """The rows that figures of these cases make: indicator, unit, note, and values with the widths of their bars."""
    cases = [make_case(f"案例{place}", figures=column) for place, column in enumerate(columns)]
    return [
        (row.indicator, row.unit, row.note, [[(v.label, v.year, v.width) for v in cell] for cell in row.cells])
        for row in figure_rows([list(case.figures.all()) for case in cases])
    ]


def of(indicator: str, value: Any, unit: str = "个", year: int | None = None, qualifier: str = "") -> dict[str, Any]:
    return {"indicator": indicator, "value": value, "unit": unit, "year": year, "qualifier": qualifier}


# Which cases


def test_cases_stand_in_the_order_of_the_address() -> None:
    for number in ("2020-0001", "2020-0002", "2020-0003"):
        make_case(number=number)

    assert asked("case=2020-0003&case=2020-0001") == (["2020-0003", "2020-0001"], [])


def test_what_cannot_be_shown_is_named_with_what_to_do_and_the_rest_is_shown() -> None:
    for number in range(1, 7):
        make_case(number=f"2020-000{number}")

    shown, faults = asked(
        "case=abc&case=&case=2020-9999&case=２０２０－０００１&case=2020-0001&case=2020-0002"
        "&case=2020-0003&case=2020-0004&case=2020-0005&case=2020-0006"
    )

    assert shown == ["2020-0001", "2020-0002", "2020-0003", "2020-0004"]
    assert faults == [
        "“abc”不是案例编号。编号写作 2020-0007 的样子，请核对。",
        "没有编号为“2020-9999”的公开案例。请核对编号，或按标题搜索后加入。",
        "编号“2020-0001”写了不止一次，已合为一个。",
        "一次最多对比 4 个案例，没有显示“2020-0005”、“2020-0006”。要看的话，请先移出一个。",
    ]


def test_thousands_of_numbers_are_neither_looked_up_nor_listed() -> None:
    make_case(number="2020-0001")
    query = "&".join(f"case=2020-{serial:04d}" for serial in range(1, 3000))

    shown, faults = asked(query)

    assert shown == ["2020-0001"]
    assert faults == [
        "没有编号为“2020-0002”、“2020-0003”、“2020-0004”、“2020-0005”、“2020-0006”等 19 个的公开案例。"
        "请核对编号，或按标题搜索后加入。",
        "编号太多，只看了前 20 个，没有看“2020-0021”、“2020-0022”、“2020-0023”、“2020-0024”、“2020-0025”"
        "等 2979 个。请分几次对比。",
    ]


@pytest.mark.parametrize("state", ["draft", "review", "withdrawn"])
def test_an_unpublished_number_looks_exactly_like_an_unknown_one(client: Client, state: str) -> None:
    make_case("公开案例", number="2020-0001")
    hidden = make_draft("草稿案例", number="2020-0002", figures=[of("草稿指标", 1)])
    if state == "review":
        hidden.submit(by=None)
    elif state == "withdrawn":
        hidden.publish(by=None)
        hidden.withdraw(by=None)

    def page(number: str) -> str:
        html = without_token(client.get(f"/compare/?case=2020-0001&case={number}"))
        return html.replace(number, "")

    assert page("2020-0002") == page("2020-9999")
    assert "草稿" not in page("2020-0002")


@pytest.mark.parametrize("text", ["%00", "2020-0001'", "٢٠٢٠-٠٠٠١", "<b>x</b>", "9" * 5000])
def test_junk_is_said_to_be_no_number(client: Client, text: str) -> None:
    response = client.get("/compare/", {"case": text.replace("%00", "\0")})

    assert response.status_code == 200
    assert "不是案例编号" in text_of(response)
    assert "<b>x" not in response.content.decode()


# Facts, texts, sources


def test_facts_say_what_all_share_and_leave_out_what_nobody_tells() -> None:
    lead = make_organisation("甲组织")
    one = make_case(
        number="2020-0001",
        brand_name="红苗工程",
        leads=[lead],
        themes=[make_theme("党群服务", "service"), make_theme("智慧党建", "smart")],
    )
    Credit.objects.create(case=one, organisation=make_organisation("乙组织"), role=Credit.Role.PARTNER)
    two = make_case(
        number="2020-0002",
        year=2021,
        kind="brand",
        district=make_district("440105"),
        leads=[lead, make_organisation("丙组织")],
        themes=[make_theme("党群服务")],
    )
    make_list("公开榜单", cases=[one, two])
    make_list("草稿榜单", cases=[one], status="draft")

    assert facts("case=2020-0001&case=2020-0002") == {
        "类型": ([["创新案例"], ["党建品牌"]], False),
        "品牌": ([["红苗工程"], []], False),
        "区划": ([["广东省广州市越秀区"], ["广东省广州市海珠区"]], False),
        "领域": ([["城市社区"], ["城市社区"]], True),
        "主题": ([["[党群服务]", "智慧党建"], ["[党群服务]"]], False),
        "年度": ([["2020年"], ["2021年"]], False),
        "主办": ([["[甲组织]"], ["[甲组织]", "丙组织"]], False),
        "协办": ([["乙组织"], []], False),
        "入选榜单": ([["公开榜单（市级）"], ["公开榜单（市级）"]], True),
    }


def test_a_title_too_long_for_a_head_is_told_in_whole_among_the_facts() -> None:
    make_case("长" * 120, number="2020-0001")
    make_case("短", number="2020-0002")
    make_case("也短", number="2020-0003")

    assert facts("case=2020-0001&case=2020-0002")["标题"] == ([["长" * 120], ["短"]], False)
    assert "标题" not in facts("case=2020-0002&case=2020-0003")


def test_the_page_shows_every_section_beside_the_other_in_whole(client: Client) -> None:
    long = "长" * 5000
    make_case("甲案例", number="2020-0001", approach=f"{long}\n- 甲项", results="水变清了。")
    make_case("乙案例", number="2020-0002", background="起因。", results="路变宽了。")

    response = client.get("/compare/?case=2020-0001&case=2020-0002")

    page = text_of(response)
    for words in (
        "甲 甲案例 乙 乙案例",
        "领域 相同 甲 甲案例 城市社区 乙 乙案例 城市社区",
        "背景与起因 甲 甲案例 来源未述及 乙 乙案例 起因。",
        f"主要做法 甲 甲案例 {long} 甲项 乙 乙案例 来源未述及",
        "工作成效 甲 甲案例 水变清了。 乙 乙案例 路变宽了。",
        "经验启示 甲 甲案例 来源未述及 乙 乙案例 来源未述及",
        "来源 相同 甲 甲案例 南方都市报：《党建创新十大案例》，2020年11月 乙 乙案例 南方都市报：《党建创新十大案例》",
    ):
        assert words in page, words
    html = response.content.decode()
    assert '<meta name="robots" content="noindex">' in html
    assert "<title>对比：甲案例、乙案例 - 基层党建创新案例库</title>" in html


def test_links_move_and_remove_cases_and_keep_the_others() -> None:
    for number in (1, 2, 3):
        make_case(number=f"2020-000{number}")

    links = [
        (column.to_left, column.to_right, column.without)
        for column in comparison("case=2020-0001&case=2020-0002&case=2020-0003").columns
    ]

    def at(*numbers: int) -> str:
        return "/compare/?" + "&".join(f"case=2020-000{number}" for number in numbers)

    assert links == [
        ("", at(2, 1, 3), at(2, 3)),
        (at(2, 1, 3), at(1, 3, 2), at(1, 3)),
        (at(1, 3, 2), "", at(1, 2)),
    ]


def test_text_is_never_taken_for_markup(client: Client) -> None:
    attack = "<img src=x onerror=alert(1)>"
    for number in ("2020-0001", "2020-0002"):
        make_case(
            attack,
            number=number,
            brand_name=attack,
            summary=attack,
            approach=f"- {attack}",
            leads=[make_organisation(attack)],
            figures=[of(attack, 1)],
        )

    for address in ("/compare/?case=2020-0001&case=2020-0002", f"/compare/?case=2020-0001&q={attack}", "/cases/"):
        html = client.get(address).content.decode()
        assert "<img src=x" not in html, address
        assert "&lt;img" in html, address


# Figures


def test_figures_of_an_indicator_and_unit_share_a_row_and_common_ones_come_first() -> None:
    rows = figures(
        [of("服务场次", 3, "场"), of("党员", 20, "名", 2020, "over"), of("覆盖率", 90, "％")],
        [of("覆盖率", 45, "%"), of("党员", 10, "名", 2020), of("党员", 2, "%")],
    )

    assert rows == [
        ("党员", "名", "", [[("超过 20 名", 2020, "100%")], [("10 名", 2020, "50%")]]),
        ("覆盖率", "％", "年份未载明，仅供参考", [[("90 ％", None, "100%")], [("45%", None, "50%")]]),
        ("服务场次", "场", "", [[("3 场", None, "")], []]),
        ("党员", "%", "", [[], [("2%", None, "")]]),
    ]


def test_only_years_that_two_cases_share_are_drawn() -> None:
    rows = figures(
        [of("党员", 40, year=2021), of("党员", 10, year=2019), of("党员", 5)],
        [of("党员", 20, year=2021)],
        [of("党员", 100, year=2018)],
    )

    cells = [
        [("10 个", 2019, ""), ("40 个", 2021, "100%"), ("5 个", None, "")],
        [("20 个", 2021, "50%")],
        [("100 个", 2018, "")],
    ]
    assert rows == [("党员", "个", "", cells)]


def test_without_a_shared_year_the_newest_are_drawn_and_it_is_said() -> None:
    rows = figures([of("党员", 40, year=2021), of("党员", 10, year=2019)], [of("党员", 20, year=2020)], [])

    cells = [[("10 个", 2019, ""), ("40 个", 2021, "100%")], [("20 个", 2020, "50%")], []]
    assert rows == [("党员", "个", "年份不同，仅供参考", cells)]


@pytest.mark.parametrize(
    ("years", "note"),
    [
        ((2020, 2020), ""),
        ((2020, 2021), "年份不同，仅供参考"),
        ((2020, None), "有的年份未载明，仅供参考"),
        ((None, None), "年份未载明，仅供参考"),
    ],
)
def test_bars_of_other_years_say_so(years: tuple[int | None, int | None], note: str) -> None:
    rows = figures([of("党员", 2, year=years[0])], [of("党员", 1, year=years[1])])

    assert rows == [("党员", "个", note, [[("2 个", years[0], "100%")], [("1 个", years[1], "50%")]])]


@pytest.mark.parametrize("values", [(-5, 10), (0, 0)])
def test_what_has_no_length_is_not_drawn(values: tuple[int, int]) -> None:
    rows = figures([of("增减", values[0], year=2020)], [of("增减", values[1], year=2020)])

    cells = [[(f"{values[0]} 个", 2020, "")], [(f"{values[1]} 个", 2020, "")]]
    assert rows == [("增减", "个", "", cells)]


# One, none, adding


def test_one_case_offers_related_ones_and_none_explains(client: Client) -> None:
    one = make_case("甲案例", number="2020-0001")
    make_case("同区案例", number="2020-0002")
    make_case("外地案例", number="2020-0003", district=make_district("2207"), sector=make_sector("农村", "rural"))
    make_draft("草稿案例", number="2020-0004")

    page = comparison(f"case={one.number}")
    offered = [(candidate.case.title, candidate.url) for candidate in page.candidates]

    assert offered == [("同区案例", "/compare/?case=2020-0001&case=2020-0002")]
    assert "再加一个就可以对比： 甲案例" in text_of(client.get("/compare/?case=2020-0001"))
    assert "怎样对比" in text_of(client.get("/compare/"))
    assert comparison("").candidates == []


def test_a_reader_searches_for_another_to_add_and_finds_no_draft_and_none_twice(client: Client) -> None:
    make_case("河长甲", number="2020-0001")
    make_case("河长乙", number="2020-0002")
    make_draft("河长丙", number="2020-0003")
    make_case("网格丁", number="2020-0004", summary="别的事。")
    search.rebuild()

    page = comparison("case=2020-0001&q=河长")

    assert [(c.case.title, c.url) for c in page.candidates] == [
        ("河长乙", "/compare/?case=2020-0001&case=2020-0002"),
    ]
    assert "没有找到与“没有这样的词”相符的其他案例" in text_of(client.get("/compare/?case=2020-0001&q=没有这样的词"))
    assert 'role="alert"' in client.get("/compare/", {"case": "2020-0001", "q": "长" * 300}).content.decode()


def test_four_cases_leave_no_room_for_another(client: Client) -> None:
    for number in range(1, 6):
        make_case(number=f"2020-000{number}")
    query = "&".join(f"case=2020-000{number}" for number in range(1, 5))

    page = text_of(client.get(f"/compare/?{query}&q=党群"))

    assert "再加一个" not in page
    assert comparison(f"{query}&q=党群").candidates == []


# Lists


def test_the_list_offers_each_case_with_its_title_and_one_form(client: Client) -> None:
    make_case("“甲”案例", number="2020-0001")

    html = client.get("/cases/").content.decode()

    assert html.count('<form id="compare"') == 1
    assert html.count('form="compare"') == 1
    assert 'name="case" value="2020-0001" form="compare"' in html
    assert "加入对比 ：“甲”案例" in text_of(client.get("/cases/"))
    assert 'form="compare"' not in client.get("/").content.decode()


# Cost


def queries(client: Client, numbers: list[str]) -> int:
    (count,) = queries_of(client, compare.address(numbers)).values()
    return count


def test_more_cases_figures_and_bodies_cost_no_more_queries(client: Client) -> None:
    plain = [make_case(number=f"2020-000{number}").number for number in (1, 2, 3)]
    rich = []
    for number in range(4):
        case = make_case(
            number=f"2021-000{number}",
            leads=[make_organisation(f"组织{number}-{other}") for other in range(5)],
            themes=[make_theme(f"主题{number}-{other}") for other in range(5)],
        )
        Figure.objects.bulk_create(Figure(case=case, indicator=f"指标{i}", value=i, unit="个") for i in range(50))
        make_list(f"榜单{number}", cases=[case])
        rich.append(case.number)

    few, more = queries(client, plain[:2]), queries(client, rich[:2])
    assert more == few
    assert queries(client, rich[:3]) == few
    assert queries(client, rich) < few  # nothing is offered to add
