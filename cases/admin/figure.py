"""Figures on a case's form, one number a row."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.contrib import admin

from cases.admin.desk import PlainChoosers
from cases.admin.rows import RowFormSet
from cases.models import Figure
from cases.models.qualifier import plain_number

VALUE = "value"
WITH_UNIT = re.compile(r"(-?[0-9.]+)\s*(千|百万|千万|万|亿|万亿)")
TIMES = {"千": 10**3, "万": 10**4, "百万": 10**6, "千万": 10**7, "亿": 10**8, "万亿": 10**12}


def read_number(written: str) -> str:
    """A number as people write it, in digits alone: 2.3万 is 23000, ２３，５５４ is 23554; anything else as it is."""
    text = unicodedata.normalize("NFKC", written).translate(dict.fromkeys(map(ord, ",， ")))
    match = WITH_UNIT.fullmatch(text)
    if not match:
        return text
    try:
        return f"{Decimal(match[1]) * TIMES[match[2]]:f}"
    except InvalidOperation:
        return text


class NumberField(forms.DecimalField):
    """A decimal written without idle zeros and read as people write it, in 万 or with thousands separators."""

    widget = forms.TextInput

    def prepare_value(self, value: Any) -> Any:
        return plain_number(value).replace(",", "") if isinstance(value, Decimal) else value

    def to_python(self, value: Any) -> Any:
        return super().to_python(read_number(value) if isinstance(value, str) else value)


class FigureForm(forms.ModelForm):
    def clean(self) -> dict[str, Any] | None:
        """Keep how a number was written where that says more than its digits."""
        cleaned = super().clean() or {}
        written = self[VALUE].value() if VALUE in self.fields else None
        written = str(written or "").strip()
        is_said_shorter = WITH_UNIT.fullmatch(unicodedata.normalize("NFKC", written))
        if is_said_shorter and cleaned.get(VALUE) is not None and not cleaned.get("as_printed"):
            cleaned["as_printed"] = f"{written}{cleaned.get('unit', '')}"[:100]
        return cleaned


class FigureFormSet(RowFormSet):
    key = ("indicator", "unit", "year", "value")


class FigureInline(PlainChoosers, admin.TabularInline):
    model = Figure
    form = FigureForm
    formset = FigureFormSet
    extra = 1
    fields = ["indicator", "qualifier", "value", "unit", "year", "source", "as_printed", "position"]
    autocomplete_fields = ["source"]

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == VALUE:
            kwargs["form_class"] = NumberField
            kwargs["widget"] = forms.TextInput(attrs={"inputmode": "decimal"})
        return super().formfield_for_dbfield(db_field, request, **kwargs)
