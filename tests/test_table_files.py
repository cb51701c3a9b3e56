"""Files that are no tables, too large, or made to harm: refused in no time, in a sentence that says what to do."""

from __future__ import annotations

import io
import re
import tracemalloc
import zipfile
from pathlib import Path
from time import thread_time
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from cases.bulk import tables
from cases.bulk.tables import MAX_CELL, MAX_COLUMNS, MAX_ROWS, check, opened
from tests.pace import slowness
from tests.tables import xlsx

pytestmark = pytest.mark.any_database

SHEET = "xl/worksheets/sheet1.xml"
GOOD = xlsx([["编号", "标题"], ["2020-0001", "甲"]])


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """The same workbook with another part in the place of one."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as after:
        for member in before.infolist():
            after.writestr(member.filename, part if member.filename == name else before.read(member.filename))
    return file.getvalue()


def part_of(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name)


def with_cell(reference: str, dimension: str) -> bytes:
    """A good workbook with one more cell, far away, and a word of its own about its size."""
    row = re.search(r"\d+", reference)
    assert row
    sheet = part_of(GOOD, SHEET).decode()
    cell = f'<row r="{row[0]}"><c r="{reference}" t="inlineStr"><is><t>远</t></is></c></row></sheetData>'
    sheet = re.sub(r'<dimension ref="[^"]*"', f'<dimension ref="{dimension}"', sheet.replace("</sheetData>", cell))
    return with_part(GOOD, SHEET, sheet.encode())


def read(path: Path, content: bytes, name: str = "表.xlsx") -> list[tuple[int, dict[str, object]]]:
    """All that a file holds, after the checks that a file goes through when it is sent."""
    check(SimpleUploadedFile(name, content))
    stored = path / "stored"
    stored.write_bytes(content)
    with opened(stored, name, "案例") as file:
        return [(row.number, row.cells) for row in file.main.rows]


def fault(path: Path, content: bytes, name: str = "表.xlsx") -> str:
    """What is said of a file, which has to be said soon and without taking much memory."""
    begun = thread_time()
    tracemalloc.start()
    try:
        with pytest.raises(ValidationError) as refused:
            read(path, content, name)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert thread_time() - begun < 20 * slowness()  # most of it is the measuring
    assert most < 64 * 1024 * 1024
    return "；".join(refused.value.messages)


def bomb() -> bytes:
    """A workbook whose sheet unpacks to more than any sheet may."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as before, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as after:
        for member in before.infolist():
            if member.filename != SHEET:
                after.writestr(member.filename, before.read(member.filename))
        with after.open(SHEET, "w", force_zip64=True) as sheet:
            sheet.write(b"<worksheet>")
            for _ in range(160):
                sheet.write(b" " * 1024 * 1024)
    return file.getvalue()


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><worksheet>&b;</worksheet>'
)


def test_a_good_file_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, GOOD) == [(2, {"编号": "2020-0001", "标题": "甲"})]


@pytest.mark.parametrize("dimension", ["A1:XFD1048576", "A1:A1"])
def test_what_a_workbook_says_of_its_size_is_not_believed(tmp_path: Path, dimension: str) -> None:
    sheet = re.sub(rb'<dimension ref="[^"]*"', f'<dimension ref="{dimension}"'.encode(), part_of(GOOD, SHEET))

    assert read(tmp_path, with_part(GOOD, SHEET, sheet)) == [(2, {"编号": "2020-0001", "标题": "甲"})]


@pytest.mark.parametrize("dimension", ["A1:XFD1048576", "A1:B2"])
@pytest.mark.parametrize("cell", ["XFD1048576", "A1048576", "A999999999999"])
def test_a_lone_cell_far_down_is_refused(tmp_path: Path, cell: str, dimension: str) -> None:
    assert fault(tmp_path, with_cell(cell, dimension)) == "第 2 行以下有 20,000 多个空行，请删去空行和多余的格式后再传"


