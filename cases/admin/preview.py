"""The page of a case as readers will see it, made from what is typed and nothing else: nothing is stored."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.urls import path

from cases.admin.working_copy import KeepsWork
from cases.figure_series import series_of
from cases.models import Case
from cases.models.case import Surroundings

# Inlines that readers see, by the name under which the page asks for them.
SHOWN = ("credits", "figures", "citations", "attachments", "corrections")


class Previewing(KeepsWork):
    """Of the form of a case, for whoever may edit it."""

    def get_urls(self) -> list[Any]:
        return [
            path("preview/", self.admin_site.admin_view(self.preview_view), name="cases_case_preview"),
            *super().get_urls(),
        ]

    def preview_view(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        told = self.token_in(request)
        case = self.case_to_edit(request, told[1] if told else None)
        shown, mistakes = self._as_typed(request, case)
        response = render(request, "cases/case_detail.html", page_of(shown, request) | {"mistakes": mistakes})
        response["X-Robots-Tag"] = "noindex"
        response["Cache-Control"] = "no-store, private"
        return response

    def _as_typed(self, request: HttpRequest, case: Case | None) -> tuple[Case, list[str]]:
        """The case with all that is valid in the form, and what is not shown because it is not."""
        related: dict[str, Any] = {name: [] for name in SHOWN} | {"themes": []}
        shown: Any = case or Case(number="（保存后编号）")
        shown.shown_awards = []
        if case:
            # What the form does not hold, corrections of a new case for one, is as it is stored.
            stored = Case.objects.for_page().get(pk=case.pk)
            related |= {name: list(getattr(stored, name).all()) for name in related}
            shown.shown_awards = stored.shown_awards
        form = self.get_form(request, case, change=bool(case))(request.POST, instance=shown)
        form.is_valid()
        mistakes = [str(form.fields[name].label) for name in form.errors if name in form.fields]
        for formset, inline in self.get_formsets_with_inlines(request, case):
            if not inline.has_change_permission(request, case) or formset.fk.name != "case":
                continue
            rows = formset(request.POST, instance=shown, queryset=inline.get_queryset(request))
            mistakes += [str(formset.model._meta.verbose_name)] if any(rows.errors) else []
            name = formset.model._meta.get_field("case").remote_field.get_accessor_name()
            related[name] = whole(rows)
        themes = form.cleaned_data.get("themes")
        if "themes" in form.fields:
            related["themes"] = list(themes) if themes is not None else []
        return _unpublished(shown, related), list(dict.fromkeys(mistakes))


def page_of(case: Case, request: HttpRequest) -> dict[str, Any]:
    """What the readers' page is made of, as far as a case has it before it is public."""
    around = case.surroundings(request.user) if case.pk else Surroundings(None, [], None, None)
    return {"case": case, "around": around, "series": series_of(case.figures.all()), "is_preview": True}


def whole(formset: Any) -> list[Any]:
    """The rows of a formset that stay and have what they need, in their order."""
    forms = [form for form in formset.rows() if not form.errors]
    return [form.instance for form in sorted(forms, key=lambda form: getattr(form.instance, "position", 0) or 0)]


def _unpublished(case: Case, related: dict[str, Any]) -> Case:
    """Nothing of a preview is public, whatever the stored case is; what is typed is cleaned as it would be stored."""
    for name in Case.SECTIONS:
        field: Any = Case._meta.get_field(name)
        setattr(case, name, field.get_prep_value(getattr(case, name)) or "")
    case.status = Case.Status.DRAFT
    case.pk = case.pk or 0  # a case without one has no relations to ask for
    case._prefetched_objects_cache = related  # type: ignore[attr-defined]
    return case
