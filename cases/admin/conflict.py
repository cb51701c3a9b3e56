"""A save that began before somebody else's: who changed what meanwhile, both texts, and both joined."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models.fields.json import KT
from django.forms.models import model_to_dict

from cases.admin.rich_text import RichTextInputField
from cases.admin.row_choices import MergedRows, merge_rows
from cases.admin.rows import RowFormSet
from cases.admin.words import described, even, raw, shown
from cases.differences import Piece, join, pieces
from cases.models import Case, CaseVersion
from cases.people import name_of
from cases.rich_text import as_typed, clean, is_markup, plain_text
from cases.version_words import labels

# What is asked for on the form and is no part of the record.
ASIDE = {"why", "nature", "wrong", "right", "corrected_on", "corrected_why"}


class StaleSave(Exception):
    """Somebody saved the same record between the check of the form and its saving."""


@dataclass
class Edit:
    """One save or move by somebody."""

    by: str
    at: datetime
    what: str
    fields: set[str]
    why: str = ""


@dataclass
class Base:
    """What the form showed when the edit began: values by field, and by formset the values of each stored row."""

    fields: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)


@dataclass
class Difference:
    """One field, or the rows of one inline, as stored and as typed.

    `choice` is what is proposed, 'mine', 'stored', 'merged' or nothing where both sides changed the same;
    `merged` is a text with both changes, which may still have to be settled by hand (`is_clean`).
    """

    label: str
    stored: str
    typed: str
    is_theirs: bool
    name: str = ""
    choice: str = ""
    merged: str | None = None
    is_clean: bool = False
    is_formatted: bool = False
    is_rich: bool = False
    is_rows: bool = False
    notes: list[str] = field(default_factory=list)

    @property
    def stored_pieces(self) -> list[Piece]:
        return [one for one in self._pieces if one.kind != "added"]

    @property
    def typed_pieces(self) -> list[Piece]:
        return [one for one in self._pieces if one.kind != "removed"]

    @property
    def _pieces(self) -> list[Piece]:
        say = plain_text if self.is_rich else even
        return pieces(say(self.stored), say(self.typed))

    @property
    def is_formatting(self) -> bool:
        """Whether both say the same in another form."""
        return self.is_rich and plain_text(self.stored) == plain_text(self.typed)


@dataclass
class Conflict:
    edits: list[Edit]
    base: Base = field(default_factory=Base)
    differences: list[Difference] = field(default_factory=list)

    def compare(self, label: str, stored: str, typed: str) -> Difference | None:
        """Take down a field whose two texts differ; line ends of the browser do not count."""
        if even(stored) == even(typed):
            return None
        is_theirs = any(label in edit.fields for edit in self.edits)
        self.differences.append(Difference(label, stored, typed, is_theirs))
        return self.differences[-1]

    def compare_form(self, form: forms.ModelForm) -> None:
        for name, form_field in form.fields.items():
            if name in ASIDE:
                continue
            stored, typed = form.initial.get(name), form[name].value()
            found = self.compare(str(form_field.label), shown(form_field, stored), shown(form_field, typed))
            if found is None:
                continue
            found.name, found.is_rich = name, isinstance(form_field, RichTextInputField)
            if name not in self.base.fields:
                continue
            base = even(raw(form_field, self.base.fields[name]))
            self._propose(found, base, even(raw(form_field, stored)), even(raw(form_field, typed)))
            if isinstance(form_field, forms.CharField):
                self._join(found, base)

    def _propose(self, found: Difference, base: str, stored: str, typed: str) -> None:
        found.is_theirs = stored != base
        if typed == base:
            found.choice = "stored"
        elif stored == base:
            found.choice = "mine"

    def _join(self, found: Difference, base: str) -> None:
        if found.choice:
            return
        texts = [base, even(found.typed), even(found.stored)]
        found.is_formatted = found.is_rich and any(map(is_markup, texts))
        if found.is_formatted:
            joined = join(*(str(clean(text)) for text in texts), blocks=True)
            text = as_typed(joined.text)
        else:
            joined = join(*texts)
            text = joined.text
        if joined.clean or not found.is_formatted:
            found.merged, found.is_clean = text, joined.clean
        if joined.clean:
            found.choice = "merged"

    def compare_rows(self, formset: RowFormSet) -> None:
        blank = formset.empty_form
        rows = formset.model._default_manager.filter(**{formset.fk.name: formset.instance.pk})
        stored = [described(blank, model_to_dict(row)) for row in rows]
        typed = [
            described(form, {name: form[name].value() for name in form.fields})
            for form in formset.forms
            if (form.instance.pk or form.has_changed()) and not ("DELETE" in form.fields and form["DELETE"].value())
        ]
        label = str(formset.model._meta.verbose_name_plural)
        found = self.compare(label, "\n".join(stored), "\n".join(typed))
        if found is None:
            return
        found.name, found.is_rows = str(formset.prefix), True
        merged = merge_rows(formset, self.base.rows.get(found.name))
        if merged is not None:
            self._offer_rows(found, merged)

    def _offer_rows(self, found: Difference, merged: MergedRows) -> None:
        found.is_theirs = merged.is_theirs
        found.is_clean, found.notes = not merged.conflicts, merged.conflicts
        found.merged = ""
        found.choice = "" if merged.conflicts else "merged"


def base_of(record: models.Model, started_from: int, sent: str, formsets: list[Any]) -> Base:
    """Return what an edit began with: of a case the version it names, of others what its form brought along."""
    if not isinstance(record, Case):
        return _sent(sent)
    version = CaseVersion.objects.of(record).filter(number=started_from).first()
    if version is None:
        return Base()
    fields = _stored_values(Case, version.snapshot["fields"])
    rows = {}
    for formset in formsets:
        kept: Any = version.snapshot["rows"].get(formset.prefix)
        if kept is not None and all("id" in row for row in kept):
            rows[formset.prefix] = {str(row["id"]): _stored_values(formset.model, row) for row in kept}
    return Base(fields, rows)


def base_sent(form: forms.ModelForm, formsets: list[Any]) -> str:
    """Write down what a form shows, to be sent back with it."""
    fields = {name: raw(form_field, form.initial.get(name)) for name, form_field in form.fields.items()}
    rows = {
        formset.prefix: {
            str(one.instance.pk): {name: raw(part, one.initial.get(name)) for name, part in one.fields.items()}
            for one in formset.initial_forms
        }
        for formset in formsets
    }
    return json.dumps([fields, rows], ensure_ascii=False)


def _sent(text: str) -> Base:
    """Read what came back; anything else than what was sent counts as nothing."""
    try:
        fields, rows = json.loads(text)
        strings = {name: str(value) for name, value in fields.items()}
        return Base(
            strings,
            {
                prefix: {pk: {name: str(value) for name, value in row.items()} for pk, row in kept.items()}
                for prefix, kept in rows.items()
            },
        )
    except (ValueError, TypeError, AttributeError, RecursionError):  # the last by brackets in brackets
        return Base()


def _stored_values(model: type[models.Model], kept: dict[str, Any]) -> dict[str, Any]:
    """Values of a version as the form's initial data has them."""
    columns: dict[str, Any] = {one.name: one for one in (*model._meta.fields, *model._meta.many_to_many)}
    return {
        name: value if columns[name].is_relation or value is None else columns[name].to_python(value)
        for name, value in kept.items()
        if name in columns
    }


