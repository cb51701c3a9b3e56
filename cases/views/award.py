"""Award lists: all of them, one, and one as a file."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cases.award_series import series_of
from cases.citations import cite_award
from cases.filters import AwardFilter, EntryFilter
from cases.funnel import funnel
from cases.models import AwardList
from cases.views.export import answer

PER_PAGE = 40


@require_safe
def award_list(request: HttpRequest) -> HttpResponse:
    browse = AwardFilter(request.GET, AwardList.objects.visible_to(request.user), request=request)
    page = Paginator(browse.found, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "cases/award_list.html", {"browse": browse, "page": page})


@require_safe
def award_detail(request: HttpRequest, slug: str) -> HttpResponse:
    award = get_object_or_404(AwardList.objects.visible_to(request.user).for_page(), slug=slug)
    context = {
        "award": award,
        "browse": EntryFilter(request.GET, award, request=request),
        "funnel": funnel(award.funnel.all()),
        "series": series_of(award, request.user),
        "citing": cite_award(award, request.build_absolute_uri),
    }
    return render(request, "cases/award_detail.html", context)


@require_safe
def award_export(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    return answer(request, "award", form, slug)
