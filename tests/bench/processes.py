"""The processes that the bench runs, and how much memory one takes up together with its children."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

PROC = Path("/proc")
PAUSE = 0.1


def command(task: dict[str, Any]) -> list[str]:
    """Return the command by which a process of its own does a task (see `one`)."""
    return [sys.executable, "-m", "tests.bench.one", json.dumps(task)]


def report_of(printed: str) -> Any:
    """Return what such a process reports: its last line."""
    return json.loads(printed.splitlines()[-1])


def tree(pid: int) -> list[int]:
    """Return a process and everything below it."""
    children: dict[int, list[int]] = defaultdict(list)
    for folder in PROC.glob("[0-9]*"):
        try:
            # The name stands in brackets and may hold anything.
            after_name = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children[int(after_name[1])].append(int(folder.name))
    found = [pid]
    for process in found:
        found += children[process]
    return found


def megabytes(pid: int) -> float:
    """Return what a process holds, 0 if it is gone.

    Pages that it shares with others count in part where the kernel tells, as a whole where it does not.
    """
    for name, pattern in (("smaps_rollup", r"^Pss:\s+(\d+) kB"), ("status", r"^VmRSS:\s+(\d+) kB")):
        try:
            match = re.search(pattern, (PROC / str(pid) / name).read_text(), re.MULTILINE)
        except OSError:
            continue
        if match:
            return int(match[1]) / 1024
    return 0.0


def watch(command: list[str], meanwhile: Callable[[], object] | None = None) -> tuple[str, float]:
    """Run a command to its end and return what it printed, and the most megabytes it and its children held together.

    `meanwhile` is called again and again until the command ends. Raises CalledProcessError when the command fails. The
    memory is 0 where the system does not tell.
    """
    peak = 0.0
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=sys.stderr, text=True) as process:
        while process.poll() is None:
            if meanwhile:
                meanwhile()
            else:
                peak = max(peak, sum(map(megabytes, tree(process.pid))))
                time.sleep(PAUSE)
        printed = process.stdout.read() if process.stdout else ""
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, printed)
    return printed, peak
