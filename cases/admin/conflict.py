"""A save that began before somebody else's: who changed what meanwhile, and both texts."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.forms.models import model_to_dict

from cases.admin.rows import RowFormSet
from cases.models import Case


class StaleSave(Exception):
    """Somebody saved the same case between the check of the form and its saving."""


@dataclass
class Edit:
    """One save or move by somebody."""

    by: str
    at: datetime
    what: str
    fields: set[str]


@dataclass
class Difference:
    """One field, or the rows of one inline, as stored and as typed."""

    label: str
    stored: str
    typed: str
    is_theirs: bool


@dataclass
class Conflict:
    edits: list[Edit]
    differences: list[Difference] = field(default_factory=list)

    def compare(self, label: str, stored: str, typed: str) -> None:
        """Take down a field whose two texts differ; line ends of the browser do not count."""
        if stored.replace("\r\n", "\n").strip() != typed.replace("\r\n", "\n").strip():
            is_theirs = any(label in edit.fields for edit in self.edits)
            self.differences.append(Difference(label, stored, typed, is_theirs))

    def compare_form(self, form: forms.ModelForm) -> None:
        for name, form_field in form.fields.items():
            self.compare(
                str(form_field.label), shown(form_field, form.initial.get(name)), shown(form_field, form[name].value())
            )

    def compare_rows(self, formset: RowFormSet) -> None:
        blank = formset.empty_form
        stored = [
            described(blank, model_to_dict(row))
            for row in formset.model._default_manager.filter(**{formset.fk.name: formset.instance.pk})
        ]
        typed = [
            described(form, {name: form[name].value() for name in form.fields})
            for form in formset.forms
            if (form.instance.pk or form.has_changed()) and not ("DELETE" in form.fields and form["DELETE"].value())
        ]
        self.compare(str(formset.model._meta.verbose_name_plural), "\n".join(stored), "\n".join(typed))


def edits_since(case: Case, version: int) -> list[Edit]:
    """The saves and moves after `version`, the oldest first, as the admin's log has them."""
    entries = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(Case), object_id=str(case.pk)
    ).select_related("user")
    edits = []
    for entry in entries[:100]:
        try:
            parts = json.loads(entry.change_message)
        except ValueError:
            continue
        if max((part.get("version", 0) for part in parts), default=0) <= version:
            continue
        fields: set[str] = set()
        for part in parts:
            for told in (part.get("added"), part.get("changed"), part.get("deleted")):
                fields |= {told["name"]} if told and "name" in told else set((told or {}).get("fields", ()))
        who = entry.user.get_full_name() or entry.user.get_username()
        edits.append(Edit(who, entry.action_time, entry.get_change_message(), fields))
    return edits[::-1]


def shown(form_field: forms.Field, value: Any) -> str:
    """Write a field's value, stored or typed, as a person reads it."""
    if value in (None, "", []):
        return ""
    if isinstance(form_field, forms.ModelChoiceField):
        values = value if isinstance(value, list | tuple) else [value]
        wanted = {str(getattr(one, "pk", one)) for one in values}
        if not all(re.fullmatch("[0-9]{1,18}", pk) for pk in wanted):
            return "、".join(sorted(wanted))
        found = form_field.queryset.filter(pk__in=wanted) if form_field.queryset is not None else []
        return "、".join(str(one) for one in found)
    if isinstance(form_field, forms.ChoiceField):
        return str(dict(form_field.choices).get(value, value))  # type: ignore[arg-type]
    return str(form_field.prepare_value(value))


def described(form: forms.ModelForm, values: dict[str, Any]) -> str:
    """One row in one line."""
    told = [
        shown(form_field, values.get(name))
        for name, form_field in form.fields.items()
        if not form_field.widget.is_hidden
        and name not in {"DELETE", "position"}
        and not isinstance(form_field, forms.FileField)
    ]
    return " · ".join(one for one in told if one)
