"""What statistics count, and that the page, its files and the lists behind its links say the same."""

import io
import re
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from openpyxl import load_workbook

from cases import search
from cases.models import Case, Figure
from tests.builders import (
    figure,
    make_case,
    make_district,
    make_draft,
    make_list,
    make_sector,
    make_source,
    make_theme,
)
from tests.pages import downloaded, queries_of, sums, text_of
from tests.test_facets import make_library

pytestmark = pytest.mark.django_db

QUERIES = [
    "",
    "q=“电梯”",
    "year=2020&year=2021",
    "district=440000",
    "district=440100&theme=grid&q=“河道”",
    "sector=rural&sector=urban&kind=brand&kind=method",
    "level=city&sector=rural",
    "list=ten",
    "district=440104002",
    "q=没有这样的词",
]


def counted(client: Client, query: str = "") -> Any:
    response = client.get(f"/statistics/?{query}")
    assert response.status_code == 200
    return response.context["counted"]


def count_behind(client: Client, query: str) -> int:
    return int(client.get(f"/cases/?{query}").context["page"].paginator.count)


def breakdowns(statistics: Any) -> dict[str, dict[str, int]]:
    return {part.name: {choice.label: choice.count for choice in part.choices} for part in statistics.breakdowns}


def heat(statistics: Any) -> list[list[Any]]:
    """The heat table as it stands: a row of headings, rows of districts, and the sums."""
    table = statistics.heat
    rows = [[row.label, *(cell.count for cell in row.cells), row.total] for row in (*table.shown, *table.rest)]
    sectors = [sector.label for sector in table.sectors]
    return [["", *sectors], *rows, ["合计", *(sector.count for sector in table.sectors), table.total]]


