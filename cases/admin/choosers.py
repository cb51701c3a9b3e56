"""Choosers that offer what a curator may see, and keep what is stored already without telling what it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple, RelatedFieldWidgetWrapper
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

HIDDEN = "（不在您的管辖区划，未公开）"


def select_of(widget: Any) -> Any:
    return widget.widget if isinstance(widget, RelatedFieldWidgetWrapper) else widget


class SharedChoices:
    """What the choosers of one field in all rows of a form show, read by one query when the first is shown."""

    def __init__(self, values: Callable[[], set[str]]) -> None:
        self.values = values
        self.labels: dict[str, str] | None = None

    def among(self, choices: Any, value: list[str]) -> list[tuple[str, str]]:
        if self.labels is None:
            found = choices.queryset.filter(pk__in=[pk for pk in self.values() if re.fullmatch("[0-9]{1,18}", pk)])
            self.labels = {str(one.pk): choices.field.label_from_instance(one) for one in found}
        return [(pk, label) for pk, label in self.labels.items() if pk in value]


class _HeldSelect:
    """Shows a stored record outside of the choices by a word of its own, so that saving does not drop it."""

    shared: SharedChoices | None = None
    choices: Any
    is_required: bool
    allow_multiple_selected: bool

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> Any:
        groups: Any = self._groups_shared(name, value) if self.shared else super().optgroups(name, value, attrs)  # type: ignore[misc]
        _, options, _ = groups[0]
        told = {str(option["value"]) for option in options}
        for kept in sorted(getattr(self, "stored", set()) & set(map(str, value)) - told):
            options.append(self.create_option(name, kept, HIDDEN, True, len(options)))  # type: ignore[attr-defined]
        return groups

    def _groups_shared(self, name: str, value: Any) -> Any:
        """As Django's own, but for the query."""
        given = [] if self.is_required or self.allow_multiple_selected else [("", "", False)]
        given += [(pk, label, True) for pk, label in self.shared.among(self.choices, [str(one) for one in value])]  # type: ignore[union-attr]
        return [(None, [self.create_option(name, *one, index) for index, one in enumerate(given)], 0)]  # type: ignore[attr-defined]


class HeldSelect(_HeldSelect, AutocompleteSelect):
    pass


class HeldSelectMultiple(_HeldSelect, AutocompleteSelectMultiple):
    """What is chosen goes one by one; the sign that takes all away would stand in the list of what is chosen."""

    def build_attrs(self, base_attrs: Any, extra_attrs: Any = None) -> dict[str, Any]:
        return super().build_attrs(base_attrs, extra_attrs) | {"data-allow-clear": "false"}


class _HeldField:
    """Takes what is among its choices, and what this very record had before."""

    queryset: Any
    widget: Any
    stored: frozenset[str] = frozenset()

    def get_bound_field(self, form: Any, field_name: str) -> Any:
        # What an address proposes for a new record is not stored.
        if getattr(form.instance, "pk", None):
            initial = form.initial.get(field_name)
            values = initial if isinstance(initial, list | tuple | QuerySet) else [initial]
            self.stored = frozenset(str(getattr(value, "pk", value)) for value in values if value not in (None, ""))
            select_of(self.widget).stored = self.stored
        return super().get_bound_field(form, field_name)  # type: ignore[misc]


class HeldChoiceField(_HeldField, forms.ModelChoiceField):
    def to_python(self, value: Any) -> Any:
        if str(value) in self.stored:
            return self.queryset.model._default_manager.filter(pk=value).first()
        return super().to_python(value)


class HeldMultipleChoiceField(_HeldField, forms.ModelMultipleChoiceField):
    def clean(self, value: Any) -> Any:
        kept = [pk for pk in value or () if str(pk) in self.stored]
        given = [pk for pk in value or () if str(pk) not in self.stored]
        if self.required and not (kept or given):
            raise ValidationError(self.error_messages["required"], code="required")
        self._check_values(given)  # type: ignore[attr-defined]
        return self.queryset.model._default_manager.filter(pk__in=[*kept, *given])
