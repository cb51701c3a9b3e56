"""Tables of statistics as files: one as comma-separated values, all of them as a workbook."""

from __future__ import annotations

import csv
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook

from cases.exports.csv import text_cell
from cases.exports.xlsx import Sheet
from cases.uploads import CONTENT_TYPES

if TYPE_CHECKING:
    from cases.statistics import Statistics


def statistics_csv(counted: Statistics, request: HttpRequest) -> HttpResponse:
    """Answer with the table that `table` names."""
    tables = counted.tables()
    if (name := request.GET.get("table", "")) not in tables:
        raise Http404
    table = tables[name]()
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="statistics-{name}.csv"'
    writer = csv.writer(response)
    writer.writerow([text_cell(heading) for heading in table.headings])
    writer.writerows([number_or_text(value) for value in row] for row in table.rows)
    return response


def number_or_text(value: Any) -> Any:
    """A number stays one, below nought too; anything else is a text that is no formula."""
    return value if isinstance(value, int | float) else text_cell(value)


def statistics_xlsx(counted: Statistics, request: HttpRequest) -> HttpResponse:
    """Answer with a workbook of a sheet for each table and one that tells how the cases were chosen."""
    book = Workbook(write_only=True)
    for make in counted.tables().values():
        table = make()
        sheet = Sheet(book, table.title, table.headings)
        for row in table.rows:
            sheet.add(list(row))
    _add_notes(book, counted, request)
    buffer = BytesIO()
    book.save(buffer)
    response = HttpResponse(buffer.getvalue(), content_type=CONTENT_TYPES["xlsx"])
    response["Content-Disposition"] = 'attachment; filename="statistics.xlsx"'
    return response


def _add_notes(book: Workbook, counted: Statistics, request: HttpRequest) -> None:
    notes = Sheet(book, "说明", {"项目": 14, "内容": 80})
    notes.add(["筛选条件", "；".join(chip.label for chip in counted.browse.chips) or "全部案例"])
    notes.add(["案例数", counted.count])
    for rule in counted.rules:
        notes.add(["成效数据", rule])
    notes.add(["统计时间", timezone.localtime().strftime("%Y年%m月%d日 %H:%M")])
    notes.add(["出处", "基层党建创新案例库"])
    notes.add(["网址", request.build_absolute_uri(f"{reverse('statistics')}?{request.GET.urlencode()}")])


WRITERS = {"csv": statistics_csv, "xlsx": statistics_xlsx}
