"""What statistics give to files: one table as comma-separated values, all of them as a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404
from django.urls import reverse

from cases.exports.asked import Asked, ExportRefused
from cases.exports.description import Absolute, Column, Export, Note, Subject, Told, now
from cases.exports.plan import Plan
from cases.filters import CaseFilter
from cases.models import Case
from cases.statistics import Statistics, Table

Line = Sequence[Any]


# Counting so many cases takes as long as writing one into a workbook.
COUNTED_AS_ONE = 5
# On paper there is not every single figure.
COUNTED_ON_PAPER_AS_ONE = 100
PAPER = {"docx", "pdf"}
# Tables for which every figure is read.
LARGE = {"figures": "成效数据汇总", "single-figures": "成效数据明细"}
TITLES = LARGE | {"district-sector": "区划与领域"}
TITLES |= {name: title for name, (title, *_) in Statistics.BREAKDOWNS.items()}


def statistics_export(asked: Asked) -> Export[Line]:
    """Describe the file of the table that `table` names, or of all tables where the format holds several."""
    return _described_whole(_counted(asked), asked)


def statistics_plan(asked: Asked) -> Plan:
    """Tell what the file will be by the number of its cases; nothing else is counted yet."""
    counted, table = _counted(asked), asked.params.get("table", "")
    is_large = asked.form != "csv" or table in LARGE
    return Plan(
        f"案例统计：{TITLES[table]}" if asked.form == "csv" else "案例统计",
        counted.count // (COUNTED_ON_PAPER_AS_ONE if asked.form in PAPER else COUNTED_AS_ONE) if is_large else 0,
        _conditions(counted),
        lambda: _described_whole(counted, asked),
    )


def _counted(asked: Asked) -> Statistics:
    browse = CaseFilter(asked.params, Case.objects.visible_to(asked.user), request=asked)
    if browse.errors_in_words:
        raise ExportRefused(browse.errors_in_words, reverse("statistics"))
    counted = Statistics(browse, asked.user)
    if asked.form == "csv" and asked.params.get("table", "") not in counted.tables():
        raise Http404
    return counted


def _conditions(counted: Statistics) -> list[Note]:
    return [
        ("筛选条件", "；".join(chip.label for chip in counted.browse.chips) or "全部案例"),
        ("案例数", counted.count),
    ]


def _described_whole(counted: Statistics, asked: Asked) -> Export[Line]:
    tables = counted.tables()
    if asked.form != "csv":
        names = [name for name in tables if name != "single-figures" or asked.form not in PAPER]
        export, *export.more = [_described(tables[name](), asked) for name in names]
        export.stem, export.title = "statistics", "基层党建创新案例统计"
    else:
        export = _described(tables[asked.params.get("table", "")](), asked)
        export.title = f"案例统计：{export.title}"
    export.notes = [
        *_conditions(counted),
        *(("成效数据", rule) for rule in counted.rules),
        *([("未列入", f"{LARGE['single-figures']}，请另取 Excel 或 CSV")] if asked.form in PAPER else []),
        ("统计时间", now()),
        ("网址", asked.page(reverse("statistics"))),
        *asked.licence,
    ]
    export.told = Told(set(counted.browse.tally.cases))
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
