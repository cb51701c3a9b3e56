"""Organisations."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.urls import path, reverse
from django.utils.html import format_html

from cases.admin.checking import linked
from cases.admin.importing import ImportingAdmin
from cases.admin.versioned import VersionedAdmin, VersionedForm
from cases.checks import Link
from cases.duplicates.finding import bodies_alike
from cases.duplicates.listing import look_again_at_organisation
from cases.exports.organisation import ORGANISATIONS
from cases.models import Case, Organisation, PossibleDuplicate
from cases.models.merge import ORGANISATION, may_merge_at_all
from districts.admin import PlaceFilter

TOLD = 3


class OrganisationForm(VersionedForm):
    class Meta:
        widgets = {"former_names": forms.Textarea(attrs={"rows": 3})}

    def clean_former_names(self) -> str:
        """One name a line, each once."""
        lines = (line.strip() for line in self.cleaned_data["former_names"].splitlines())
        return "\n".join(dict.fromkeys(line for line in lines if line))


@admin.register(Organisation)
class OrganisationAdmin(VersionedAdmin, ImportingAdmin):
    """Whoever adds a body is told of those that it probably is, as far as they may see them."""

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

    class Media:
        css: ClassVar[Any] = {"all": ["css/entering.css"]}
        js = (Script("js/organisation_form.js", defer=True),)

    def get_urls(self) -> list[Any]:
        checks = self.admin_site.admin_view(self.checks_view)
        return [path("checks/", checks, name="cases_organisation_checks"), *super().get_urls()]

    def checks_view(self, request: HttpRequest) -> HttpResponse:
        """Answer a name as it is typed with the organisations that it probably is."""
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if not self.has_add_permission(request):
            raise PermissionDenied
        without = request.GET.get("without", "")
        pk = int(without) if re.fullmatch("[0-9]{1,18}", without) else None
        return JsonResponse({"links": self._alike(request, [request.GET.get("name", "")], pk)})

    def _alike(self, request: HttpRequest, names: list[str], without: int | None, district: str = "") -> list[Link]:
        known = Organisation.objects.visible_to(request.user, preview=True)
        alike = bodies_alike(names, district, known, without)
        settled = PossibleDuplicate.objects.told_apart(ORGANISATION, without) if without else set()
        best = sorted(alike.keys() - settled, key=lambda pk: (-alike[pk].score, pk))[:TOLD]
        rows = known.in_bulk(best)
        own = set(Organisation.objects.curated_by(request.user).filter(pk__in=rows).values_list("pk", flat=True))
        return [
            (f"{rows[pk].name}（{alike[pk].why}）", _address(rows[pk], is_own=pk in own)) for pk in best if pk in rows
        ]

    def save_model(self, request: HttpRequest, obj: Organisation, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and not {"name", "short_name", "former_names", "district"} & set(form.changed_data):
            return
        look_again_at_organisation(obj)
        code = obj.district.code if obj.district else ""
        if links := self._alike(request, [obj.name, obj.short_name, *obj.earlier_names], obj.pk, code):
            told = "“{}”和已有的组织可能是同一个，请核对：{}。如果重复，{}"
            advice = "请在“疑似重复”里合并" if may_merge_at_all(request.user) else "案例里请用已有的，并请审核员合并"
            self.message_user(request, format_html(told, obj.name, linked(links), advice), messages.WARNING)

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


def _address(organisation: Organisation, *, is_own: bool) -> str:
    """Where a curator looks at an organisation: in the admin if it is theirs, else as readers do."""
    change = reverse("admin:cases_organisation_change", args=[organisation.pk])
    return change if is_own else organisation.get_absolute_url()
