"""The files a reader takes away."""

import csv
import io
import json
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from cases import search
from cases.exports import xlsx
from cases.exports.asked import Asked
from cases.exports.csv import safe_cell
from cases.exports.kinds import KINDS
from cases.models import Citation, Correction, Credit
from tests.builders import (
    make_case,
    make_district,
    make_draft,
    make_list,
    make_organisation,
    make_sector,
    make_source,
    make_theme,
)
from tests.exporting import saved_as
from tests.pages import cards, exported, queries_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def sheet_rows(client: Client, query: str = "", sheet: str = "案例") -> list[dict[str, Any]]:
    response = client.get(f"/cases/export.xlsx{query}")
    assert response.status_code == 200
    rows = list(load_workbook(io.BytesIO(response.content))[sheet].iter_rows(values_only=True))
    return [dict(zip(map(str, rows[0]), row, strict=True)) for row in rows[1:]]


def csv_rows(client: Client, query: str = "") -> list[dict[str, str]]:
    content = client.get(f"/cases/export.csv{query}").content
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_the_json_has_the_promised_shape(client: Client) -> None:
    partner = make_organisation("广州市水务局", kind="government")
    case = make_case(
        "党建+河长制 治水显成效",
        number="2020-0007",
        kind="innovation",
        brand_name="党建+河长制",
        start_year=2019,
        district=make_district("440104002"),
        sector=make_sector("机关"),
        themes=[make_theme("生态环境")],
        leads=[make_organisation("中共广州市水务局党组")],
        summary="摘要。",
        background="背景。",
        approach="做法。",
        results="成效。",
        lessons="启示。",
        figures=[
            {"indicator": "网格员", "value": 18416, "unit": "名", "year": 2019},
            {"indicator": "占比", "value": "93.4", "unit": "%", "qualifier": "nearly"},
        ],
    )
    Credit.objects.create(case=case, organisation=partner, role="partner", position=9)
    make_list("创新榜", cases=[case], year=2020).entries.update(rank=3, tier="一等奖")
    Correction.objects.create(case=case, date="2021-03-05", text="“九”应为“五”。", reason="来源已更正")

    assert client.get("/cases/export.json").json() == {
        "count": 1,
        "cases": [
            {
                "number": "2020-0007",
                "title": "党建+河长制 治水显成效",
                "url": "http://testserver/cases/2020-0007/",
                "kind": "创新案例",
                "brand_name": "党建+河长制",
                "district": {"code": "440104002", "name": "人民街道"},
                "sector": "机关",
                "themes": ["生态环境"],
                "start_year": 2019,
                "organisations": [
                    {"name": "中共广州市水务局党组", "role": "主办"},
                    {"name": "广州市水务局", "role": "协办"},
                ],
                "summary": "摘要。",
                "background": "背景。",
                "approach": "做法。",
                "results": "成效。",
                "lessons": "启示。",
                "figures": [
                    {"indicator": "网格员", "value": 18416, "qualifier": "", "unit": "名", "year": 2019},
                    {"indicator": "占比", "value": 93.4, "qualifier": "近", "unit": "%", "year": None},
                ],
                "sources": [
                    {
                        "publisher": "南方都市报",
                        "title": "党建创新十大案例",
                        "authors": "",
                        "published": "2020-11",
                        "page": "",
                        "url": "",
                    }
                ],
                "awards": [{"list": "创新榜", "year": 2020, "rank": 3, "tier": "一等奖"}],
                "corrections": [{"date": "2021-03-05", "text": "“九”应为“五”。", "reason": "来源已更正"}],
            }
        ],
    }


def test_every_format_gives_the_cases_of_the_page_in_its_order(client: Client) -> None:
    rural = make_sector("农村", "rural")
    for title, year in (("乙", 2019), ("甲", 2021), ("丙", 2020)):
        make_case(title, year=year, sector=rural)
    make_case("别的领域", sector=make_sector("机关", "government"))
    make_draft("草稿", sector=rural)

    for query in ("?sector=rural", "?sector=rural&sort=oldest", "?sector=rural&sort=title&district=440104"):
        titles = cards(client.get(f"/cases/{query}"))
        assert len(titles) == 3
        assert [case["title"] for case in client.get(f"/cases/export.json{query}").json()["cases"]] == titles
        assert [row["标题"] for row in sheet_rows(client, query)] == titles
        assert [row["标题"] for row in csv_rows(client, query)] == titles


