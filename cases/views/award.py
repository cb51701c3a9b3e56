"""Award lists: all of them and one."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cases.filters import AwardFilter
from cases.models import AwardEntry, AwardList, Case

PER_PAGE = 40


@require_safe
def award_list(request: HttpRequest) -> HttpResponse:
    awards = AwardList.objects.visible_to(request.user).select_related("organiser").with_entry_counts()
    browse = AwardFilter(request.GET, awards, request=request)
    page = Paginator(browse.found, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "cases/award_list.html", {"browse": browse, "page": page})


@require_safe
def award_detail(request: HttpRequest, slug: str) -> HttpResponse:
    award = get_object_or_404(AwardList.objects.visible_to(request.user).for_page(), slug=slug)
    entries = AwardEntry.objects.visible_to(request.user).on(award).in_published_order()
    context = {"award": award, "entries": entries.with_cases(Case.objects.visible_to(request.user).in_brief())}
    return render(request, "cases/award_detail.html", context)
