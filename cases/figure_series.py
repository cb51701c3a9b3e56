"""Figures of one case that compare: an indicator from year to year, and a whole with its parts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from cases.charts import percent
from cases.models import Figure
from cases.models.qualifier import Qualifier, plain_number

# Official tables write the parts of a number below it, each beginning so.
PART = re.compile(r"其中\s*[:：,，]?\s*")
# Of places in a ranking the smallest is the best: bars would tell the contrary.
RANKING = re.compile(r"位次|名次|排名|排位")
# Thresholds: the number itself may be anything beyond.
OPEN = {Qualifier.UPWARDS, Qualifier.AT_LEAST, Qualifier.NOT_BELOW}

Range = tuple[Decimal, Decimal]


@dataclass(frozen=True)
class Bar:
    """One number as a bar; `width` as SVG takes it."""

    name: str
    label: str
    width: str
    note: str = ""


@dataclass(frozen=True)
class Series:
    """Bars that compare, the change between the first and the last in words where it is certain."""

    title: str
    bars: list[Bar]
    change: str = ""


def series_of(figures: Iterable[Figure]) -> list[Series]:
    """Return what compares among the figures of one case, years first."""
    drawn = [figure for figure in figures if figure.value >= 0 and not RANKING.search(figure.indicator)]
    return [*_over_years(drawn), *_wholes(drawn)]


def _over_years(figures: list[Figure]) -> Iterator[Series]:
    groups: defaultdict[tuple[str, str], list[Figure]] = defaultdict(list)
    for figure in figures:
        if figure.year:
            groups[figure.indicator, figure.unit].append(figure)
    for (indicator, _), group in groups.items():
        group.sort(key=lambda figure: figure.year or 0)
        if group[0].year != group[-1].year:
            names = [f"{figure.year}年" for figure in group]
            yield Series(indicator, _bars(group, names), change_in_words(group))


def _wholes(figures: list[Figure]) -> Iterator[Series]:
    """A number and the parts of it that follow: the same unit and year, none larger than the whole."""
    whole: Figure | None = None
    parts: list[Figure] = []
    for figure in [*figures, None]:
        if figure and whole and PART.match(figure.indicator):
            parts.append(figure)
            continue
        if whole and parts and all(_belongs(part, whole) for part in parts):
            names = ["全部", *(PART.sub("", part.indicator, count=1) for part in parts)]
            notes = ["", *(_share_in_words(part, whole) for part in parts)]
            title = f"{whole.indicator}（{whole.year}年）" if whole.year else whole.indicator
            yield Series(title, _bars([whole, *parts], names, notes))
        whole, parts = figure, []


def is_share(unit: str) -> bool:
    return unit.startswith(("%", "％", "‰")) or unit.endswith("百分点")


def _belongs(part: Figure, whole: Figure) -> bool:
    return (part.unit, part.year) == (whole.unit, whole.year) and part.value <= whole.value


def _bars(group: list[Figure], names: list[str], notes: list[str] | None = None) -> list[Bar]:
    # Percentages are drawn on a scale up to the whole.
    widest = max([figure.value for figure in group] + [Decimal(100)] * is_share(group[0].unit))
    return [
        Bar(name, figure.label, percent(figure.value / widest if widest else 0), note)
        for figure, name, note in zip(group, names, notes or [""] * len(group), strict=True)
    ]


def change_in_words(group: list[Figure]) -> str:
    """Say how a number changed from the first year to the last; nothing where that is not certain.

    Not said: changes of percentages, of thresholds, where a year has two values, and where the qualifiers leave open
    in which direction it went.
    """
    first, last = group[0], group[-1]
    is_told_twice = group[1].year == first.year or group[-2].year == last.year
    before, after = range_of(first), range_of(last)
    if is_share(first.unit) or is_told_twice or before is None or after is None:
        return ""
    years = f"{first.year}年到{last.year}年"
    if first.value == last.value and not (first.qualifier or last.qualifier):
        return f"{first.year}年与{last.year}年持平"
    if before[1] >= after[0] and after[1] >= before[0]:
        return ""
    about = "约" if first.qualifier or last.qualifier else ""
    verb, rate = ("增加", "增长") if last.value > first.value else ("减少", "下降")
    difference = abs(last.value - first.value)
    amount = Qualifier.write("", plain_number(difference), first.unit)
    ratio = _ratio(difference, first.value)
    return f"{years}{about}{verb} {amount}" + (f"，{rate}{about} {ratio}" if ratio else "")


def range_of(figure: Figure) -> Range | None:
    """Between which values a number lies as its qualifier has it: 160 多 between 160 and 170; None without limit.

    The last place that is not zero tells how coarse the number is, a tenth of it at most.
    """
    value = figure.value
    if figure.qualifier in OPEN:
        return None
    if not figure.qualifier:
        return value, value
    exponent = value.normalize().as_tuple().exponent
    coarse = min(Decimal(10) ** int(exponent), value / 10)
    below = coarse if figure.qualifier in {Qualifier.NEARLY, Qualifier.ABOUT} else Decimal(0)
    above = Decimal(0) if figure.qualifier == Qualifier.NEARLY else coarse
    return value - below, value + above


def _share_in_words(part: Figure, whole: Figure) -> str:
    ratio = _ratio(part.value, whole.value)
    if is_share(part.unit) or {part.qualifier, whole.qualifier} & OPEN or not ratio:
        return ""
    return f"约占 {ratio}" if part.qualifier or whole.qualifier else f"占 {ratio}"


def _ratio(part: Decimal, whole: Decimal) -> str:
    """A ratio as readers have it: 12%, 3.4%, 12 倍; nothing where there is no whole or next to no part."""
    hundredths = part * 100 / whole if whole else Decimal(0)
    if hundredths >= 1000:
        return f"{plain_number(_rounded(hundredths / 100))} 倍"
    shown = plain_number(_rounded(hundredths))
    return "" if shown == "0" else f"{shown}%"


def _rounded(number: Decimal) -> Decimal:
    return number.quantize(Decimal(1) if number >= 10 else Decimal("0.1"), ROUND_HALF_UP)