def test_an_export_goes_beyond_the_page(client: Client) -> None:
    for index in range(25):
        make_case(f"案例{index}")

    assert len(exported(client)) == len(sheet_rows(client)) == len(csv_rows(client)) == 25


def test_cells_are_text_whatever_they_begin_with(client: Client) -> None:
    make_case(
        "=1+1",
        brand_name="@SUM(A1)",
        summary="+1\x07响铃",
        approach="-2",
        leads=[make_organisation("=cmd|' /C calc'!A0")],
    )

    row = sheet_rows(client)[0]
    book = load_workbook(io.BytesIO(client.get("/cases/export.xlsx").content))
    assert "f" not in {cell.data_type for line in book["案例"].iter_rows() for cell in line}
    assert (row["标题"], row["品牌名称"], row["摘要"], row["主要做法"]) == ("=1+1", "@SUM(A1)", "+1响铃", "-2")
    line = csv_rows(client)[0]
    assert (line["标题"], line["品牌名称"], line["摘要"]) == ("'=1+1", "'@SUM(A1)", "'+1响铃")
    assert client.get("/cases/export.json").json()["cases"][0]["title"] == "=1+1"


def test_rare_characters_and_long_texts_survive_and_what_was_cut_is_said(client: Client) -> None:
    make_case("𠮷祥", approach="长" * 40_000)

    row = sheet_rows(client)[0]
    assert row["标题"] == "𠮷祥"
    assert len(row["主要做法"]) == 32_767
    assert row["主要做法"].endswith("全文见网页）")
    assert csv_rows(client)[0]["主要做法"] == "长" * 40_000
    assert client.get("/cases/export.json").json()["cases"][0]["approach"] == "长" * 40_000


def test_the_workbook_has_the_figures_as_numbers_and_says_how_it_was_made(client: Client) -> None:
    make_case(
        "甲", year=2020, figures=[{"indicator": "党员", "value": 2500, "unit": "名", "qualifier": "more", "year": 2019}]
    )
    make_case("乙", year=2021, figures=[{"indicator": "不该出现", "value": 1, "unit": "个"}])

    figures = sheet_rows(client, "?year=2020", "成效数据")
    assert [(f["指标"], f["限定词"], f["数值"], f["单位"], f["年份"]) for f in figures] == [
        ("党员", "多", 2500, "名", 2019)
    ]
    notes = {row["项目"]: row["内容"] for row in sheet_rows(client, "?year=2020", "说明")}
    assert notes["筛选条件"] == "2020年"
    assert notes["案例数"] == 1


@pytest.mark.parametrize("form", ["xlsx", "csv", "json"])
def test_a_bad_value_is_refused_and_exports_nothing(client: Client, form: str) -> None:
    make_case("不该出现")

    response = client.get(f"/cases/export.{form}?district=999999")

    assert response.status_code == 400
    assert "没有代码为“999999”的区划" in response.content.decode()
    assert "不该出现" not in response.content.decode()


def test_an_unknown_format_is_404(client: Client) -> None:
    assert client.get("/cases/export.exe").status_code == 404


@pytest.mark.parametrize("form", ["xlsx", "csv", "json"])
def test_a_longer_export_costs_no_more_queries(client: Client, form: str) -> None:
    def grow(count: int) -> None:
        for index in range(count):
            case = make_case(f"案例{index}", figures=[{"indicator": "数", "value": index, "unit": "个"}])
            Citation.objects.create(case=case, source=make_source(f"source-{case.pk}"))

    grow(2)
    few = queries_of(client, f"/cases/export.{form}")
    grow(5)
    assert queries_of(client, f"/cases/export.{form}") == few


def test_an_empty_result_is_an_empty_file(client: Client) -> None:
    assert json.loads(client.get("/cases/export.json").content) == {"count": 0, "cases": []}
    assert sheet_rows(client) == []
    assert csv_rows(client) == []


