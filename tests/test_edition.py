"""The library's edition: its stamp changes with every committed change, and with nothing else."""

import json
import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client

from cases import audit_triggers, edition, search
from cases.duplicates import merging
from cases.edition import TABLE, UNWATCHED, Edition, watched
from cases.models import (
    AwardList,
    Case,
    Correction,
    FunnelStage,
    IndexChange,
    IssuedNumber,
    Organisation,
    Source,
    Theme,
)
from tests.builders import (
    attach,
    figure,
    make_case,
    make_district,
    make_draft,
    make_list,
    make_organisation,
    make_term,
    make_theme,
    make_user,
)
from tests.commands import manage

TABLES = sorted(model._meta.db_table for model in watched())


@pytest.fixture
def stamp(db: None) -> str:
    return Edition.current().stamp


def changed_by(change: Callable[[], Any]) -> bool:
    before = Edition.current()
    change()
    return Edition.current() != before


def one_of_everything() -> Case:
    case = make_draft(themes=[make_theme()], figures=[figure(5)])
    attach(case, "方案.pdf", "方案")
    Correction.objects.create(case=case, text="改了", reason="来源有误")
    award = make_list(cases=[case])
    award.sources.set(Source.objects.all())
    award.entries.get().organisations.set(Organisation.objects.all())
    FunnelStage.objects.create(award_list=award, stage="征集", count=160)
    make_term()
    case.submit(by=None)
    merging.merge(case, make_draft(), by=make_user(group="管理员"))
    return case


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.django_db
def test_raw_sql_on_any_table_of_the_library_makes_another_edition(table: str) -> None:
    one_of_everything()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} LIMIT 1")
        row, names = cursor.fetchone(), ", ".join(connection.ops.quote_name(column[0]) for column in cursor.description)
        assert row, f"one_of_everything() makes no row of {table}"
        places = ", ".join(["%s"] * len(row))

        def run(sql: str, *values: Any) -> Callable[[], None]:
            return lambda: cursor.execute(sql, list(values))

        key = names.split(", ")[0]
        assert changed_by(run(f"UPDATE {table} SET {key} = {key} WHERE {key} = %s", row[0]))
        assert changed_by(run(f"DELETE FROM {table} WHERE {key} = %s", row[0]))
        assert changed_by(run(f"INSERT INTO {table} ({names}) VALUES ({places})", *row))


@pytest.mark.django_db
def test_every_table_of_the_library_is_watched_but_what_the_portal_writes_for_itself() -> None:
    tables = {name for name in connection.introspection.table_names() if name.startswith(("cases_", "districts_"))}
    own = {name.replace(".", "_") for name in UNWATCHED}

    assert tables - set(TABLES) - own == {TABLE}


@pytest.mark.django_db
def test_every_way_of_the_orm_makes_another_edition(tmp_path: Path) -> None:
    case, theme = make_case(figures=[figure(5)]), make_theme()
    organisation, award = make_organisation("旧名"), make_list(cases=[case])
    file = tmp_path / "themes.json"
    file.write_text(json.dumps([{"model": "cases.theme", "pk": theme.pk, "fields": {"name": "新", "slug": "new"}}]))
    number = IssuedNumber(year=2020, serial=900)
    ways: dict[str, Callable[[], Any]] = {
        "save": case.save,
        "update": lambda: Case.objects.update(title="新题"),
        "bulk_update": lambda: Organisation.objects.bulk_update([organisation], ["name"]),
        "bulk_create": lambda: Theme.objects.bulk_create([Theme(name="党建", slug="a"), Theme(name="共建", slug="b")]),
        "ignoring": lambda: Theme.objects.bulk_create([Theme(name="智慧", slug="c")], ignore_conflicts=True),
        "upsert": lambda: Theme.objects.bulk_create(
            [Theme(name="智慧", slug="d")], update_conflicts=True, unique_fields=["name"], update_fields=["slug"]
        ),
        "number": lambda: IssuedNumber.objects.bulk_create([number], ignore_conflicts=True),
        "many": lambda: case.themes.add(theme),
        "reverse": lambda: theme.cases.clear(),
        "delete": lambda: award.entries.all().delete(),
        "raw delete": lambda: AwardList.objects.all()._raw_delete("default"),
        "move": lambda: case.withdraw(by=None),
        "district": lambda: make_district("4401").save(),
        "load": lambda: call_command("loaddata", file, verbosity=0),
    }

    assert [name for name, change in ways.items() if not changed_by(change)] == []


