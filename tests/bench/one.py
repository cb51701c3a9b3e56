"""What one process of the bench does, in a data directory of its own; its last line of output is its report in JSON.

Run by `__main__` and by `building` with the task as its one argument.
"""

from __future__ import annotations

import io
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import django


def stock_folder() -> Path:
    from django.conf import settings

    return settings.DATA_DIR / "stock"


def connect_stock() -> None:
    from tests.bench import stock

    stock.connect(stock_folder())


def prepare(shipped: bool = True) -> None:
    """Fill an empty data directory: the districts and, if asked for, the shipped library."""
    from django.conf import settings
    from django.core.management import call_command

    unread = io.StringIO()
    call_command("migrate", verbosity=0)
    call_command("import_districts", settings.BASE_DIR / "fixtures" / "districts.csv.gz", stdout=unread)
    if shipped:
        call_command("load_library", stdout=unread)


def measure_shipped(with_stock: bool, **_: Any) -> list[Any]:
    """The judged queries, over the library as it ships."""
    from cases import search
    from tests.bench import quality, stock

    prepare()
    search.rebuild()
    if with_stock:
        stock.rebuild()
    return quality.judged(quality.JUDGED, with_stock)


def measure_cmrc(file: str, with_stock: bool, **_: Any) -> list[Any]:
    """The questions of CMRC 2018 over its paragraphs and nothing else."""
    from cases import search
    from tests.bench import quality, stock
    from tests.bench.rows import tell

    prepare(shipped=False)
    questions = quality.load_cmrc(Path(file))
    tell(f"# CMRC: {len(questions):,} questions")
    search.rebuild()
    if with_stock:
        stock.rebuild()
    return quality.cmrc(questions, with_stock)


def measure_articles(folder: str, **_: Any) -> list[Any]:
    """The source documents, repaired and read into cases with what the shipped library knows."""
    from cases.repair import repair
    from tests.bench import articles

    return articles.documents(Path(folder), lambda text: repair(text).text)


def measure_size(count: int, with_stock: bool, effort: dict[str, int], **_: Any) -> list[Any]:
    """The shipped library enlarged by so many generated cases: all that depends on how many there are."""
    from tests.bench.effort import Effort
    from tests.bench.sized import Sized

    prepare()
    return Sized(count, with_stock, Effort(**effort)).measure()


def rebuild(**_: Any) -> dict[str, Any]:
    from cases import search
    from tests.bench.rows import counting

    rebuilt = search.rebuild(counting("indexed"))
    return {"count": rebuilt.count, "seconds": rebuilt.seconds}


def rebuild_stock(**_: Any) -> dict[str, Any]:
    from tests.bench import stock

    connect_stock()
    start = time.monotonic()
    count = stock.rebuild(verbosity=2)
    return {"count": count, "seconds": time.monotonic() - start}


TASKS: dict[str, Callable[..., Any]] = {
    "shipped": measure_shipped,
    "articles": measure_articles,
    "cmrc": measure_cmrc,
    "size": measure_size,
    "rebuild": rebuild,
    "rebuild stock": rebuild_stock,
}


def main() -> None:
    django.setup()
    task = json.loads(sys.argv[1])
    if task.get("with_stock"):
        connect_stock()
    done = TASKS[task.pop("do")](**task)
    report = [asdict(row) for row in done] if isinstance(done, list) else done
    sys.stdout.write("\n" + json.dumps(report, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
