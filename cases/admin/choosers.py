"""Choosers that offer what a curator may see, and keep what is stored already without telling what it is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple, RelatedFieldWidgetWrapper
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

HIDDEN = "（不在您的管辖区划，未公开）"


def _select_of(widget: Any) -> Any:
    return widget.widget if isinstance(widget, RelatedFieldWidgetWrapper) else widget


class _HeldSelect:
    """Shows a stored record outside of the choices by a word of its own, so that saving does not drop it."""

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> Any:
        groups: Any = super().optgroups(name, value, attrs)  # type: ignore[misc]
        _, options, _ = groups[0]
        told = {str(option["value"]) for option in options}
        for kept in sorted(getattr(self, "stored", set()) & set(map(str, value)) - told):
            options.append(self.create_option(name, kept, HIDDEN, True, len(options)))  # type: ignore[attr-defined]
        return groups


class KnowingSelect(AutocompleteSelect):
    """Told what is chosen in all rows of an inline, it does not ask the database for every row."""

    known: dict[str, str] | None = None

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> Any:
        if self.known is None:
            return super().optgroups(name, value, attrs)
        options = [] if self.is_required else [self.create_option(name, "", "", False, 0)]
        chosen = [str(one) for one in value if str(one) in self.known]
        options += [self.create_option(name, one, self.known[one], True, len(options)) for one in chosen]
        return [(None, options, 0)]


class HeldSelect(_HeldSelect, KnowingSelect):
    pass


class HeldSelectMultiple(_HeldSelect, AutocompleteSelectMultiple):
    pass


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
            _select_of(self.widget).stored = self.stored
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
