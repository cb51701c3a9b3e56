"""The index among processes and threads, and its commands."""

import os
import time
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from cases import search
from cases.models import Case, IndexChange
from cases.search import drainer, generations, live, upkeep
from cases.search.documents import INDEX_VERSION
from tests.builders import make_case, make_draft
from tests.test_search_damage import spoil
from tests.test_search_index import found, proposed

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def answers_hold(expected: dict[str, set[int]]) -> bool:
    """Ask each question 300 times, of the files."""
    for _ in range(300):
        live._shelf.answers.clear()
        if any(proposed(text) != answer for text, answer in expected.items()):
            return False
    return True


def test_a_forked_process_reads_for_itself() -> None:
    make_case("甲案")
    make_case("乙案")
    search.rebuild()
    expected = {text: proposed(text) for text in ("甲案", "乙案")}
    child = os.fork()
    if child == 0:
        shares_files = live._shelf.index is not None
        os._exit(shares_files or not answers_hold(expected))
    assert answers_hold(expected)
    assert os.waitpid(child, 0)[1] == 0


@pytest.fixture
def thread() -> Iterator[None]:
    yield
    search.stop()


def within(seconds: float, happened: Any) -> bool:
    end = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


@pytest.mark.django_db(transaction=True)
def test_the_thread_makes_the_index_and_a_commit_wakes_it(thread: None, monkeypatch: Any) -> None:
    monkeypatch.setattr(drainer, "POLL", 60.0)
    case = make_case("加装电梯")
    assert IndexChange.objects.exists()
    assert found("电梯").degraded
    search.wake()
    assert within(10, lambda: found("电梯") == search.Found([case.pk]))
    late = make_draft("加装电梯")
    late.publish(by=None)
    assert within(2, lambda: set(found("电梯").ids) == {case.pk, late.pk})
    assert within(2, lambda: not IndexChange.objects.exists())


@pytest.mark.django_db(transaction=True)
def test_the_thread_finds_what_other_processes_wrote_down(thread: None) -> None:
    case = make_case("加装电梯")
    search.rebuild()
    search.wake()
    assert within(2, lambda: not IndexChange.objects.exists())
    Case.objects.filter(pk=case.pk).update(title="垃圾分类")
    IndexChange.objects.bulk_create([IndexChange(case_id=case.pk)])
    assert within(3, lambda: proposed("垃圾分类") == {case.pk})


@pytest.mark.django_db(transaction=True)
def test_the_thread_replaces_a_damaged_index(thread: None) -> None:
    case = make_case("加装电梯")
    path = search.rebuild().path
    search.wake()
    for file in path.glob("*.seg"):
        spoil(file, "flipped in the middle")
    assert found("电梯") == search.Found([case.pk], degraded=True)
    assert within(10, lambda: found("电梯") == search.Found([case.pk]))


def test_no_thread_runs_unasked() -> None:
    search.rebuild()
    make_case("甲")
    found("甲")
    drainer.notify()
    assert drainer._worker.thread is None or not drainer._worker.thread.is_alive()


def output(command: str) -> str:
    stream = StringIO()
    call_command(command, stdout=stream)
    return stream.getvalue()


def test_commands_say_what_they_did() -> None:
    make_case("甲案")
    assert "状况：索引尚未建立" in output("search_status")
    assert "待更新：1 个" in output("search_status")
    assert "索引已重建：1 个案例" in output("rebuild_search")
    assert "已处理 1 / 1 个" in output("rebuild_search")
    status = output("search_status")
    assert "状况：正常" in status
    assert "案例：1 个" in status
    assert f"版本：{INDEX_VERSION}" in status
    assert output("reconcile_search") == "索引与数据库一致\n"
    Case.objects.update(title="乙案")
    assert output("reconcile_search") == "已补入 0 个，已更新 1 个，已移除 0 个\n"


def test_a_second_rebuild_is_refused_with_a_message(monkeypatch: Any) -> None:
    monkeypatch.setattr(generations, "REBUILD_PATIENCE", 0.05)
    with generations.rebuild_lock(), pytest.raises(CommandError, match="另一个进程正在重建索引"):
        output("rebuild_search")


def test_haystack_s_own_names_lead_to_the_same_index() -> None:
    from haystack import connections
    from haystack.query import SearchQuerySet

    case, draft = make_case("加装电梯"), make_draft("加装电梯")
    search.rebuild()
    backend = connections["default"].get_backend()
    backend.update(None, [case, draft])
    backend.clear()
    assert backend.search("電梯")["hits"] == 1
    assert [result.pk for result in SearchQuerySet().filter(content="电梯")] == [str(case.pk)]
    assert IndexChange.objects.count() == 0
    case.withdraw(by=None)
    backend.remove(f"cases.case.{case.pk}")
    assert proposed("电梯") == set()


def test_upkeep_counts_what_waits() -> None:
    make_case("甲")
    search.rebuild()
    make_case("乙")
    status = upkeep.status()
    assert (status.documents, status.waiting, status.is_current, status.problem) == (1, 1, True, "")
    assert status.version == INDEX_VERSION
    assert status.built_at
