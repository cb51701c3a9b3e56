"""A case with everything that files have trouble with, and Word documents read back as a reader reads them."""

import io
from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from docx import Document
from docx.table import Table
from docx.text.paragraph import Paragraph

from cases.models import Case, Citation, Correction, Credit
from tests.builders import figure, make_case, make_district, make_list, make_organisation, make_source, make_theme

LONG = "街道党工委牵头，逐户上门听取意见。" * 2353 + "到此"  # 40,003 characters
AUTHORS = "、".join(f"作{place}" for place in range(50))  # as many as the field holds


def nasty_case(number: str = "2020-0007") -> Case:
    """A title that is a formula, control and rare characters, 300 organisations and a section of 40,000."""
    case = make_case(
        "=1+1",
        number=number,
        brand_name="𠮷祥\x07工程",
        start_year=2019,
        district=make_district("440104002"),
        themes=[make_theme("生态环境")],
        leads=[make_organisation(f"第{place}社区党支部") for place in range(300)],
        summary="<b>摘要</b> & “引号”\x0b。",
        background="第一段\r\n第二段\n\n- 甲项\n- 乙项",
        approach=LONG,
        results="<img src=file:///etc/passwd>",
        figures=[figure(2500, "党员", "名", qualifier="more", year=2019), figure("93.4", "占比", "%")],
    )
    Credit.objects.create(case=case, organisation=make_organisation("水务局"), role="partner", position=999)
    make_list("创新榜", cases=[case]).entries.update(rank=3)
    source = make_source("web", title="报道", authors=AUTHORS, page="A08版", url="https://example.com/a?b=1&c=2")
    Citation.objects.create(case=case, source=source, locator="第二节", position=1)
    Correction.objects.create(case=case, date="2021-03-05", text="“九”应为“五”。", reason="来源已更正")
    return case


@dataclass
class Chapter:
    """What stands under one Heading 1: facts by name, then paragraphs, and tables as lists of rows, by Heading 2."""

    title: str
    number: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    parts: dict[str, list[Any]] = field(default_factory=dict)


def opened(client: Client, address: str) -> Any:
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    return Document(io.BytesIO(response.content))


def rows_of(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def facts_of(table: Table) -> dict[str, str]:
    """Names and what they stand for, one pair or two a row; a cell over several columns is read once."""
    facts: dict[str, str] = {}
    for row in table.rows:
        texts = [
            cell.text for place, cell in enumerate(row.cells) if cell._tc not in [c._tc for c in row.cells[:place]]
        ]
        facts |= dict(zip(texts[::2], texts[1::2], strict=True))
    return facts


def chapters(document: Any) -> list[Chapter]:
    found: list[Chapter] = []
    for block in document.iter_inner_content():
        style = block.style.name
        if style == "Heading 1":
            found.append(Chapter(block.text))
        elif not found:
            continue
        elif style == "案例编号":
            found[-1].number = block.text
        elif style == "Heading 2":
            found[-1].parts[block.text] = []
        elif isinstance(block, Paragraph):
            found[-1].parts[list(found[-1].parts)[-1]].append(block.text)
        elif found[-1].parts:
            found[-1].parts[list(found[-1].parts)[-1]] += rows_of(block)
        else:
            found[-1].facts = facts_of(block)
    return found


def contents(document: Any) -> list[str]:
    """The entries of the table of contents."""
    entries = document.element.body.iterfind(".//{*}sdtContent/{*}p")
    return [
        "".join(t.text for t in entry.iter("{*}t")) for entry in entries if entry.find(".//{*}hyperlink") is not None
    ]
