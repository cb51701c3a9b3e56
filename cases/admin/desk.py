"""What all forms and lists of the curators' desk share."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db import models
from django.http import HttpRequest

# How Django names the rows of a plain many-to-many table, which have no name of their own.
NAMELESS = re.compile(r": \w+ object \(\d+\)$")


class LinesField(forms.CharField):
    """Several lines of text; browsers end them their own way, which is no change and is not stored."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace("\r\n", "\n") if isinstance(value, str) else value)


class PlainChoosers(BaseModelAdmin):
    """Beside a chooser only the sign that adds a missing record; four signs in every row crowd out the fields."""

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        form_field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if form_field and isinstance(form_field.widget, RelatedFieldWidgetWrapper):
            chooser = form_field.widget
            chooser.can_change_related = chooser.can_delete_related = chooser.can_view_related = False
        return form_field


class DeskAdmin(PlainChoosers, admin.ModelAdmin):
    formfield_overrides: ClassVar[Any] = {models.TextField: {"form_class": LinesField}}

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Take from the address only keys that can be keys."""
        given = super().get_changeform_initial_data(request)
        relations = {field.name for field in self.opts.get_fields() if field.is_relation}
        return {
            name: value
            for name, value in given.items()
            if name not in relations or re.fullmatch("[0-9]{1,18}(,[0-9]{1,18})*", str(value))
        }

    def may_change_public(self, request: HttpRequest, obj: Any) -> bool:
        """What readers see already is changed by those who may publish, as the cases that name it are."""
        if obj is None or request.user.has_perm("cases.publish_case"):
            return True
        return not self.model.objects.visible_to(None).filter(pk=obj.pk).exists()

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Leave out what only links two records: it says nothing to a person, and says it in English."""
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        links = {model._meta.verbose_name_plural for model in apps.get_models(True) if model._meta.auto_created}
        return _named(deleted), {name: n for name, n in counts.items() if name not in links}, lacking, protected


def _named(nested: list[Any]) -> list[Any]:
    kept = []
    for one in nested:
        if not isinstance(one, list):
            kept += [] if NAMELESS.search(one) else [one]
        elif inner := _named(one):
            kept.append(inner)
    return kept
