"""Tables of statistics as files: one as comma-separated values, all of them as a workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from openpyxl import Workbook

from cases.exports import csv, xlsx

if TYPE_CHECKING:
    from cases.statistics import Statistics


def statistics_csv(counted: Statistics, request: HttpRequest) -> HttpResponse:
    """Answer with the table that `table` names."""
    tables = counted.tables()
    if (name := request.GET.get("table", "")) not in tables:
        raise Http404
    table = tables[name]()
    return csv.answer(table.headings, table.rows, f"statistics-{name}.csv")


def statistics_xlsx(counted: Statistics, request: HttpRequest) -> HttpResponse:
    """Answer with a workbook of a sheet for each table and one that tells how the cases were chosen."""
    book = Workbook(write_only=True)
    for make in counted.tables().values():
        table = make()
        sheet = xlsx.Sheet(book, table.title, table.headings)
        for row in table.rows:
            sheet.add(row)
    _add_notes(book, counted, request)
    return xlsx.answer(book, "statistics.xlsx")


def _add_notes(book: Workbook, counted: Statistics, request: HttpRequest) -> None:
    xlsx.add_notes(
        book,
        ("筛选条件", "；".join(chip.label for chip in counted.browse.chips) or "全部案例"),
        ("案例数", counted.count),
        *(("成效数据", rule) for rule in counted.rules),
        ("统计时间", xlsx.now()),
        ("出处", xlsx.LIBRARY),
        ("网址", request.build_absolute_uri(f"{reverse('statistics')}?{request.GET.urlencode()}")),
    )


WRITERS = {"csv": statistics_csv, "xlsx": statistics_xlsx}
