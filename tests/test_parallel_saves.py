"""Many curators at once, with threads and connections of their own: no text is lost, and every conflict is shown."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Barrier
from time import monotonic, sleep
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test import Client

from cases.differences import MARKS, join
from cases.models import Case, CaseVersion
from tests.builders import make_draft
from tests.desk import filled, page_of, signed_in
from tests.test_admin_conflicts import chosen

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 20
# Twenty curators with a hundred edits each are what the library is held to; a few find most of it.
CURATORS, EDITS, CASES = (20, 100, 10) if os.environ.get("CASE_LIBRARY_LONG_TESTS") else (8, 10, 3)


def in_threads(jobs: list[Callable[[], Any]]) -> list[Any]:
    def alone(job: Callable[[], Any]) -> Any:
        try:
            return job()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [future.result() for future in [pool.submit(alone, job) for job in jobs]]


def settled(text: str) -> str:
    """A joined text with both sides of every place that was marked."""
    return re.sub("|".join(f"{mark}(.*?)】" for mark in MARKS), lambda found: found[1] or found[2] or "", text)


def read(answer: Any) -> Any:
    """An answer with the context that is its own: what the client collects is that of all threads."""
    return SimpleNamespace(context=answer.context_data, content=answer.content)


def sent_again(answer: Any) -> dict[str, Any]:
    """The form after a refusal, with both texts kept and everything else as proposed."""
    data = chosen(read(answer))
    assert MARKS[0] in data["merged-summary"] or data.get("choice-summary") == "merged"
    return data | {"choice-summary": "merged", "merged-summary": settled(data["merged-summary"])}


class Curator:
    """Opens the form of a case, adds a mark to its text, and saves until it is taken."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.client: Client = signed_in("管理员", name)
        self.forms: dict[int, dict[str, Any]] = {}
        self.marks: list[tuple[int, str]] = []
        self.shown = 0

    def open(self, case: Case) -> dict[str, Any]:
        """The form as it is now; after the first time only what changed is read."""
        if case.pk not in self.forms:
            self.forms[case.pk] = filled(read(self.client.get(page_of(case))))
        now = Case.objects.values("version", "summary").get(pk=case.pk)
        return self.forms[case.pk] | {"version": str(now["version"]), "summary": now["summary"]}

    def add(self, case: Case, data: dict[str, Any]) -> None:
        mark = f"{self.name}{len(self.marks)}记。"
        answer: Any = self.client.post(page_of(case), data | {"summary": data["summary"] + mark})
        while answer.status_code == 200:
            conflict = answer.context_data["conflict"]
            assert conflict is not None, answer.context_data["errors"]
            assert mark in next(one.typed for one in conflict.differences if one.name == "summary")
            assert {edit.by for edit in conflict.edits} - {self.name}
            self.shown += 1
            answer = self.client.post(page_of(case), sent_again(answer))
        assert answer.status_code == 302
        self.marks.append((case.pk, mark))


def check(cases: list[Case], curators: list[Curator], edits: int) -> None:
    """Every mark stands once in the last text, and every save has a version with a number of its own."""
    for case in cases:
        case.refresh_from_db()
        marks = [mark for curator in curators for pk, mark in curator.marks if pk == case.pk]
        assert [mark for mark in marks if case.summary.count(mark) != 1] == []
        numbers = sorted(CaseVersion.objects.of(case).values_list("number", flat=True))
        assert numbers == list(range(1, len(marks) + 2))
        assert case.version == numbers[-1]
    assert sum(len(curator.marks) for curator in curators) == edits


@pytest.mark.long
def test_two_curators_saving_the_same_case_twenty_times_lose_nothing_and_see_every_conflict() -> None:
    case = make_draft(summary="开头。")
    curators = [Curator("zhang"), Curator("li")]
    opened = Barrier(2)

    def save(curator: Curator) -> None:
        for _ in range(ROUNDS):
            data = curator.open(case)
            opened.wait(60)
            curator.add(case, data)
            opened.wait(60)

    in_threads([partial(save, curator) for curator in curators])

    check([case], curators, 2 * ROUNDS)
    # Both open the form before either saves, so of each pair the later one is refused, once.
    assert sum(curator.shown for curator in curators) == ROUNDS


