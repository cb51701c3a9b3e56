"""How a case or a list is cited, as a file for programs that keep references."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from cases.citations import FORMS, Citing, cite_award, cite_case
from cases.duplicates.redirecting import follows_merged_case
from cases.models import AwardList, Case


@require_safe
@follows_merged_case()
def case_citation(request: HttpRequest, number: str, form: str) -> HttpResponse:
    case = get_object_or_404(Case.objects.visible_to(request.user).for_citing(), number=number)
    return as_file(cite_case(case, request.build_absolute_uri), form)


@require_safe
def award_citation(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    award = get_object_or_404(AwardList.objects.visible_to(request.user).prefetch_related("sources"), slug=slug)
    return as_file(cite_award(award, request.build_absolute_uri), form)


def as_file(citing: Citing, form: str) -> HttpResponse:
    if form not in FORMS:
        raise Http404
    response = HttpResponse(citing.file(form), content_type=f"{FORMS[form].content_type}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{citing.filename}.{form}"'
    return response
