"""Remarks on a case as it is typed, as JSON, and after a save as a message."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from cases.admin.working_copy import KeepsWork
from cases.checks import Link, Remark, Typed, as_text, copied, remarks, stored, typed
from cases.duplicates.finding import likely_cases
from cases.duplicates.listing import look_again_at_case
from cases.models import ArticleImport, Case, PossibleDuplicate
from cases.models.merge import CASE, may_merge_at_all, merge_address

LIKE_ANOTHER = "可能已经有这个案例，请看是不是同一个："
TO_MERGE = "可能已经有这个案例，请对照，再定是合并还是“不是同一个”："


def linked(links: list[Link]) -> SafeString:
    return format_html_join("、", '<a href="{1}" target="_blank" rel="noopener">{0}</a>', links)


def _links(told: Typed, user: Any, case: Case | None) -> list[Link]:
    """Cases that this one probably is, with the reason, but for those that a curator said are others."""
    text = "\n".join(as_text(told.fields[name]) for name in Case.SECTIONS)
    pk = case.pk if case else None
    settled = PossibleDuplicate.objects.told_apart(CASE, pk) if pk else set()
    found = likely_cases(told.fields["title"], told.fields["brand_name"], told.leads, text, user, without=pk)
    return [
        (f"{one.label}（{one.why}）", merge_address(CASE, pk, one.pk) if pk and may_merge_at_all(user) else one.address)
        for one in found
        if one.pk not in settled
    ]


class Checking(KeepsWork):
    """Of the form of a case."""

    def get_urls(self) -> list[Any]:
        return [
            path("checks/", self.admin_site.admin_view(self.checks_view), name="cases_case_checks"),
            *super().get_urls(),
        ]

    def checks_view(self, request: HttpRequest) -> HttpResponse:
        """Answer the form as it is typed with what could be looked at, by part of the form."""
        if request.method != "POST":
            return JsonResponse({"error": "只接受 POST"}, status=405, headers={"Allow": "POST"})
        told = self.token_in(request)
        if told is None:
            return JsonResponse({"error": "表单已经失效，请刷新页面"}, status=400)
        case = self.case_to_edit(request, told[1])
        found = self.remarks_on(request, request.POST, case)
        return JsonResponse({"remarks": [{"part": one.part, "text": one.text, "links": one.links} for one in found]})

    def remarks_on(self, request: HttpRequest, data: Any, case: Case | None) -> list[Remark]:
        """What of the form could be looked at; of a stored case the links lead to both beside each other."""
        told = typed(data)
        found = remarks(told)
        if case:
            found += copied(told, ArticleImport.objects.telling(case).values_list("text", flat=True))
        if links := _links(told, request.user, case):
            may_merge = case is not None and may_merge_at_all(request.user)
            found.append(Remark("what", TO_MERGE if may_merge else LIKE_ANOTHER, links))
        return found

    def remarks_by_part(self, request: HttpRequest, case: Case | None) -> dict[str, list[Remark]]:
        """What every part of the form lacks as it is shown; nothing is said of an empty one."""
        sent = typed(request.POST) if request.method == "POST" else stored(case) if case else None
        by_part = defaultdict(list)
        for one in remarks(sent) if sent else []:
            by_part[one.part].append(one)
        return dict(by_part)

    def response_add(self, request: HttpRequest, obj: Case, post_url_continue: str | None = None) -> HttpResponse:
        self._remark(request, obj)
        return super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Case) -> HttpResponse:
        self._remark(request, obj)
        return super().response_change(request, obj)

    def _remark(self, request: HttpRequest, case: Case) -> None:
        look_again_at_case(case)
        found = self.remarks_on(request, request.POST, case)
        if found:
            told = format_html_join("；", "{}{}", ((one.text, linked(one.links)) for one in found))
            self.message_user(request, format_html("已保存。还可以看看：{}。", told), messages.WARNING)