def test_a_lone_cell_far_to_the_right_is_refused(tmp_path: Path) -> None:
    assert fault(tmp_path, with_cell("XFD3", "A1:B2")).startswith(f"第 3 行有 16,384 列，最多 {MAX_COLUMNS} 列")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (bomb(), "文件解压后过大"),
        (with_part(GOOD, SHEET, LAUGHS), "文件含有不该有的内容"),
        (with_part(GOOD, SHEET, LAUGHS.decode().encode("utf-16")), "文件含有不该有的内容"),
        (with_part(GOOD, SHEET, b"<!--" + b"x" * 8000 + b"-->" + LAUGHS), "文件含有不该有的内容"),
        (with_part(GOOD, "xl/workbook.xml", LAUGHS), "文件含有不该有的内容"),
        (with_part(GOOD, SHEET, b"<worksheet><sheetData><row"), "文件无法读取"),
        (with_part(GOOD, "xl/styles.xml", b"<styleSheet>" + b" " * (5 * 1024 * 1024)), "文件解压后过大"),
        (GOOD[:-40], "文件无法读取"),
        (b"PK\x03\x04 nothing", "文件无法读取"),
        (b"", "文件是空的"),
    ],
    ids=[
        "bomb",
        "entities",
        "in UTF-16",
        "after a comment",
        "in the workbook",
        "cut",
        "styles",
        "broken",
        "no zip",
        "empty",
    ],
)
def test_what_is_no_workbook_or_made_to_harm_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    assert fault(tmp_path, content).startswith(said)


@pytest.mark.parametrize("name", ["表.xls", "表.html", "表", "表.xlsm", "表.csv.exe"])
def test_other_kinds_of_files_are_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="请改用 xlsx 或 csv"):
        check(SimpleUploadedFile(name, GOOD))


def test_a_file_beyond_the_limit_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_BYTES", 100)
    with pytest.raises(ValidationError, match="超过"):
        check(SimpleUploadedFile("表.csv", b"x" * 101))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("标题\n" + "甲\n" * (MAX_ROWS + 1), f"“文件”超过 {MAX_ROWS:,} 行，请分成几个文件导入"),
        (
            ",".join(f"栏{n}" for n in range(MAX_COLUMNS + 1)) + "\n",
            f"“文件”有 {MAX_COLUMNS + 1} 列，最多 {MAX_COLUMNS} 列",
        ),
        ("标题\n" + "甲" * (MAX_CELL + 1), f"第 2 行有单元格超过 {MAX_CELL:,} 字"),
        ("标题\n甲,乙\n", "第 2 行右边有内容没有栏目名称：“乙”"),
        ("标题,标题\n甲,乙\n", "“文件”的栏目重复：标题"),
        ("\n\n", "“文件”是空的"),
    ],
    ids=["rows", "columns", "cell", "no heading", "twice", "nothing"],
)
def test_too_many_rows_columns_or_signs_are_refused(tmp_path: Path, content: str, said: str) -> None:
    assert said in fault(tmp_path, content.encode(), "表.csv")


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"a,b\x00\n", b"\x81", "标题\n".encode("utf-16-be")])
def test_what_is_no_text_is_refused(tmp_path: Path, content: bytes) -> None:
    assert fault(tmp_path, content, "表.csv").startswith("文件不是文本")


def test_hidden_and_other_sheets_are_left_out_and_said(tmp_path: Path) -> None:
    book: Any = Workbook()
    book.active.title = "封面"
    for name in ("案例", "别的", "藏着"):
        book.create_sheet(name).append(["编号", "标题"])
    book["案例"].append(["2020-0001", "甲"])
    book["藏着"].append(["2020-0002", "乙"])
    book["藏着"].sheet_state = "veryHidden"
    file = io.BytesIO()
    book.save(file)
    stored = tmp_path / "stored"
    stored.write_bytes(file.getvalue())

    with opened(stored, "表.xlsx", "案例") as table:
        assert [row.number for row in table.main.rows] == [2]
        assert table.notices == ["只读取工作表“案例”；没有读取：封面、别的", "隐藏的工作表没有读取：藏着"]


def test_a_formula_is_read_as_the_value_it_was_last_seen_with(tmp_path: Path) -> None:
    sheet = part_of(GOOD, SHEET).decode()
    sheet = sheet.replace("</sheetData>", '<row r="3"><c r="A3" t="str"><f>1+1</f><v>二</v></c></row></sheetData>')

    assert read(tmp_path, with_part(GOOD, SHEET, sheet.encode()))[1] == (3, {"编号": "二", "标题": None})
    assert load_workbook(io.BytesIO(with_part(GOOD, SHEET, sheet.encode())))["案例"]["A3"].value == "=1+1"
