"""What all forms and lists of the curators' desk share."""

from __future__ import annotations

import re
from functools import partialmethod
from typing import Any, ClassVar

from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db import models
from django.db.models import QuerySet
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse

from cases.admin.choosers import HeldChoiceField, HeldMultipleChoiceField, HeldSelect, HeldSelectMultiple
from cases.admin.discarding import Discarding
from cases.models import CaseVersion, Notice, ShortlistItem
from cases.remits import remit_of
from districts.admin import OwnFilters
from districts.models import District

# What other people have of a record is not told to who deletes it, nor each of its versions.
UNTOLD = (CaseVersion, Notice, ShortlistItem)
OTHERS = tuple(f"{model._meta.verbose_name}: " for model in UNTOLD)
# How Django names the rows of a plain many-to-many table, which have no name of their own.
NAMELESS = re.compile(r": \w+ object \(\d+\)$")


NULL_CHARACTER = "文字里有看不见的控制字符（NUL），不能保存。请删去这一段重新输入，或先粘贴到记事本再复制过来"


class LinesField(forms.CharField):
    """Several lines of text; browsers end them their own way, which is no change and is not stored."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace("\r\n", "\n") if isinstance(value, str) else value)


class PlainChoosers(BaseModelAdmin):
    """Choosers offer what the curator may see, and districts that they may file under.

    Beside each only the sign that adds a missing record; four signs in every row crowd out the fields.
    """

    class Media:
        js = (Script("js/choosers.js", defer=True),)

    # Fields that file a record under a district, which has to be the curator's own; and those that may be above it too.
    filed_under: tuple[str, ...] = ()
    reaches_above: tuple[str, ...] = ()

    def districts_for(self, request: HttpRequest, field: str) -> QuerySet[District]:
        if field not in self.filed_under:
            return District.objects.all()
        remit = remit_of(request.user)
        allowed = remit.within("code") | remit.above("code") if field in self.reaches_above else remit.within("code")
        return District.objects.filter(allowed)

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        model = db_field.remote_field.model
        if db_field.name in self.filed_under:
            kwargs |= {"queryset": self.districts_for(request, db_field.name), "form_class": HeldChoiceField}
            kwargs["error_messages"] = {"invalid_choice": "只能选择您管辖的区划，请重新选择"}
        elif hasattr(model._default_manager.all(), "curated_by"):
            visible = model._default_manager.visible_to(request.user, preview=True)
            kwargs |= {"queryset": visible, "form_class": HeldChoiceField}
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = HeldSelect(db_field, self.admin_site, using=kwargs.get("using"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if hasattr(db_field.remote_field.model._default_manager.all(), "curated_by"):
            visible = db_field.remote_field.model._default_manager.visible_to(request.user, preview=True)
            kwargs |= {"queryset": visible, "form_class": HeldMultipleChoiceField}
            kwargs["widget"] = HeldSelectMultiple(db_field, self.admin_site, using=kwargs.get("using"))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        form_field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if form_field and isinstance(form_field.widget, RelatedFieldWidgetWrapper):
            chooser = form_field.widget
            chooser.can_change_related = chooser.can_delete_related = chooser.can_view_related = False
        if isinstance(form_field, forms.CharField):
            form_field.error_messages["null_characters_not_allowed"] = NULL_CHARACTER
        return form_field


class PlainLabels(admin.ModelAdmin):
    """Labels stand beside their fields without a colon, as on the readers' pages; Django's own is of half width."""

    def get_form(self, request: HttpRequest, obj: Any = None, *args: Any, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, *args, **kwargs)  # a class of its own each time
        form.__init__ = partialmethod(form.__init__, label_suffix="")
        return form

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        given = super().get_formset_kwargs(request, obj, inline, prefix)
        return given | {"form_kwargs": {"label_suffix": ""} | given.get("form_kwargs", {})}


class DeskAdmin(Discarding, PlainChoosers, PlainLabels, OwnFilters):
    """Lists, forms, choosers, history and actions hold to what the curator may see, and to what they may change.

    That is what the model's `curated_by`, `visible_to` and `editable_by` say; words that all share have none of them.
    """

    formfield_overrides: ClassVar[Any] = {models.TextField: {"form_class": LinesField}}

    @property
    def is_held(self) -> bool:
        return hasattr(self.model._default_manager.all(), "curated_by")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """What the list and the forms show; what choosers of other forms offer is more: all that is public, too."""
        records = super().get_queryset(request)
        if not self.is_held:
            return records
        match = getattr(request, "resolver_match", None)
        if match and match.url_name == "autocomplete":
            return records.visible_to(request.user, preview=True)  # type: ignore[attr-defined]
        return records.curated_by(request.user)  # type: ignore[attr-defined]

    def may_edit(self, request: HttpRequest, obj: Any) -> bool:
        if obj is None or not self.is_held:
            return True
        return self.model._default_manager.editable_by(request.user).filter(pk=obj.pk).exists()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self.may_edit(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self.may_edit(request, obj)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if not super().has_view_permission(request, obj):
            return False
        if obj is None or not self.is_held:
            return True
        return self.model._default_manager.curated_by(request.user).filter(pk=obj.pk).exists()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change and self.is_held:
            obj.created_by_id = request.user.pk
        super().save_model(request, obj, form, change)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        found: dict[str, Any] = super().get_actions(request)
        if "delete_selected" in found:
            act, name, _ = found["delete_selected"]
            found[name] = act, name, f"删除所选的{self.opts.verbose_name_plural}"  # Django's has a blank in it
        return found

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        context["title"] = str(context["title"]).replace(" ", "")  # Django's sentence is made for Latin script
        return super().render_change_form(request, context, *args, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Take from the address only keys that can be keys."""
        given = super().get_changeform_initial_data(request)
        relations = {field.name for field in self.opts.get_fields() if field.is_relation}
        return {
            name: value
            for name, value in given.items()
            if name not in relations or re.fullmatch("[0-9]{1,18}(,[0-9]{1,18})*", str(value))
        }

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Leave out what only links two records: it says nothing to a person, and says it in English."""
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        links = {model._meta.verbose_name_plural for model in apps.get_models(True) if model._meta.auto_created}
        links |= {model._meta.verbose_name_plural for model in UNTOLD}
        # What hangs on a record goes with it and comes back with it, whoever may delete the like by itself.
        lacking &= {self.opts.verbose_name}
        return _named(deleted), {name: n for name, n in counts.items() if name not in links}, lacking, protected


def _named(nested: list[Any]) -> list[Any]:
    kept = []
    for one in nested:
        if not isinstance(one, list):
            kept += [] if NAMELESS.search(one) or one.startswith(OTHERS) else [_in_chinese(one)]
        elif inner := _named(one):
            kept.append(inner)
    return kept


def _in_chinese(line: Any) -> Any:
    """Django writes “案例: ” before each name; the name itself stays as it is, links included."""
    label, colon, name = str(line).partition(": ")
    told = f"{label}：{name}" if colon else str(line)
    return type(line)(told)
