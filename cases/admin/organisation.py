"""Organisations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest

from cases.admin.importing import ImportingAdmin
from cases.admin.versioned import VersionedAdmin, VersionedForm
from cases.exports.organisation import ORGANISATIONS
from cases.models import Case, Organisation
from districts.admin import PlaceFilter


class OrganisationForm(VersionedForm):
    class Meta:
        widgets = {"former_names": forms.Textarea(attrs={"rows": 3})}

    def clean_former_names(self) -> str:
        """One name a line, each once."""
        lines = (line.strip() for line in self.cleaned_data["former_names"].splitlines())
        return "\n".join(dict.fromkeys(line for line in lines if line))


@admin.register(Organisation)
class OrganisationAdmin(VersionedAdmin, ImportingAdmin):
    form = OrganisationForm
    list_display = ["name", "short_name", "kind", "district", "parent", "case_count"]
    list_filter = ["kind", PlaceFilter]
    list_select_related = ["district", "parent"]
    ordering = ["name"]
    search_fields = ["name", "short_name", "former_names"]
    search_help_text = "按名称、简称或曾用名查找"
    autocomplete_fields = ["district", "parent"]
    # A curator of a district also needs the bodies that are above it.
    filed_under = reaches_above = ("district",)
    fields = ["name", "short_name", "kind", "district", "parent", "former_names"]

    actions = ["export_selected"]
    export_subject = ORGANISATIONS
    export_stem = "organisations"

    def rows_for_export(self, *, whole: bool) -> QuerySet[Organisation]:
        """A body that only drafts name is told as a superior, too, only where drafts are."""
        superiors = Organisation.objects.all() if whole else Organisation.objects.visible_to(None)
        return Organisation.objects.with_case_counts(None).for_export(superiors)

    def name_in_record(self, row: Organisation) -> str:
        return row.name

    def standing_of(self, row: Organisation, *, is_public: bool) -> str:
        return "读者可见" if is_public else "未公开"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Organisation]:
        cases = Case.objects.visible_to(request.user, preview=True).values("pk")
        count = Count("credits__case", filter=Q(credits__case__in=cases), distinct=True)
        return super().get_queryset(request).annotate(case_count=count)

    def view_on_site(self, organisation: Organisation) -> str | None:
        is_met = Organisation.objects.visible_to(None).filter(pk=organisation.pk).exists()
        return organisation.get_absolute_url() if is_met else None

    @admin.display(description="案例数", ordering="case_count")
    def case_count(self, organisation: Any) -> int:
        return organisation.case_count
