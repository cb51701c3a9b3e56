"""What was changed, removed, moved or put in behind the portal's back shows, and is named."""

from __future__ import annotations

import io
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.utils import timezone

from cases import audit, audit_check, audit_triggers
from cases.audit import COLUMNS, Action
from cases.models import AuditEntry, AuditHead
from tests.builders import make_draft, make_user

ENTRIES, HEAD = "cases_auditentry", "cases_audithead"
LENGTH = 7


def sql(statement: str, *values: Any) -> None:
    """Run a statement, with times as Django writes them."""
    is_text = connection.vendor == "sqlite"
    given = [audit.as_stored(one) if is_text and isinstance(one, datetime) else one for one in values]
    with connection.cursor() as cursor:
        cursor.execute(statement, given)


def begin_if_need_be() -> None:
    """Other tests empty all tables, and with them the head that the migration made."""
    if not AuditHead.objects.exists():
        audit.begin()


@pytest.fixture
def base(db: None) -> int:
    """A log of seven entries that stands the check; returns the number before the first of them."""
    begin_if_need_be()
    before = AuditHead.objects.get().number
    user, case = make_user("lihua", last_name="李华"), make_draft(number="2020-0007")
    for serial in range(LENGTH):
        audit.record(Action.IMPORTED, by=user, about=case, count=serial)
    assert audit_check.check().faults == []
    audit_triggers.drop()
    return before


def faults(base: int) -> list[tuple[str, int, int]]:
    """What is wrong: how, and where, counted from the first of the seven."""
    return [(one.kind, one.first - base, one.last - base) for one in audit_check.check().faults]


def renumber(number: int, to: int) -> None:
    sql(f"UPDATE {ENTRIES} SET number = %s WHERE number = %s", to, number)


def remove(*numbers: int) -> None:
    for number in numbers:
        sql(f"DELETE FROM {ENTRIES} WHERE number = %s", number)


def put_in(number: int, like: int, **changes: Any) -> None:
    """Add a row that says the same as another, but for some columns."""
    names = [*COLUMNS, "hash"]
    given = changes | {"number": number}
    columns = ", ".join("%s" if name in given else name for name in names)
    values = [given[name] for name in names if name in given]
    sql(f"INSERT INTO {ENTRIES} ({', '.join(names)}) SELECT {columns} FROM {ENTRIES} WHERE number = %s", *values, like)


@pytest.mark.parametrize("column", [field.name for field in AuditEntry._meta.fields if not field.primary_key])
@pytest.mark.parametrize("place", [1, 4, LENGTH])
def test_one_changed_byte_in_any_column_is_noticed(base: int, column: str, place: int) -> None:
    value: Any = getattr(AuditEntry.objects.get(number=base + place), column)
    if isinstance(value, datetime):
        changed: Any = value + timedelta(microseconds=1)
    elif isinstance(value, int):
        changed = value + 1
    else:
        changed = (value[:-1] + chr(ord(value[-1]) ^ 1)) if value else "x"

    sql(f"UPDATE {ENTRIES} SET {column} = %s WHERE number = %s", changed, base + place)

    assert faults(base) == [("changed", place, place)]


# What SQLite keeps where text or a number belongs; PostgreSQL takes nothing of the kind.
UNREADABLE = {
    "sqlite": ["username = CAST(x'ff6c' AS TEXT)", "at = replace(at, ' ', 'T')", "account = 'x'", "details = x'00'"],
    "postgresql": ["username = U&'\\FFFF'"],
}


def test_what_no_orm_can_read_is_noticed_all_the_same(base: int) -> None:
    for damage in UNREADABLE[connection.vendor]:
        savepoint = transaction.savepoint()
        sql(f"UPDATE {ENTRIES} SET {damage} WHERE number = %s", base + 3)
        assert faults(base) == [("changed", 3, 3)], damage
        transaction.savepoint_rollback(savepoint)


@pytest.mark.parametrize(
    ("gone", "found"),
    [
        ([1], ("removed", 1, 1)),
        ([4], ("removed", 4, 4)),
        ([3, 4, 5], ("removed", 3, 5)),
        ([LENGTH], ("cut", LENGTH, LENGTH)),
        (range(1, LENGTH + 1), ("cut", 1, LENGTH)),
    ],
)
def test_removed_rows_are_noticed(base: int, gone: list[int], found: tuple[str, int, int]) -> None:
    remove(*(base + place for place in gone))

    assert faults(base) == [found]


