"""Bring a case back to what one of its versions said."""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction

from cases import audit
from cases.models import Attachment, Case, CaseVersion, Credit
from cases.models.case_version import REASON_LENGTH
from cases.snapshots import ROWS, Snapshot, chosen, columns, parts_of
from cases.snapshots import said as without_ids
from cases.version_words import labels

# Corrections stand as readers were told them.
RESTORED_ROWS = [name for name in ROWS if name != "corrections"]
# When a case goes public is no part of what it says.
KEPT = {"publish_at"}


def restore(
    case: Case, version: CaseVersion, *, by: Any, why: str = "", started_from: int | None = None
) -> CaseVersion:
    """Make a new version that says what `version` said; status and corrections stay as they are.

    Raises ValidationError, and changes nothing, when something that the version names is gone, when a published case
    would lack what it needs, and when somebody changed the case since `started_from`.
    """
    with transaction.atomic():
        stored = Case.objects.select_for_update().get(pk=case.pk)
        said = version.snapshot
        problems = [*_gone(said), *_lacking(stored, said)]
        if problems:
            raise ValidationError(problems)
        if not stored.claim_version(stored.version if started_from is None else started_from):
            raise ValidationError("没有恢复：您打开之后，别人修改了这个案例。请看过最新的内容再恢复")
        _restore_fields(stored, said)
        for name in RESTORED_ROWS:
            _restore_rows(stored, name, said)
        if stored.is_published and (lacking := stored.missing_for_publication()):
            raise ValidationError(f"已发布的案例不能缺少{'、'.join(lacking)}，没有恢复")
        reason = f"恢复第 {version.number} 版" + (f"：{why.strip()}" if why.strip() else "")
        restored = CaseVersion.objects.record(stored, by=by, why=reason[:REASON_LENGTH])
        audit.record(audit.Action.RESTORED, by=by, about=stored, version=version.number)
        return restored


def lost_files(version: CaseVersion) -> list[str]:
    """Titles of the attachments of a version whose files are no longer stored: they are not brought back."""
    rows = version.snapshot["rows"].get("attachments", [])
    return [row["title"] for row in rows if not default_storage.exists(row["file"])]


def restorable() -> set[str]:
    """Names of the fields and the rows that a restored version brings back."""
    fields = [one.name for one in columns(Case) if one.editable and one.name not in KEPT]
    return {*fields, *(one.name for one in chosen(Case)), *RESTORED_ROWS}


def _restored_fields(said: Snapshot) -> list[Any]:
    """Columns that curators fill in and that the version knows."""
    return [one for one in columns(Case) if one.name in restorable() and one.name in said["fields"]]


def _gone(said: Snapshot) -> list[str]:
    """Name what the version refers to and is no longer there."""
    wanted: dict[type[models.Model], set[int]] = {}
    told: dict[type[models.Model], str] = {}

    def want(one: Any, values: list[Any]) -> None:
        wanted.setdefault(one.related_model, set()).update(value for value in values if value is not None)
        told[one.related_model] = str(one.verbose_name)

    for one in _restored_fields(said):
        if one.is_relation:
            want(one, [said["fields"][one.name]])
    for one in chosen(Case):
        want(one, said["fields"].get(one.name, []))
    for name in RESTORED_ROWS:
        for one in parts_of(Case, name)[2]:
            if one.is_relation:
                want(one, [row.get(one.name) for row in said["rows"].get(name, [])])
    problems = []
    for model, keys in wanted.items():
        there = set(model._default_manager.filter(pk__in=keys).values_list("pk", flat=True))
        names = said["names"].get(model._meta.label_lower, {})
        lost = [names.get(str(key), str(key)) for key in sorted(keys - there)]
        if lost:
            problems.append(f"没有恢复：这一版里的{told[model]}“{'”“'.join(lost)}”已不存在。请先补上，或手工修改案例")
    return problems


def _lacking(case: Case, said: Snapshot) -> list[str]:
    """What the version lacks for a case in this status; the database would not even store it."""
    if case.status == Case.Status.REVIEW and not said["fields"].get("district"):
        return ["没有恢复：待审的案例要有区划，而这一版没有。请先退回或撤回，或手工修改"]
    if not case.is_published:
        return []
    fields, rows, named = said["fields"], said["rows"], labels()
    lacking = [named[name] for name in ("district", "sector", "summary") if not fields.get(name)]
    lacking += [] if any(row["role"] == Credit.Role.LEAD for row in rows["credits"]) else ["主办组织"]
    lacking += [] if rows["citations"] else ["来源"]
    told = f"没有恢复：案例已发布，而这一版缺少{'、'.join(lacking)}。请先撤下案例，或手工修改"
    return [told] if lacking else []


def _restore_fields(case: Case, said: Snapshot) -> None:
    restored = _restored_fields(said)
    for one in restored:
        setattr(case, one.attname, one.to_python(said["fields"][one.name]))
    names = {one.name for one in restored}
    case.full_clean(exclude={one.name for one in Case._meta.fields if one.name not in names})
    case.save()
    for one in chosen(Case):
        if one.name in said["fields"]:
            getattr(case, one.name).set(said["fields"][one.name])


def _restore_rows(case: Case, name: str, said: Snapshot) -> None:
    """Bring rows back to those of the version: new ones first and removals last, so that none is missed meanwhile."""
    model, owner, kept = parts_of(Case, name)
    key = ROWS[name]
    there = {_key(_plain(row, kept), key): row for row in model._default_manager.filter(**{owner: case})}
    for said_row in without_ids(said["rows"].get(name, [])):
        if model is Attachment and not default_storage.exists(said_row["file"]):
            continue
        row = there.pop(_key(said_row, key), None)
        if row is not None and _plain(row, kept) == said_row:
            continue
        row = row or model(**{owner: case})
        for one in kept:
            if one.name in said_row:
                setattr(row, one.attname, one.to_python(said_row[one.name]))
        row.save()
    for row in there.values():
        row.delete()


def _plain(row: models.Model, kept: list[Any]) -> dict[str, Any]:
    """A stored row as a version has it."""
    values = {
        one.name: str(getattr(row, one.name)) if isinstance(one, models.FileField) else one.value_from_object(row)
        for one in kept
    }
    return dict(json.loads(json.dumps(values, cls=DjangoJSONEncoder)))


def _key(row: dict[str, Any], key: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(row.get(part) for part in key)
