"""The index made anew, missing, out of date, damaged; real files, nothing mocked."""

import threading
from pathlib import Path
from typing import Any

import pytest

from cases import search
from cases.models import Case, IndexChange
from cases.search import generations, live, thesaurus, upkeep
from cases.search.documents import INDEX_VERSION
from cases.search.postings import Damaged
from cases.search.query import parse
from tests.builders import make_case, make_draft, make_organisation

pytestmark = pytest.mark.django_db


def found(text: str) -> search.Found:
    return search.search(text, Case.objects.visible_to(None))


def proposed(text: str) -> set[int]:
    """What the index itself says, before the database decides."""
    return set(live.ask(parse(text), thesaurus.latest()).ranked)


def current() -> Path:
    path = generations.current()
    assert path
    return path


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
    half_built, half_swapped = generations.begin(), generations.root() / ".current-a1b2c3"
    half_swapped.symlink_to(half_built.name)
    assert generations.begin().is_dir()
    assert not half_built.exists()
    assert not half_swapped.is_symlink()
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
    IndexChange.objects.all().delete()
    for _ in range(8):
        make_case("甲")
    IndexChange.objects.all().delete()
    with django_assert_num_queries(len(few) - 1):  # the first also had a row of the outbox to remove
        search.rebuild()


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
    IndexChange.objects.all().delete()
    assert search.reconcile() == search.Reconciled(missing=1, stale=0, extra=0)
    assert found("甲案") == search.Found([case.pk])


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