@pytest.mark.parametrize(("one", "other"), [(3, 4), (2, 6), (1, LENGTH)])
def test_two_swapped_rows_are_noticed_and_named(base: int, one: int, other: int) -> None:
    renumber(base + one, -1)
    renumber(base + other, base + one)
    renumber(-1, base + other)

    assert faults(base) == [("moved", one, one), ("moved", other, other)]
    told = [str(fault) for fault in audit_check.check().faults]
    assert told == [
        f"第 {base + one} 条：位置被换过，原为第 {base + other} 条",
        f"第 {base + other} 条：位置被换过，原为第 {base + one} 条",
    ]


def test_a_row_put_in_between_is_noticed(base: int) -> None:
    for number in range(base + LENGTH, base + 3, -1):
        renumber(number, number + 1)
    put_in(base + 4, like=base + 2)
    found = faults(base)

    # The last of them stands past the end of the log.
    assert found == [("moved", 4, 4), ("moved", 5, LENGTH + 1)]

    sql(f"UPDATE {ENTRIES} SET username = 'x' WHERE number = %s", base + 4)
    assert faults(base) == [("inserted", 4, 4), ("moved", 5, LENGTH + 1)]


def test_rows_put_in_at_the_ends_are_noticed(base: int) -> None:
    put_in(base + LENGTH + 1, like=base + 2, username="x")
    put_in(-5, like=base + 2, username="x")

    assert [kind for kind, *_ in faults(base)] == ["inserted", "inserted"]


def test_entries_of_another_history_of_the_same_log_are_noticed(base: int) -> None:
    """As when a backup was put back, written to, and its rows mixed with the later ones: each of them is genuine."""
    head = AuditHead.objects.get()
    rows = list(AuditEntry.objects.filter(number__gt=base).order_by("number"))
    remove(*(row.number for row in rows))
    sql(f"UPDATE {HEAD} SET number = %s, hash = %s", base, head.before if base == 0 else rows[0].previous)
    now = AuditHead.objects.get()
    audit.seal(now)
    for serial in range(LENGTH):
        audit.record(Action.MERGED, count=serial)
    assert faults(base) == []

    remove(*range(base + 1, base + 4))
    AuditEntry.objects.bulk_create(rows[:3])

    assert faults(base) == [("unlinked", 4, 4)]


def test_a_chain_that_was_made_good_without_the_key_is_noticed(base: int, settings: Any) -> None:
    """Whoever knows how it is done, but not the key, takes a row out and writes all that follow anew."""
    key, settings.AUDIT_KEY = settings.AUDIT_KEY, "another key that somebody thought of"
    remove(base + 3)
    previous = AuditEntry.objects.get(number=base + 2).hash
    for old in range(base + 4, base + LENGTH + 1):
        entry = AuditEntry.objects.get(number=old)
        entry.number, entry.previous = old - 1, previous
        entry.hash = previous = audit.hash_of([getattr(entry, name) for name in COLUMNS])
        sql(
            f"UPDATE {ENTRIES} SET number = %s, previous = %s, hash = %s WHERE number = %s",
            entry.number,
            entry.previous,
            entry.hash,
            old,
        )
    head = AuditHead.objects.get()
    head.number, head.hash = base + LENGTH - 1, previous
    audit.seal(head)

    settings.AUDIT_KEY = key

    assert faults(base)[1:] == [("changed", 3, LENGTH - 1)]
    assert str(audit_check.check().faults[0]) == audit_check.HEAD_CHANGED


@pytest.mark.parametrize("column", ["first", "before", "number", "hash", "seal"])
def test_a_changed_head_is_noticed(base: int, column: str) -> None:
    value: Any = getattr(AuditHead.objects.get(), column)
    sql(f"UPDATE {HEAD} SET {column} = %s", value + 1 if isinstance(value, int) else value[:-1] + "x")

    assert [str(fault) for fault in audit_check.check().faults] == [audit_check.HEAD_CHANGED]
    audit.record(Action.IMPORTED)
    assert [str(fault) for fault in audit_check.check().faults] == [audit_check.HEAD_CHANGED]


def test_a_removed_head_is_noticed_and_not_made_good_by_what_is_recorded_later(base: int) -> None:
    sql(f"DELETE FROM {HEAD}")
    audit.record(Action.IMPORTED)

    assert [str(fault) for fault in audit_check.check().faults] == [audit_check.HEAD_GONE]


def test_with_another_key_all_is_said_to_be_wrong_at_once(base: int, settings: Any) -> None:
    settings.AUDIT_KEY = "x" * 40

    assert [str(fault) for fault in audit_check.check().faults] == [audit_check.KEY_DIFFERS]


def verify(*args: str) -> str:
    out = io.StringIO()
    call_command("verify_audit", *args, stdout=out)
    return out.getvalue()


