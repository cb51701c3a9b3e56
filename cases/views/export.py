"""The cases of the current query as a file."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django_filters import FilterSet

from cases.exports import WRITERS
from cases.filters import CaseFilter
from cases.models import Case


@require_safe
def case_export(request: HttpRequest, form: str) -> HttpResponseBase:
    if form not in WRITERS:
        raise Http404
    browse = CaseFilter(request.GET, Case.objects.visible_to(request.user), request=request)
    if browse.errors_in_words:
        return refused(browse, reverse("cases:list"), request)
    return WRITERS[form](browse, request)


def refused(browse: FilterSet, reset: str, request: HttpRequest) -> HttpResponse:
    """Say what is wrong with the conditions of a file; `reset` is the address of the page without them."""
    return render(request, "cases/export_refused.html", {"browse": browse, "reset": reset}, status=400)
