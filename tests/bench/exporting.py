"""Big files, as in production: gunicorn with its worker, and readers who go on reading meanwhile."""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlencode

from django.conf import settings

from cases.exports.forms import FORMS
from cases.models import Case
from tests.bench.processes import PROC, tree
from tests.bench.rows import Row, Times, counting, percentile, tell

XLSX_CASES, PDF_CASES = 5000, 200
SECONDS_BAR, MEMORY_BAR, SLOWER_BAR = 30, 300, 2
# Each reader opens a page, and the next one when so many seconds have passed.
READERS, PAUSE, PAGES = 4, 0.25, 50
PATIENCE, LOOK = 300.0, 0.2


def exports(seconds_before: float, is_asked: bool) -> list[Row]:
    """Time the workbook and, where that form exists, the document; `is_asked` says whether this size has bars."""
    with served() as server:
        rows = _workbook(server, seconds_before, is_asked)
        return rows + _document(server, is_asked) if "pdf" in FORMS else rows


class Server:
    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process, self.port = process, port

    def get(self, connection: http.client.HTTPConnection, address: str) -> tuple[int, str, bytes]:
        """Return the status, where it leads, and the content."""
        connection.request("GET", address)
        response = connection.getresponse()
        return response.status, response.getheader("Location", ""), response.read()

    def connected(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    @property
    def worker(self) -> int:
        """The process that writes files."""
        for pid in tree(self.process.pid):
            if b"export_worker" in (PROC / str(pid) / "cmdline").read_bytes():
                return pid
        raise RuntimeError("gunicorn has no export worker")

    def worker_peak(self) -> float:
        """The most megabytes that the worker ever held, 0 where the system does not tell."""
        if not PROC.is_dir():
            return 0.0
        match = re.search(r"VmHWM:\s+(\d+) kB", (PROC / str(self.worker) / "status").read_text())
        return int(match[1]) / 1024 if match else 0.0


@contextmanager
def served() -> Iterator[Server]:
    """Serve this library by gunicorn with the portal's own configuration."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).parent / "gunicorn"), "portal.wsgi", "--config", "portal/gunicorn.py"]
    environment = os.environ | {"EXPORT_WORKER": "on"}
    process = subprocess.Popen(
        [*command, "--bind", f"127.0.0.1:{port}", "--log-level", "warning"],
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    try:
        server, end = Server(process, port), time.monotonic() + PATIENCE
        while True:
            try:
                server.get(server.connected(), "/healthz")
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > end:
                    raise
                time.sleep(LOOK)
        yield server
    finally:
        process.terminate()
        process.wait(30)


class Readers:
    """Some who go through the list, page by page."""

    def __init__(self, server: Server) -> None:
        self.server, self.is_over, self.times = server, Event(), [Times() for _ in range(READERS)]
        self.threads = [Thread(target=self._read, args=[number]) for number in range(READERS)]

    def __enter__(self) -> Readers:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.is_over.set()
        for thread in self.threads:
            thread.join()

    def _read(self, number: int) -> None:
        chance, connection = random.Random(number), self.server.connected()
        while not self.is_over.is_set():
            address = f"/cases/?page={chance.randint(1, PAGES)}"
            self.times[number].measure(self._visit, connection, address)
            self.is_over.wait(PAUSE)

    def _visit(self, connection: http.client.HTTPConnection, address: str) -> None:
        status, _, _ = self.server.get(connection, address)
        if status != 200:
            raise RuntimeError(f"{address} answered {status}")

    @property
    def durations(self) -> list[float]:
        return [duration for times in self.times for duration in times.all]


def _written(server: Server, address: str, what: str) -> tuple[float, int]:
    """Ask for a file and wait for it; return the seconds from the question to the last byte, and how many bytes."""
    connection, start = server.connected(), time.monotonic()
    status, page, content = server.get(connection, address)
    progress = counting(what, step=2.0)
    while status == 303:
        _, _, told = server.get(connection, page)
        state = json.loads(told)
        if state["state"] == "done":
            status, _, content = server.get(connection, state["file"].partition(f":{server.port}")[2])
        elif state["state"] not in {"waiting", "writing"} or time.monotonic() - start > PATIENCE:
            raise RuntimeError(f"{what}: {state}")
        else:
            progress(state["done"], state["total"])
            time.sleep(LOOK)
    if status != 200:
        raise RuntimeError(f"{address} answered {status}")
    return time.monotonic() - start, len(content)


def about(count: int) -> tuple[str, int]:
    """Return a query of so many cases or a few more, and how many they are: some sectors of a year, or whole years."""
    filed = Counter(Case.objects.visible_to(None).order_by().values_list("year", "sector__slug"))
    years: dict[int, dict[str, int]] = {}
    for (year, sector), number in sorted(filed.items(), key=lambda pair: pair[1]):
        years.setdefault(year, {})[sector] = number
    found = [([("year", year)], sectors) for year, sectors in years.items()]
    found.append(([], {str(year): sum(sectors.values()) for year, sectors in years.items()}))
    queries = []
    for chosen, numbers in found:
        name = "sector" if chosen else "year"
        taken = _enough(count, numbers)
        queries.append((sum(numbers[one] for one in taken), urlencode([*chosen, *((name, one) for one in taken)])))
    enough = [pair for pair in queries if pair[0] >= count] or [max(queries)]
    number, query = min(enough)
    return query, number


def _enough(count: int, numbers: dict[str, int]) -> list[str]:
    """The largest that are too few together, and the smallest that makes them enough."""
    taken: list[str] = []
    total = 0
    for name, number in sorted(numbers.items(), key=lambda pair: -pair[1]):
        if total + number < count:
            taken.append(name)
            total += number
    rest = sorted((number, name) for name, number in numbers.items() if name not in taken and total + number >= count)
    return [*taken, rest[0][1]] if rest else taken


def _workbook(server: Server, seconds_before: float, is_asked: bool) -> list[Row]:
    query, count = about(XLSX_CASES)
    tell(f"  readers alone for {seconds_before:.0f} s")
    with Readers(server) as before:
        time.sleep(seconds_before)
    with Readers(server) as meanwhile:
        seconds, size = _written(server, f"/cases/export.xlsx?{query}", "rows written")
    peak = server.worker_peak()
    p95 = [percentile(readers.durations, 95) for readers in (before, meanwhile)]
    slower = p95[1] / p95[0]
    numbers = {"count": count, "seconds": seconds, "bytes": size, "peak_mb": peak, "p95_ms": p95}
    rows = [
        Row(f"xlsx of {count:,} cases, while {READERS} read", f"{seconds:.1f} s", numbers=numbers),
        Row(f"xlsx of {count:,} cases, most memory of the worker", f"{peak:.0f} MB" if peak else "not told"),
        Row("`/cases/` meanwhile (p95)", f"{p95[1]:.0f} ms, {p95[0]:.0f} ms before: {slower:.2f} ×"),
    ]
    if is_asked:
        for row, bar, holds in zip(
            rows,
            (f"< {SECONDS_BAR} s", f"< {MEMORY_BAR} MB", f"≤ {SLOWER_BAR} ×"),
            (seconds < SECONDS_BAR, 0 < peak < MEMORY_BAR, slower <= SLOWER_BAR),
            strict=True,
        ):
            row.bar, row.holds = bar, holds
    return rows


def _document(server: Server, is_asked: bool) -> list[Row]:
    query, count = about(PDF_CASES)
    seconds, size = _written(server, f"/cases/export.pdf?{query}", "chapters written")
    row = Row(
        f"pdf of {count:,} cases", f"{seconds:.1f} s", numbers={"count": count, "seconds": seconds, "bytes": size}
    )
    if is_asked:
        row.bar, row.holds = f"< {SECONDS_BAR} s", seconds < SECONDS_BAR
    return [row]
