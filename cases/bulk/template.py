"""The file to fill in: headings, one worked example, what each column wants, and the values it may have."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import BytesIO, StringIO
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from cases.bulk.list_rows import ENTRIES, ListRows
from cases.bulk.rows import RowReader, Told
from cases.bulk.tables import MAX_BYTES, MAX_ROWS
from cases.models import Sector, Theme

CHOICES, NOTES = "可选值", "说明"
HEADING = PatternFill("solid", fgColor="F3E9E7")
WRAPPED = Alignment(wrap_text=True, vertical="top")
CONTENT_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
COMMON = [
    ("怎样填", "第一行是栏目名称，不要改；从第二行起一行一条。以“示例”开头的行不会导入，可以留着对照。"),
    ("不用的栏目", "可以整列删去：文件里没有的栏目，已有的内容不变。有栏目而单元格空着，就是清空。"),
    ("修改已有的", "从列表导出 xlsx 或 csv，改好后直接导入：没有改的行显示为“相同”，不会变动。"),
    ("导入以前", "先逐行预览：新增、有变化（改了什么）、相同、有误。有一行有误，就一行也不导入。"),
    ("上限", f"文件 {MAX_BYTES // 1048576} MB，{MAX_ROWS:,} 行。公式按结果读取，不会计算；隐藏的工作表不读取。"),
]
OWN = {
    "cases.case": [
        ("认出已有的案例", "按编号。编号空着就是新增，状态总是草稿，保存时自动编号。"),
        ("段落", "正文各栏是纯文字：段落之间空一行，以“- ”开头的行显示为列表。单元格内换行按 Alt+Enter。"),
        (
            "成效数据",
            "一行一个：指标：限定词 数值 单位（年份），如 覆盖党员：超过 2.3万名（2020年）。只读这一栏，导出文件里"
            "“成效数据”“来源”两个工作表不读取。没有改动的行保留原来的出处和原文表述。",
        ),
        (
            "来源",
            "一行一个：发布者：标题，日期，网址。库里已有同一发布者、同一标题的，就用已有的；没有的新建，有网址的算网页，"
            "没有的算报纸。也可以只写来源的代号。",
        ),
        ("组织", "按全称找，其次按只属于一个组织的简称或曾用名。库里没有的请先导入组织。"),
    ],
    "cases.organisation": [("认出已有的组织", "按名称。改名请在网页上改，并把旧名记入“曾用名”。")],
    "cases.awardlist": [
        ("认出已有的榜单", "按网址代号；导出的文件从“网址”认出。新增的榜单总是草稿。"),
        (
            "条目",
            "xlsx 填在“条目”表，一行一条，“榜单”栏写网址代号；文件里有“条目”表时，各榜单的条目以它为准。"
            "csv 填在“条目”栏，一行一个：名称｜单位｜第1名或等次｜案例编号｜区划。",
        ),
    ],
}


def columns_of(reader: type[RowReader]) -> list[Told]:
    """What is asked for; some columns are read only because exports have them."""
    return [column for column in reader.columns if column.name not in {"others", "address"}]


def as_csv(reader: type[RowReader]) -> bytes:
    columns, text = columns_of(reader), StringIO()
    writer = csv.writer(text)
    writer.writerow(column.heading for column in columns)
    writer.writerow(column.example for column in columns)
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(reader: type[RowReader]) -> bytes:
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    choices = _choices(reader)
    _table(book, reader.sheet, columns_of(reader), choices)
    if reader is ListRows:
        _table(book, ENTRIES, ListRows.entry_columns, {})
    _notes(book, reader)
    _list_choices(book, choices)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _choices(reader: type[RowReader]) -> dict[str, list[str]]:
    """The values that columns may have, by their headings."""
    found = {column.heading: list(column.choices) for column in reader.columns if column.choices}
    if any(column.name == "sector" for column in reader.columns):
        found |= {"领域": _words(Sector), "主题": _words(Theme)}
    return found


def _words(model: Any) -> list[str]:
    return list(model.objects.order_by("position", "pk").values_list("name", flat=True))


def _table(book: Workbook, title: str, columns: Sequence[Told], choices: dict[str, list[str]]) -> None:
    sheet: Worksheet = book.create_sheet(title)
    sheet.freeze_panes = "B2"
    for place, column in enumerate(columns, start=1):
        letter = get_column_letter(place)
        heading = sheet.cell(1, place, column.heading)
        heading.font, heading.fill, heading.alignment = Font(bold=True), HEADING, WRAPPED
        example = sheet.cell(2, place, column.example)
        example.font, example.alignment = Font(italic=True, color="5F666E"), WRAPPED
        example.data_type = "s"
        sheet.column_dimensions[letter].width = column.width
        # Several themes may stand in one cell, so no list can hold it.
        if values := choices.get(column.heading) if column.name != "themes" else None:
            at = get_column_letter(list(choices).index(column.heading) + 1)
            _offer(sheet, letter, f"{quote_sheetname(CHOICES)}!${at}$2:${at}${len(values) + 1}", column)


def _offer(sheet: Worksheet, letter: str, where: str, column: Told) -> None:
    offered = DataValidation("list", formula1=where, allow_blank=not column.is_required, showErrorMessage=True)
    offered.errorTitle, offered.error = column.heading, "请从列表中选"
    offered.add(f"{letter}2:{letter}{MAX_ROWS + 1}")
    sheet.add_data_validation(offered)


def _notes(book: Workbook, reader: type[RowReader]) -> None:
    sheet: Worksheet = book.create_sheet(NOTES)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 18, 90
    rows = [("项目", "说明"), *COMMON, *OWN[reader.records.model._meta.label_lower]]
    rows += [(f"栏目：{column.heading}", _told(column)) for column in columns_of(reader)]
    if reader is ListRows:
        rows += [(f"条目：{column.heading}", _told(column)) for column in ListRows.entry_columns]
    for row in rows:
        sheet.append(row)
    for line in sheet.iter_rows():
        for cell in line:
            cell.alignment = WRAPPED
            if cell.row == 1:
                cell.font, cell.fill = Font(bold=True), HEADING


def _told(column: Told) -> str:
    return ("必填。" if column.is_required else "") + column.help


def _list_choices(book: Workbook, choices: dict[str, list[str]]) -> None:
    sheet: Worksheet = book.create_sheet(CHOICES)
    for place, (heading, values) in enumerate(choices.items(), start=1):
        sheet.column_dimensions[get_column_letter(place)].width = 18
        cell = sheet.cell(1, place, heading)
        cell.font, cell.fill = Font(bold=True), HEADING
        for number, value in enumerate(values, start=2):
            sheet.cell(number, place, value)
