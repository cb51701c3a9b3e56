"""What the counts of searches say of a period: what is looked for, what in vain, how good the order is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db.models import F, FloatField, IntegerField, Q, Sum
from django.db.models.functions import Cast
from django.utils import timezone

from cases.models import OpenedCount, SearchCount

PERIODS = {7: "近 7 天", 30: "近 30 天", 200: "近 200 天"}
LISTED = 30
Found = SearchCount.Found


def _times(**only: Any) -> Any:
    return Sum("times", filter=Q(**only), default=0)


# An aggregate must not bear the name of the column that it sums up.
SUMS = {"sum_times": _times(), "sum_none": _times(found=Found.NONE), "sum_near": _times(found=Found.NEAR)}


@dataclass(frozen=True)
class Query:
    """One text: how often it was searched for, how often with what result, and which places were opened."""

    words: str
    times: int
    none: int
    near: int
    opened: int = 0
    place: float = 0.0

    @property
    def in_vain(self) -> int:
        return self.none + self.near


@dataclass(frozen=True)
class Step:
    """One row of the table of times."""

    label: str
    times: int
    none: int
    near: int
    opened: int


class SearchReport:
    """The last `days` days, today included."""

    def __init__(self, days: int) -> None:
        self.days = days
        self.until = timezone.localdate()
        self.since = self.until - timedelta(days=days - 1)
        self.searched = SearchCount.objects.since(self.since)
        self.opened = OpenedCount.objects.filter(day__gte=self.since)

    @cached_property
    def by_day(self) -> dict[date, dict[str, int]]:
        summed: Any = self.searched.order_by().values("day").annotate(**SUMS)
        rows: dict[date, dict[str, Any]] = {row["day"]: row for row in summed}
        opened = dict(self.opened.order_by().values("day").annotate(sum=Sum("times")).values_list("day", "sum"))
        return {
            day: {
                **{name.removeprefix("sum_"): rows.get(day, {}).get(name, 0) for name in SUMS},
                "opened": opened.get(day, 0),
            }
            for day in {*rows, *opened}
        }

    @cached_property
    def whole(self) -> Step:
        return self._step("合计", self.by_day)

    def _step(self, label: str, days: Any) -> Step:
        counts = [self.by_day[day] for day in days if day in self.by_day]
        return Step(label, **{name: sum(one[name] for one in counts) for name in ("times", "none", "near", "opened")})

    @cached_property
    def steps(self) -> list[Step]:
        """The newest first: days, weeks or months, whichever makes a table that one can take in."""
        labels: dict[str, list[date]] = {}
        for back in range(self.days):
            day = self.until - timedelta(days=back)
            labels.setdefault(self._label(day, back), []).append(day)
        return [self._step(label, days) for label, days in labels.items()]

    def _label(self, day: date, back: int) -> str:
        if self.days <= 7:
            return f"{day.month}月{day.day}日"
        if self.days > 60:
            return f"{day.year}年{day.month}月"
        last = self.until - timedelta(days=back // 7 * 7)
        first = max(last - timedelta(days=6), self.since)
        return f"{first.month}月{first.day}日至{last.month}月{last.day}日"

    @cached_property
    def _shown(self) -> Any:
        return self.searched.shown().order_by().values("words").annotate(**SUMS)

    @cached_property
    def top(self) -> list[Query]:
        """What was searched for most."""
        rows = list(self._shown.order_by("-sum_times", "words")[:LISTED])
        opened = self._opened([row["words"] for row in rows])
        return list(_queries(rows, opened))

    @cached_property
    def in_vain(self) -> list[Query]:
        """What was searched for most without any case that has all the words."""
        rows = self._shown.annotate(vain=F("sum_none") + F("sum_near")).filter(vain__gt=0)
        return list(_queries(rows.order_by("-vain", "words")[:LISTED], {}))

    @cached_property
    def untold(self) -> int:
        """How many searches are counted without being listed, because they are rare, long or may be personal."""
        told = self.searched.shown().aggregate(sum=_times())["sum"]
        return self.whole.times - told

    def _opened(self, words: list[str]) -> dict[str, tuple[int, float]]:
        """How often a case was opened, and in which place on average."""
        rows = self.opened.filter(words__in=words).order_by().values("words")
        summed = rows.annotate(sum=Sum("times"), places=Sum(F("times") * F("place"), output_field=IntegerField()))
        return {row["words"]: (row["sum"], row["places"] / row["sum"]) for row in summed}

    @cached_property
    def places(self) -> dict[str, float]:
        """Of all that was opened, the share of the first place and of the first three, and the mean of 1 / place."""
        weighed = Cast(F("times"), FloatField()) / Cast(F("place"), FloatField())
        row = self.opened.aggregate(
            all=_times(),
            first=_times(place=1),
            three=_times(place__lte=3),
            reciprocal=Sum(weighed, default=0.0, output_field=FloatField()),
        )
        return {name: row[name] / row["all"] for name in ("first", "three", "reciprocal")} if row["all"] else {}


def _queries(rows: Any, opened: dict[str, tuple[int, float]]) -> Iterator[Query]:
    for row in rows:
        times, place = opened.get(row["words"], (0, 0.0))
        yield Query(row["words"], row["sum_times"], row["sum_none"], row["sum_near"], times, place)
