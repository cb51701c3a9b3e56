"""Figures on a case's form, one number a row."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin

from cases.admin.desk import PlainChoosers
from cases.admin.rows import RowFormSet
from cases.models import Figure
from cases.models.qualifier import plain_number


class NumberField(forms.DecimalField):
    """A decimal written without idle zeros and read with or without thousands separators."""

    widget = forms.TextInput

    def prepare_value(self, value: Any) -> Any:
        return plain_number(value).replace(",", "") if isinstance(value, Decimal) else value

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.translate(dict.fromkeys(map(ord, ",， "))) if isinstance(value, str) else value)


class FigureFormSet(RowFormSet):
    key = ("indicator", "unit", "year", "value")


class FigureInline(PlainChoosers, admin.TabularInline):
    model = Figure
    formset = FigureFormSet
    extra = 1
    fields = ["indicator", "qualifier", "value", "unit", "year", "source", "as_printed", "position"]
    autocomplete_fields = ["source"]

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "value":
            kwargs["form_class"] = NumberField
            kwargs["widget"] = forms.TextInput(attrs={"inputmode": "decimal"})
        return super().formfield_for_dbfield(db_field, request, **kwargs)
