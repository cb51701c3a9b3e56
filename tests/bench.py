"""Measure generated libraries against the bars of the design, and print one table.

Run as `python -m tests.bench [--sizes 1000,10000]`; each size has a process and a data directory of its own.
"""

import argparse
import io
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROUNDS = 30
WORDS = ["第一书记", "加装电梯", "网格", "党建引领基层治理", "社区党员", "联席会议 企业", "志愿服务", "红色业委会"]


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def milliseconds(act: Callable[[], Any]) -> float:
    start = time.perf_counter()
    act()
    return (time.perf_counter() - start) * 1000


def prepare(count: int) -> None:
    """An empty data directory becomes a library of the shipped cases and `count` generated ones."""
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    from tests.generated import generate

    say(f"# {count:,} cases: preparing")
    call_command("migrate", verbosity=0)
    unread = io.StringIO()
    call_command("import_districts", settings.BASE_DIR / "fixtures" / "districts.csv.gz", stdout=unread)
    call_command("load_library", stdout=unread)
    generate(count)


def measure(count: int) -> None:
    prepare(count)
    from django.test import Client

    from cases import search
    from cases.models import Case

    rebuild = milliseconds(search.rebuild) / 1000
    client, chance = Client(), random.Random(7)
    numbers = list(Case.objects.visible_to(None).values_list("number", flat=True))
    pages = {
        "/cases/": lambda: client.get("/cases/", {"page": chance.randint(1, 9)}),
        "/cases/<number>/": lambda: client.get(f"/cases/{chance.choice(numbers)}/"),
        "/cases/?q=": lambda: client.get("/cases/", {"q": chance.choice(WORDS)}),
    }
    bars = {"/cases/": 40, "/cases/<number>/": 20, "/cases/?q=": 100}
    rows = [("rebuild", f"{rebuild:.1f} s", "")]
    for name, act in pages.items():
        act()
        times = [milliseconds(act) for _ in range(ROUNDS)]
        p50, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
        bar = f"p50 < {bars[name]} ms: {'holds' if p50 < bars[name] else 'FAILS'}" if count == 10_000 else ""
        rows.append((name, f"p50 {p50:.1f} ms, p95 {p95:.1f} ms", bar))
    rows.append(recall(chance, numbers))
    rows.append(freshness())
    for row in rows:
        say(f"| {count:,} | {' | '.join(row)} |")


def copied_run(chance: random.Random, text: str, length: int) -> str:
    """A run of a text as a reader's mouse would take it, with at least one letter, digit or Han character."""
    while True:
        start = chance.randrange(max(1, len(text) - length))
        if any(map(str.isalnum, run := text[start : start + length])):
            return run


def recall(chance: random.Random, numbers: list[str]) -> tuple[str, str, str]:
    """The share of runs of 2 to 8 characters, copied from a case, that find it."""
    from cases import search
    from cases.models import Case

    tried = found = 0
    for number in chance.sample(numbers, 60):
        case = Case.objects.get(number=number)
        for length in range(2, 9):
            run = copied_run(chance, case.approach, length)
            tried += 1
            found += case.pk in search.search(run, Case.objects.visible_to(None)).ids
    return "runs of 2 to 8 characters found", f"{found} of {tried}", f"100 %: {'holds' if found == tried else 'FAILS'}"


def freshness() -> tuple[str, str, str]:
    """How long a newly published case takes to be findable, the drainer's thread running."""
    from cases import search
    from cases.models import Case

    search.wake()
    times = []
    for serial in range(10):
        case = Case.objects.visible_to(None).order_by("pk")[serial]
        title = f"新鲜度测量{'甲乙丙丁戊己庚辛壬癸'[serial]}案"
        case.title = title
        start = time.perf_counter()
        case.save()
        while case.pk not in search.search(f"“{title}”", Case.objects.visible_to(None)).ids:
            time.sleep(0.01)
            if time.perf_counter() - start > 30:
                break
        times.append(time.perf_counter() - start)
    search.stop()
    return "change to findable", f"median {statistics.median(times):.2f} s, worst {max(times):.2f} s", "p99 < 2 s"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="1000,10000")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        measure(options.one)
        return
    say("| cases | measure | found | bar |\n|---|---|---|---|")
    for size in options.sizes.split(","):
        with tempfile.TemporaryDirectory(prefix="case-library-bench-") as folder:
            environment = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "SEARCH_URL"}}
            environment |= {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "tests.settings"}
            command = [sys.executable, "-m", "tests.bench", "--one", size]
            subprocess.run(command, check=True, env=environment, cwd=Path(__file__).parent.parent)


if __name__ == "__main__":
    main()
