"""Cases side by side as a file."""

import csv
import io
import re
from typing import Any

import pytest
from django.test import Client
from docx import Document
from docx.enum.section import WD_ORIENT
from pypdf import PdfReader

from cases.models import Case, Citation
from tests.builders import figure, make_case, make_draft, make_organisation, make_source, make_theme
from tests.exporting import saved_as
from tests.pages import queries_of, text_of
from tests.paper import LONG, facts_of, opened, rows_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

BOTH = "?case=2020-0001&case=2020-0002"


@pytest.fixture
def two() -> list[Case]:
    """Two cases that share a body and a theme, of which the first has a title like a formula."""
    shared = make_organisation("甲组织")
    one = make_case(
        "=1+1",
        number="2020-0001",
        brand_name="红苗工程",
        leads=[shared],
        themes=[make_theme("党群服务"), make_theme("智慧党建")],
        summary="摘要一",
        approach="第一段\n- 甲项\n- 乙项",
        figures=[figure(2, "党员", "名", year=2019), figure(3, "党员", "名", year=2020)],
    )
    Citation.objects.create(case=one, source=make_source("other", title="报道"), position=1)
    two = make_case(
        "乙案例𠮷\x07",
        number="2020-0002",
        leads=[shared, make_organisation("丙组织")],
        themes=[make_theme("党群服务")],
        summary="摘要二",
        figures=[figure(5, "党员", "名", year=2020, qualifier="over")],
    )
    return [one, two]


ROWS = [
    ["方面", "甲　=1+1", "乙　乙案例𠮷"],
    ["编号", "2020-0001", "2020-0002"],
    ["类型（相同）", "创新案例", "创新案例"],
    ["品牌", "红苗工程", "未载明"],
    ["区划（相同）", "广东省广州市越秀区", "广东省广州市越秀区"],
    ["领域（相同）", "城市社区", "城市社区"],
    ["主题", "党群服务（共有）\n智慧党建", "党群服务（共有）"],
    ["年度（相同）", "2020年", "2020年"],
    ["主办", "甲组织（共有）", "甲组织（共有）\n丙组织"],
    ["摘要", "摘要一", "摘要二"],
    ["背景与起因", "来源未述及", "来源未述及"],
    ["主要做法", "第一段\n\n- 甲项\n- 乙项", "来源未述及"],
    ["工作成效", "来源未述及", "来源未述及"],
    ["经验启示", "来源未述及", "来源未述及"],
    ["成效数据：党员（名）", "2 名（2019年）\n3 名（2020年）", "超过 5 名（2020年）"],
    [
        "来源",
        "1. 南方都市报：《党建创新十大案例》，2020年11月（共有）\n2. 南方都市报：《报道》，2020年11月",
        "1. 南方都市报：《党建创新十大案例》，2020年11月（共有）",
    ],
    ["网址", "http://testserver/cases/2020-0001/", "http://testserver/cases/2020-0002/"],
]


def test_csv_has_the_rows_of_the_page(client: Client, two: list[Case]) -> None:
    content = client.get(f"/compare/export.csv{BOTH}").content.decode("utf-8-sig")

    assert list(csv.reader(io.StringIO(content))) == ROWS


def test_word_has_the_rows_of_the_page_on_a_page_that_lies_on_its_side(client: Client, two: list[Case]) -> None:
    document = opened(client, f"/compare/export.docx{BOTH}")
    about, table = document.tables

    assert rows_of(table) == [[cell.replace("\n\n", "\n").replace("- ", "• ") for cell in row] for row in ROWS]
    assert document.sections[0].orientation == WD_ORIENT.LANDSCAPE
    assert document.paragraphs[0].text == "案例对比：红苗工程、乙案例𠮷"
    assert facts_of(about)["网址"] == f"http://testserver/compare/{BOTH}"


def test_pdf_has_the_rows_of_the_page_on_a_page_that_lies_on_its_side(client: Client, two: list[Case]) -> None:
    reader = PdfReader(io.BytesIO(client.get(f"/compare/export.pdf{BOTH}").content))
    text = "".join("".join(page.extract_text().split()) for page in reader.pages)

    cells = [part for row in ROWS for cell in row for part in cell.replace("- ", "•").split("\n")]
    assert [cell for cell in cells if "".join(cell.split()) not in text] == []
    page = reader.pages[0].mediabox
    assert page.width > page.height


@pytest.mark.parametrize("form", ["docx", "pdf", "xlsx", "csv"])
def test_a_draft_is_in_none_and_looks_like_an_unknown_number(client: Client, two: list[Case], form: str) -> None:
    make_draft("秘而不宣", number="2020-0003", summary="秘而不宣之摘要")

    def told(number: str) -> str:
        response = client.get(f"/compare/export.{form}{BOTH}&case={number}")
        assert response.status_code == 200
        return re.sub(r"\d\d:\d\d", "", words(response, form).replace(number, ""))  # the time of day

    assert told("2020-0003") == told("2020-0009")
    assert "秘而不宣" not in told("2020-0003")


