"""The cases of the current query as a file."""

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cases.exports import WRITERS
from cases.filters import CaseFilter
from cases.models import Case


@require_safe
def case_export(request: HttpRequest, form: str) -> HttpResponseBase:
    if form not in WRITERS:
        raise Http404
    browse = CaseFilter(request.GET, Case.objects.visible_to(request.user), request=request)
    if browse.errors_in_words:
        return render(request, "cases/export_refused.html", {"browse": browse}, status=400)
    return WRITERS[form](browse, request)
