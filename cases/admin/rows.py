"""Inline rows that are saved in an order which no constraint of the database minds."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.forms import ModelForm
from django.forms.formsets import DELETION_FIELD_NAME
from django.forms.models import BaseInlineFormSet

from cases.admin.choosers import HeldSelect, HeldSelectMultiple, SharedChoices, select_of


class RowFormSet(BaseInlineFormSet):
    """Rows told apart by `key`, the fields that the database wants unique within one parent.

    Saved by key: a row whose key is stored already goes to that record, so that two rows may swap, or one be removed
    and typed in again; all others keep their own. New records come first and removals last, so that the only lead of a
    published case can be replaced in one go.
    """

    model: Any
    key: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.shared: dict[str, SharedChoices] = {}
        super().__init__(*args, **kwargs)

    def add_fields(self, form: ModelForm, index: int | None) -> None:
        """Name every field by its column and row, which has no label of its own in a table; share the choices."""
        super().add_fields(form, index)
        for name, form_field in form.fields.items():
            select = select_of(form_field.widget)
            if index is not None and isinstance(select, HeldSelect | HeldSelectMultiple):
                select.shared = self.shared.setdefault(name, SharedChoices(partial(self._values_of, name)))
            if form_field.label and not form_field.widget.is_hidden:
                row = f"，第 {index + 1} 行" if index is not None else ""
                select.attrs.setdefault("aria-label", f"{form_field.label}{row}")

    def _values_of(self, name: str) -> set[str]:
        """What one field has in all rows."""
        values = [form[name].value() for form in self.forms]
        flat = [one for value in values for one in (value if isinstance(value, list | tuple) else [value])]
        return {str(getattr(one, "pk", one)) for one in flat if one not in (None, "")}

    def rows(self) -> list[ModelForm]:
        """The forms that stay: filled in and not marked for removal."""
        staying = [form for form in self.forms if not _is_removed(form)]
        return [form for form in staying if form.instance.pk or form.has_changed()]

    def clean(self) -> None:
        super().clean()
        if any(self.model._meta.pk.name in form.errors for form in self.initial_forms):
            raise ValidationError(
                "有的行已被别人删除，无法再保存。请复制需要的内容，重新打开本页后再改", code="row_removed"
            )

    def get_unique_error_message(self, unique_check: Any) -> str:
        for constraint in self.model._meta.constraints:
            if isinstance(constraint, models.UniqueConstraint) and set(constraint.fields) == set(unique_check):
                return str(constraint.get_violation_error_message())
        return "有重复的行，请删去其一"

    def get_form_error(self) -> str:
        return "与另一行重复"

    def save(self, commit: bool = True) -> list[Any]:
        if not self.key or not commit:
            return super().save(commit)
        self.new_objects, self.deleted_objects = [], []
        self.changed_objects: list[tuple[Any, list[str]]] = []
        forms = self.rows()
        stored_rows = self.model._default_manager.filter(**{self.fk.name: self.instance})
        stored = {row.pk: self._key_of(row) for row in stored_rows}
        shown = {form.instance.pk for form in self.initial_forms}
        kept = {form.instance.pk for form in forms if stored.get(form.instance.pk) == self._key_of(form.instance)}
        free = {key: pk for pk, key in stored.items() if pk in shown - kept}
        moving = [form.instance for form in forms if form.instance.pk not in kept]
        taken = {id(row): free.pop(self._key_of(row), None) for row in moving}
        kept |= set(taken.values()) - {None}
        for row in moving:
            row.pk = taken[id(row)] or (row.pk if row.pk not in kept else None)
            row._state.adding = row.pk is None
            kept.add(row.pk)
        self._write(forms)
        for row in self.model._default_manager.filter(pk__in=(shown & stored.keys()) - kept):
            row.delete()
        self.deleted_objects = [form.instance for form in self.deleted_forms if form in self.initial_forms]
        return [form.instance for form in forms]

    def is_needed(self, row: Any) -> bool:
        """Whether a published case may stand on this row, so that it is written before others are changed."""
        return False

    def _key_of(self, row: Any) -> tuple[Any, ...]:
        return tuple(getattr(row, name) for name in self.key)

    def _write(self, forms: list[ModelForm]) -> None:
        for form in sorted(
            forms, key=lambda form: (not form.instance._state.adding, not self.is_needed(form.instance))
        ):
            if not form.has_changed():
                continue
            setattr(form.instance, self.fk.name, self.instance)
            form.instance.save()
            if form in self.initial_forms:
                self.changed_objects.append((form.instance, form.changed_data))
            else:
                self.new_objects.append(form.instance)


def _is_removed(form: ModelForm) -> bool:
    """Whether the row's box 删除 is ticked; the form may have errors otherwise."""
    return bool(getattr(form, "cleaned_data", {}).get(DELETION_FIELD_NAME))
