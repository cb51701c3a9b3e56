"""Put back what was before a step, if nobody changed any of its records since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django_tasks import task

from cases import audit
from cases.bulk import rights
from cases.bulk.carrying import SOURCE, load_unchanged
from cases.bulk.kinds import KINDS
from cases.bulk.records import Records, Stale
from cases.models import BulkChange, BulkRecord
from cases.people import signature_of

# More than so many records are undone in the background.
AT_ONCE = 500
# Sources go last: what cites them protects them. Cases go before the organisations that they name.
ORDER = ("cases.awardlist", "cases.case", "cases.organisation", SOURCE)


def undo(change: BulkChange, by: Any) -> None:
    """Undo a step whole, or raise: Stale with the records that changed since, ValidationError with what forbids it."""
    try:
        with transaction.atomic():
            stored = BulkChange.objects.select_for_update().get(pk=change.pk)
            if stored.undone_at:
                raise ValidationError("这一步已经撤销过了")
            _check_rights(stored, by)
            _put_back(_by_kind(stored.records.all()), stored, by)
            BulkChange.objects.filter(pk=change.pk).update(undone_at=timezone.now(), undone_by_name=signature_of(by))
            count: dict[str, Any] = {"removed": stored.added, "changed": stored.changed}
            audit.record(audit.Action.UNDONE, by=by, about=stored, subject=stored.subject, **count)
    except ProtectedError as error:
        used = list(dict.fromkeys(str(one) for one in error.protected_objects))[:5]
        raise ValidationError(f"这一步新增的内容已被用到，不能撤销：{'、'.join(used)}。请先改掉那些引用") from error


def undo_later(change: BulkChange, by: Any) -> None:
    """Have a big step undone by the worker; what came of it is said with the step."""
    BulkChange.objects.filter(pk=change.pk, undone_at=None).update(undo_asked_at=timezone.now(), undo_fault="")
    undo_in_turn.enqueue(change.pk, by.pk)


@task(priority=10)
def undo_in_turn(pk: int, by: int) -> None:
    change, user = BulkChange.objects.filter(pk=pk).first(), get_user_model().objects.filter(pk=by).first()
    if change is None or user is None:
        return
    fault = ""
    try:
        undo(change, user)
    except Stale as error:
        fault = f"这些以后又有人改过，或者您不能修改：{'、'.join(error.labels[:20])}等，共 {len(error.labels)} 条"
    except ValidationError as error:
        fault = "；".join(error.messages)
    BulkChange.objects.filter(pk=pk).update(undo_asked_at=None, undo_fault=fault)


def _by_kind(records: Iterable[BulkRecord]) -> dict[str, list[BulkRecord]]:
    found: dict[str, list[BulkRecord]] = defaultdict(list)
    for record in records:
        found[record.model].append(record)
    return {model: found[model] for model in ORDER if model in found}


def _check_rights(change: BulkChange, by: Any) -> None:
    """Who may not publish does not bring back what was public, nor take it away."""
    if by.has_perm("cases.publish_case"):
        return
    touched = change.records.filter(before__status__isnull=False)
    if touched.exists():
        raise ValidationError("这一步改过状态，请由审核员撤销")


def _put_back(records: dict[str, list[BulkRecord]], change: BulkChange, by: Any) -> None:
    why = f"撤销：{change.title}"
    stale: list[str] = []
    loaded: dict[str, dict[int, Any]] = {}
    for model, ones in records.items():
        try:
            loaded[model] = _unchanged(KINDS[model], ones, by)
        except Stale as error:
            stale += error.labels
    if stale:
        raise Stale(stale)
    for model, ones in records.items():
        kind, changed = KINDS[model], [one for one in ones if one.act == BulkRecord.Act.CHANGED]
        pks = [one.object_id for one in changed]
        kind.begin(pks)
        for one in changed:
            kind.change(loaded[model][one.object_id], one.before, by, why)
        kind.look_again(list(loaded[model]))
        kind.keep(pks, by, why)
    for model, ones in records.items():
        if added := [one for one in ones if one.act == BulkRecord.Act.ADDED]:
            _take_away(KINDS[model], added, loaded[model])


def _take_away(kind: Records, added: list[BulkRecord], rows: dict[int, Any]) -> None:
    """Remove what a step added, which nobody touched since; the step itself keeps what it said."""
    for one in added:
        one.before = kind.state(rows[one.object_id])
    BulkRecord.objects.bulk_update(added, ["before"], batch_size=200)
    kind.remove([one.object_id for one in added])


def _unchanged(kind: Records, ones: list[BulkRecord], by: Any) -> dict[int, Any]:
    wanted = {one.object_id: (one.stamp_after, one.label) for one in ones}
    if kind is KINDS[SOURCE] and not rights.may(by, "change", kind.model):
        raise Stale([label for _, label in wanted.values()])
    return load_unchanged(kind, wanted, by)
