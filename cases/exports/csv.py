"""Comma-separated values that Excel opens as text."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse

from cases.exports.columns import COLUMNS, cleaned

if TYPE_CHECKING:
    from cases.filters import CaseFilter

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def text_cell(value: Any) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    text = "" if value is None else cleaned(str(value))
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def write_csv(browse: CaseFilter, request: HttpRequest) -> HttpResponse:
    """Answer with the cases found, a byte order mark first, as Excel wants it."""
    rows = ([column.cell(case, request) for column in COLUMNS] for case in browse.in_order())
    return answer([column.heading for column in COLUMNS], rows, "cases.csv")


def answer(headings: list[str], rows: Iterable[list[Any]], filename: str) -> HttpResponse:
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    writer = csv.writer(response)
    writer.writerow(headings)
    for row in rows:
        writer.writerow([text_cell(value) for value in row])
    return response
