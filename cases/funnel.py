"""How many were called for, came into the choice and were chosen, as a picture."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from cases.charts import percent, share
from cases.models import FunnelStage


@dataclass(frozen=True)
class Band:
    """One stage of a funnel: a band around the middle, what narrows from it to the next, and its part of the first."""

    stage: FunnelStage
    x: str
    width: str
    narrowing: str
    part: str


def funnel(stages: Iterable[FunnelStage]) -> list[Band]:
    """Return a band for each of two or more stages; one number alone is no picture."""
    stages = list(stages)
    if len(stages) < 2:
        return []
    most = max(stage.count for stage in stages)
    widths = [share(stage.count, most) for stage in stages]
    narrowings = [_trapezoid(above, below) for above, below in pairwise(widths)]
    return [
        Band(stage, percent((1 - width) / 2), percent(width), narrowing, _part(stage, stages[0]))
        for stage, width, narrowing in zip(stages, widths, [*narrowings, ""], strict=True)
    ]


def _trapezoid(above: float, below: float) -> str:
    """Points of a shape 100 wide and 10 high around the middle."""
    above, below = 50 * above, 50 * below
    corners = (50 - above, 0), (50 + above, 0), (50 + below, 10), (50 - below, 10)
    return " ".join(f"{x:.4g},{y}" for x, y in corners)


def _part(stage: FunnelStage, first: FunnelStage) -> str:
    """The stage in percent of the first, rounded; nothing for the first and for what is not a part of it."""
    if stage is first or not 0 < stage.count <= first.count:
        return ""
    part = 100 * stage.count / first.count
    return f"占{first.stage}约 {part:.0f}%" if part >= 1 else f"占{first.stage}约 {part:.1g}%"