def test_the_command_tells_the_hash_to_note_and_finds_it_again_later(base: int) -> None:
    noted = verify().splitlines()[-2]
    audit.record(Action.IMPORTED)

    assert noted == AuditEntry.objects.get(number=base + LENGTH).hash
    assert f"抄下的校验码属于第 {base + LENGTH} 条" in verify("--expect", noted)


def test_an_older_copy_of_the_whole_log_is_known_by_the_hash_that_was_noted(base: int) -> None:
    """No log can know by itself that it was put back to an earlier state."""
    older = AuditHead.objects.get()
    noted = audit.record(Action.IMPORTED).hash
    remove(base + LENGTH + 1)
    older.save()

    assert "审计日志完好" in verify()
    with pytest.raises(CommandError, match="没有找到抄下的校验码"):
        verify("--expect", noted)


def test_the_command_ends_with_1_and_names_what_is_wrong(base: int) -> None:
    remove(base + 4)

    with pytest.raises(CommandError, match=f"第 {base + 4} 条：被删除") as refused:
        verify()
    assert refused.value.returncode == 1


def age(days: int, *numbers: int) -> None:
    """Have entries been written so long ago, and the chain with them."""
    previous = AuditHead.objects.get().before
    for entry in AuditEntry.objects.order_by("number"):
        entry.at = timezone.now() - timedelta(days=days) if entry.number in numbers else entry.at
        entry.previous = previous
        entry.hash = previous = audit.hash_of([getattr(entry, name) for name in COLUMNS])
        values = [entry.at, entry.previous, entry.hash, entry.number]
        sql(f"UPDATE {ENTRIES} SET at = %s, previous = %s, hash = %s WHERE number = %s", *values)
    head = AuditHead.objects.get()
    head.hash = previous
    audit.seal(head)
    audit_triggers.create()


def test_old_entries_are_trimmed_and_the_rest_still_stands_the_check(base: int) -> None:
    age(250, *range(1, base + 3 + 1))
    noted = AuditEntry.objects.get(number=base + 3).hash

    call_command("trim_audit", "--days", "200", stdout=io.StringIO())

    assert AuditEntry.objects.order_by("number").values_list("number", flat=True)[0] == base + 4
    trimmed = AuditEntry.objects.get(number=base + LENGTH + 1)
    assert (trimmed.action, trimmed.details) == (
        "audit-trimmed",
        f'{{"count":{base + 3},"days":200,"until":{base + 3}}}',
    )
    assert f"第 {base + 3} 条" in verify("--expect", noted)

    audit_triggers.drop()
    remove(base + 4)
    assert faults(base) == [("removed", 4, 4)]


def test_nothing_younger_than_200_days_is_ever_trimmed(base: int) -> None:
    age(199, *range(1, base + 3 + 1))
    count = AuditEntry.objects.count()

    with pytest.raises(CommandError, match="至少要保留 200 天"):
        call_command("trim_audit", "--days", "199")
    call_command("trim_audit", "--days", "200", stdout=io.StringIO())

    assert AuditEntry.objects.count() == count


def test_a_log_that_was_tampered_with_is_not_trimmed(base: int) -> None:
    age(250, *range(1, base + 3 + 1))
    audit_triggers.drop()
    remove(base + 5)

    with pytest.raises(CommandError, match="有问题，不能清理"):
        call_command("trim_audit", "--days", "200")


def test_the_walk_costs_one_query_a_batch(base: int, django_assert_num_queries: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(audit_check, "BATCH", 3)
    batches = -(-AuditEntry.objects.count() // 3)
    seen: list[tuple[int, int]] = []

    with django_assert_num_queries(batches + 1 + 2):
        checked = audit_check.check("", lambda done, total: seen.append((done, total)))

    assert checked.count == AuditEntry.objects.count()
    assert len(seen) == batches
    assert seen[-1] == (checked.count, checked.count)


@pytest.mark.django_db(transaction=True)
def test_many_writers_at_a_time_make_one_chain_without_gaps() -> None:
    begin_if_need_be()

    def write(writer: int) -> list[float]:
        took = []
        for serial in range(25):
            began = time.perf_counter()
            audit.record(Action.IMPORTED, count=serial, writer=writer)
            took.append(time.perf_counter() - began)
        connections.close_all()
        return took

    with ThreadPoolExecutor(8) as pool:
        times = sorted(one for took in pool.map(write, range(8)) for one in took)

    print(f"\none record among eight writers: median {times[100] * 1000:.1f} ms, most {times[-1] * 1000:.1f} ms")  # noqa: T201
    assert list(AuditEntry.objects.order_by("number").values_list("number", flat=True)) == list(range(1, 201))
    checked = audit_check.check()
    assert (checked.faults, checked.count) == ([], 200)
