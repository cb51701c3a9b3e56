"""Comma-separated values that Excel opens as text."""

from __future__ import annotations

import csv
from io import TextIOWrapper
from typing import IO, Any

from cases.exports.description import Export, Progress, Row, cleaned, in_words

# As OWASP lists them: where East Asian scripts are typed, the full-width signs begin a formula too.
FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")


def safe_cell(value: Any) -> int | float | str:
    """Return a number as it is, below nought too; anything else as a text that no spreadsheet takes for a formula."""
    if isinstance(value, int | float):
        return value
    text = cleaned(in_words(value))
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def write_csv(export: Export[Row], file: IO[bytes], progress: Progress) -> None:
    """Write headings and rows, a byte order mark first, as Excel wants it."""
    text = TextIOWrapper(file, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow([safe_cell(column.heading) for column in export.columns])
    for row in export.counted(progress):
        writer.writerow([safe_cell(cell) for cell in export.cells(row)])
    text.flush()
    text.detach()  # the file is the caller's to close
