"""Sources, and the citations of them on a case's form."""

from __future__ import annotations

import secrets
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminURLFieldWidget
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest

from cases.admin.desk import DeskAdmin, PlainChoosers
from cases.admin.rows import RowFormSet
from cases.admin.versioned import VersionedAdmin, VersionedForm
from cases.models import Case, Citation, Source


class SourceForm(VersionedForm):
    class Meta:
        widgets = {"note": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "key" in self.fields:
            self.fields["key"].required = False
            self.fields["key"].help_text = "小写英文，导入时据此认出同一来源；留空则自动生成"

    def clean_key(self) -> str:
        return self.cleaned_data["key"] or f"source-{secrets.token_hex(4)}"


@admin.register(Source)
class SourceAdmin(VersionedAdmin):
    form = SourceForm
    list_display = ["title", "publisher", "kind", "published", "authors", "case_count"]
    list_filter = ["kind"]
    ordering = ["-published", "publisher", "pk"]
    search_fields = ["title", "publisher", "authors", "key", "url"]
    fields = [
        "kind",
        ("publisher", "published"),
        "title",
        "authors",
        "page",
        "url",
        "note",
        "key",
    ]
    formfield_overrides: ClassVar[Any] = DeskAdmin.formfield_overrides | {
        models.URLField: {"assume_scheme": "https", "widget": AdminURLFieldWidget}
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Source]:
        cases = Case.objects.visible_to(request.user, preview=True).values("pk")
        count = Count("citations", filter=Q(citations__case__in=cases))
        return super().get_queryset(request).annotate(case_count=count)

    @admin.display(description="引用的案例", ordering="case_count")
    def case_count(self, source: Any) -> int:
        return source.case_count


class CitationFormSet(RowFormSet):
    key = ("source_id",)

    def clean(self) -> None:
        super().clean()
        cited = [form for form in self.rows() if form.instance.source_id]
        if self.instance.is_published and not cited:
            raise ValidationError("已发布的案例至少要有一个来源。请换上新的来源再保存，或先撤下案例")


class CitationInline(PlainChoosers, admin.TabularInline):
    model = Citation
    formset = CitationFormSet
    verbose_name_plural = "来源"
    extra = 1
    fields = ["source", "locator", "position"]
    autocomplete_fields = ["source"]