def edits_since(record: models.Model, version: int) -> list[Edit]:
    """The saves and moves after `version`, the oldest first: the versions of a case, of others the admin's log."""
    return _versions_since(record, version) if isinstance(record, Case) else _log_since(record, version)


def _versions_since(case: Case, version: int) -> list[Edit]:
    named = labels()
    edits: list[Edit] = []
    status: Any = ""
    found = CaseVersion.objects.of(case).in_brief().annotate(status=KT("snapshot__fields__status"))
    for one in found.filter(number__gte=version).order_by("number")[:100]:
        if one.number > version:
            told = [named.get(name, name) for name in one.changed if name not in {"status", "published_at"}]
            what = ["修改" + "、".join(told)] if told else []
            if "status" in one.changed and status:
                what.append(f"状态（{Case.Status(status).label} → {Case.Status(one.status).label}）")
            who = name_of(one.by) if one.by else "（未记录姓名）"
            edits.append(Edit(who, one.at, "；".join(what) or "没有改动内容", set(told), one.why))
        status = one.status
    return edits


def _log_since(record: models.Model, version: int) -> list[Edit]:
    entries = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(record), object_id=str(record.pk)
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
        edits.append(Edit(name_of(entry.user), entry.action_time, entry.get_change_message(), fields))
    return edits[::-1]
