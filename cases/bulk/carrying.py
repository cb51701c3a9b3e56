"""Carry a plan out: all of it in one transaction, with what it takes to undo it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from cases import audit, workflow
from cases.bulk import rights
from cases.bulk.kinds import KINDS
from cases.bulk.records import Records, Stale, State, digest_of
from cases.bulk.source_records import named_in, settle
from cases.models import BulkChange, BulkRecord
from cases.people import signature_of

Action = audit.Action
SOURCE = "cases.source"
ACTS = {BulkChange.Kind.IMPORT: Action.IMPORTED, BulkChange.Kind.ARTICLE: Action.ARTICLE_TAKEN_OVER}
# Fields that a move of the workflow sets.
MOVED = ("status", "published_at", "publish_at", "scheduled_by")


@dataclass
class Planned:
    """What is to become of one record; without `pk` it is a new one. `stamp` is the record's when it was shown.

    `move` names a move of the workflow, made after the values are stored. `made` is the key of a new one once it is.
    """

    model: str
    label: str
    values: State
    pk: int | None = None
    stamp: str = ""
    move: str = ""
    made: int | None = None


@dataclass(frozen=True)
class Step:
    """Who does what, and why, in words for the record."""

    kind: BulkChange.Kind
    subject: str
    title: str
    by: Any
    why: str = ""


def digest(plan: Iterable[Planned]) -> str:
    """What stands for a plan as it was shown: another one has another digest."""
    return digest_of([[one.model, one.pk, one.stamp, one.values, one.move] for one in plan])


def carry_out(
    step: Step, plan: Sequence[Planned], finish: Callable[[BulkChange], None] = lambda change: None
) -> BulkChange:
    """Do all of a plan or raise: Stale where a record changed since it was shown, ValidationError with what forbids it.

    `finish` is called in the same transaction.
    """
    return carry_out_in_turn(step, [plan], finish)


def carry_out_in_turn(
    step: Step, plans: Iterable[Sequence[Planned]], finish: Callable[[BulkChange], None] = lambda change: None
) -> BulkChange:
    """As `carry_out`, of several plans: a later one is asked for when what the earlier ones make is `made`."""
    try:
        with transaction.atomic():
            change = BulkChange.objects.create(
                kind=step.kind, subject=step.subject, title=step.title[:300], by=step.by, by_name=signature_of(step.by)
            )
            records = [record for plan in plans for record in _write(step, plan)]
            for record in records:
                record.change = change
            BulkRecord.objects.bulk_create(records, batch_size=200)
            change.added = sum(record.act == BulkRecord.Act.ADDED for record in records)
            change.changed = len(records) - change.added
            change.save(update_fields=["added", "changed"])
            finish(change)
            act = ACTS.get(step.kind, Action.BULK_CHANGED)
            count: dict[str, Any] = {"created": change.added, "changed": change.changed}
            audit.record(act, by=step.by, about=change, subject=step.subject, **count)
            return change
    except IntegrityError as error:
        # Somebody stored the same name or number, or removed what is referred to, since this was checked.
        raise Stale([]) from error


def _write(step: Step, plan: Sequence[Planned]) -> list[BulkRecord]:
    records = []
    fresh = named_in(one.values for one in plan)
    made = {}
    if fresh:
        kind = KINDS[SOURCE]
        sources = kind.create(list(fresh.values()), step.by)
        made = {key: source.pk for key, source in zip(fresh, sources, strict=True)}
        records += _added(kind, sources)
    for model, ones in _by_model(plan).items():
        kind = KINDS[model]
        for one in ones:
            one.values = settle(one.values, made)
        new = [one for one in ones if one.pk is None]
        if new:
            rows = kind.create([one.values for one in new], step.by)
            kind.keep([row.pk for row in rows], step.by, step.why)
            for one, row in zip(new, rows, strict=True):
                one.made = row.pk
            records += _added(kind, rows)
        records += _change(kind, [one for one in ones if one.pk is not None], step)
    return records


def _by_model(plan: Sequence[Planned]) -> dict[str, list[Planned]]:
    found: dict[str, list[Planned]] = defaultdict(list)
    for one in plan:
        found[one.model].append(one)
    return found


def _added(kind: Records, rows: Sequence[Any]) -> list[BulkRecord]:
    stamps = kind.stamps([row.pk for row in rows])
    return [
        BulkRecord(
            model=kind.model._meta.label_lower,
            object_id=row.pk,
            label=kind.label(row)[:300],
            act=BulkRecord.Act.ADDED,
            stamp_after=stamps[row.pk],
        )
        for row in rows
    ]


def _change(kind: Records, ones: Sequence[Planned], step: Step) -> list[BulkRecord]:
    planned = {one.pk: one for one in ones if one.pk is not None}
    rows = load_unchanged(kind, {pk: (one.stamp, one.label) for pk, one in planned.items()}, step.by)
    before = {}
    kind.begin(list(rows))
    for pk, one in planned.items():
        row = rows[pk]
        state = kind.state(row)
        before[pk] = {name: state[name] for name in (*one.values, *(MOVED if one.move else ()))}
        if one.values:
            kind.change(row, one.values, step.by, step.why)
        if one.move:
            make_move(kind.model.objects.get(pk=pk), one.move, step)
    kind.look_again(list(rows))
    kind.keep(list(rows), step.by, step.why)
    stamps = kind.stamps(list(rows))
    moved = kind.model.objects.in_bulk([pk for pk, one in planned.items() if one.move])
    return [
        BulkRecord(
            model=one.model,
            object_id=pk,
            label=one.label[:300],
            act=BulkRecord.Act.CHANGED,
            before=before[pk],
            after=one.values | {name: kind.column(moved[pk], name) for name in (MOVED if one.move else ())},
            stamp_before=one.stamp,
            stamp_after=stamps[pk],
        )
        for pk, one in planned.items()
    ]


def load_unchanged(kind: Records, wanted: dict[int, tuple[str, str]], by: Any) -> dict[int, Any]:
    """Load and lock records by their stamps and labels; raise Stale naming those that changed or went out of reach."""
    rows = kind.load(wanted, lock=True)
    allowed: set[int] = set()
    pks = list(wanted)
    for start in range(0, len(pks), 500):
        found = rights.editable(kind.model, by).filter(pk__in=pks[start : start + 500])
        allowed.update(found.values_list("pk", flat=True))
    stale = [
        label
        for pk, (stamp, label) in wanted.items()
        if pk not in rows or pk not in allowed or kind.stamp(rows[pk]) != stamp
    ]
    if stale:
        raise Stale(stale)
    return rows


def make_move(case: Any, move: str, step: Step) -> None:
    """Make one move of the workflow; raise ValidationError saying why it cannot be made."""
    if move not in workflow.MOVES:
        raise ValidationError("没有这种状态变动")
    workflow.make(case, move, by=step.by, reason=step.why)
