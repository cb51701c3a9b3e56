"""Rows of the table, the times they are made of, and what is said meanwhile."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self

HEAD = "| library | measure | ours | stock | bar | holds |\n|---|---|---|---|---|---|"
# How times are written: by the clock, and the processor time alone.
SHARES = "(p50 / p95 / p99; CPU p50)"
NOT_MEASURED = "could not be measured"
WORDS_FOR = {True: "yes", False: "FAILS", None: ""}


@dataclass
class Row:
    """One line: what was found, what stock does, what the design asks for, and whether it is so.

    `holds` is None where nothing is asked. `numbers` goes into the JSON only.
    """

    measure: str
    ours: str
    stock: str = ""
    bar: str = ""
    holds: bool | None = None
    numbers: dict[str, Any] = field(default_factory=dict)
    library: str = ""

    def __str__(self) -> str:
        cells = [self.library, self.measure, self.ours, self.stock, self.bar, WORDS_FOR[self.holds]]
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

    @classmethod
    def missing(cls, measure: str, library: str = "") -> Self:
        """Return the row of something that broke."""
        return cls(measure, NOT_MEASURED, bar="measured", holds=False, library=library)

    @property
    def is_missing(self) -> bool:
        return self.ours == NOT_MEASURED

    def as_data(self) -> dict[str, Any]:
        return asdict(self)


def table(rows: Iterable[Row]) -> str:
    return "\n".join([HEAD, *map(str, rows)])


class Times:
    """Durations of the same act in milliseconds, by the clock and in this thread's own processor time.

    Bars are set by the clock; processor time says what it would be on a machine that nobody else is using.
    """

    def __init__(self, durations: Iterable[float] = ()) -> None:
        self.all = list(durations)
        self.processor = list(self.all)

    def measure(self, act: Callable[..., Any], *arguments: Any) -> Any:
        """Do it, note how long it took, and return what it returned."""
        start, own_start = time.perf_counter(), time.thread_time()
        result = act(*arguments)
        self.all.append((time.perf_counter() - start) * 1000)
        self.processor.append((time.thread_time() - own_start) * 1000)
        return result

    def add(self, other: Times, *, last: bool = False) -> None:
        """Take over what the other measured, all of it or the last time only."""
        self.all += other.all[-1:] if last else other.all
        self.processor += other.processor[-1:] if last else other.processor

    @property
    def p50(self) -> float:
        return percentile(self.all, 50)

    @property
    def processor_p50(self) -> float:
        return percentile(self.processor, 50)

    def __str__(self) -> str:
        if not self.all:
            return "not measured"
        by_clock = " / ".join(f"{percentile(self.all, part):.1f}" for part in (50, 95, 99))
        return f"{by_clock} ms; {self.processor_p50:.1f}"

    @property
    def numbers(self) -> dict[str, float]:
        if not self.all:
            return {"count": 0}
        shares = {f"p{part}_ms": round(percentile(self.all, part), 2) for part in (50, 95, 99)}
        return {"count": len(self.all), **shares, "processor_p50_ms": round(self.processor_p50, 2)}


def percentile(durations: Sequence[float], part: int) -> float:
    """Return the duration that so many in a hundred do not exceed, between two of them if need be."""
    if len(durations) < 2:
        return durations[0] if durations else float("nan")
    return statistics.quantiles(durations, n=100, method="inclusive")[part - 1]


def share(part: int, whole: int) -> str:
    """Write 418 of 420 as a reader compares it; nothing short of all is written as 100 %."""
    if not whole:
        return "nothing to measure"
    percent = 100.0 if part == whole else min(99.99, 100 * part / whole)
    return f"{percent:.4g} % of {whole}"


def tell(text: str) -> None:
    """Say what is being done, beside the table."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def counting(what: str, step: float = 5.0) -> Callable[[int, int], None]:
    """Return a progress report that speaks once in so many seconds."""
    spoken = time.monotonic()

    def progress(done: int, total: int) -> None:
        nonlocal spoken
        if time.monotonic() - spoken > step:
            spoken = time.monotonic()
            tell(f"  {what}: {done:,} of {total:,}")

    return progress
