"""The counts of searches as a report; there is no list of single rows."""

from __future__ import annotations

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from cases.models import SearchCount
from cases.models.search_count import KEPT_FOR, SHOWN_FROM_DAYS, SHOWN_FROM_TIMES, WORDS_KEPT_FOR
from cases.search_report import PERIODS, SearchReport
from districts.admin import OnlyToRead

USUAL = 30


@admin.register(SearchCount)
class SearchCountAdmin(OnlyToRead):
    def get_urls(self) -> list[URLPattern]:
        return [path("", self.admin_site.admin_view(self.report_view), name="cases_searchcount_changelist")]

    def report_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            return HttpResponseNotAllowed(["GET", "HEAD"])
        asked = request.GET.get("days", "")
        days = int(asked) if asked.isascii() and asked.isdecimal() and asked in map(str, PERIODS) else USUAL
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "检索统计",
            "report": SearchReport(days),
            "periods": PERIODS.items(),
            "rules": {
                "kept": KEPT_FOR.days,
                "words_kept": WORDS_KEPT_FOR.days,
                "times": SHOWN_FROM_TIMES,
                "days": SHOWN_FROM_DAYS,
            },
        }
        return TemplateResponse(request, "admin/cases/searchcount/report.html", context)
