"""One query in every format, read back with other people's programs and compared with the database field by field."""

import csv
import io
import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook
from pypdf import PdfReader

from cases.models import AwardEntry, Case
from tests.builders import figure, make_case, make_district, make_draft, make_list, make_organisation, make_sector
from tests.pages import cards
from tests.paper import LONG, chapters, nasty_case, opened

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pdf_libraries"), pytest.mark.any_database]

SECTIONS = {
    "摘要": "summary", "背景与起因": "background", "主要做法": "approach", "工作成效": "results", "经验启示": "lessons",
}  # fmt: skip
LISTS = ("成效数据", "入选榜单", "来源", "勘误")


def clean(text: str) -> str:
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text)


def day(of: date) -> str:
    return f"{of.year}年{of.month}月{of.day}日"


def record(case: Case) -> dict[str, Any]:
    """What the database has of a case, under the headings of the columns."""
    credits = list(case.credits.select_related("organisation").order_by("position", "pk"))
    named = [(one.organisation.name, one.get_role_display()) for one in credits]
    assert case.district is not None
    assert case.published_at is not None
    return {
        "编号": case.number,
        "标题": clean(case.title),
        "类型": case.get_kind_display(),
        "品牌名称": clean(case.brand_name),
        "区划代码": case.district.code.ljust(6, "0"),
        "区划": case.district.full_name,
        "领域": str(case.sector),
        "主题": "、".join(theme.name for theme in case.themes.all()),
        "年度": case.year,
        "开始年份": case.start_year,
        "主办组织": "、".join(name for name, role in named if role == "主办"),
        "其他组织": "、".join(f"{name}（{role}）" for name, role in named if role != "主办"),
        **{heading: clean(case.text_of(name)) for heading, name in SECTIONS.items()},
        "成效数据": [
            f"{one.indicator}：{one.label}" + (f"（{one.year}年）" if one.year else "") for one in case.figures.all()
        ],
        "入选榜单": [
            f"{entry.award_list.year}年 {entry.award_list.title} 第 {entry.rank} 名"
            for entry in AwardEntry.objects.filter(case=case)
        ],
        "来源": ["，".join(filter(None, source_of(one))) for one in case.citations.all()],
        "勘误": [f"{day(one.date)}：{one.text}（{one.reason}）" for one in case.corrections.all()],
        "入库日期": timezone.localdate(case.published_at),
        "网址": f"http://testserver/cases/{case.number}/",
    }


def source_of(citation: Any) -> list[str]:
    source = citation.source
    year, month = source.published.split("-")
    published = f"{year}年{int(month)}月"
    named = f"{source.publisher}：《{source.title}》"
    return [named, source.authors, published, source.page, citation.locator, source.url]


@pytest.fixture
def cases() -> list[Case]:
    """Two cases of a field, the oldest first, among others that the query does not find or that nobody may see."""
    sector = make_sector("城市社区", "urban")
    nasty = nasty_case()
    plain = make_case(
        "乙　普通的案例",
        number="2020-0008",
        kind="brand",
        district=make_district("4403F01"),
        sector=sector,
        leads=[make_organisation("乙单位")],
        approach="甲乙丙丁",
        lessons="启示。",
        figures=[figure(7, "网格", "个", qualifier="about")],
        start_year=None,
    )
    make_list("年榜", cases=[plain], year=2021).entries.update(rank=1)
    make_case("不该出现的领域", sector=make_sector("医院", "hospital"))
    make_draft("不该出现的草稿", sector=sector)
    withdrawn = make_case("不该出现的撤下", sector=sector)
    withdrawn.withdraw(by=None)
    Case.objects.filter(pk=nasty.pk).update(published_at=timezone.now() - timedelta(days=9))
    return list(Case.objects.filter(pk__in=[nasty.pk, plain.pk]).order_by("number"))


QUERY = "?sector=urban&year=2020&sort=oldest"
CUT = "……（单元格最多 32767 个字符，以下未列出，全文见网页）"


def as_cells(record: dict[str, Any]) -> dict[str, Any]:
    """Numbers as numbers, days as days, several things a line each, and no more in a cell than Excel takes."""
    cells = {name: "\n".join(value) if isinstance(value, list) else value for name, value in record.items()}
    cells["主要做法"] = (
        cells["主要做法"] if len(cells["主要做法"]) < 32_767 else cells["主要做法"][: 32_767 - len(CUT)] + CUT
    )
    return {name: None if value == "" else value for name, value in cells.items()}


def in_workbook(client: Client) -> list[dict[str, Any]]:
    sheet = load_workbook(io.BytesIO(client.get(f"/cases/export.xlsx{QUERY}").content))["案例"]
    headings, *rows = sheet.iter_rows(values_only=True)
    read: list[dict[str, Any]] = [dict(zip(map(str, headings), row, strict=True)) for row in rows]
    return [one | {"入库日期": one["入库日期"].date()} for one in read]


def as_csv(record: dict[str, Any]) -> dict[str, str]:
    written = {name: "\n".join(value) if isinstance(value, list) else value for name, value in record.items()}
    written = {name: "" if value is None else str(value) for name, value in written.items()}
    return written | {"标题": written["标题"].replace("=1+1", "'=1+1")}


