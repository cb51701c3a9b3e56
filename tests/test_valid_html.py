"""Every page is valid HTML, as the Nu checker of the W3C sees it."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from cases import search
from tests.addresses import EMPTY, REFUSED, full

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

CHECKER = settings.BASE_DIR / ".venv/nu/node_modules/vnu-jar/build/dist/vnu.jar"


@pytest.fixture(scope="module")
def checker() -> Path:
    if shutil.which("java") is None or not CHECKER.exists():
        message = "没有 Nu 校验器，网页校验跳过（make test 在有 npm 和 Java 的机器上自动取得）"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return CHECKER


def complaints(checker: Path, folder: Path, addresses: list[str]) -> list[str]:
    """What the checker says of these pages: errors and warnings, a line each."""
    client = Client(headers={"accept": "text/html"})
    for number, address in enumerate(addresses):
        (folder / f"{number}.html").write_bytes(client.get(address).content)
    said = subprocess.run(
        ["java", "-jar", checker, "--format", "json", "--exit-zero-always", *sorted(folder.glob("*.html"))],
        capture_output=True,
        check=True,
        text=True,
        timeout=300,
    )
    return [
        f"{addresses[int(Path(message['url']).stem)]}, line {message['lastLine']}: {message['message']}"
        for message in json.loads(said.stderr)["messages"]
    ]


@pytest.mark.long
def test_every_page_is_valid(checker: Path, tmp_path: Path, shipped_library: None) -> None:
    search.rebuild()

    assert complaints(checker, tmp_path, full() + REFUSED) == []


def test_every_page_of_an_empty_library_is_valid(checker: Path, tmp_path: Path) -> None:
    assert complaints(checker, tmp_path, EMPTY) == []


def test_the_checker_sees_a_fault(checker: Path, tmp_path: Path) -> None:
    page = tmp_path / "0.html"
    page.write_text("<!doctype html><html lang=zh><title>t</title><h1 foo>一</h1>", encoding="utf-8")
    said = subprocess.run(["java", "-jar", checker, page], capture_output=True, text=True, timeout=60)

    assert "foo" in said.stderr
