"""An Excel workbook: the rows, what hangs on them, and how the selection was made."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import takewhile
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.worksheet import Worksheet

from cases.exports.description import Export, Note, Progress, Row, cleaned, in_words

MAX_CELL = 32_767
MAX_ROWS = 1_048_576
CUT = "……（单元格最多 32767 个字符，以下未列出，全文见网页）"
WRAPPED = Alignment(wrap_text=True, vertical="top")
TOLD = Alignment(wrap_text=True, vertical="top", horizontal="left")
HEADING = {"font": Font(bold=True), "fill": PatternFill("solid", fgColor="F3E9E7")}
DATE_FORMAT = 'yyyy"年"m"月"d"日"'
# Points; Excel has no higher row.
LINE_HEIGHT, MARGIN_HEIGHT, MAX_HEIGHT = 15, 3, 409
# A Hanzi is a little wider than two of the digits in which columns are measured.
LINE_FILL = 0.88
# Characters across a sheet of A4 that lies on its side: a table that is not wider is printed on one, a wider one on
# several, so that it can still be read.
WHOLE_WIDTH, PART_WIDTH = 240, 180


def excel_length(text: str) -> int:
    """Count as Excel does: characters beyond the basic plane are two."""
    return len(text) + sum(character > "\uffff" for character in text)


def fitted(text: str) -> str:
    """Return the text, cut to what a cell holds with a word about it."""
    if len(text) <= MAX_CELL // 2 or excel_length(text) <= MAX_CELL:
        return text
    kept = text[: MAX_CELL - len(CUT)]
    while excel_length(kept) > MAX_CELL - len(CUT):
        kept = kept[: -(excel_length(kept) - MAX_CELL + len(CUT) + 1) // 2]
    return kept + CUT


def height_of(cells: Sequence[Any], widths: Sequence[int]) -> float:
    """Return how high a row must be to show all of its texts: programs other than Excel do not find out."""
    lines = 1
    for cell, width in zip(cells, widths, strict=True):
        if isinstance(cell, str):
            room = max(1.0, width * LINE_FILL)
            # Hanzi are three bytes and two places wide.
            lines = max(lines, sum(math.ceil((len(t.encode()) + len(t)) / 2 / room) or 1 for t in cell.split("\n")))
    return min(MAX_HEIGHT, LINE_HEIGHT * lines + MARGIN_HEIGHT)


class Sheet:
    """A worksheet that takes rows of values: text stays text, numbers stay numbers, dates stay dates.

    `leading` columns stay in sight beside the others, on the screen and on every page across.
    """

    def __init__(self, book: Workbook, title: str, headings: Mapping[str, int], leading: int = 0) -> None:
        self.sheet = book.create_sheet(title)
        self.sheet.freeze_panes = f"{get_column_letter(leading + 1)}2"
        self.widths = list(headings.values())
        for index, width in enumerate(self.widths, start=1):
            self.sheet.column_dimensions[get_column_letter(index)].width = width
        self._set_up_page(leading)
        self.count = 0
        self.left_out = 0
        self.headings = list(headings)
        self.add(self.headings, **HEADING)

    def _set_up_page(self, leading: int) -> None:
        """Print on A4 with lines between the cells, a wide table on several pages across."""
        sheet, whole, kept = self.sheet, sum(self.widths), sum(self.widths[:leading])
        across = math.ceil((whole - kept) / (PART_WIDTH - kept)) if whole > WHOLE_WIDTH else 1
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = Worksheet.PAPERSIZE_A4
        sheet.page_setup.fitToWidth = across
        sheet.page_setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.page_margins = PageMargins(left=0.5, right=0.5, top=0.7, bottom=0.7, header=0.3, footer=0.3)
        sheet.print_options.gridLines = True
        sheet.print_title_rows = "1:1"
        if leading:
            sheet.print_title_cols = f"A:{get_column_letter(leading)}"
        sheet.oddHeader.left.text = "&A"
        sheet.oddFooter.center.text = "第 &P 页，共 &N 页"

    def add(self, values: Iterable[Any], **style: Any) -> list[int]:
        """Add a row; return the places of the cells that had to be cut. A full sheet counts what it leaves out."""
        if self.count >= MAX_ROWS:
            self.left_out += 1
            return []
        held: list[Any] = []
        cut = []
        for place, value in enumerate(values):
            if isinstance(value, str | Sequence):
                text = cleaned(in_words(value))
                value = fitted(text)
                if value != text:
                    cut.append(place)
            held.append(value)
        self._append(held, style)
        return cut

    def _append(self, values: Sequence[Any], style: Mapping[str, Any]) -> None:
        self.count += 1
        # Without `customHeight`, so that Excel fits the row again when it is changed; one row at a time in memory.
        self.sheet.row_dimensions[self.count] = {"ht": f"{height_of(values, self.widths):g}"}
        self.sheet.append([self._cell(value, style) for value in values])
        del self.sheet.row_dimensions[self.count]

    def _cell(self, value: Any, style: Mapping[str, Any]) -> Any:
        cell = WriteOnlyCell(self.sheet, value)
        if isinstance(value, str):
            cell.data_type = "s"  # never a formula, whatever it begins with
        elif isinstance(value, date):
            cell.number_format = DATE_FORMAT
        cell.alignment = WRAPPED
        for name, what in style.items():
            setattr(cell, name, what)
        return cell


def write_xlsx(export: Export[Row], file: IO[bytes], progress: Progress) -> None:
    """Write a workbook: a sheet of the rows, one for each kind of detail, and 说明 for the notes and what was cut."""
    book = Workbook(write_only=True)
    for part in (export, *export.more):
        _add_rows(book, part, progress)
    _add_notes(book, [*export.notes, *(("截断", cut) for cut in export.cuts)])
    book.save(file)


def _add_rows(book: Workbook, export: Export[Row], progress: Progress) -> None:
    """Write the sheets of one table side by side, lest what hangs on the rows is held until they are written."""
    identifying = {column.heading: column.width for column in export.identifying}
    leading = len(list(takewhile(lambda column: column.heading in identifying, export.columns)))
    sheet = Sheet(book, export.subject.name, {column.heading: column.width for column in export.columns}, leading)
    hanging = [
        (detail, Sheet(book, detail.title, {**identifying, **detail.headings}, len(identifying)))
        for detail in export.details
    ]
    for row in export.counted(progress):
        for place in sheet.add(export.cells(row)):
            export.note_cut(row, export.columns[place].heading, MAX_CELL)
        for detail, below in hanging:
            for told in detail.rows(row):
                below.add([*export.identity(row), *told])
    for full in (one for one in (sheet, *(below for _, below in hanging)) if one.left_out):
        export.cuts.append(f"工作表“{full.sheet.title}”最多 {MAX_ROWS:,} 行，以下 {full.left_out:,} 行未列出")


def _add_notes(book: Workbook, notes: Iterable[Note]) -> None:
    """Add the last sheet, which tells how the others were made, a note of name and content a row."""
    sheet = Sheet(book, "说明", {"项目": 14, "内容": 80})
    for note in notes:
        sheet.add(note, alignment=TOLD)