@pytest.mark.parametrize(
    ("file", "page"),
    [
        ("/cases/export.csv?district=999999", "/cases/"),
        ("/statistics/export.csv?table=year&district=999999", "/statistics/"),
        ("/awards/top/export.csv?district=999999", "/awards/top/"),
    ],
)
def test_a_file_that_is_refused_leads_to_its_page_without_the_conditions(client: Client, file: str, page: str) -> None:
    make_list(slug="top", cases=[make_case()])

    response = client.get(file)

    assert response.status_code == 400
    assert f'<a href="{page}">清除全部条件' in response.content.decode()


@pytest.mark.parametrize("sign", "=+-@\t\r\n＝＋－＠")
def test_no_sign_that_begins_a_formula_begins_a_cell_of_a_csv(sign: str) -> None:
    assert safe_cell(f"{sign}1+1") == f"'{sign}1+1"
    assert safe_cell(f"1{sign}1") == f"1{sign}1"


def test_columns_can_be_chosen_in_every_format(client: Client) -> None:
    make_case("甲", summary="摘要甲", approach="不该出现")

    query = "?column=summary&column=title"
    assert sheet_rows(client, query) == [{"标题": "甲", "摘要": "摘要甲"}]
    assert csv_rows(client, query) == [{"标题": "甲", "摘要": "摘要甲"}]
    assert client.get(f"/cases/export.json{query}").json()["cases"] == [{"title": "甲", "summary": "摘要甲"}]


@pytest.mark.parametrize("form", ["xlsx", "csv", "json"])
def test_a_column_that_there_is_not_is_refused_by_its_name(client: Client, form: str) -> None:
    make_case("不该出现")

    response = client.get(f"/cases/export.{form}?column=title&column=status")

    assert response.status_code == 400
    assert "没有名为“status”的栏目" in response.content.decode()
    assert "不该出现" not in response.content.decode()


def test_the_workbook_says_which_cells_were_cut(client: Client) -> None:
    make_case("长文", number="2020-0001", approach="长" * 40_000, results="𠮷" * 20_000, background="短")

    notes = sheet_rows(client, sheet="说明")

    assert [note["内容"] for note in notes if note["项目"] == "截断"] == [
        "2020-0001 长文：“主要做法”超过 32767 个字符，已截断",
        "2020-0001 长文：“工作成效”超过 32767 个字符，已截断",
    ]


def test_a_row_of_a_workbook_is_as_high_as_its_longest_text(client: Client) -> None:
    make_case("短", number="2020-0001", summary="短", approach="短", year=2020)
    make_case("长", number="2020-0002", summary="短", approach="长" * 300, year=2021)
    make_case("更长", number="2020-0003", summary="短", approach="长" * 30_000, year=2022)

    book = load_workbook(io.BytesIO(client.get("/cases/export.xlsx?sort=oldest").content))
    low, high, highest = (book["案例"].row_dimensions[row].height for row in (2, 3, 4))

    # The column holds 60 characters, which is less than 30 Hanzi.
    assert low < 60
    assert 11 * 15 <= high <= 15 * 15
    # No row of Excel is higher.
    assert highest == 409


def test_a_wide_sheet_is_printed_on_pages_that_each_tell_which_cases_they_are_of(client: Client) -> None:
    make_case(figures=[{"indicator": "党员", "value": 1, "unit": "名"}])

    wide = load_workbook(io.BytesIO(client.get("/cases/export.xlsx").content))
    narrow = load_workbook(io.BytesIO(client.get("/cases/export.xlsx?column=title&column=summary").content))["案例"]

    cases = wide["案例"]
    assert (cases.freeze_panes, cases.print_title_cols, cases.print_title_rows) == ("C2", "$A:$B", "$1:$1")
    assert (cases.page_setup.fitToWidth or 1) > 1
    assert (narrow.freeze_panes, narrow.print_title_cols, narrow.page_setup.fitToWidth) == ("B2", "$A:$A", 1)
    assert [wide[name].page_setup.fitToWidth for name in ("成效数据", "来源", "说明")] == [1, 1, 1]


def test_days_are_days_in_a_workbook(client: Client) -> None:
    case = make_case()

    assert sheet_rows(client)[0]["入库日期"].date() == timezone.localdate(case.published_at)


