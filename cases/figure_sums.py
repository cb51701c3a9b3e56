"""Figures of many cases by indicator and unit: what adds up and what does not, and nothing counted twice.

A case counts with one figure for an indicator and unit: that of the latest year (one without a year comes before all
others), among several of a year the largest. A case that is part of another does not count where the whole has a figure
for the same indicator and unit. Shares, ranks, ages, durations, averages, demands and aims are not added up.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, partial
from heapq import nlargest
from math import fsum
from statistics import median
from typing import Any, NamedTuple

from django.db.models import QuerySet

from cases.models import Case, Figure
from cases.models.case_queryset import FEW, AmongIds, columns
from cases.models.qualifier import Qualifier, plain_number

UNITS_NOT_ADDED = re.compile(
    r"[%％‰]|百分|个百分点|倍|成$|折|级|层$|名次|岁|周岁|分$|年|个?月$|周$|天|日$|小时|分钟|秒"
)
INDICATORS_NOT_ADDED = re.compile(
    r"率(?!先)|比例|比重|占比|平均|人均|户均|每|同比|环比|增幅|降幅|幅度|层级|位次|名次|排名|得分|满意度|要求|目标|门槛"
)


class Datum(NamedTuple):
    """One figure as far as sums need it; as tuples, the largest come last."""

    value: float
    pk: int
    case: int
    indicator: str
    unit: str
    year: int | None
    qualifier: str


# What `Datum._make` does, without a step in Python for each of twenty thousand.
as_datum = partial(tuple.__new__, Datum)


def age(datum: Datum) -> tuple[int, float, int]:
    """What orders the figures of a case: the last of them counts."""
    return datum.year or 0, datum.value, datum.pk


def exact(value: float) -> Decimal:
    """Bring a number that the database handed out back to its four decimals."""
    return Decimal(str(value)).quantize(Decimal("0.0001"))


class Indicator:
    """All figures of one indicator in one unit; `counted` holds one for each case that counts."""

    def __init__(self, data: Sequence[Datum], wholes: Mapping[int, int]) -> None:
        self.name, self.unit = data[0].indicator, data[0].unit
        self.data = data
        self.latest = {datum.case: datum for datum in data}
        if len(self.latest) < len(data):
            self.latest = {datum.case: datum for datum in sorted(data, key=age)}
        within = {case for case in self.latest.keys() & wholes.keys() if self._is_in_a_whole(case, wholes)}
        # Parts that go round in a circle have no whole.
        self.counted = [datum for case, datum in self.latest.items() if case not in within] or [*self.latest.values()]

    @cached_property
    def counting(self) -> Set[Datum]:
        """The same as `counted`, for asking about each of thousands."""
        return set(self.counted)

    def _is_in_a_whole(self, case: int, wholes: Mapping[int, int]) -> bool:
        """Whether a case that this one is part of, at any remove, has a figure of its own."""
        seen = {case}
        while (case := wholes.get(case, 0)) and case not in seen:
            if case in self.latest:
                return True
            seen.add(case)
        return False

    @property
    def adds_up(self) -> bool:
        return not (UNITS_NOT_ADDED.search(self.unit) or INDICATORS_NOT_ADDED.search(self.name))

    @property
    def count(self) -> int:
        """Cases that count, which is figures that count."""
        return len(self.counted)

    @property
    def left_out(self) -> int:
        return len(self.data) - self.count

    @property
    def is_about(self) -> bool:
        """Whether any of the numbers is one of 超过, 近, 约 and the like."""
        return any(datum.qualifier for datum in self.counted)

    @cached_property
    def values(self) -> list[float]:
        return sorted(datum.value for datum in self.counted)

    @cached_property
    def total(self) -> Decimal | None:
        """The sum, or nothing where a sum says nothing."""
        return exact(fsum(self.values)) if self.adds_up else None

    @property
    def middle(self) -> Decimal:
        return exact(median(self.values))

    @property
    def least(self) -> Decimal:
        return exact(self.values[0])

    @property
    def most(self) -> Decimal:
        return exact(self.values[-1])

    @property
    def label(self) -> str:
        """What the figures come to: the only one as it is, a sum, or the one in the middle."""
        if self.count == 1:
            return self._written(self.counted[0].qualifier, exact(self.values[0]))
        if self.total is not None:
            return self._written(Qualifier.ABOUT if self.is_about else "", self.total)
        return self._written("", self.middle)

    @property
    def range_label(self) -> str:
        if self.least == self.most:
            return f"均为 {self._written('', self.least)}"
        space = "" if self.unit.startswith("%") else " "
        return f"{plain_number(self.least)}–{plain_number(self.most)}{space}{self.unit}"

    def _written(self, qualifier: str, value: Decimal) -> str:
        return Qualifier.write(qualifier, plain_number(value), self.unit)

    def foremost(self, most: int | None) -> list[int]:
        """The keys of the largest figures, those that do not count after those that do."""
        most = len(self.data) if most is None else most
        found = nlargest(most, self.counted)
        if self.left_out and len(found) < most:
            found += nlargest(most - len(found), (datum for datum in self.data if datum not in self.counting))
        return [datum.pk for datum in found]

    def why_not(self, figure: Figure) -> str:
        """Why a figure does not count, in words; nothing for one that does."""
        latest = self.latest[figure.case_id]
        if latest.pk != figure.pk:
            return "同一案例有年份更近的数" if latest.year != figure.year else "同一案例同年有更大的数"
        return "" if latest in self.counting else "整体案例已有此项数据"


@dataclass(frozen=True)
class Single:
    """One figure with its case and source, and why it does not count, if it does not."""

    figure: Figure
    why_not: str


@dataclass(frozen=True)
class Opened:
    """An indicator with its largest figures."""

    indicator: Indicator
    singles: Sequence[Single]

    @property
    def more(self) -> int:
        return len(self.indicator.data) - len(self.singles)


class FigureSums:
    """The figures of some cases, which the caller may see, by indicator and unit, those of most cases first."""

    SHOWN = 5
    RULES = (
        "只把指标名称和单位都相同的数放在一起，每个案例每项指标只计一个数：年份最近的，同年的取最大的；没有注明年份的视为早于注明年份的。",
        "组成部分与所属的整体案例都有同一项数据时，只计整体案例的数。",
        "百分比、倍数、层级、名次、年龄、时长、平均数、要求和目标不相加，只给出中位数和范围。",
        "有“超过、近、约、多、余、以上、至少、不低于”等限定的，合计前注“约”。",
    )

    def __init__(self, user: Any, cases: Set[int]) -> None:
        self.user = user
        self.cases = cases

    @cached_property
    def indicators(self) -> list[Indicator]:
        """Two queries, however many figures there are."""
        figures, cases = Figure.objects.visible_to(self.user), Case.objects.visible_to(self.user)
        if len(self.cases) <= FEW:
            figures = figures.filter(case__in=AmongIds(list(self.cases)))
        groups = defaultdict(list)
        for datum in map(as_datum, zip(*columns(figures, *Datum._fields), strict=True)):
            if datum.case in self.cases:
                groups[datum.indicator, datum.unit].append(datum)
        # Asked by the whole, which is found from the index; asked for a whole at all, every case would be read.
        parts = cases.filter(part_of__in=cases)
        wholes = dict(zip(*columns(parts, "pk", "part_of"), strict=True))
        found = [Indicator(data, wholes) for data in groups.values()]
        return sorted(found, key=lambda one: (-one.count, -len(one.data), one.name, one.unit))

    @cached_property
    def count(self) -> int:
        return sum(len(indicator.data) for indicator in self.indicators)

    def opened(self, indicators: Iterable[Indicator]) -> list[Opened]:
        """These indicators with their largest figures, what counts first; one query."""
        chosen = {indicator: indicator.foremost(self.SHOWN) for indicator in indicators}
        rows = self._read().in_bulk([pk for keys in chosen.values() for pk in keys])
        return [
            Opened(indicator, [Single(rows[pk], indicator.why_not(rows[pk])) for pk in keys if pk in rows])
            for indicator, keys in chosen.items()
        ]

    def every_one(self) -> Iterator[Single]:
        """All figures in the order of the page; one query."""
        rows = {figure.pk: figure for figure in self._read()}
        for indicator in self.indicators:
            for pk in indicator.foremost(None):
                if pk in rows:
                    yield Single(rows[pk], indicator.why_not(rows[pk]))

    def _read(self) -> QuerySet[Figure]:
        figures = Figure.objects.visible_to(self.user).select_related("case", "source").order_by()
        names = [field.name for field in Figure._meta.concrete_fields]
        source = ["source__publisher", "source__title", "source__published", "source__url"]
        return figures.only(*names, "case__number", "case__title", *source)
