"""A case with all that belongs to it as plain data, and the words for it.

A snapshot is `{"fields": …, "rows": …, "names": …}`: the columns of the case and its themes, the rows of each kind that
belong to it, and what everything that these refer to was called at the time. Names are told, never compared.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

if TYPE_CHECKING:
    from cases.models import Case

Snapshot = dict[str, Any]

# What belongs to a case, each with the fields that tell its rows apart.
ROWS: dict[str, tuple[str, ...]] = {
    "credits": ("organisation", "role"),
    "figures": ("indicator", "unit", "year", "value"),
    "citations": ("source",),
    "attachments": ("file",),
    "corrections": ("date", "text"),
}
# What changes with every save and says nothing.
IDLE = {"id", "version", "updated_at"}


def snapshot(case: Case) -> Snapshot:
    """Return the case as it is stored now; a constant number of queries."""
    return snapshots(type(case), [case.pk])[case.pk]


def snapshots(model: type[Case], pks: Iterable[int]) -> dict[int, Snapshot]:
    """Return cases as they are stored now, by their primary keys; a constant number of queries."""
    relations = [field.name for field in model._meta.concrete_fields if field.is_relation]
    rows = [models.Prefetch(name, _with_relations(model, name)) for name in ROWS]
    words = [field.name for field in chosen(model)]
    found = model._default_manager.select_related(*relations).prefetch_related(*rows, *words)
    return {case.pk: _snapshot(case) for case in found.filter(pk__in=list(pks))}


def _with_relations(model: type[Case], name: str) -> models.QuerySet[Any]:
    part, _, kept = parts_of(model, name)
    relations = [field.name for field in kept if field.is_relation]
    rows = part._default_manager.all()
    return rows.select_related(*relations) if relations else rows


def _snapshot(stored: Case) -> Snapshot:
    names: dict[str, dict[str, str]] = {}
    model = type(stored)
    fields = {field.name: _value(stored, field, names) for field in columns(model)}
    for field in chosen(model):
        words = list(getattr(stored, field.name).all())
        fields[field.name] = sorted(word.pk for word in words)
        names.setdefault(_label(field), {}).update({str(word.pk): str(word) for word in words})
    rows = {name: _rows(stored, name, names) for name in ROWS}
    return json.loads(json.dumps({"fields": fields, "rows": rows, "names": names}, cls=DjangoJSONEncoder))


def columns(model: type[models.Model]) -> list[Any]:
    """The columns of a case that a version keeps: not those which are worked out from another."""
    known = {field.name for field in model._meta.concrete_fields}
    return [
        field
        for field in model._meta.concrete_fields
        if field.name not in IDLE and field.name.removesuffix("_text") not in known - {field.name}
    ]


def chosen(model: type[models.Model]) -> list[Any]:
    """The choices of several, as the themes are; rows stand for those that say more about each."""
    fields: Any = model._meta.many_to_many
    return [field for field in fields if field.remote_field.through._meta.auto_created]


def parts_of(model: type[models.Model], name: str) -> tuple[type[models.Model], str, list[Any]]:
    """Model of the rows called `name`, its field that refers to the case, and its other columns."""
    relation: Any = model._meta.get_field(name)
    kept = [
        field
        for field in relation.related_model._meta.concrete_fields
        if not field.primary_key and field.name != relation.field.name
    ]
    return relation.related_model, relation.field.name, kept


def changed_parts(before: Snapshot, after: Snapshot) -> list[str]:
    """Names of the fields and kinds of rows in which two snapshots differ."""
    fields = dict.fromkeys([*before["fields"], *after["fields"]])
    found = [name for name in fields if before["fields"].get(name) != after["fields"].get(name)]
    rows = dict.fromkeys([*before["rows"], *after["rows"]])
    return found + [name for name in rows if said(before["rows"].get(name, [])) != said(after["rows"].get(name, []))]


def said(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows without the ids that they are stored under, which change when one is removed and brought back."""
    return [{name: value for name, value in row.items() if name != "id"} for row in rows]


def _rows(case: Case, name: str, names: dict[str, dict[str, str]]) -> list[dict[str, Any]]:
    _, _, kept = parts_of(type(case), name)
    rows = getattr(case, name).all()
    return [{"id": row.pk} | {field.name: _value(row, field, names) for field in kept} for row in rows]


def _value(record: models.Model, field: Any, names: dict[str, dict[str, str]]) -> Any:
    if isinstance(field, models.FileField):
        return str(getattr(record, field.name))
    value = field.value_from_object(record)
    if field.is_relation and value is not None:
        names.setdefault(_label(field), {})[str(value)] = str(getattr(record, field.name))
    return value


def _label(field: Any) -> str:
    return str(field.related_model._meta.label_lower)
