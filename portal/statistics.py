"""The page of statistics and its files."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cases.filters import CaseFilter
from cases.models import Case
from cases.statistics import Statistics
from cases.views.export import answer

INDICATORS_PER_PAGE = 15


@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    browse = CaseFilter(request.GET, Case.objects.visible_to(request.user), request=request)
    if browse.errors_in_words:
        return render(request, "portal/statistics.html", {"browse": browse})
    counted = Statistics(browse, request.user)
    indicators = Paginator(counted.figures.indicators, INDICATORS_PER_PAGE).get_page(request.GET.get("page"))
    opened = counted.figures.opened(indicators.object_list)
    context = {"browse": browse, "counted": counted, "indicators": indicators, "opened": opened}
    return render(request, "portal/statistics.html", context)


@require_safe
def statistics_export(request: HttpRequest, form: str) -> HttpResponse:
    return answer(request, "statistics", form)
