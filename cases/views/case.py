"""Browse and search, one case, and its files."""

from pathlib import PurePath
from typing import Any, cast

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import add_never_cache_headers, get_conditional_response
from django.views.decorators.http import require_safe

from cases.citations import cite_case
from cases.duplicates.redirecting import follows_merged_case
from cases.figure_series import series_of
from cases.filters import CaseFilter
from cases.linked_data import as_script, linked_data
from cases.models import Attachment, Case
from cases.related import related_cases
from cases.searches import token_of
from cases.uploads import CONTENT_TYPES, extension_of

PER_PAGE = 20


@require_safe
def case_list(request: HttpRequest) -> HttpResponse:
    browse = CaseFilter(request.GET, Case.objects.visible_to(request.user), request=request)
    page = Paginator(cast(Any, browse.found), PER_PAGE).get_page(request.GET.get("page"))
    searched = token_of(browse, request.user)
    return render(request, "cases/case_list.html", {"browse": browse, "page": page, "searched": searched})


@require_safe
@follows_merged_case(preview=True)
def case_detail(request: HttpRequest, number: str) -> HttpResponse:
    cases = Case.objects.visible_to(request.user, preview=True)
    case = get_object_or_404(cases.for_reading(), number=number)
    response = render(request, "cases/case_detail.html", everything_about(case, request))
    if not case.is_published:
        add_never_cache_headers(response)
    return response


def everything_about(case: Case, request: HttpRequest) -> dict[str, Any]:
    """What the page of a case shows; a draft is not told to search engines."""
    around = case.surroundings(request.user)
    return {
        "case": case,
        "around": around,
        "related": related_cases(case, request.user, without=around.nearest),
        "series": series_of(case.figures.all()),
        "citing": cite_case(case, request.build_absolute_uri) if case.is_published else None,
        "address": request.build_absolute_uri(case.get_absolute_url()),
        "script": as_script(linked_data(case, around, request.build_absolute_uri)) if case.is_published else "",
    }


@require_safe
def attachment(request: HttpRequest, pk: int) -> Any:
    found = get_object_or_404(Attachment.objects.visible_to(request.user, preview=True), pk=pk)
    # Another file gets another name, so the name stands for what is in it.
    tag = f'"{PurePath(str(found.file.name)).stem}"'
    if unchanged := get_conditional_response(request, tag):
        unchanged["ETag"], unchanged["Cache-Control"] = tag, "private, no-cache"
        return unchanged
    try:
        content = found.file.open()
    except FileNotFoundError:
        raise Http404("the stored file is lost") from None
    response = FileResponse(
        content,
        filename=found.original_name,
        as_attachment=not found.is_picture,
        content_type=CONTENT_TYPES[extension_of(found.original_name)],
    )
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-cache"
    response["ETag"] = tag
    return response
