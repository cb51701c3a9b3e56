"""What statistics give to files: one table as comma-separated values, all of them as a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404
from django.urls import reverse

from cases.exports.asked import Asked, ExportRefused
from cases.exports.description import Absolute, Column, Export, Subject, now
from cases.filters import CaseFilter
from cases.models import Case
from cases.statistics import Statistics, Table

Line = Sequence[Any]


def statistics_export(asked: Asked) -> Export[Line]:
    """Describe the file of the table that `table` names, or of all tables where the format holds several."""
    browse = CaseFilter(asked.params, Case.objects.visible_to(asked.user), request=asked)
    if browse.errors_in_words:
        raise ExportRefused(browse.errors_in_words, reverse("statistics"))
    counted = Statistics(browse, asked.user)
    tables = counted.tables()
    if asked.form != "csv":
        export, *export.more = [_described(make(), asked) for make in tables.values()]
        export.stem, export.title = "statistics", "基层党建创新案例统计"
    else:
        if (name := asked.params.get("table", "")) not in tables:
            raise Http404
        export = _described(tables[name](), asked)
    export.notes = [
        ("筛选条件", "；".join(chip.label for chip in browse.chips) or "全部案例"),
        ("案例数", counted.count),
        *(("成效数据", rule) for rule in counted.rules),
        ("统计时间", now()),
        ("网址", asked.page(reverse("statistics"))),
        *asked.licence,
    ]
    return export


def _no_data(line: Line, absolute: Absolute) -> dict[str, Any]:
    """Tables of statistics have no form for programs: these read the figures of the cases."""
    raise NotImplementedError


def _described(table: Table, asked: Asked) -> Export[Line]:
    def column(place: int, heading: str, width: int) -> Column[Line]:
        return Column(f"column-{place}", heading, width, lambda line, absolute: line[place])

    columns = [column(place, *told) for place, told in enumerate(table.headings.items())]
    subject = Subject[Line](table.title, "行", "rows", columns, _no_data)
    return Export(
        title=table.title,
        stem=f"statistics-{table.name}",
        subject=subject,
        rows=table.rows,
        count=len(table.rows),
        absolute=asked.absolute,
    )
