"""Have Lighthouse judge home, browse and a case page of the shipped library, on a phone and at a desk.

`make lighthouse` fetches Lighthouse and runs this. Prints one table; the exit status is 1 when a bar does not hold.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.serving import served

PROJECT = Path(__file__).parent.parent
LIGHTHOUSE = PROJECT / ".venv/lighthouse/node_modules/.bin/lighthouse"
PAGES = ["/", "/cases/", "/cases/2020-0008/"]
FORMS = {"phone": [], "desk": ["--preset=desktop"]}
BARS = {"accessibility": 100, "best-practices": 100, "seo": 100, "performance": 95}


@contextmanager
def portal() -> Iterator[str]:
    """Serve the shipped library from a folder of its own, as `make run` does; yield its address."""
    with tempfile.TemporaryDirectory(prefix="case-library-") as folder:
        environment = os.environ | {"DATA_DIR": folder}
        manage = [sys.executable, "manage.py", "set_up"]
        subprocess.run(manage, cwd=PROJECT, env=environment, check=True, stdout=sys.stderr)
        with served(environment) as address:
            yield address


def scores(address: str, form: list[str]) -> dict[str, int]:
    """Return Lighthouse's scores of a page, of 100, by category."""
    said = subprocess.run(
        [
            str(LIGHTHOUSE),
            address,
            *form,
            "--quiet",
            "--output=json",
            f"--only-categories={','.join(BARS)}",
            "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
        ],
        env=os.environ | {"CHROME_PATH": shutil.which("chromium") or shutil.which("chromium-browser") or ""},
        stdout=subprocess.PIPE,
        check=True,
    )
    categories = json.loads(said.stdout)["categories"]
    return {name: round((categories[name]["score"] or 0) * 100) for name in BARS}


def main() -> int:
    print("| page | on | " + " | ".join(f"{name} (≥ {bar})" for name, bar in BARS.items()) + " |")
    print("|---|---|" + "---|" * len(BARS))
    holds = True
    with portal() as address:
        for page in PAGES:
            for name, form in FORMS.items():
                found = scores(address + page, form)
                holds &= all(found[category] >= bar for category, bar in BARS.items())
                cells = " | ".join(str(found[category]) for category in BARS)
                print(f"| `{page}` | {name} | {cells} |", flush=True)
    print("all bars hold" if holds else "FAILS")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