@pytest.mark.django_db
def test_the_admin_makes_another_edition(administrator: Client) -> None:
    theme = make_theme()
    form = {"name": "改名", "slug": theme.slug, "position": 0, "note": "", "version": theme.version}

    assert changed_by(lambda: administrator.post(f"/admin/cases/theme/{theme.pk}/change/", form))
    assert Theme.objects.get().name == "改名"


@pytest.mark.django_db
def test_what_no_page_shows_leaves_the_edition_as_it_is(stamp: str, client: Client) -> None:
    make_user()
    SessionStore().create()
    search.record([1, 2])
    IndexChange.objects.all().delete()
    client.get("/cases/?q=网格")

    assert Edition.current().stamp == stamp


@pytest.mark.django_db
def test_a_change_that_is_rolled_back_leaves_the_edition_and_its_own_stamp_never_comes_again() -> None:
    before, seen = Edition.current(), set()
    for _ in range(3):
        with transaction.atomic():
            make_theme("没有写成的")
            seen.add(Edition.current())
            transaction.set_rollback(True)
        assert Edition.current() == before
    make_theme("写成了的")

    assert len({*seen, before, Edition.current()}) == 5


@pytest.mark.django_db
def test_the_time_of_an_edition_is_that_of_its_last_change() -> None:
    began = datetime.now(UTC)
    make_theme()
    changed_at = Edition.current().changed_at

    assert changed_at is not None
    assert began - timedelta(milliseconds=2) <= changed_at <= datetime.now(UTC)


@pytest.mark.django_db
def test_without_its_triggers_the_edition_is_unknown_and_never_the_same() -> None:
    before = Edition.current()
    edition.drop()
    while_down = [Edition.current() for _ in range(3)]
    make_theme()
    edition.create()

    assert len({before, *while_down, Edition.current()}) == 5
    assert [one.changed_at for one in while_down] == [None] * 3
    assert changed_by(lambda: make_theme("别的"))


@pytest.mark.django_db
def test_a_table_that_lost_its_trigger_gets_it_back() -> None:
    names = {"sqlite": "_update", "postgresql": ""}
    on = {"sqlite": "", "postgresql": " ON cases_theme"}
    theme = make_theme()
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER edition_of_cases_theme{names[connection.vendor]}{on[connection.vendor]}")
    assert not changed_by(theme.save)

    edition.create()

    assert changed_by(theme.save)


@pytest.mark.django_db
def test_putting_up_the_triggers_once_more_begins_a_new_edition_without_ado(
    django_assert_max_num_queries: Any,
) -> None:
    with django_assert_max_num_queries(10):
        assert changed_by(edition.create)


@pytest.mark.long
@pytest.mark.any_database
def test_migrations_run_without_the_triggers_and_end_with_them(migrated: Path) -> None:
    for target in (["cases", "0018"], []):
        assert manage("migrate", *target, "-v0", data_dir=migrated).returncode == 0
    script = (
        "from cases.edition import Edition; from cases.models import Theme; before = Edition.current(); "
        "assert before == Edition.current(); Theme.objects.create(name='a', slug='a'); "
        "assert before != Edition.current()"
    )
    result = manage("shell", "-v0", "-c", script, data_dir=migrated)

    assert result.returncode == 0, result.stderr


@pytest.fixture
def elsewhere(transactional_db: None) -> Iterator[ThreadPoolExecutor]:
    """Threads with connections of their own."""
    with ThreadPoolExecutor(8) as pool:
        yield pool


def apart(work: Callable[[], Any]) -> Callable[[], Any]:
    def run() -> Any:
        try:
            return work()
        finally:
            connection.close()

    return run