@pytest.mark.parametrize("few", [1000, 0])
def test_every_number_is_that_of_the_choices_beside_the_cases(
    client: Client, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    for module in ("cases.facets", "cases.models.case_queryset", "cases.figure_sums"):
        monkeypatch.setattr(f"{module}.FEW", few)
    make_library(30, seed=7)
    search.rebuild()

    for query in QUERIES:
        listed = client.get(f"/cases/?{query}").context
        facets = {facet.name: facet for facet in listed["browse"].facets}
        statistics = counted(client, query)
        assert statistics.count == statistics.heat.total == listed["page"].paginator.count, query
        if not statistics.count:
            continue
        for part in statistics.breakdowns:
            expected = {choice.value: choice.count for choice in facets[part.name].choices}
            assert {choice.value: choice.count for choice in part.choices} == expected, (query, part.name)
            assert {c.value for c in part.choices if c.is_on} == {c.value for c in facets[part.name].choices if c.is_on}
        if "district" in query:
            below = {row.code: row.total for row in statistics.heat.shown if row.query}
            assert below == {choice.value: choice.count for choice in facets["district"].choices}
        if "sector" not in query:
            by_sector = {sector.value: sector.count for sector in statistics.heat.sectors}
            assert by_sector == {choice.value: choice.count for choice in facets["sector"].choices}


def test_every_number_is_the_number_of_cases_behind_its_link(client: Client) -> None:
    make_library(30, seed=8)
    search.rebuild()

    for query in ("", "q=“电梯”&page=2", "district=440000&sector=rural", "theme=grid&year=2020&sort=title"):
        statistics = counted(client, query)
        cells = [cell for row in statistics.heat.shown for cell in row.cells if cell.query]
        rows = [row for row in statistics.heat.shown if row.query]
        choices = [choice for part in statistics.breakdowns for choice in (*part.choices, *part.drawn)]
        for one in (*cells, *choices, *statistics.heat.sectors):
            assert count_behind(client, one.query) == one.count or (not one.count and not one.query), (query, one)
        assert [count_behind(client, row.query) for row in rows] == [row.total for row in rows]
        assert count_behind(client, statistics.same_cases) == statistics.count
        assert cells


def test_a_draft_a_withdrawn_case_and_a_draft_list_are_in_no_statistic(client: Client) -> None:
    theme, sector = make_theme("网格", "grid"), make_sector("农村", "rural")
    fields: dict[str, Any] = {"themes": [theme], "sector": sector, "figures": [figure(5)], "approach": "电梯"}
    shown, draft, withdrawn = make_case("公开", **fields), make_draft("草稿", **fields), make_case("撤下", **fields)
    make_draft("别处的草稿", district=make_district("2207"), sector=make_sector("医院"), year=1999, kind="brand")
    make_list(level="city", cases=[shown, draft, withdrawn])
    make_list(level="national", status="draft", cases=[shown])
    search.rebuild()
    Case.objects.filter(pk=withdrawn.pk).update(status=Case.Status.WITHDRAWN)

    for query in ("", "q=“电梯”"):
        statistics = counted(client, query)
        assert heat(statistics) == [["", "农村"], ["广州市", 1, 1], ["合计", 1, 1]]
        assert breakdowns(statistics) == {
            "year": {"2020年": 1},
            "sector": {"农村": 1},
            "kind": {"创新案例": 1},
            "level": {"市级": 1},
            "theme": {"网格": 1},
        }
        assert sums(client, query) == [["建立党支部", "5 个", 1, 0]]
        assert downloaded(client, "single-figures", query)[1:] == [
            ["建立党支部", "5 个", "5", "个", "", "", "", shown.number, "公开", "", ""]
        ]


def test_rows_are_cities_and_below_a_chosen_place_what_lies_next(client: Client) -> None:
    rural, urban = make_sector("农村", "rural"), make_sector("城市社区", "urban")
    for code in ("440104", "440104002", "440105", "4401", "44", "4403F01"):
        make_case(code, district=make_district(code), sector=urban)
    make_district("3101", "市辖区")
    make_case("直辖市", district=make_district("310101", "黄浦区"), sector=rural)
    make_district("4290", "省直辖县级行政区划")
    make_case("省直辖县", district=make_district("429004", "仙桃市"), sector=rural)
    make_case("武汉市", district=make_district("4201", "武汉市"), sector=rural)

    assert heat(counted(client)) == [
        ["", "城市社区", "农村"],
        ["广州市", 4, 0, 4],
        ["区划31", 0, 1, 1],
        ["武汉市", 0, 1, 1],
        ["仙桃市", 0, 1, 1],
        ["广东省本级", 1, 0, 1],
        ["深圳市", 1, 0, 1],
        ["合计", 6, 3, 9],
    ]
    below_guangdong = [["广州市", 4, 4], ["广东省本级", 1, 1], ["深圳市", 1, 1], ["合计", 6, 6]]
    assert heat(counted(client, "district=440000"))[1:] == below_guangdong
    below_guangzhou = [["越秀区", 2, 2], ["广州市本级", 1, 1], ["海珠区", 1, 1], ["合计", 4, 4]]
    assert heat(counted(client, "district=440100"))[1:] == below_guangzhou
    assert heat(counted(client, "district=440104002"))[1:] == [["人民街道", 1, 1], ["合计", 1, 1]]
    assert heat(counted(client, "district=4403F01"))[1:] == [["大鹏新区", 1, 1], ["合计", 1, 1]]
    assert heat(counted(client, "district=420000"))[1:] == [["武汉市", 1, 1], ["仙桃市", 1, 1], ["合计", 2, 2]]


def test_a_case_filed_with_a_row_that_only_holds_a_level_open_is_counted_above_it(client: Client) -> None:
    make_case("甲", district=make_district("5001", "市辖区"))

    assert heat(counted(client))[1:] == [["区划50", 1, 1], ["合计", 1, 1]]
    assert heat(counted(client, "district=500000"))[1:] == [["区划50", 1, 1], ["合计", 1, 1]]


@pytest.mark.any_database
def test_sixty_districts_are_twenty_rows_and_the_rest(client: Client) -> None:
    for number in range(60):
        make_case(f"案例{number}", district=make_district(f"4401{number + 1:02d}"))
    make_case("又一个", district=make_district("440160"))

    statistics = counted(client, "district=440100")

    assert [row.code for row in statistics.heat.shown[:2]] == ["440160", "440101"]
    assert (len(statistics.heat.shown), len(statistics.heat.rest)) == (20, 40)
    assert statistics.heat.rest_counts == [40]
    assert "其余 40 个 40 40 合计 61 61" in text_of(client.get("/statistics/?district=440100"))
    assert len(downloaded(client, "district-sector", "district=440100")) == 1 + 60 + 1


def test_a_chosen_value_is_marked_and_others_stay_for_comparison(client: Client) -> None:
    for year, number in ((2019, 2), (2020, 3)):
        for serial in range(number):
            make_case(f"{year} {serial}", year=year)

    part = counted(client, "year=2020").breakdowns[0]

    assert [(choice.label, choice.count, choice.is_on) for choice in part.choices] == [
        ("2019年", 2, False),
        ("2020年", 3, True),
    ]
    assert "2020年（已选） 3 个案例" in text_of(client.get("/statistics/?year=2020"))
    assert counted(client, "year=2020").count == 3


def test_years_long_ago_are_one_column_with_one_link(client: Client) -> None:
    for year in (1995, 2004, 2004, 2013, 2022):
        make_case(f"{year}年", year=year)

    drawn = counted(client).breakdowns[0].drawn

    labels = ["更早", *(str(year) for year in range(2014, 2023))]
    assert [(choice.label, choice.count) for choice in drawn] == [
        (label, {"更早": 4, "2022": 1}.get(label, 0)) for label in labels
    ]
    assert QueryDict(drawn[0].query).getlist("year") == ["1995", "2004", "2013"]
    assert counted(client, drawn[0].query).count == 4


@pytest.mark.any_database
def test_the_files_have_the_numbers_of_the_page(client: Client) -> None:
    make_library(30, seed=9)
    search.rebuild()

    for query in ("", "q=“电梯”", "district=440100&year=2020"):
        statistics = counted(client, query)
        for part in statistics.breakdowns:
            expected = [[choice.label, str(choice.count)] for choice in part.choices]
            assert downloaded(client, part.name, query) == [[part.heading, "案例数"], *expected]
            shown = re.search(rf'(?s)id="by-{part.name}".*?<tbody>(.*?)</tbody>', _page(client, query))
            cells = re.findall(
                r"<th[^>]*>(.*?)(?:（已选）)?</th><td[^>]*>(?:<a[^>]*>)?(\d+)", shown[1] if shown else ""
            )
            assert [list(row) for row in cells] == expected
        rows = [row[1:] for row in downloaded(client, "district-sector", query)]
        assert rows[1:] == [[str(cell) for cell in row] for row in heat(statistics)[1:]]
        book = load_workbook(io.BytesIO(client.get(f"/statistics/export.xlsx?{query}").content))
        assert book.sheetnames == [*(make().title for make in statistics.tables().values()), "说明"]
        for make in statistics.tables().values():
            table = make()
            values = [[cell if cell is not None else "" for cell in row] for row in book[table.title].values]
            written = [["" if cell is None else cell for cell in row] for row in table.rows]
            assert values == [list(table.headings), *written], table.name


def _page(client: Client, query: str) -> str:
    return client.get(f"/statistics/?{query}").content.decode()


def test_no_cell_of_a_file_is_a_formula(client: Client) -> None:
    sector = make_sector("=HYPERLINK(1)", "evil")
    make_case("=1+1", sector=sector, figures=[figure(-5, "@增减\x07", "+个")])

    assert downloaded(client, "sector")[1] == ["'=HYPERLINK(1)", "1"]
    assert downloaded(client, "district-sector")[0] == ["区划代码", "区划", "'=HYPERLINK(1)", "合计"]
    assert downloaded(client, "figures")[1][:3] == ["'@增减", "'+个", "-5"]
    assert downloaded(client, "single-figures")[1][8] == "'=1+1"
    book = load_workbook(io.BytesIO(client.get("/statistics/export.xlsx").content))
    assert {cell.data_type for sheet in book for row in sheet for cell in row if cell.value is not None} <= {"s", "n"}
    assert book["按领域"]["A2"].value == "=HYPERLINK(1)"


@pytest.mark.parametrize("query", ["district=999999", "year=abc", "sector=nope", "level=x", "list=nope", "sort=up"])
def test_a_value_that_is_not_valid_is_named_and_nothing_is_counted(client: Client, query: str) -> None:
    make_case("公开案例", figures=[figure(5)])

    page = client.get(f"/statistics/?{query}")

    assert page.status_code == 200
    assert "条件有误，没有显示任何内容。" in text_of(page)
    assert 'href="/statistics/">清除全部条件' in page.content.decode()
    assert "counted" not in page.context
    for form in ("csv", "xlsx"):
        refused = client.get(f"/statistics/export.{form}?table=year&{query}")
        assert refused.status_code == 400
        assert "条件有误" in text_of(refused)


@pytest.mark.parametrize("path", ["export.csv", "export.csv?table=nope", "export.json", "export.exe?table=year"])
def test_a_file_that_there_is_not_is_not_found(client: Client, path: str) -> None:
    assert client.get(f"/statistics/{path}").status_code == 404


def test_words_are_counted_without_an_index_too(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    make_case("加装电梯", approach="加装电梯")
    make_case("河道治理", approach="河道")

    page = client.get("/statistics/?q=电梯")

    assert page.context["browse"].answer.degraded
    assert heat(page.context["counted"])[1:] == [["广州市", 1, 1], ["合计", 1, 1]]
    assert "搜索索引正在更新" in text_of(page)


def test_what_is_on_can_be_taken_off_and_the_same_cases_listed(client: Client) -> None:
    make_case("加装电梯", sector=make_sector("农村", "rural"))
    search.rebuild()

    page = client.get("/statistics/?q=电梯&sector=rural&page=1")

    html = page.content.decode()
    assert [(chip.label, chip.query) for chip in page.context["browse"].chips] == [
        ("“电梯”", "sector=rural"),
        ("农村", "q=%E7%94%B5%E6%A2%AF"),
    ]
    assert '<a class="chip" href="?sector=rural">' in html
    assert 'href="/cases/?q=%E7%94%B5%E6%A2%AF&amp;sector=rural">看这些案例</a>' in html
    assert 'aria-current="true">统计</a>' in html


def test_search_engines_keep_to_the_whole_and_away_from_the_files(client: Client) -> None:
    assert "noindex" not in client.get("/statistics/").content.decode()
    assert '<meta name="robots" content="noindex, follow">' in client.get("/statistics/?year=2020").content.decode()
    assert "Disallow: /statistics/export.\n" in client.get("/robots.txt").content.decode()


def test_an_empty_library_and_a_query_without_cases_say_what_to_do(client: Client) -> None:
    assert "库中还没有案例。 发布案例以后" in text_of(client.get("/statistics/"))

    make_case("公开案例")
    text = text_of(client.get("/statistics/?year=1999"))
    assert "没有符合条件的案例，也就没有可统计的数。" in text
    assert "1999年" in text
    assert downloaded(client, "year", "year=1999") == [["年度", "案例数"], ["1999年", "0"], ["2020年", "1"]]


def test_cases_without_figures_lists_and_themes_make_a_page(client: Client) -> None:
    make_case("公开案例")

    text = text_of(client.get("/statistics/"))

    assert "这些案例没有录入成效数据。" in text
    assert "这些案例都没有可以统计的主题。" in text
    assert "这些案例都没有可以统计的榜单级别。" in text


@pytest.mark.any_database
def test_a_larger_library_costs_no_more_queries(client: Client) -> None:
    paths = [
        "/statistics/",
        "/statistics/?q=“电梯”",
        "/statistics/?district=440000&sector=rural",
        *(f"/statistics/export.csv?table={name}" for name in ("district-sector", "year", "figures", "single-figures")),
        "/statistics/export.xlsx",
    ]

    def queries() -> dict[str, int]:
        search.rebuild()
        client.get("/statistics/")  # the first page of a process reads more
        return queries_of(client, *paths)

    make_library(12, seed=10)
    for case in Case.objects.all():
        Figure.objects.create(case=case, **figure(5, source=make_source()))
    few = queries()

    for number in range(40):
        make_case(
            f"又一个{number}",
            approach="电梯",
            district=make_district(f"{30 + number % 9}0{number % 3 + 1}0{number % 7 + 1}"),
        )
    for case in Case.objects.filter(figures=None):
        Figure.objects.create(case=case, **figure(case.pk, source=make_source(f"s-{case.pk}")))
        Figure.objects.create(case=case, **figure(case.pk, f"指标{case.pk}"))
    assert queries() == few
    assert few["/statistics/"] <= 15
