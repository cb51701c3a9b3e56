"""Organisations: the list and one of them."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cases.filters import OrganisationFilter
from cases.models import AwardEntry, Case, Organisation

PER_PAGE = 40
CASES_PER_PAGE = 20


@require_safe
def organisation_list(request: HttpRequest) -> HttpResponse:
    organisations = Organisation.objects.visible_to(request.user).with_case_counts(request.user).for_cards()
    browse = OrganisationFilter(request.GET, organisations, request=request)
    page = Paginator(browse.found, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "cases/organisation_list.html", {"browse": browse, "page": page})


@require_safe
def organisation_detail(request: HttpRequest, pk: int) -> HttpResponse:
    visible = Organisation.objects.visible_to(request.user)
    organisation = get_object_or_404(visible.for_cards(), pk=pk)
    cases = Case.objects.visible_to(request.user).of(organisation)
    context = {
        "organisation": organisation,
        "superior": visible.above(organisation).first(),
        "subordinates": visible.under(organisation).with_case_counts(request.user),
        "page": Paginator(cases.for_cards().in_brief().newest(), CASES_PER_PAGE).get_page(request.GET.get("page")),
        "entries": AwardEntry.objects.visible_to(request.user).of(organisation),
    }
    return render(request, "cases/organisation_detail.html", context)