def in_csv(client: Client) -> list[dict[str, str]]:
    content = client.get(f"/cases/export.csv{QUERY}").content.decode()
    assert content.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(content[1:], newline="")))


def as_data(case: Case) -> dict[str, Any]:
    told = record(case)
    return {
        "number": case.number,
        "title": told["标题"],
        "url": told["网址"],
        "kind": told["类型"],
        "brand_name": told["品牌名称"],
        "district": {"code": told["区划代码"], "name": case.district and case.district.name},
        "sector": told["领域"],
        "themes": [theme.name for theme in case.themes.all()],
        "start_year": case.start_year,
        "organisations": [
            {"name": one.organisation.name, "role": one.get_role_display()} for one in case.credits.all()
        ],
        **{name: told[heading] for heading, name in SECTIONS.items()},
        "figures": [
            {
                "indicator": one.indicator,
                "value": float(one.value),
                "qualifier": one.get_qualifier_display(),
                "unit": one.unit,
                "year": one.year,
            }
            for one in case.figures.all()
        ],
        "sources": [
            {name: getattr(one.source, name) for name in ("publisher", "title", "authors", "published", "page", "url")}
            for one in case.citations.all()
        ],
        "awards": [
            {"list": one.award_list.title, "year": one.award_list.year, "rank": one.rank, "tier": None}
            for one in AwardEntry.objects.filter(case=case)
        ],
        "corrections": [
            {"date": one.date.isoformat(), "text": one.text, "reason": one.reason} for one in case.corrections.all()
        ],
    }


def in_json(client: Client) -> Any:
    data = json.loads(client.get(f"/cases/export.json{QUERY}").content)
    assert data.keys() == {"count", "cases"}
    assert data["count"] == len(data["cases"])
    return data["cases"]


def on_paper(record: dict[str, Any], case: Case) -> dict[str, Any]:
    """Title and number, facts by name, and parts of paragraphs, items and rows; what says nothing is not there."""
    apart = {"编号", "标题", "区划代码", *SECTIONS, *LISTS}
    facts = {name: day(value) if isinstance(value, date) else str(value) for name, value in record.items() if value}
    sections = {name: [line.removeprefix("- ") for line in record[name].splitlines() if line] for name in SECTIONS}
    figures = [[one.indicator, one.label, f"{one.year}年" if one.year else ""] for one in case.figures.all()]
    head = ["指标", "数据", "年份"]
    if not any(row[2] for row in figures):
        head, figures = head[:2], [row[:2] for row in figures]
    lists = {name: [f"{place}.\t{item}" for place, item in enumerate(record[name], start=1)] for name in LISTS[1:]}
    parts = {**sections, "成效数据": [head, *figures], **lists}
    return {
        "title": record["标题"],
        "number": record["编号"],
        "facts": {name: text for name, text in facts.items() if name not in apart},
        "parts": {name: lines for name, lines in parts.items() if lines},
    }


def in_word(client: Client) -> list[dict[str, Any]]:
    found = chapters(opened(client, f"/cases/export.docx{QUERY}"))
    assert found[-1].parts["来源"].pop() == ""  # the paragraph at the end of the document
    return [vars(chapter) for chapter in found]


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def printed(told: dict[str, Any]) -> str:
    """A chapter as one text without white space."""
    written = [told["title"], told["number"], *(name + text for name, text in told["facts"].items())]
    for name, lines in told["parts"].items():
        texts = ["".join(line) if isinstance(line, list) else line for line in lines]
        written += [name, *(f"•{text}" if text in {"甲项", "乙项"} else text for text in texts)]
    return squeezed("".join(written))


def in_pdf(client: Client) -> str:
    """The text of all chapters without the heads and the numbers of the pages, and without white space."""
    reader = PdfReader(io.BytesIO(client.get(f"/cases/export.pdf{QUERY}").content))
    pages = [page.extract_text() for page in reader.pages[1:]]
    head = re.compile(r"基层党建创新案例\s*2020-\d{4}|— \d+ —")
    return squeezed("".join(head.sub("", page) for page in pages))


def test_every_format_of_a_query_has_what_the_database_has_field_by_field(client: Client, cases: list[Case]) -> None:
    records = [record(case) for case in cases]
    assert (records[0]["标题"], len(records[0]["主要做法"])) == ("=1+1", len(LONG))
    assert len(records[0]["主办组织"].split("、")) == 300
    assert "𠮷" in records[0]["品牌名称"]
    assert cards(client.get(f"/cases/{QUERY}")) == [one["标题"] for one in records]

    assert in_workbook(client) == [as_cells(one) for one in records]
    assert in_csv(client) == [as_csv(one) for one in records]
    assert in_json(client) == [as_data(case) for case in cases]
    assert in_word(client) == [on_paper(*one) for one in zip(records, cases, strict=True)]
    assert in_pdf(client) == "".join(printed(on_paper(*one)) for one in zip(records, cases, strict=True))
