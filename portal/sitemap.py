"""What search engines are told: every public page (sitemaps.org, 0.9), and what they need not read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.sitemaps import Sitemap, views
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from cases.district_counts import Branch, DistrictCounts
from cases.models import AwardList, Case, Organisation

# The protocol allows 50,000 addresses a file; smaller files are made sooner.
PER_FILE = 5_000
PUBLIC = AnonymousUser()


class Section(Sitemap):
    """Pages of one kind. Only cases know when they changed: a wrong `lastmod` is worse than none."""

    limit = PER_FILE


class Cases(Section):
    def items(self) -> Any:
        shown = ("number", "updated_at", "published_at")
        return Case.objects.visible_to(PUBLIC).only(*shown).order_by("number")

    def lastmod(self, case: Case) -> datetime:
        return max(filter(None, (case.updated_at, case.published_at)))

    def get_latest_lastmod(self) -> datetime | None:
        """The newest of all, without reading them."""
        latest = Case.objects.visible_to(PUBLIC).aggregate(Max("updated_at"), Max("published_at"))
        return max(filter(None, latest.values()), default=None)


class Organisations(Section):
    def items(self) -> Any:
        return Organisation.objects.visible_to(PUBLIC).only("pk").order_by("pk")


class Awards(Section):
    def items(self) -> Any:
        return AwardList.objects.visible_to(PUBLIC).only("slug").order_by("pk")


class Districts(Section):
    """Those that have cases, by themselves or below them."""

    def items(self) -> list[Any]:
        found: list[Any] = []

        def gather(branches: list[Branch]) -> None:
            for branch in branches:
                found.append(branch.district)
                gather(branch.branches)

        gather(DistrictCounts(Case.objects.visible_to(PUBLIC).count_by_district()).branches())
        return sorted(found, key=lambda place: place.code)


class Pages(Section):
    def items(self) -> list[str]:
        return [
            "home",
            "cases:list",
            "districts:list",
            "cases:awards",
            "cases:organisations",
            "statistics",
            "download",
            "api:index",
        ]

    def location(self, name: str) -> str:
        return reverse(name)


SECTIONS: dict[str, Any] = {
    "pages": Pages,
    "cases": Cases,
    "awards": Awards,
    "organisations": Organisations,
    "districts": Districts,
}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return views.index(request, SECTIONS, sitemap_url_name="sitemap-section")


@require_safe
def section(request: HttpRequest, section: str) -> HttpResponse:
    if not request.GET.get("p", "1").isascii():
        raise Http404  # digits of other scripts: what a number is, int() and the links of the index do not agree on
    return views.sitemap(request, SECTIONS, section)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Files and what readers type need not be read: all that they hold stands on pages (RFC 9309)."""
    closed = [
        reverse("admin:index"),
        f"{reverse('cases:list')}export",
        f"{reverse('cases:list')}*/export.",
        f"{reverse('cases:compare')}export.",
        f"{reverse('statistics')}export.",
        f"{reverse('cases:awards')}*/export.",
        f"{reverse('cases:organisations')}export.",
        "/download/library.",
        "/exports/",
        "/shortlist/",
        "/accounts/",
        reverse("cases:suggest"),
        f"{reverse('feed')}?",
        reverse("api:index"),
    ]
    lines = ["User-agent: *", f"Allow: {reverse('api:index')}$", *(f"Disallow: {path}" for path in closed), ""]
    lines.append(f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
