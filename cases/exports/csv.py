"""Comma-separated values that Excel opens as text."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from itertools import chain
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse

from cases.exports.columns import COLUMNS, cleaned

if TYPE_CHECKING:
    from cases.filters import CaseFilter

# As OWASP lists them: where East Asian scripts are typed, the full-width signs begin a formula too.
FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")


def safe_cell(value: Any) -> int | float | str:
    """Return a number as it is, below nought too; anything else as a text that no spreadsheet takes for a formula."""
    if isinstance(value, int | float):
        return value
    text = "" if value is None else cleaned(str(value))
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def write_csv(browse: CaseFilter, request: HttpRequest) -> HttpResponse:
    """Answer with the cases found, a byte order mark first, as Excel wants it."""
    rows = ([column.cell(case, request) for column in COLUMNS] for case in browse.in_order())
    return answer([column.heading for column in COLUMNS], rows, "cases.csv")


def answer(headings: Iterable[str], rows: Iterable[Iterable[Any]], filename: str) -> HttpResponse:
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    writer = csv.writer(response)
    writer.writerows([safe_cell(value) for value in row] for row in chain([headings], rows))
    return response
