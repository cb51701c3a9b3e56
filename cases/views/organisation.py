"""Organisations: the list and one of them."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cases.duplicates.redirecting import follows_merged_organisation
from cases.filters import OrganisationFilter
from cases.hierarchy import hierarchy_of
from cases.models import AwardEntry, AwardList, Case, Organisation
from cases.views.export import answer

PER_PAGE = 40
CASES_PER_PAGE = 20


@require_safe
def organisation_list(request: HttpRequest) -> HttpResponse:
    browse = OrganisationFilter(request.GET, Organisation.objects.visible_to(request.user), request=request)
    page = Paginator(browse.found, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "cases/organisation_list.html", {"browse": browse, "page": page})


@require_safe
def organisation_export(request: HttpRequest, form: str) -> HttpResponse:
    return answer(request, "organisations", form)


@require_safe
@follows_merged_organisation()
def organisation_detail(request: HttpRequest, pk: int) -> HttpResponse:
    visible = Organisation.objects.visible_to(request.user)
    organisation = get_object_or_404(visible.with_case_counts(request.user).for_cards(), pk=pk)
    cases = Case.objects.visible_to(request.user).of(organisation)
    shown = cases.by_part_of(organisation).for_cards().in_brief()
    context = {
        "organisation": organisation,
        "hierarchy": hierarchy_of(organisation, request.user),
        "parts": cases.count_by_part(organisation),
        "page": Paginator(shown, CASES_PER_PAGE).get_page(request.GET.get("page")),
        "entries": AwardEntry.objects.visible_to(request.user).of(organisation),
        "organised": AwardList.objects.visible_to(request.user).organised_by(organisation).for_list(),
    }
    return render(request, "cases/organisation_detail.html", context)
