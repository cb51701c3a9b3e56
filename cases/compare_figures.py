"""Figures of several cases, aligned by indicator and unit, with bars where they may be compared."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cases.charts import percent
from cases.models import Figure


@dataclass(frozen=True)
class Value:
    """One number as readers write it; `width` is that of its bar, empty for no bar."""

    label: str
    year: int | None
    width: str


@dataclass(frozen=True)
class FigureRow:
    """One indicator in one unit: the values of each case by year, in the order of the columns."""

    indicator: str
    unit: str
    cells: list[list[Value]]
    note: str


def figure_rows(columns: Sequence[Iterable[Figure]]) -> list[FigureRow]:
    """Align the figures of each case; indicators that more cases have come first, then those that come first."""
    aligned: dict[tuple[str, str], list[list[Figure]]] = defaultdict(lambda: [[] for _ in columns])
    for place, figures in enumerate(columns):
        for figure in figures:
            aligned[_spelt(figure.indicator), _spelt(figure.unit)][place].append(figure)
    rows = sorted(aligned.values(), key=lambda cells: -sum(map(bool, cells)))
    return [_row([sorted(cell, key=_by_year) for cell in cells]) for cells in rows]


def _spelt(text: str) -> str:
    """Full and half width are one spelling: ％ is %."""
    return unicodedata.normalize("NFKC", text).strip()


def _by_year(figure: Figure) -> int:
    """Oldest first; without a year last."""
    return figure.year or 9999


def _row(cells: list[list[Figure]]) -> FigureRow:
    named = next(figure for cell in cells for figure in cell)
    drawn, note = drawable(cells)
    longest = max((figure.value for figure in drawn), default=0)
    if longest <= 0 or any(figure.value < 0 for figure in drawn):
        drawn, note = [], ""
    widths = {figure.pk: percent(figure.value / longest) for figure in drawn}
    values = [[Value(f.label, f.year, widths.get(f.pk, "")) for f in cell] for cell in cells]
    return FigureRow(named.indicator, named.unit, values, note)


def drawable(cells: Sequence[Sequence[Figure]]) -> tuple[list[Figure], str]:
    """Return the figures that stand on one scale, and what a reader must know of them.

    Those of the years for which two cases have one; where there is no such year, the newest of each case.
    """
    if sum(map(bool, cells)) < 2:
        return [], ""
    years = Counter(year for cell in cells for year in {figure.year for figure in cell if figure.year})
    shared = {year for year, number in years.items() if number > 1}
    if shared:
        return [figure for cell in cells for figure in cell if figure.year in shared], ""
    newest = [max(cell, key=lambda figure: figure.year or 0) for cell in cells if cell]
    if all(figure.year for figure in newest):
        return newest, "年份不同，仅供参考"
    return newest, "有的年份未载明，仅供参考" if any(figure.year for figure in newest) else "年份未载明，仅供参考"