def words(response: Any, form: str) -> str:
    file = io.BytesIO(response.content)
    if form == "docx":
        return "\n".join(text.text or "" for text in Document(file).element.iter("{*}t"))
    if form == "pdf":
        return "\n".join(page.extract_text() for page in PdfReader(file).pages)
    if form == "csv":
        return response.content.decode()
    from openpyxl import load_workbook

    return "\n".join(str(cell) for sheet in load_workbook(file) for row in sheet.values for cell in row)


def test_numbers_that_cannot_be_shown_are_told_in_the_words_of_the_page(client: Client, two: list[Case]) -> None:
    about = facts_of(opened(client, f"/compare/export.docx{BOTH}&case=2020-9999").tables[0])

    assert about["未列入"] == "没有编号为“2020-9999”的公开案例。请核对编号，或按标题搜索后加入。"


@pytest.mark.parametrize(
    ("query", "fault", "page"),
    [
        ("", "对比至少要两个案例", "/compare/"),
        ("?case=2020-0001&case=2020-9999", "没有编号为“2020-9999”的公开案例", "/compare/?case=2020-0001"),
        ("?case=x", "“x”不是案例编号", "/compare/"),
    ],
)
@pytest.mark.parametrize("form", ["docx", "pdf"])
def test_with_nothing_left_to_compare_it_is_refused(
    client: Client, two: list[Case], form: str, query: str, fault: str, page: str
) -> None:
    response = client.get(f"/compare/export.{form}{query}")

    assert response.status_code == 400
    assert fault in text_of(response)
    assert f'<a href="{page}">回到对比页' in response.content.decode()


def test_long_sections_go_over_several_pages(client: Client) -> None:
    for number in ("2020-0001", "2020-0002"):
        make_case(f"案例{number}", number=number, approach=LONG[:8000] + "到此")

    reader = PdfReader(io.BytesIO(client.get(f"/compare/export.pdf{BOTH}").content))

    text = "".join("".join(page.extract_text().split()) for page in reader.pages)
    assert text.count("到此") == 2
    rows = {row[0]: row[1:] for row in rows_of(opened(client, f"/compare/export.docx{BOTH}").tables[1])}
    assert rows["主要做法"] == [LONG[:8000] + "到此"] * 2


def test_the_page_leads_to_its_files(client: Client, two: list[Case]) -> None:
    html = client.get(f"/compare/{BOTH}&case=2020-9999").content.decode()

    for form in ("docx", "pdf", "xlsx", "csv"):
        assert f'href="/compare/export.{form}?case=2020-0001&amp;case=2020-0002"' in html
    assert "/compare/export." not in client.get("/compare/?case=2020-0001").content.decode()


def test_an_unknown_format_is_not_found(client: Client, two: list[Case]) -> None:
    assert client.get(f"/compare/export.json{BOTH}").status_code == 404


def test_more_of_everything_costs_no_more_queries(client: Client, two: list[Case]) -> None:
    for place in range(3):
        make_case(
            number=f"2021-000{place}",
            leads=[make_organisation(f"组织{place}-{other}") for other in range(5)],
            figures=[figure(other, f"指标{other}") for other in range(20)],
        )

    few = queries_of(client, f"/compare/export.docx{BOTH}")
    more = queries_of(client, "/compare/export.docx?case=2021-0000&case=2021-0001&case=2021-0002")
    assert list(more.values()) == list(few.values())


# One case


@pytest.mark.parametrize("form", ["docx", "pdf", "json"])
def test_one_case_can_be_taken_away_and_a_draft_cannot(client: Client, two: list[Case], form: str) -> None:
    make_draft(number="2020-0003")

    response = client.get(f"/cases/2020-0001/export.{form}")

    assert response.status_code == 200
    assert saved_as(response)[1] == f"2020-0001.{form}"
    assert client.get(f"/cases/2020-0003/export.{form}").status_code == 404
    assert client.get(f"/cases/2020-9999/export.{form}").status_code == 404


def test_the_page_of_a_case_leads_to_its_files_and_the_preview_of_a_draft_does_not(
    checker: Client, two: list[Case]
) -> None:
    make_draft(number="2020-0003")

    html = checker.get("/cases/2020-0001/").content.decode()
    assert 'href="/cases/2020-0001/export.docx"' in html
    assert 'href="/cases/2020-0001/export.pdf"' in html
    assert "/cases/2020-0003/export" not in checker.get("/cases/2020-0003/").content.decode()
    assert checker.get("/cases/2020-0003/export.docx").status_code == 404
