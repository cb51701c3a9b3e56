"""Holding work to a time on a machine that does other things meanwhile."""

from collections.abc import Callable
from time import thread_time
from typing import TypeVar

Result = TypeVar("Result")

# What the work below took on the machine on which the times were set, with nothing else to do.
SECONDS_THERE = 0.085
TRIES = 4


def slowness() -> float:
    """How many times as long this thread takes for its work as it did there, at least once: 1.8 is nearly twice."""
    started, total = thread_time(), 0
    for number in range(1_000_000):
        total += number * number % 7
    return max(1.0, (thread_time() - started) / SECONDS_THERE)


def within(seconds: float, job: Callable[[], Result]) -> Result:
    """Return what a job returns, which takes no more of the processor than so many seconds of a quiet machine.

    The best of some tries counts: what else runs on a core only ever adds, and comes and goes.
    """
    spent = []
    for _ in range(TRIES):
        started = thread_time()
        found = job()
        spent.append(thread_time() - started)
        if spent[-1] < seconds or spent[-1] < seconds * slowness():
            return found
    raise AssertionError(f"{seconds} s were to be enough: {', '.join(f'{one:.2f}' for one in spent)}")