def test_curators_at_the_same_and_at_different_cases_lose_no_edit() -> None:
    cases = [make_draft(f"案例{number}", summary="开头。") for number in range(2)]
    curators = [Curator(f"curator{letter}") for letter in "abcd"]

    def work(curator: Curator) -> None:
        chance = random.Random(curator.name)
        for _ in range(4):
            case = chance.choice(cases)
            curator.add(case, curator.open(case))

    in_threads([partial(work, curator) for curator in curators])

    check(cases, curators, 16)


def edit(pk: int, mark: str) -> int:
    """Add a mark to a case as its form does, over whatever was saved meanwhile; return how often it was refused."""
    refused = 0
    read = Case.objects.get(pk=pk)
    base, text = read.summary, read.summary + mark
    while True:
        with transaction.atomic():
            if read.claim_version(read.version):
                read.summary = text
                read.save(update_fields=["summary", "updated_at"])
                CaseVersion.objects.record(read, why=mark)
                return refused
        refused += 1
        read = Case.objects.get(pk=pk)
        base, text = read.summary, settled(join(base, text, read.summary).text)


def test_many_curators_at_many_cases_lose_no_edit_and_meet_no_lock(record_testsuite_property: Any) -> None:
    cases = [make_draft(f"案例{number}", summary="开头。") for number in range(CASES)]
    begun = monotonic()

    def work(curator: int) -> tuple[list[tuple[int, str]], int, float]:
        chance, marks, refused, longest = random.Random(curator), [], 0, 0.0
        for number in range(EDITS):
            case, mark, started = chance.choice(cases), f"第{curator}人{number}记。", monotonic()
            refused += edit(case.pk, mark)
            longest = max(longest, monotonic() - started)
            marks.append((case.pk, mark))
        return marks, refused, longest

    done = in_threads([partial(work, curator) for curator in range(CURATORS)])

    for case in cases:
        case.refresh_from_db()
        marks = [mark for marks, _, _ in done for pk, mark in marks if pk == case.pk]
        assert [mark for mark in marks if case.summary.count(mark) != 1] == []
        assert list(CaseVersion.objects.of(case).values_list("number", flat=True)) == list(range(len(marks) + 1, 0, -1))
        assert case.version == len(marks) + 1
    assert sum(len(marks) for marks, _, _ in done) == CURATORS * EDITS
    told = (
        f"{CURATORS * EDITS} edits in {monotonic() - begun:.0f} s, {sum(refused for _, refused, _ in done)} refused "
        f"and made again, the longest took {max(longest for _, _, longest in done):.1f} s"
    )
    record_testsuite_property(connection.vendor, told)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the queue is SQLite's alone")
def test_writers_wait_behind_one_another_and_for_no_one_who_died_or_only_reads() -> None:
    folder = Path(connection.settings_dict["NAME"]).parent
    # Somebody who asks for the database just now, in a process of their own.
    code = "import fcntl, os, sys; fcntl.flock(os.open(sys.argv[1], 0), fcntl.LOCK_EX); print(1, flush=True); input()"
    other = subprocess.Popen([sys.executable, "-c", code, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert other.stdout is not None
    other.stdout.readline()

    def write() -> float:
        with transaction.atomic(), transaction.atomic():
            Case.objects.update(title="写完")
        return monotonic()

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(in_threads, [write])
        sleep(0.3)
        assert not waiting.done()
        assert list(Case.objects.all()) == []  # readers go on
        died_at = monotonic()
        other.kill()
        other.wait()
        assert waiting.result(timeout=5)[0] >= died_at
    assert not list(folder.glob("*-door"))
