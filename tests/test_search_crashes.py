"""Processes killed in the midst of it, and many at once: real processes on the database of the test run."""

import json
import os
import random
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from cases import search
from cases.models import Case, Citation, Credit
from cases.search import generations, making
from tests.builders import make_case, make_district, make_organisation, make_sector, make_source
from tests.commands import CONFIGURATION
from tests.pages import cards
from tests.test_search_index import proposed
from tests.test_search_processes import within

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]

# How long a driver may take in all, on a busy machine; one that hangs is ended with all that it started.
PATIENCE = 300.0
# What the library is held to is fifty deaths and a minute; fewer and less find most of it.
ROUNDS, SECONDS = (50, 60) if os.environ.get("CASE_LIBRARY_LONG_TESTS") else (20, 5)


def database_url() -> str:
    """The address of the database that this test runs on."""
    used = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{used['NAME']}"
    user, password, host, name = (quote(used[key], safe="") for key in ("USER", "PASSWORD", "HOST", "NAME"))
    return f"postgres://{user}:{password}@{host}:{used['PORT']}/{name}"


def drive(data_dir: Path, *arguments: object) -> subprocess.Popen[str]:
    """Start tests/crashing.py on the database and the index of this test."""
    inherited = {name: value for name, value in os.environ.items() if name not in CONFIGURATION}
    own = {
        "DATA_DIR": str(data_dir),
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "SEARCH_URL": f"whoosh://{settings.SEARCH_ROOT}",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "tests.crashing", *map(str, arguments)],
        cwd=settings.BASE_DIR,
        env=inherited | own,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finish(driver: subprocess.Popen[str]) -> tuple[list[dict[str, Any]], str]:
    """Wait for a driver; return what it reported, and what it complained about."""
    try:
        reported, complaints = driver.communicate(timeout=PATIENCE)
    finally:
        if driver.poll() is None:
            os.killpg(driver.pid, signal.SIGKILL)
    assert driver.returncode == 0, complaints
    return [json.loads(line) for line in reported.splitlines()], complaints


def entries() -> list[str]:
    """What lies in the folder of the indexes, each generation by that name."""
    paths = generations.root().iterdir()
    return sorted("generation" if path.is_dir() and not path.is_symlink() else path.name for path in paths)


@pytest.mark.long
def test_whatever_is_killed_whenever_the_index_is_right_within_five_seconds_of_the_next_start(tmp_path: Path) -> None:
    seed = random.randrange(10**6)
    *lives, last = finish(drive(tmp_path, "rounds", ROUNDS, seed))[0]
    assert [life["round"] for life in lives] == list(range(ROUNDS)), seed
    assert [life for life in lives if life["wrong"]] == [], seed
    # They were at work when they were killed, and did not fail before.
    assert {code for life in lives for code in life["killed"]} == {-9}, seed
    assert last["count"] == Case.objects.published().count() > 0
    assert Case.objects.exclude(status=Case.Status.PUBLISHED).exists()
    assert entries() == ["current", "drain.lock", "generation", "generation", "rebuild.lock"], seed


def make_many(number: int) -> None:
    """Publish so many cases quickly; they are one word long."""
    district, sector, lead, source = make_district(), make_sector(), make_organisation(), make_source()
    cases = Case.objects.bulk_create(
        Case(
            number=f"2020-{100_000 + serial}",
            title=f"第{serial}号样板",
            year=2020,
            district=district,
            sector=sector,
            summary="样板",
            published_at="2020-11-01T00:00Z",
        )
        for serial in range(number)
    )
    Credit.objects.bulk_create(Credit(case=case, organisation=lead) for case in cases)
    Citation.objects.bulk_create(Citation(case=case, source=source) for case in cases)
    Case.objects.update(status=Case.Status.PUBLISHED)


@pytest.mark.any_database
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
@pytest.mark.skipif((os.cpu_count() or 1) == 1, reason="with one processor a rebuild has no helper")
def test_a_helper_ends_with_its_rebuild_and_a_rebuild_does_without_its_helper(tmp_path: Path) -> None:
    make_many(making.WORTH_HELPERS)
    reports, complaints = finish(drive(tmp_path, "helpers"))
    broken_off = [each for each in reports if "left" in each]
    assert [each["left"] for each in broken_off] == [0, 0, 0]
    assert all(each["started"] and each["seconds"] < 3 for each in broken_off)
    assert [each["ended"] for each in reports if "ended" in each] == [0, 0, 0]
    assert [each["count"] for each in reports if "count" in each] == [making.WORTH_HELPERS] * 3
    assert "helper processes of the rebuild died" in complaints
    assert search.status().documents == making.WORTH_HELPERS
    assert search.search("第七号样板", Case.objects.visible_to(None)).count == making.WORTH_HELPERS
    assert search.search("“第7号样板”", Case.objects.visible_to(None)).count == 1


def complaint(answer: Any) -> str:
    """What is wrong with an answer to 电梯, in words; every one must have the case that is always there."""
    titles = list(Case.objects.filter(pk__in=answer.ids).values_list("title", flat=True))
    if answer.degraded:
        return "degraded"
    return "" if "加装电梯" in titles else f"only {titles}"


def reading(seconds: float) -> dict[str, Any]:
    """Read in every way for so long; return how often, and all that was wrong."""
    wrong: list[str] = []
    answers, end = 0, monotonic() + seconds
    client, everything = Client(headers={"host": "localhost"}), Case.objects.visible_to(None)
    try:
        while monotonic() < end:
            wrong += filter(None, [complaint(search.search(words, everything)) for words in ("电梯", "加装电梯")])
            if "加装电梯" not in {hint.name.text for hint in search.hints("电梯", everything, 40)}:
                wrong.append("no hint")
            if "加装电梯" not in search.corrections("加装电题", everything):
                wrong.append("no correction")
            page = client.get("/cases/", {"q": "加装电梯"})
            if page.status_code != 200 or "加装电梯" not in cards(page):
                wrong.append(f"page: {page.status_code} {cards(page)}")
            answers += 5
    except Exception as error:
        wrong.append(repr(error))
    finally:
        connection.close()
    return {"answers": answers, "wrong": wrong}


def write(written: list[Case], seconds: float) -> None:
    """Publish cases and withdraw them again, for so long."""
    end = monotonic() + seconds
    try:
        while monotonic() < end:
            written.append(make_case(f"第{len(written)}部电梯"))
            if len(written) > 4:
                written[-5].withdraw(by=None)
    finally:
        connection.close()


@pytest.mark.long
def test_three_readers_a_writer_and_rebuilds_together_make_no_error_and_no_empty_answer(
    draining: None, tmp_path: Path
) -> None:
    make_case("加装电梯")
    search.rebuild()
    written: list[Case] = []
    rebuilt = 0
    with ThreadPoolExecutor(3) as pool, drive(tmp_path, "read", SECONDS) as other:
        writer = pool.submit(write, written, SECONDS)
        beside = [pool.submit(reading, SECONDS) for _ in range(2)]
        while not writer.done():
            search.rebuild()
            rebuilt += 1
        told = [job.result() for job in beside] + finish(other)[0]
        writer.result()
    assert [reader["wrong"] for reader in told] == [[], [], []]
    assert min(len(written), rebuilt, *(reader["answers"] for reader in told)) > SECONDS / 2
    assert within(3, lambda: right_titles() == {"加装电梯", *(case.title for case in written[-4:])})


def right_titles() -> set[str]:
    """The titles of the cases that the index itself proposes for 电梯."""
    return set(Case.objects.filter(pk__in=proposed("电梯")).values_list("title", flat=True))
