"""Where the parts of a picture stand: across in percent, so that text keeps its size at any width; down in pixels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol


class Counted(Protocol):
    """What a picture is drawn from: a name, its number, where it leads, and whether it is chosen."""

    @property
    def label(self) -> str: ...
    @property
    def count(self) -> int: ...
    @property
    def query(self) -> str: ...
    @property
    def is_on(self) -> bool: ...


def percent(part: float | Decimal) -> str:
    """Write a share of the width as SVG takes it: 0.125 → 12.5%."""
    return f"{part * 100:.2f}".rstrip("0").rstrip(".") + "%"


# What is there is seen, however little beside the most.
LEAST = 0.01


def share(count: int, most: int) -> float:
    """How long a bar is beside the longest, which is 1."""
    return max(count / most, LEAST) if count else 0


def shortened(label: str, most: int) -> str:
    return label if len(label) <= most else label[: most - 1] + "…"


@dataclass(frozen=True)
class Bar:
    """A row: its name above a bar that lies down. `top` is where the row begins, all else is measured from there."""

    item: Counted
    label: str
    width: str
    top: int

    @property
    def text(self) -> int:
        return self.top + 19

    @property
    def bar(self) -> int:
        return self.top + 28


@dataclass(frozen=True)
class Line:
    """A label and its number with a bar between them; such a picture is a list."""

    label: str
    count: int
    width: str
    query: str


def lines(rows: Iterable[tuple[str, int, str]]) -> list[Line]:
    """Return a line for each triple of label, count and the query string that it leads to."""
    rows = list(rows)
    most = max((count for _, count, _ in rows), default=0)
    return [Line(label, count, percent(share(count, most)), query) for label, count, query in rows]


class Bars:
    """Bars below each other, the longest as wide as the picture."""

    ROW, MOST, LONGEST_LABEL = 46, 16, 15

    def __init__(self, items: Sequence[Counted]) -> None:
        drawn = items[: self.MOST]
        most = max((item.count for item in drawn), default=0)
        self.left_out = len(items) - len(drawn)
        self.height = len(drawn) * self.ROW
        self.bars = [
            Bar(item, shortened(item.label, self.LONGEST_LABEL), percent(share(item.count, most)), row * self.ROW)
            for row, item in enumerate(drawn)
        ]


@dataclass(frozen=True)
class Column:
    """A standing bar with its number above and its name below."""

    item: Counted
    slot: str
    slot_width: str
    left: str
    width: str
    middle: str
    top: int
    height: int

    @property
    def text(self) -> int:
        return self.top - 7


class Columns:
    """Columns beside each other, the highest as high as the plot."""

    ROOM, PLOT, FOOT = 26, 150, 30
    FILLED = 0.66

    def __init__(self, items: Sequence[Counted]) -> None:
        most = max((item.count for item in items), default=0)
        self.base = self.ROOM + self.PLOT
        self.foot = self.base + 20
        self.height = self.base + self.FOOT
        self.columns = [self._column(item, place, len(items), most) for place, item in enumerate(items)]

    def _column(self, item: Counted, place: int, number: int, most: int) -> Column:
        slot, high = 1 / number, max(round(self.PLOT * item.count / most), 2) if item.count else 0
        filled = min(self.FILLED * slot, 0.12)
        middle = (place + 0.5) * slot
        return Column(
            item=item,
            slot=percent(place * slot),
            slot_width=percent(slot),
            left=percent(middle - filled / 2),
            width=percent(filled),
            middle=percent(middle),
            top=self.base - high,
            height=high,
        )


class Steps:
    """Five steps of colour for the numbers from one to the most, each some times the one before."""

    NUMBER = 5

    def __init__(self, most: int) -> None:
        self.most = most
        self.starts: list[int] = []
        for place in range(self.NUMBER):
            start = place + 1 if most <= self.NUMBER else rounded(most ** (place / self.NUMBER))
            start = max(start, self.starts[-1] + 1) if self.starts else 1
            if start <= most:
                self.starts.append(start)

    def of(self, count: int) -> int:
        """The step of a number; nought has step nought."""
        return sum(start <= count for start in self.starts)

    @property
    def legend(self) -> list[tuple[int, str]]:
        """Each step with the numbers it stands for, in words."""
        ends = [start - 1 for start in self.starts[1:]] + [self.most]
        return [
            (step, f"{start} 个" if start == end else f"{start}–{end} 个")
            for step, (start, end) in enumerate(zip(self.starts, ends, strict=False), start=1)
        ]


def rounded(number: float) -> int:
    """Round up to two digits that are easily read: 63.1 → 64, 251.2 → 260."""
    whole = -int(-number // 1)
    size = 10 ** max(len(str(whole)) - 2, 0)
    return -(-whole // size) * size
