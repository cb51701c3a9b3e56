"""How fast the machine is at this moment, for tests that hold work to a time."""

from time import thread_time

# What the work below took on the machine on which the times were set, with nothing else to do.
SECONDS_THERE = 0.085


def slowness() -> float:
    """How many times as long this thread takes for its work as it did there, at least once: 1.8 is nearly twice."""
    started, total = thread_time(), 0
    for number in range(1_000_000):
        total += number * number % 7
    return max(1.0, (thread_time() - started) / SECONDS_THERE)
