"""An Excel workbook: the rows, what hangs on them, and how the selection was made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from cases.exports.description import Export, Note, Progress, Row, cleaned, in_words

MAX_CELL = 32_767
CUT = "……（单元格最多 32767 个字符，以下未列出，全文见网页）"
WRAPPED = Alignment(wrap_text=True, vertical="top")
HEADING = {"font": Font(bold=True), "fill": PatternFill("solid", fgColor="F3E9E7")}
DATE_FORMAT = 'yyyy"年"m"月"d"日"'


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


class Sheet:
    """A worksheet that takes rows of values: text stays text, numbers stay numbers, dates stay dates."""

    def __init__(self, book: Workbook, title: str, headings: Mapping[str, int]) -> None:
        self.sheet = book.create_sheet(title)
        self.sheet.freeze_panes = "A2"
        for index, width in enumerate(headings.values(), start=1):
            self.sheet.column_dimensions[get_column_letter(index)].width = width
        self.sheet.print_title_rows = "1:1"
        self.sheet.page_setup.orientation = "landscape"
        self.sheet.page_setup.paperSize = Worksheet.PAPERSIZE_A4
        self.sheet.page_setup.fitToHeight = 0
        self.sheet.sheet_properties.pageSetUpPr.fitToPage = True
        self.headings = list(headings)
        self.add(self.headings, **HEADING)

    def add(self, values: Iterable[Any], **style: Any) -> list[int]:
        """Add a row; return the places of the cells that had to be cut."""
        cells, cut = [], []
        for place, value in enumerate(values):
            if isinstance(value, str | Sequence):
                text = cleaned(in_words(value))
                value = fitted(text)
                if value != text:
                    cut.append(place)
            cells.append(self._cell(value, style))
        self.sheet.append(cells)
        return cut

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
    sheet = Sheet(book, export.subject.name, {column.heading: column.width for column in export.columns})
    identifying = {column.heading: column.width for column in export.identifying}
    hanging = [(detail, Sheet(book, detail.title, {**identifying, **detail.headings})) for detail in export.details]
    for row in export.counted(progress):
        for place in sheet.add(export.cells(row)):
            export.note_cut(row, export.columns[place].heading, MAX_CELL)
        for detail, below in hanging:
            for told in detail.rows(row):
                below.add([*export.identity(row), *told])


def _add_notes(book: Workbook, notes: Iterable[Note]) -> None:
    """Add the last sheet, which tells how the others were made, a note of name and content a row."""
    sheet = Sheet(book, "说明", {"项目": 14, "内容": 80})
    for note in notes:
        sheet.add(note)