def test_the_workbook_tells_words_conditions_order_and_licence(client: Client, settings: Any) -> None:
    settings.SITE = {**settings.SITE, "licence": "转载须经同意"}
    make_case("加装电梯", sector=make_sector("农村", "rural"))
    search.rebuild()

    notes = {n["项目"]: n["内容"] for n in sheet_rows(client, "?q=电梯&sector=rural&sort=title", "说明")}

    assert notes.pop("导出时间").startswith(f"{timezone.localdate().year}年")
    assert notes == {
        "检索词": "电梯",
        "筛选条件": "农村",
        "排序": "标题",
        "案例数": 1,
        "网址": "http://testserver/cases/?q=%E7%94%B5%E6%A2%AF&sector=rural&sort=title",
        "出处": "基层党建创新案例库",
        "许可": "转载须经同意",
    }


def test_the_whole_library_carries_its_licence(client: Client, settings: Any) -> None:
    settings.SITE = {**settings.SITE, "licence": "转载须经同意"}
    make_case("乙", number="2021-0001", year=2021)
    make_case("甲", number="2020-0001", year=2020)
    make_draft("不该出现")

    data = client.get("/download/library.json?year=2021&column=title").json()
    table = list(csv.DictReader(io.StringIO(client.get("/download/library.csv").content.decode("utf-8-sig"))))

    assert (data["title"], data["licence"], data["url"]) == ("基层党建创新案例库", "转载须经同意", "http://testserver/")
    assert data["exported_at"][:10] == timezone.localdate().isoformat()
    assert [case["title"] for case in data["cases"]] == [row["标题"] for row in table] == ["甲", "乙"]
    assert data["cases"] == client.get("/cases/export.json?sort=oldest").json()["cases"]
    assert {row["许可"] for row in table} == {"基层党建创新案例库：转载须经同意"}


def test_a_file_is_saved_by_its_title_and_day_without_what_systems_forbid(client: Client) -> None:
    make_case('党建/“三会一课”:是?<非>"\\*|\u202e' + "长" * 80, number="2020-0001")

    cases, one, years = (
        saved_as(client.get(address))
        for address in ("/cases/export.csv", "/cases/2020-0001/export.json", "/statistics/export.csv?table=year")
    )

    assert cases == ("基层党建创新案例 今天.csv", "cases.csv")
    title = "党建 “三会一课” 是 非 "
    assert one == (f"{title}{'长' * (60 - len(title))} 今天.json", "2020-0001.json")
    assert years == ("案例统计：按年度 今天.csv", "statistics-year.csv")


def test_the_year_of_a_list_is_told_once(client: Client) -> None:
    case = make_case()
    make_list("2020广州城市治理榜", slug="named", year=2020, cases=[case])
    make_list("十大案例", slug="unnamed", year=2020, cases=[case])

    assert sorted(csv_rows(client)[0]["入选榜单"].split("\n")) == ["2020年 十大案例", "2020广州城市治理榜"]


@pytest.mark.parametrize("what", ["cases", "award", "organisations"])
def test_columns_and_keys_of_the_data_go_together(what: str) -> None:
    make_list(slug="shown", cases=[make_case()])

    export = KINDS[what].describe(Asked(what, "json", QueryDict(), AnonymousUser(), "http://testserver", "shown"))

    keys = {key for column in export.columns for key in column.data_keys}
    assert keys == set(export.subject.as_data(next(iter(export.rows)), export.absolute))


def test_a_full_sheet_says_how_many_rows_it_leaves_out(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MAX_ROWS", 3)
    for number in (1, 2):
        figures = [{"indicator": f"数{place}", "value": place, "unit": "个"} for place in range(2)]
        make_case(f"案例{number}", number=f"2020-000{number}", figures=figures)

    assert [row["指标"] for row in sheet_rows(client, "?sort=title", "成效数据")] == ["数0", "数1"]
    monkeypatch.undo()
    assert len(sheet_rows(client, "?sort=title", "成效数据")) == 4


def test_the_notes_tell_of_a_full_sheet(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    figures = [{"indicator": f"数{place}", "value": place, "unit": "个"} for place in range(30)]
    make_case(figures=figures)
    monkeypatch.setattr(xlsx, "MAX_ROWS", 20)

    notes = [note["内容"] for note in sheet_rows(client, sheet="说明")]

    assert "工作表“成效数据”最多 20 行，以下 11 行未列出" in notes
