"""Cases side by side as a file: the rows of the page, and a column for each case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from cases import compare
from cases.compare import Comparison
from cases.compare_figures import Value
from cases.exports.asked import Asked, ExportRefused
from cases.exports.description import Absolute, Column, Export, Subject, now
from cases.models import Case

FEWEST = 2


@dataclass(frozen=True)
class Line:
    """One respect, and what is said of each case in it."""

    aspect: str
    cells: Sequence[str | Sequence[str]]


def compare_export(asked: Asked) -> Export[Line]:
    """Describe the file of the cases that the address names; those that it names in vain are told in the notes."""
    comparison = Comparison(asked.params, Case.objects.visible_to(asked.user), asked.user)
    faults = comparison.asked.faults
    if len(comparison.cases) < FEWEST:
        page = compare.address(comparison.numbers) if comparison.cases else reverse("cases:compare")
        raise ExportRefused([*faults, "对比至少要两个案例，请再加入一个。"], page, "回到对比页")
    lines = list(_lines(comparison, asked.absolute))
    return Export(
        title=f"案例对比：{'、'.join(column.short for column in comparison.columns)}",
        stem="compare",
        subject=Subject[Line]("对比", "项", "rows", list(_columns(comparison)), _no_data),
        rows=lines,
        count=len(lines),
        absolute=asked.absolute,
        notes=[
            *(("未列入", fault) for fault in faults),
            ("网址", asked.absolute(compare.address(comparison.numbers))),
            ("导出时间", now()),
            *asked.licence,
        ],
    )


def _no_data(line: Line, absolute: Absolute) -> dict[str, Any]:
    """A comparison has no form for programs: these read its cases."""
    raise NotImplementedError


def _columns(comparison: Comparison) -> Iterator[Column[Line]]:
    def column(place: int, heading: str) -> Column[Line]:
        return Column(f"case-{place}", heading, 44, lambda line, absolute: line.cells[place])

    yield Column("aspect", "方面", 22, lambda line, absolute: line.aspect)
    for place, told in enumerate(comparison.columns):
        yield column(place, f"{told.mark}　{told.case.title}")


def _lines(comparison: Comparison, absolute: Absolute) -> Iterator[Line]:
    yield Line("编号", comparison.numbers)
    # Titles stand at the head of the columns, however long they are.
    yield from (_line_of(row) for row in comparison.facts if row.label != "标题")
    for section in comparison.sections:
        yield Line(section.label, [text.strip() or "来源未述及" for text in section.texts])
    for figures in comparison.figures:
        note = f"（{figures.note}）" if figures.note else ""
        aspect = f"成效数据：{figures.indicator}（{figures.unit}）{note}"
        yield Line(aspect, [[_figure(value) for value in cell] or "—" for cell in figures.cells])
    sources = _line_of(comparison.sources)
    yield Line(sources.aspect, [_numbered(cell) for cell in sources.cells])
    yield Line("网址", [absolute(case.get_absolute_url()) for case in comparison.cases])


def _line_of(row: compare.Row) -> Line:
    """A row of the page, with what it marks by colour in words."""
    cells = [[item.text + ("（共有）" if item.is_common else "") for item in cell] or ["未载明"] for cell in row.cells]
    return Line(row.label + ("（相同）" if row.is_same else ""), cells)


def _figure(value: Value) -> str:
    return value.label + (f"（{value.year}年）" if value.year else "")


def _numbered(items: Sequence[str]) -> list[str]:
    return [f"{place}. {item}" for place, item in enumerate(items, start=1)]
