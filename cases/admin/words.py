"""What a form's fields say, stored or typed."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.db import models


def raw(form_field: forms.Field, value: Any) -> str:
    """Write a field's value, stored or typed, so that the same is the same."""
    if isinstance(value, list | tuple | models.QuerySet):
        return " ".join(sorted(str(getattr(one, "pk", one)) for one in value))
    if value is None or value is False or isinstance(form_field, forms.FileField):
        return ""
    prepared = form_field.prepare_value(value)
    return str(getattr(prepared, "pk", prepared))


def shown(form_field: forms.Field, value: Any) -> str:
    """Write a field's value, stored or typed, as a person reads it."""
    if value in (None, "", []):
        return ""
    if isinstance(form_field, forms.BooleanField):
        return "是" if value else "否"
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


def even(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
