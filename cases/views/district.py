"""Districts with what the library has of them."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from cases.charts import Line, lines
from cases.district_counts import DistrictCounts
from cases.filters import CaseFilter
from cases.models import AwardList, Case, Organisation, Sector
from cases.models.case_queryset import CaseQuerySet
from districts.models import District, compact_code

NEWEST = 12
LONGEST_NAME = 40


@require_safe
def district_list(request: HttpRequest) -> HttpResponse:
    browse = CaseFilter(request.GET, Case.objects.visible_to(request.user), request=request)
    typed = request.GET.get("place", "").strip()[:LONGEST_NAME]
    context = {
        "browse": browse,
        "branches": browse.branches(typed),
        "typed": typed,
        "choosing": "choose" in request.GET,
        "total": len(browse.tally.without("district")) if not browse.errors_in_words else 0,
    }
    return render(request, "districts/district_list.html", context)


@require_safe
def district_detail(request: HttpRequest, code: str) -> HttpResponse:
    district = get_object_or_404(District.objects.visible_to(request.user).places(), code=compact_code(code))
    if code != district.public_code:
        return redirect(district, permanent=True)
    return render(request, "districts/district_detail.html", everything_in(district, request.user))


def everything_in(district: District, user: Any) -> dict[str, Any]:
    """What the page of a district shows."""
    tree = DistrictCounts(Case.objects.visible_to(user).count_by_district())
    cases = Case.objects.visible_to(user).within(district)
    bodies = Organisation.objects.visible_to(user).within(district)
    awards = AwardList.objects.visible_to(user).concerning(district)
    return {
        "district": district,
        "above": [(place, tree.within(place)) for place in district.ancestors()],
        "below": tree.below(district),
        "case_count": tree.within(district),
        "sectors": _by_sector(cases, district, user),
        "cases": cases.newest().for_cards().in_brief()[:NEWEST],
        "organisation_count": bodies.count(),
        "organisations": bodies.with_case_counts(user).busiest()[:NEWEST],
        "award_count": awards.count(),
        "awards": awards.with_entries_from(district).for_list()[:NEWEST],
    }


def _by_sector(cases: CaseQuerySet, district: District, user: Any) -> list[Line]:
    sectors: Any = Sector.objects.visible_to(user).with_case_counts(cases)
    return lines(
        (sector.name, sector.case_count, urlencode({"district": district.public_code, "sector": sector.slug}))
        for sector in sectors
    )
