"""What the cases of a query come to: by district and sector, by year, level, kind and theme, and by their figures.

Counts are those of the choices beside `/cases/`: each is the number of cases behind its link.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

from cases.charts import Bars, Columns
from cases.choices import Choice
from cases.exports.description import number_of
from cases.figure_sums import FigureSums, Single
from cases.filters import CaseFilter
from cases.heat import Heat, HeatCount
from cases.models import AwardList, Case, Sector, Theme


@dataclass(frozen=True)
class Table:
    """Numbers as a file gives them: headings with widths in characters, and rows of texts and numbers."""

    name: str
    title: str
    headings: dict[str, int]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Breakdown:
    """The cases counted under each value of a parameter; some stand under several values or under none."""

    name: str
    title: str
    heading: str
    note: str
    choices: Sequence[Choice]
    drawn: Sequence[Choice]
    has_choice: bool
    download: str

    @property
    def picture(self) -> Bars | Columns:
        return Columns(self.drawn) if self.name == "year" else Bars(self.drawn)

    @property
    def table(self) -> Table:
        rows = [[choice.label, choice.count] for choice in self.choices]
        return Table(self.name, self.title, {self.heading: 24, "案例数": 10}, rows)


class Statistics:
    """All that the page and the files of statistics tell of one query; each part is counted when it is asked for."""

    MOST_YEARS = 10
    BREAKDOWNS = {
        "year": ("按年度", "年度", ""),
        "sector": ("按领域", "领域", ""),
        "kind": ("按类型", "类型", ""),
        "level": ("按榜单级别", "榜单级别", "入选过几个级别榜单的案例，各计一次；没有入选榜单的不计。"),
        "theme": ("按主题", "主题", "一个案例可以有几个主题，各计一次，所以合计可能多于案例数。"),
    }

    def __init__(self, browse: CaseFilter, user: Any) -> None:
        self.browse = browse
        self.user = user
        self.address = browse.address

    @property
    def count(self) -> int:
        return len(self.browse.tally.cases)

    @property
    def same_cases(self) -> str:
        """The query string of these cases at any of their addresses."""
        return self.address.as_it_is()

    def _download(self, name: str) -> str:
        return self.address.replaced(table=[name])

    @cached_property
    def sectors(self) -> list[tuple[int, str, str]]:
        return list(Sector.objects.visible_to(self.user).values_list("pk", "slug", "name"))

    def _options(self, name: str) -> Iterable[tuple[Any, str, str]]:
        """All values that a parameter may have, in their own order: what is counted, how it is written, its label."""
        if name == "year":
            years = {*self.browse.tally.counts("year"), *self.browse.chosen.get("year", ())}
            return [(year, str(year), f"{year}年") for year in sorted(years)]
        if name == "sector":
            return self.sectors
        if name == "theme":
            return Theme.objects.visible_to(self.user).values_list("pk", "slug", "name")
        choices = {"kind": Case.Kind.choices, "level": AwardList.Level.choices}[name]
        return [(value, value, label) for value, label in choices]

    @cached_property
    def breakdowns(self) -> list[Breakdown]:
        return [self._breakdown(name) for name in self.BREAKDOWNS]

    def _breakdown(self, name: str) -> Breakdown:
        title, heading, note = self.BREAKDOWNS[name]
        on, counts = set(self.browse.data.getlist(name)), self.browse.tally.counts(name)
        choices = [
            Choice(value, label, counts[key], value in on, self.address.replaced(**{name: [value]}))
            for key, value, label in self._options(name)
            if counts[key] or value in on
        ]
        if name not in {"year", "level"}:  # time and levels have an order of their own
            choices.sort(key=lambda choice: -choice.count)
        drawn = self._years_drawn(choices) if name == "year" else choices
        has_choice = any(choice.is_on for choice in choices)
        return Breakdown(name, title, heading, note, choices, drawn, has_choice, self._download(name))

    def _years_drawn(self, choices: Sequence[Choice]) -> list[Choice]:
        """Every year between the first and the last, those of long ago as one."""
        years = {int(choice.value): choice for choice in choices}
        if not years:
            return []
        first, last = min(years), max(years)
        if last - first < self.MOST_YEARS:
            return [self._year(years, year) for year in range(first, last + 1)]
        split = last - self.MOST_YEARS + 2
        early = [choice for year, choice in years.items() if year < split]
        query = self.address.replaced(year=[choice.value for choice in early])
        earlier = Choice("", "更早", sum(c.count for c in early), any(c.is_on for c in early), query)
        return [earlier, *(self._year(years, year) for year in range(split, last + 1))]

    def _year(self, years: dict[int, Choice], year: int) -> Choice:
        known = years.get(year, Choice(str(year), "", 0, False, ""))
        return replace(known, label=str(year))

    @cached_property
    def heat(self) -> Heat:
        return HeatCount(self.browse, self.sectors).heat

    @property
    def heat_download(self) -> str:
        return self._download("district-sector")

    @cached_property
    def figures(self) -> FigureSums:
        """The figures of the cases found."""
        return FigureSums(self.user, self.browse.tally.cases)

    rules = FigureSums.RULES

    @property
    def figures_download(self) -> str:
        return self._download("figures")

    @property
    def single_figures_download(self) -> str:
        return self._download("single-figures")

    def tables(self) -> dict[str, Callable[[], Table]]:
        """What can be downloaded, by name; a table is counted when it is called."""
        found: dict[str, Callable[[], Table]] = {"district-sector": self._heat_table}
        for name in self.BREAKDOWNS:
            found[name] = partial(self._table_of, name)
        return found | {"figures": self._figures_table, "single-figures": self._single_figures_table}

    def _heat_table(self) -> Table:
        heat = self.heat
        headings = {"区划代码": 11, "区划": 20, **{sector.label: 11 for sector in heat.sectors}, "合计": 8}
        rows: list[list[Any]] = [
            [row.code, row.label, *(cell.count for cell in row.cells), row.total] for row in (*heat.shown, *heat.rest)
        ]
        rows.append(["", "合计", *(sector.count for sector in heat.sectors), heat.total])
        return Table("district-sector", "区划与领域", headings, rows)

    def _table_of(self, name: str) -> Table:
        return next(breakdown.table for breakdown in self.breakdowns if breakdown.name == name)

    def _figures_table(self) -> Table:
        headings = {"指标": 30, "单位": 9, "合计": 16, "含约数": 7, "案例数": 8, "最小": 14, "中位数": 14, "最大": 14}
        rows = [
            [
                one.name,
                one.unit,
                number_of(one.total) if one.total is not None else "不合计",
                "是" if one.is_about else "否",
                one.count,
                *(number_of(value) for value in (one.least, one.middle, one.most)),
                one.left_out,
            ]
            for one in self.figures.indicators
        ]
        return Table("figures", "成效数据汇总", headings | {"未计入的数": 11}, rows)

    def _single_figures_table(self) -> Table:
        headings = {"指标": 30, "数据": 18, "数值": 14, "单位": 9, "年份": 7, "原文表述": 24, "未计入的原因": 22}
        headings |= {"案例编号": 11, "案例": 36, "来源": 36, "网址": 36}
        rows = list(map(_single_row, self.figures.every_one()))
        return Table("single-figures", "成效数据明细", headings, rows)


def _single_row(single: Single) -> list[Any]:
    figure, source = single.figure, single.figure.source
    return [
        figure.indicator,
        figure.label,
        number_of(figure.value),
        figure.unit,
        figure.year,
        figure.as_printed,
        single.why_not,
        figure.case.number,
        figure.case.title,
        str(source or ""),
        source.url if source else "",
    ]
