"""Corrections on a case's form, told to readers."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from cases.admin.desk import LinesField
from cases.admin.rows import RowFormSet
from cases.models import Correction


class CorrectionInline(admin.TabularInline):
    model = Correction
    formset = RowFormSet
    verbose_name_plural = "勘误（读者可见）"
    extra = 1
    fields = ["date", "text", "reason"]
    formfield_overrides: ClassVar[Any] = {
        models.DateField: {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")},
        models.TextField: {"form_class": LinesField, "widget": forms.Textarea(attrs={"rows": 2, "cols": 40})},
    }

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """On a published case the question what a change was is answered with one."""
        is_asked = obj is not None and obj.is_published
        return not is_asked and super().has_add_permission(request, obj)
