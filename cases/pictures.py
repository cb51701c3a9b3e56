"""Numbers as widths in percent, for pictures that templates draw as SVG."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from cases.models import FunnelStage

# What is there must be seen: ten of five thousand would be a fifth of a percent.
THINNEST = 1.0


@dataclass(frozen=True)
class Bar:
    """A label with its count, how wide its bar is, and the address it leads to."""

    label: str
    count: int
    width: str
    query: str


@dataclass(frozen=True)
class Band:
    """One stage of a funnel: a band around the middle, what narrows from it to the next, and its part of the first."""

    stage: FunnelStage
    x: str
    width: str
    narrowing: str
    part: str


def width_of(count: int, largest: int) -> float:
    """Return a width in percent of the largest; nothing has none, and the least something can still be seen."""
    return max(100 * count / largest, THINNEST) if count else 0.0


def bars(rows: Iterable[tuple[str, int, str]]) -> list[Bar]:
    """Return bars for triples of label, count and address."""
    rows = list(rows)
    largest = max((count for _, count, _ in rows), default=0)
    return [Bar(label, count, f"{width_of(count, largest):.4g}", query) for label, count, query in rows]


def funnel(stages: Iterable[FunnelStage]) -> list[Band]:
    """Return a band for each of two or more stages; one number alone is no picture."""
    stages = list(stages)
    if len(stages) < 2:
        return []
    largest = max(stage.count for stage in stages)
    widths = [width_of(stage.count, largest) for stage in stages]
    narrowings = [_trapezoid(above, below) for above, below in pairwise(widths)]
    return [
        Band(stage, f"{(100 - width) / 2:.4g}", f"{width:.4g}", narrowing, _part(stage, stages[0]))
        for stage, width, narrowing in zip(stages, widths, [*narrowings, ""], strict=True)
    ]


def _trapezoid(above: float, below: float) -> str:
    """Points of a shape 100 wide and 10 high around the middle."""
    corners = (50 - above / 2, 0), (50 + above / 2, 0), (50 + below / 2, 10), (50 - below / 2, 10)
    return " ".join(f"{x:.4g},{y}" for x, y in corners)


def _part(stage: FunnelStage, first: FunnelStage) -> str:
    """The stage in percent of the first, rounded; nothing for the first and for what is not a part of it."""
    if stage is first or not 0 < stage.count <= first.count:
        return ""
    percent = 100 * stage.count / first.count
    return f"占{first.stage}约 {percent:.0f}%" if percent >= 1 else f"占{first.stage}约 {percent:.1g}%"
