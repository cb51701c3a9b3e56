"""Rows of an inline that two curators changed at once: whose go into the form."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.forms import ModelForm
from django.forms.formsets import DELETION_FIELD_NAME, INITIAL_FORM_COUNT, TOTAL_FORM_COUNT
from django.http import HttpRequest, QueryDict

from cases.admin.words import even, raw

Values = dict[str, Any]


@dataclass
class Row:
    """What a browser sends for one row. `pk` is empty for a new one; `typed` is its place among those that came."""

    pk: str
    values: Values
    removed: bool = False
    typed: int | None = None


@dataclass
class MergedRows:
    rows: list[Row]
    is_theirs: bool = False
    conflicts: list[str] = field(default_factory=list)


def merge_rows(formset: Any, base: dict[str, Values] | None) -> MergedRows | None:
    """Join the rows typed and the rows stored since the edit began; None when nobody knows what it began with."""
    if base is None:
        return None
    stored, typed = stored_rows(formset), typed_rows(formset)
    kept = {row.pk: row for row in stored}
    before = {pk: _even(formset, values) for pk, values in base.items()}
    merged = MergedRows([])
    for row in typed:
        result = _joined(formset, row, kept.get(row.pk), before.get(row.pk), merged)
        if result is not None:
            merged.rows.append(result)
    seen = {row.pk for row in typed}
    merged.rows += [row for row in stored if row.pk not in seen]
    now = {row.pk: _even(formset, row.values) for row in stored}
    merged.is_theirs = now != before
    return merged


def _joined(formset: Any, mine: Row, stored: Row | None, base: Values | None, merged: MergedRows) -> Row | None:
    """One row of both sides; a conflict is taken down where both changed the same."""
    told = _told(mine)
    if not mine.pk:
        return mine
    own = _even(formset, mine.values)
    if stored is None:
        if mine.removed or own == base:
            return None
        merged.conflicts.append(f"“{told}”：对方删去了这一行，您改了它。合并后保留您的")
        return Row("", mine.values, typed=mine.typed)
    theirs = _even(formset, stored.values)
    if mine.removed:
        if base is None or theirs == base:
            return mine
        merged.conflicts.append(f"“{told}”：您删去了这一行，对方改了它。合并后保留对方的")
        return stored
    if base is None or theirs == base:
        return mine
    values = dict(mine.values)
    for name in {*own, *theirs}:
        if own.get(name, "") == base.get(name, ""):
            values.pop(name, None)
            values |= {name: stored.values[name]} if name in stored.values else {}
        elif theirs.get(name, "") not in (base.get(name, ""), own.get(name, "")):
            label = formset.empty_form.fields[name].label
            merged.conflicts.append(f"“{told}”：两边都改了“{label}”。合并后用您的")
    return Row(mine.pk, values, typed=mine.typed)


def mine_alone(formset: Any) -> list[Row]:
    """The rows as typed: those that somebody removed are new again, those that somebody added are removed."""
    stored, typed = stored_rows(formset), typed_rows(formset)
    there, seen = {row.pk for row in stored}, {row.pk for row in typed}
    kept = [row if row.pk in there else Row("", row.values, typed=row.typed) for row in typed]
    kept = [row for row in kept if row.pk or not row.removed]
    return kept + [Row(row.pk, row.values, removed=True) for row in stored if row.pk not in seen]


def typed_rows(formset: Any) -> list[Row]:
    """The rows that came, without the empty ones."""
    rows = []
    for place, form in enumerate(formset.forms):
        pk = str(form[formset.model._meta.pk.name].value() or "")
        if pk or form.has_changed():
            removed = DELETION_FIELD_NAME in form.fields and bool(form[DELETION_FIELD_NAME].value())
            rows.append(Row(pk, _values(form), removed and bool(pk), place))
    return rows


def stored_rows(formset: Any) -> list[Row]:
    """The rows as they are stored now, as a form would show them."""
    fresh = type(formset)(instance=formset.instance, prefix=formset.prefix)
    fresh.extra = 0
    return [Row(str(form.instance.pk), _values(form)) for form in fresh.initial_forms]


def put(request: HttpRequest, data: QueryDict, formset: Any, rows: list[Row]) -> None:
    """Make `data` and the files of a request those of a form that holds these rows."""
    prefix = formset.prefix
    files = {key: request.FILES.getlist(key) for key in request.FILES if key.startswith(f"{prefix}-")}
    for key in [key for key in data if key.startswith(f"{prefix}-")]:
        del data[key]
    for key in files:
        del request.FILES[key]
    pk_name, fk_name = formset.model._meta.pk.name, formset.fk.name
    for place, row in enumerate(sorted(rows, key=lambda row: not row.pk)):
        start = f"{prefix}-{place}-"
        for name, value in (row.values | {pk_name: row.pk, fk_name: formset.instance.pk}).items():
            sent: Any = [str(one) for one in (value if isinstance(value, list) else [value])]
            data.setlist(f"{start}{name}", sent)
        if row.removed:
            data[f"{start}{DELETION_FIELD_NAME}"] = "on"
        for key, uploaded in files.items():
            if row.typed is not None and key.startswith(f"{prefix}-{row.typed}-"):
                request.FILES.setlist(start + key.removeprefix(f"{prefix}-{row.typed}-"), uploaded)
    data[f"{prefix}-{TOTAL_FORM_COUNT}"] = str(len(rows))
    data[f"{prefix}-{INITIAL_FORM_COUNT}"] = str(sum(bool(row.pk) for row in rows))


def _values(form: ModelForm) -> Values:
    """What a browser sends for the fields of a row."""
    values: Values = {}
    for bound in form:
        value = bound.value()
        if bound.name == DELETION_FIELD_NAME or bound.field.widget.is_hidden or hasattr(value, "read"):
            continue
        if bound.field.widget.needs_multipart_form or value is None or value is False:
            continue
        if isinstance(value, list | tuple):
            values[bound.name] = [str(getattr(one, "pk", one)) for one in value]
        else:
            values[bound.name] = "on" if value is True else str(getattr(value, "pk", value))
    return values


def _even(formset: Any, values: Values) -> Values:
    """Values so that the same is the same, without what is empty."""
    fields = formset.empty_form.fields
    told = {
        name: even(raw(fields[name], values[name]))
        for name in values
        if name in fields and name != DELETION_FIELD_NAME and not fields[name].widget.is_hidden
    }
    return {name: value for name, value in told.items() if value}


def _told(row: Row) -> str:
    texts = [str(value) for value in row.values.values() if isinstance(value, str) and not value.isdigit()]
    return (texts or [row.pk])[0][:40]
