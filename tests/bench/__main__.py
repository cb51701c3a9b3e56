"""Measure generated libraries against the bars of the design, side by side with stock, and print one table.

Each library has a process and a data directory of its own: the shipped cases for the judged queries, then each size,
then the source documents and CMRC 2018 if they are given. What is being done is said on stderr. Bars that do not hold
say FAILS; the exit status only tells whether everything could be measured.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench.effort import QUICK, Effort
from tests.bench.processes import command, report_of
from tests.bench.rows import Row, table, tell

PROJECT = Path(__file__).parent.parent.parent
QUICK_SIZES, SIZES = [300], [1000, 10_000]
# Beyond this stock takes hours, and is measured only when asked for.
STOCK_UP_TO = 20_000


def sizes(text: str) -> list[int]:
    return [int(size.replace("_", "")) for size in text.split(",") if size]


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--sizes", type=sizes, help="generated cases, default 1000,10000; 100000 takes an hour")
    parser.add_argument(
        "--stock", action=argparse.BooleanOptionalAction, help=f"measure stock too; default up to {STOCK_UP_TO:,} cases"
    )
    parser.add_argument("--cmrc", type=Path, metavar="PATH", help="cmrc2018_dev.json: also ask its questions")
    parser.add_argument(
        "--articles", type=Path, metavar="DIR", help="the five source documents as .txt: also read them into cases"
    )
    data = Path(os.environ.get("DATA_DIR") or PROJECT / "var")
    parser.add_argument("--json", type=Path, metavar="FILE", default=data / "bench.json", help="default %(default)s")
    parser.add_argument("--quick", action="store_true", help="a smoke run: few samples, 300 cases unless --sizes says")
    options = parser.parse_args(arguments)
    options.sizes = options.sizes or (QUICK_SIZES if options.quick else SIZES)
    if options.cmrc and not options.cmrc.is_file():
        parser.error(f"--cmrc: there is no file {options.cmrc}")
    if options.articles and not options.articles.is_dir():
        parser.error(f"--articles: there is no folder {options.articles}")
    return options


def tasks(options: argparse.Namespace) -> dict[str, dict[str, Any]]:
    """Return what each process is to do, by the name of its library."""
    with_stock = options.stock is not False
    found: dict[str, dict[str, Any]] = {"shipped": {"do": "shipped", "with_stock": with_stock}}
    for size in options.sizes:
        compared = options.stock if options.stock is not None else size <= STOCK_UP_TO
        effort = asdict(QUICK if options.quick else Effort())
        found[f"{size:,}"] = {"do": "size", "count": size, "with_stock": compared, "effort": effort}
    if options.articles:
        found["articles"] = {"do": "articles", "folder": str(options.articles.resolve())}
    if options.cmrc:
        found["CMRC"] = {"do": "cmrc", "file": str(options.cmrc.resolve()), "with_stock": with_stock}
    return found


def run(library: str, task: dict[str, Any]) -> list[Row]:
    """Measure one library in a process and a data directory of its own, on SQLite and Whoosh whatever is set."""
    with tempfile.TemporaryDirectory(prefix="case-library-bench-") as folder:
        environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "SEARCH_URL"}}
        environment |= {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "tests.settings"}
        done = subprocess.run(
            command(task), check=True, env=environment, cwd=PROJECT, stdout=subprocess.PIPE, text=True
        )
    return [Row(**row | {"library": library}) for row in report_of(done.stdout)]


def report(rows: list[Row], options: argparse.Namespace) -> dict[str, Any]:
    """Return what is written as JSON: the table with the numbers behind it, and on what machine they were measured."""
    return {
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "is_quick": options.quick,
        "rows": [row.as_data() for row in rows],
    }


def main(arguments: list[str] | None = None) -> None:
    options = parse(arguments)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    if not options.articles:
        tell("# articles: not measured; their documents are not in the repository, give their folder with --articles")
    rows: list[Row] = []
    for library, task in tasks(options).items():
        try:
            rows += run(library, task)
        except (subprocess.CalledProcessError, ValueError, IndexError) as error:
            tell(f"# {library}: {error}")
            rows.append(Row.missing("everything", library))
        # After each library, so that a run cut short leaves what it found.
        written = json.dumps(report(rows, options), ensure_ascii=False, indent=1)
        options.json.write_text(written + "\n", encoding="utf-8")
    sys.stdout.write(table(rows) + "\n")
    sys.exit(any(row.is_missing for row in rows))


if __name__ == "__main__":
    main()
