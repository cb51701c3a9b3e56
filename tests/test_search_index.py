"""How the index follows the database: outbox, draining, rebuilding, damage, the thread; nothing mocked."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from cases import search
from cases.models import AwardEntry, Case, Credit, Figure, IndexChange
from cases.search import drainer, generations, live, upkeep
from cases.search.documents import INDEX_VERSION
from cases.search.postings import Damaged
from cases.search.query import parse
from tests.builders import make_case, make_district, make_draft, make_list, make_organisation, make_sector, make_theme

pytestmark = pytest.mark.django_db


def found(text: str) -> search.Found:
    return search.search(text, Case.objects.visible_to(None))


def proposed(text: str) -> set[int]:
    """What the index itself says, before the database decides."""
    return set(live.ask(parse(text)).ranked)


def waiting() -> set[int]:
    """The cases that the outbox names; empties it."""
    named = set(IndexChange.objects.values_list("case_id", flat=True))
    IndexChange.objects.all().delete()
    return named


def current() -> Path:
    path = generations.current()
    assert path
    return path


# What changes is written down


def test_every_change_of_what_a_case_shows_is_written_down() -> None:
    district, sector, theme = make_district("440105"), make_sector("商圈市场"), make_theme("党建品牌")
    body, other_body = make_organisation("某某街道"), make_organisation("某某社区")
    case = make_draft("甲", district=district, sector=sector, leads=[body], themes=[theme])
    bystander = make_draft("乙")
    award_list = make_list("十大案例", cases=[case])
    waiting()

    def edit_and_save(record: Any, **values: Any) -> None:
        for name, value in values.items():
            setattr(record, name, value)
        record.save()

    credit = Credit.objects.create(case=case, organisation=other_body, role=Credit.Role.PARTNER)
    assert waiting() == {case.pk}
    figure = Figure.objects.create(case=case, indicator="覆盖", value=1, unit="个")
    assert waiting() == {case.pk}
    changes: list[Callable[[], Any]] = [
        lambda: edit_and_save(case, title="甲乙"),
        lambda: case.publish(by=None),
        lambda: edit_and_save(figure, value=2),
        lambda: edit_and_save(credit, role=Credit.Role.REPORTER),
        lambda: edit_and_save(body, name="某某街道党工委"),
        lambda: edit_and_save(district, name="新海珠区"),
        lambda: edit_and_save(make_district("4401"), name="新广州市"),
        lambda: edit_and_save(sector, name="商圈"),
        lambda: edit_and_save(theme, name="品牌"),
        lambda: edit_and_save(award_list, title="十佳案例"),
        lambda: edit_and_save(award_list, status="draft"),
        lambda: case.themes.clear(),
        lambda: case.themes.add(theme),
        lambda: theme.cases.remove(case),
        lambda: theme.cases.add(case),
        lambda: theme.cases.clear(),
        lambda: theme.cases.set([case]),
        theme.delete,
        figure.delete,
        credit.delete,
        lambda: case.withdraw(by=None),
        award_list.delete,
    ]
    for number, change in enumerate(changes):
        change()
        named = waiting()
        assert case.pk in named, number
        if number != 6:  # the city has the bystander in it as well
            assert bystander.pk not in named, number
    key = case.pk
    case.delete()
    assert waiting() == {key}


def test_a_part_that_goes_over_to_another_case_names_both() -> None:
    first, second = make_draft("甲"), make_draft("乙")
    make_list("十大案例", cases=[first])
    waiting()
    entry = AwardEntry.objects.get(case=first)
    entry.case = second
    entry.save()
    assert waiting() == {first.pk, second.pk}


def test_what_touches_no_case_writes_nothing_down() -> None:
    make_draft("甲")
    waiting()
    make_organisation("新的组织")
    make_theme("新的主题")
    make_district("2207")
    make_list("空的榜单")
    assert waiting() == set()


def test_a_change_that_is_rolled_back_leaves_nothing_behind() -> None:
    case = make_case("甲")
    waiting()

    def fail() -> None:
        with transaction.atomic():
            case.title = "乙"
            case.save()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert waiting() == set()


def test_paths_around_the_signals_write_down_themselves(django_assert_num_queries: Any) -> None:
    cases = [make_case("旧题目"), make_case("旧题目")]
    search.rebuild()
    Case.objects.update(title="新题目")
    with django_assert_num_queries(1):
        search.record(case.pk for case in cases)
    assert search.drain() == 2
    assert set(found("新题目").ids) == {case.pk for case in cases}


# The index follows


def test_a_change_is_found_after_draining() -> None:
    case, draft = make_case("加装电梯"), make_draft("加装电梯")
    search.rebuild()
    assert proposed("电梯") == {case.pk}
    case.title = "垃圾分类"
    case.save()
    draft.publish(by=None)
    assert search.drain() == 2
    assert proposed("电梯") == {draft.pk}
    assert proposed("垃圾分类") == {case.pk}
    assert search.drain() == 0


def test_a_withdrawn_case_is_gone_at_once_though_the_index_still_has_it() -> None:
    case, stays = make_case("党员先锋岗"), make_case("党员先锋岗")
    search.rebuild()
    case.withdraw(by=None)
    assert proposed("先锋岗") == {case.pk, stays.pk}
    assert found("先锋岗").ids == [stays.pk]
    search.drain()
    assert proposed("先锋岗") == {stays.pk}


def test_names_reach_the_cases_that_show_them() -> None:
    body = make_organisation("甲街道党工委")
    cases = {make_case("一", leads=[body]).pk, make_case("二", leads=[body]).pk}
    other = make_case("三")
    search.rebuild()
    body.name = "乙街道党工委"
    body.save()
    search.drain()
    assert proposed("“乙街道党工委”") == cases
    assert proposed("“甲街道党工委”") == set()
    district = make_district("4401")
    district.name = "羊城市"
    district.save()
    search.drain()
    assert proposed("“羊城市越秀区”") == {*cases, other.pk}


def test_many_drains_keep_few_files_and_lose_nothing() -> None:
    search.rebuild()
    cases = []
    for number in range(25):
        cases.append(make_case(f"第{number}件"))
        search.drain()
    for case in cases[::2]:
        case.withdraw(by=None)
    search.drain()
    assert proposed("件") == {case.pk for case in cases[1::2]}
    assert len(list(current().glob("*.seg"))) < 12
    assert search.reconcile() == search.Reconciled(0, 0, 0)


def test_documents_cost_a_constant_number_of_queries(django_assert_num_queries: Any) -> None:
    def drain_many(count: int) -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        for number in range(count):
            make_case("甲", themes=[make_theme(f"主题{number}")], leads=[make_organisation(f"组织{number}")])
        with CaptureQueriesContext(connection) as queries:
            search.drain()
        return len(queries)

    search.rebuild()
    assert drain_many(2) == drain_many(12)


# Made anew


def test_a_rebuild_holds_public_cases_and_only_those() -> None:
    public, draft, review, withdrawn = make_case("甲案"), make_draft("甲案"), make_draft("甲案"), make_case("甲案")
    review.submit(by=None)
    withdrawn.withdraw(by=None)
    steps: list[tuple[int, int]] = []
    rebuilt = search.rebuild(progress=lambda done, total: steps.append((done, total)))
    assert proposed("甲案") == {public.pk}
    assert draft.pk not in found("甲案").ids
    assert (rebuilt.count, rebuilt.path, steps) == (1, current(), [(1, 1)])
    assert IndexChange.objects.count() == 0


def test_a_rebuild_keeps_the_former_index_and_clears_away_the_rest() -> None:
    make_case("甲")
    paths = [search.rebuild().path for _ in range(3)]
    half_built = generations.begin()
    assert generations.begin().is_dir()
    assert not half_built.exists()
    paths.append(search.rebuild().path)
    left = {path for path in generations.root().iterdir() if path.is_dir() and not path.is_symlink()}
    assert left == set(paths[-2:])
    assert (generations.root() / "current").resolve() == paths[-1]


def test_changes_during_a_rebuild_reach_the_new_index_and_the_old_one_answers_meanwhile() -> None:
    before = [make_case(f"甲案{number}") for number in range(3)]
    search.rebuild()
    late = make_draft("甲案后来")
    search.drain()

    def meanwhile(done: int, total: int) -> None:
        if done > len(before):
            return
        late.publish(by=None)
        before[0].withdraw(by=None)
        assert search.drain() == 2
        # For the index in the making the changes stay written down, and are not done twice.
        assert [row.case_id for row in IndexChange.objects.all()] == [late.pk, before[0].pk]
        assert search.drain() == 0
        assert set(found("甲案").ids) == {before[1].pk, before[2].pk, late.pk}

    former = current()
    search.rebuild(progress=meanwhile)
    assert current() != former
    assert proposed("甲案") == {before[1].pk, before[2].pk, late.pk}
    assert IndexChange.objects.count() == 0


def test_a_rebuild_that_fails_changes_nothing() -> None:
    case = make_case("甲案")
    former = search.rebuild().path
    late = make_draft("甲案后来")
    search.drain()
    late.publish(by=None)

    def fail(done: int, total: int) -> None:
        search.drain()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        search.rebuild(progress=fail)
    assert [path for path in generations.root().iterdir() if path.is_dir() and not path.is_symlink()] == [former]
    assert set(found("甲案").ids) == {case.pk, late.pk}
    # The row that was kept for the new index is done again and removed.
    assert search.drain() == 1
    assert IndexChange.objects.count() == 0


def test_only_one_rebuild_at_a_time() -> None:
    make_case("甲")

    def again(done: int, total: int) -> None:
        refused: list[BaseException] = []

        def try_it() -> None:
            try:
                with generations.rebuild_lock():
                    pass
            except generations.AlreadyRebuilding as busy:
                refused.append(busy)

        thread = threading.Thread(target=try_it)
        thread.start()
        thread.join()
        assert len(refused) == 1

    search.rebuild(progress=again)


def test_an_index_that_was_copied_with_links_followed_can_be_replaced() -> None:
    case = make_case("甲案")
    path = search.rebuild().path
    link = generations.root() / "current"
    link.unlink()
    path.rename(link)
    assert found("甲案").degraded
    search.rebuild()
    assert found("甲案") == search.Found([case.pk])


def test_a_reader_goes_over_to_the_new_index_when_its_own_is_removed() -> None:
    case = make_case("甲案")
    search.rebuild()
    assert found("甲案").ids == [case.pk]
    search.rebuild()
    search.rebuild()
    assert found("甲案") == search.Found([case.pk])


def test_a_reader_that_lost_its_files_opens_them_again() -> None:
    case = make_case("甲案")
    path = search.rebuild().path
    with live.opened(path) as index:
        index.segments[0].close()
    assert found("甲案") == search.Found([case.pk])


def test_an_index_that_lacks_cases_does_not_become_current() -> None:
    path = generations.begin()
    generations.write_checks(path)
    upkeep._check(path, 0)
    with pytest.raises(Damaged):
        upkeep._check(path, 1)


def test_a_rebuild_needs_as_many_queries_for_more_cases_of_a_batch(django_assert_num_queries: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    make_case("甲")
    with CaptureQueriesContext(connection) as few:
        search.rebuild()
    waiting()
    for _ in range(8):
        make_case("甲")
    waiting()
    with django_assert_num_queries(len(few) - 1):  # the first also had a row of the outbox to remove
        search.rebuild()


# Missing, out of date, damaged


def test_without_an_index_the_database_answers_and_says_so() -> None:
    titled = make_case("红苗工程", summary="培育。")
    mentioned = make_case("别的", approach="推进红苗工程。", leads=[make_organisation("某企业加速器党委")])
    draft = make_draft("红苗工程")
    assert search.status().problem == "索引尚未建立"
    assert found("紅苗工程") == search.Found([titled.pk, mentioned.pk], degraded=True)
    assert found("“红苗工程” -推进").ids == [titled.pk]
    assert found("加速器").ids == [mentioned.pk]
    assert found("培育 OR 推进").ids == [mentioned.pk, titled.pk]
    assert found("红苗工程和什么有关？").relaxed
    assert draft.pk not in found("红苗工程").ids
    assert found("100%").ids == []
    assert search.drain() == 0


def test_an_index_made_by_other_rules_is_not_used() -> None:
    case = make_case("甲案")
    path = search.rebuild().path
    meta = (path / "meta.json").read_text()
    (path / "meta.json").write_text(meta.replace(INDEX_VERSION, "older"))
    assert found("甲案") == search.Found([case.pk], degraded=True)
    assert not search.status().is_current
    waiting()
    assert search.reconcile() == search.Reconciled(missing=1, stale=0, extra=0)
    assert found("甲案") == search.Found([case.pk])


def spoil(file: Path, how: str) -> None:
    content = file.read_bytes()
    if how == "removed":
        file.unlink()
    elif how == "emptied":
        file.write_bytes(b"")
    elif how == "halved":
        file.write_bytes(content[: len(content) // 2])
    else:
        place = {"flipped first": 0, "flipped in the middle": len(content) // 2, "flipped last": -1}[how]
        spoilt = bytearray(content)
        spoilt[place] ^= 0xFF
        file.write_bytes(spoilt)


HOW = ["removed", "emptied", "halved", "flipped first", "flipped in the middle", "flipped last"]


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("already_open", [True, False])
def test_whatever_happens_to_a_file_readers_get_their_answer(how: str, already_open: bool) -> None:
    cases = {make_case(f"甲案{number}").pk for number in range(3)}
    search.rebuild()
    cases.add(make_case("甲案后来").pk)
    search.drain()
    for name in sorted(file.name for file in current().iterdir() if file.stat().st_size):
        search.rebuild()
        make_case("另一件").withdraw(by=None)
        search.drain()
        matching = [file for file in current().iterdir() if file.suffix == Path(name).suffix]
        if already_open:
            assert proposed("甲案") == cases
        else:
            live._shelf.forget()
        for file in matching:
            spoil(file, how)
        assert set(found("甲案").ids) == cases, name
        assert not found("没有这样的词").ids
        search.status()
        search.reconcile()
        assert found("甲案") == search.Found(found("甲案").ids), name
        assert proposed("甲案") == cases, name


def test_draining_into_a_damaged_index_keeps_the_changes_for_the_next_one() -> None:
    make_case("甲案")
    path = search.rebuild().path
    late = make_case("甲案后来")
    for file in path.glob("*.toc"):
        spoil(file, "halved")
    with pytest.raises(Exception):  # noqa: B017, PT011 (whatever Whoosh makes of it)
        search.drain()
    assert set(IndexChange.objects.values_list("case_id", flat=True)) == {late.pk}
    assert search.status().problem == "索引文件已损坏"
    search.rebuild()
    assert late.pk in proposed("甲案")
    assert IndexChange.objects.count() == 0


def test_an_unexpected_error_does_not_condemn_a_sound_index(caplog: Any) -> None:
    make_case("甲案")
    path = search.rebuild().path
    generations.mark_if_damaged(path)
    assert generations.problem() == ""


def test_reconciling_mends_what_never_was_written_down() -> None:
    changed, withdrawn, published = make_case("甲案"), make_case("甲案"), make_case("甲案")
    Case.objects.filter(pk=published.pk).update(status=Case.Status.WITHDRAWN)
    search.rebuild()
    Case.objects.filter(pk=changed.pk).update(title="乙案")
    Case.objects.filter(pk=withdrawn.pk).update(status=Case.Status.WITHDRAWN)
    Case.objects.filter(pk=published.pk).update(status=Case.Status.PUBLISHED)
    assert search.reconcile() == search.Reconciled(missing=1, stale=1, extra=1)
    assert proposed("甲案") == {published.pk}
    assert proposed("乙案") == {changed.pk}
    assert search.reconcile() == search.Reconciled(0, 0, 0)


# Processes, threads, commands


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


@pytest.mark.django_db(transaction=True)
def test_readers_are_answered_while_a_writer_and_a_rebuild_run(thread: None) -> None:
    first = make_case("加装电梯")
    search.rebuild()
    ended, wrong = threading.Event(), []

    def read() -> None:
        from django.db import connection

        while not ended.is_set():
            answer = found("电梯")
            if first.pk not in answer.ids or answer.degraded:
                wrong.append(answer)
        connection.close()

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    search.wake()
    for _ in range(3):
        make_case("加装电梯")
        search.rebuild()
    ended.set()
    for reader in readers:
        reader.join()
    assert wrong == []
    assert within(3, lambda: len(proposed("电梯")) == 4)


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
    assert "待更新：1 件" in output("search_status")
    assert "索引已重建：1 件案例" in output("rebuild_search")
    assert "已处理 1 / 1 件" in output("rebuild_search")
    status = output("search_status")
    assert "状况：正常" in status
    assert "案例：1 件" in status
    assert f"版本：{INDEX_VERSION}" in status
    assert output("reconcile_search") == "索引与数据库一致\n"
    Case.objects.update(title="乙案")
    assert output("reconcile_search") == "已补入 0 件，已更新 1 件，已移除 0 件\n"


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
