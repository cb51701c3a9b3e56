"""Home, health and error pages."""

import sys
from typing import Any
from urllib.parse import urlencode

from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cases.charts import lines
from cases.models import AwardList, Case, Sector
from cases.numbers import library_numbers
from portal.api.errors import failed
from portal.tile_map import CityChoice

NEWEST = 6
EXAMPLES = "加装电梯", "外卖骑手怎么管？", "城中村", "第一书记", "乡村振兴", "党建引领 网格"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    cases = Case.objects.visible_to(request.user)
    sectors = Sector.objects.visible_to(request.user).with_case_counts(cases)
    context = {
        "numbers": library_numbers(request.user),
        "examples": EXAMPLES,
        "places": CityChoice(cases.count_by_district(), request.GET.get("city", "")),
        "sectors": lines((sector.name, sector.case_count, urlencode({"sector": sector.slug})) for sector in sectors),
        "cases": cases.newest().for_list().in_brief()[:NEWEST],
        "awards": AwardList.objects.visible_to(request.user).select_related("organiser").with_entry_counts()[:NEWEST],
    }
    return render(request, "portal/home.html", context)


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")


def closed(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """An address of Django's that would tell more than this portal does."""
    return _failed(request, 404)


def _failed(request: HttpRequest, status: int) -> HttpResponse:
    if request.path.startswith("/api/"):
        return failed(status)
    from_desk = request.path.startswith(reverse("admin:index"))
    return render(request, "error.html", {"status": status, "from_desk": from_desk}, status=status)


def bad_request(request: HttpRequest, exception: Any) -> HttpResponse:
    return _failed(request, 400)


def forbidden(request: HttpRequest, exception: Any) -> HttpResponse:
    return _failed(request, 403)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _failed(request, 403)


def not_found(request: HttpRequest, exception: Any) -> HttpResponse:
    return _failed(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Shown when anything broke, the database perhaps: the template asks it for nothing.

    Where others kept it for too long, as big imports into SQLite may, nothing is broken: that is worth another try.
    """
    error = sys.exc_info()[1]
    if not (isinstance(error, OperationalError) and "locked" in str(error)):
        return _failed(request, 500)
    response = _failed(request, 503)
    response["Retry-After"] = "30"
    return response
