"""An Excel workbook: the cases, their figures, and how the selection was made."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from cases.exports.columns import COLUMNS, cleaned
from cases.exports.json import number_of
from cases.models import Case
from cases.uploads import CONTENT_TYPES

if TYPE_CHECKING:
    from cases.filters import CaseFilter

MAX_CELL = 32_767
CUT = "……（单元格最多 32767 个字符，以下未列出，全文见网页）"
FIGURE_HEADINGS = {"编号": 11, "标题": 36, "指标": 26, "限定词": 8, "数值": 14, "单位": 10, "年份": 7, "来源": 36}
LIBRARY = "基层党建创新案例库"
WRAPPED = Alignment(wrap_text=True, vertical="top")


class Sheet:
    """A worksheet that takes rows of values: text stays text, numbers stay numbers."""

    def __init__(self, book: Workbook, title: str, headings: dict[str, int]) -> None:
        self.sheet = book.create_sheet(title)
        self.sheet.freeze_panes = "A2"
        for index, width in enumerate(headings.values(), start=1):
            self.sheet.column_dimensions[get_column_letter(index)].width = width
        self.add(list(headings), Font(bold=True), PatternFill("solid", fgColor="F3E9E7"))

    def add(self, values: Iterable[Any], font: Font | None = None, fill: PatternFill | None = None) -> None:
        self.sheet.append([self._cell(value, font, fill) for value in values])

    def _cell(self, value: Any, font: Font | None, fill: PatternFill | None) -> Any:
        if isinstance(value, str):
            value = cleaned(value)
            value = value if len(value) <= MAX_CELL else value[: MAX_CELL - len(CUT)] + CUT
        cell = WriteOnlyCell(self.sheet, value)
        if isinstance(value, str):
            cell.data_type = "s"  # never a formula, whatever it begins with
        cell.alignment = WRAPPED
        if font:
            cell.font = font
        if fill:
            cell.fill = fill
        return cell


def write_xlsx(browse: CaseFilter, request: HttpRequest) -> HttpResponse:
    """Answer with a workbook of three sheets: 案例, 成效数据, 说明."""
    book = Workbook(write_only=True)
    sheet = Sheet(book, "案例", {column.heading: column.width for column in COLUMNS})
    figures: list[list[Any]] = []
    count = 0
    for case in browse.in_order():
        sheet.add([column.cell(case, request) for column in COLUMNS])
        figures.extend(_figure_rows(case))
        count += 1
    figure_sheet = Sheet(book, "成效数据", FIGURE_HEADINGS)
    for row in figures:
        figure_sheet.add(row)
    _add_case_notes(book, browse, request, count)
    return answer(book, "cases.xlsx")


def _figure_rows(case: Case) -> list[list[Any]]:
    return [
        [
            case.number,
            case.title,
            figure.indicator,
            figure.get_qualifier_display(),
            number_of(figure.value),
            figure.unit,
            figure.year,
            str(figure.source or ""),
        ]
        for figure in case.figures.all()
    ]


def _add_case_notes(book: Workbook, browse: CaseFilter, request: HttpRequest, count: int) -> None:
    add_notes(
        book,
        ("筛选条件", "；".join(chip.label for chip in browse.chips) or "全部案例"),
        ("案例数", count),
        ("导出时间", now()),
        ("出处", LIBRARY),
        ("网址", request.build_absolute_uri(f"{reverse('cases:list')}?{request.GET.urlencode()}")),
        ("使用说明", "内容依公开来源整理，引用时请注明各案例所列来源"),
    )


def add_notes(book: Workbook, *notes: tuple[str, Any]) -> None:
    """Add the last sheet, which tells how the others were made, a note of name and content a row."""
    sheet = Sheet(book, "说明", {"项目": 14, "内容": 80})
    for note in notes:
        sheet.add(note)


def now() -> str:
    return timezone.localtime().strftime("%Y年%m月%d日 %H:%M")


def answer(book: Workbook, filename: str) -> HttpResponse:
    buffer = BytesIO()
    book.save(buffer)
    response = HttpResponse(buffer.getvalue(), content_type=CONTENT_TYPES["xlsx"])
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response
