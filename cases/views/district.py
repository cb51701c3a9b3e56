"""Districts with what the library has of them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from cases.facets import DistrictCounts
from cases.models import AwardEntry, Case, Organisation
from districts.models import District, compact_code

NEWEST = 12


@require_safe
def district_list(request: HttpRequest) -> HttpResponse:
    cases = Case.objects.visible_to(request.user)
    branches = DistrictCounts(cases.count_by_district()).branches()
    return render(request, "districts/district_list.html", {"branches": branches, "total": cases.count()})


@require_safe
def district_detail(request: HttpRequest, code: str) -> HttpResponse:
    district = get_object_or_404(District.objects.visible_to(request.user).places(), code=compact_code(code))
    if code != district.public_code:
        return redirect(district, permanent=True)
    cases = Case.objects.visible_to(request.user).within(district)
    context = {
        "district": district,
        "above": district.ancestors(),
        "below": DistrictCounts(cases.count_by_district()).below(district),
        "case_count": cases.count(),
        "cases": cases.newest().for_cards().in_brief()[:NEWEST],
        "organisations": Organisation.objects.visible_to(request.user)
        .within(district)
        .with_case_counts(request.user)
        .busiest()[:NEWEST],
        "entries": AwardEntry.objects.visible_to(request.user).within(district).select_related("award_list", "case"),
    }
    return render(request, "districts/district_detail.html", context)