def test_an_edition_begins_for_others_at_the_commit(elsewhere: ThreadPoolExecutor) -> None:
    before, written, looked = Edition.current(), Event(), Event()

    def write() -> Edition:
        with transaction.atomic():
            make_theme()
            written.set()
            looked.wait(10)
            return Edition.current()

    writing = elsewhere.submit(apart(write))
    assert written.wait(10)
    assert Edition.current() == before
    looked.set()

    assert writing.result() == Edition.current() != before


def test_writers_do_not_wait_for_each_other_where_the_database_has_many(elsewhere: ThreadPoolExecutor) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    first = Event()

    def write_and_wait() -> None:
        with transaction.atomic():
            make_theme("慢")
            assert first.wait(10)

    waiting = elsewhere.submit(apart(write_and_wait))
    before = Edition.current()
    elsewhere.submit(apart(lambda: make_theme("快"))).result(5)
    between = Edition.current()
    first.set()
    waiting.result()

    assert len({before, between, Edition.current()}) == 3


def test_no_time_is_told_while_somebody_has_written_and_not_committed(elsewhere: ThreadPoolExecutor) -> None:
    """Else what is committed then would seem older than what was read before it."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    written, end = Event(), Event()

    def write_and_wait() -> None:
        with transaction.atomic():
            make_theme("慢")
            written.set()
            assert end.wait(10)

    waiting = elsewhere.submit(apart(write_and_wait))
    assert written.wait(10)
    make_theme("快")
    meanwhile = Edition.current()
    end.set()
    waiting.result()

    assert meanwhile.changed_at is None
    assert not meanwhile.stamp.startswith("unknown")
    assert Edition.current().changed_at is not None


def test_many_writers_and_readers_never_see_two_contents_under_one_stamp(elsewhere: ThreadPoolExecutor) -> None:
    themes = [make_theme(f"主题{place}") for place in range(4)]
    chance, end = random.Random(5), time.monotonic() + 2

    def write() -> int:
        done = 0
        while time.monotonic() < end:
            with transaction.atomic():
                for theme in chance.sample(themes, 2):
                    Theme.objects.filter(pk=min(theme.pk, themes[0].pk)).update(position=chance.randrange(30_000))
                    time.sleep(chance.random() / 200)
                transaction.set_rollback(chance.random() < 0.4)
            edition.fold()
            done += 1
        return done

    def read() -> list[tuple[str, Any]]:
        seen = []
        while time.monotonic() < end:
            stamp = Edition.current().stamp
            content = tuple(Theme.objects.order_by("pk").values_list("position", flat=True))
            # What is read under a stamp may be remembered while that stamp is the present one.
            if Edition.current().stamp == stamp:
                seen.append((stamp, content))
        return seen

    writers = [elsewhere.submit(apart(write)) for _ in range(3)]
    readers = [elsewhere.submit(apart(read)) for _ in range(3)]
    seen = {pair for reader in readers for pair in reader.result()}

    assert sum(writer.result() for writer in writers) > 10
    assert len(seen) > 5
    assert len({stamp for stamp, _ in seen}) == len(seen)


def test_rows_are_folded_into_one_and_the_edition_stays(transactional_db: None) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("on SQLite there is but one row")
    for place in range(edition.MOST_ROWS + 5):
        make_theme(f"主题{place}")
    before = Edition.current()
    edition.fold()

    assert Edition.current() == before
    assert Edition.current().changed_at == before.changed_at
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {TABLE}")
        assert cursor.fetchone() == (1,)
    assert changed_by(lambda: make_theme("别的"))


def test_emptying_the_tables_leaves_the_triggers_and_makes_another_edition(transactional_db: None) -> None:
    make_theme()
    audit_triggers.drop()  # they forbid to empty the audit; the flush puts them up again

    assert changed_by(lambda: call_command("flush", interactive=False, verbosity=0))
    assert changed_by(lambda: make_theme())


def test_the_one_who_reads_pays_one_query(db: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        Edition.current()
