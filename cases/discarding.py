"""Deleting so that it can be undone: into the bin, and out of it for good."""

from __future__ import annotations

from copy import copy
from typing import Any

from django.core import serializers
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models.deletion import Collector

from cases import audit
from cases.attachments_left import kept
from cases.models import Attachment, AwardList, Case, Discarded, Organisation

LONGEST_TITLE = 300
# So many keys are looked up at a time.
BATCH = 500


class Whole(Collector):
    """Reads every row that would go, also those that Django would delete without looking."""

    def can_fast_delete(self, objs: Any, from_field: Any = None) -> bool:
        return False


def discard(record: models.Model, by: Any, recorded_as: str = audit.Action.DISCARDED) -> Discarded:
    """Take a record and all that goes with it out of the library and keep it in the bin."""
    if isinstance(record, Case) and record.is_published:
        raise ValidationError(f"案例 {record.number} 已发布，不能删除。请先撤下")
    with transaction.atomic():
        collector = Whole(using="default", origin=record)
        collector.collect([record])
        bin_row = Discarded.objects.create(
            kind=record._meta.label_lower,
            object_id=record.pk,
            title=str(record)[:LONGEST_TITLE],
            status=getattr(record, "status", ""),
            district_code=_district_code(record),
            entered_by_id=getattr(record, "created_by_id", None),
            data=rows_of(record, collector),
            links=links_of(collector),
            by=by,
        )
        gone = copy(record)
        record.delete()
        audit.record(recorded_as, by=by, about=gone)
    return bin_row


def _district_code(record: models.Model) -> str:
    body = record.organiser if isinstance(record, AwardList) else record
    district = body.district if isinstance(body, Case | Organisation) else None
    return district.code if district else ""


def rows_of(record: models.Model, collector: Whole) -> list[dict[str, Any]]:
    """The record first, then all rows that go with it. Many-to-many links are rows of their own and keep their ids."""
    written: list[dict[str, Any]] = []
    for model, found in sorted(collector.data.items(), key=lambda item: item[0]._meta.label):
        columns = [field.name for field in model._meta.concrete_fields]
        keys = sorted(one.pk for one in found)
        for start in range(0, len(keys), BATCH):
            rows = model._base_manager.filter(pk__in=keys[start : start + BATCH]).order_by("pk")
            written += serializers.serialize("python", rows, fields=columns)
    own = (record._meta.label_lower, record.pk)
    return sorted(written, key=lambda row: (row["model"], row["pk"]) != own)


def links_of(collector: Whole) -> list[dict[str, Any]]:
    """Rows that stay, and will no longer say that they belong to what goes."""
    # Django's stubs know of lists of records; they are lists of such lists.
    updates: Any = collector.field_updates
    return [
        {
            "model": field.model._meta.label_lower,
            "pk": one.pk,
            "field": field.name,
            "value": getattr(one, field.attname),
        }
        for (field, _), batches in updates.items()
        for batch in batches
        for one in batch
    ]


def empty(discarded: models.QuerySet[Discarded]) -> int:
    """Delete these for good with their stored files; return how many records."""
    with transaction.atomic():
        rows = list(Discarded.objects.filter(pk__in=discarded.values("pk")).select_for_update())
        names = {name for row in rows for name in row.files}
        gone = [copy(row) for row in rows]
        for row in rows:
            row.delete()
        for row in gone:
            audit.record(audit.Action.DELETED, about=row)
        transaction.on_commit(lambda: _remove_files(names))
    return len(rows)


def _remove_files(names: set[str]) -> None:
    """Delete files that nothing else in the library, its versions or the bin has."""
    used = set(Attachment.objects.filter(file__in=names).values_list("file", flat=True))
    for name in names - used - kept(names):
        default_storage.delete(name)
