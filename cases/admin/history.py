"""The history of a case: its versions, any two beside each other, and the way back to one."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models.fields.json import KT
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from cases.admin.versioned import VersionedAdmin
from cases.models import Case, CaseVersion, Merge
from cases.models.case_version import REASON_LENGTH
from cases.models.merge import CASE
from cases.snapshots import snapshot
from cases.version_restoring import lost_files, restorable
from cases.version_words import Difference, compare, labels

PER_PAGE = 20
# Told by other words than the name of a column.
SILENT = {"published_at"}


class RestoreForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=999_999_999)
    why = forms.CharField(
        label="为什么恢复",
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.TextInput(attrs={"class": "vLargeTextField"}),
    )


class CaseHistory(VersionedAdmin):
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<path:object_id>/history/compare/", view(self.compare_view), name="cases_case_compare"),
            path("<path:object_id>/history/<int:number>/restore/", view(self.restore_view), name="cases_case_restore"),
            *super().get_urls(),
        ]

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        case = self._case(request, object_id)
        found = CaseVersion.objects.of(case).in_brief().annotate(status=KT("snapshot__fields__status"))
        page = Paginator(found, PER_PAGE).get_page(request.GET.get("p"))
        first = CaseVersion.objects.of(case).order_by("number").values_list("number", flat=True).first()
        context = {
            "page": page,
            "page_range": page.paginator.get_elided_page_range(page.number),
            "versions": [(version, _what(version, first)) for version in page],
            "may_restore": self.has_change_permission(request, case),
            "merges": Merge.objects.standing().curated_by(request.user).filter(kind=CASE, kept_id=case.pk),
        }
        return self._page(request, "history", case, "修改历史", context | (extra_context or {}))

    def compare_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        case = self._case(request, object_id)
        numbers = list(CaseVersion.objects.of(case).values_list("number", flat=True))
        if not numbers:
            raise Http404
        after = self._version(case, request.GET.get("new", ""), numbers[0])
        earlier = next((number for number in numbers if number < after.number), after.number)
        before = self._version(case, request.GET.get("old", ""), earlier)
        if before.number > after.number:
            before, after = after, before
        differences = self._differences(request, before.snapshot, after.snapshot)
        context = {
            "before": before,
            "after": after,
            "numbers": numbers,
            "heads": [before, after],
            "differences": differences,
            "any_difference": any(one.differs for one in differences),
            "may_restore": self.has_change_permission(request, case),
        }
        return self._page(request, "compare", case, f"{before}与{after}", context)

    def restore_view(self, request: HttpRequest, object_id: str, number: int) -> HttpResponse:
        case = self._case(request, object_id)
        if not self.has_change_permission(request, case):
            raise PermissionDenied
        version = self._version(case, str(number))
        form = RestoreForm(request.POST or None, initial={"version": case.version}, label_suffix="")
        if request.method == "POST" and form.is_valid():
            try:
                return self._restore(request, case, version, form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, ValidationError(error.messages))
        differences = [
            one for one in self._differences(request, snapshot(case), version.snapshot) if one.name in restorable()
        ]
        context = {
            "version": version,
            "form": form,
            "differences": differences,
            "is_same": not any(one.differs for one in differences),
            "lost": lost_files(version),
            "current": case.version,
        }
        return self._page(request, "restore", case, f"恢复{version}", context)

    def _restore(self, request: HttpRequest, case: Case, version: CaseVersion, asked: dict[str, Any]) -> HttpResponse:
        district = version.snapshot["fields"].get("district")
        own = self.districts_for(request, "district")
        if district and district != case.district_id and not own.filter(pk=district).exists():
            raise ValidationError("没有恢复：这一版的区划不在您的管辖范围内")
        lost = lost_files(version)
        with transaction.atomic():
            made = case.restore(version, by=request.user, why=asked["why"], started_from=asked["version"])
            self.log_change(request, case, [{"changed": {"fields": [made.why]}}, {"version": made.number}])
        told = f"案例 {case.number} 已恢复为{version}的内容，记为{made}。"
        if lost:
            told += f"附件“{'”“'.join(lost)}”的文件已不在，没有恢复。"
        self.message_user(request, told, messages.WARNING if lost else messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:cases_case_change", args=[case.pk]))

    def _case(self, request: HttpRequest, object_id: str) -> Case:
        case = self.get_object(request, unquote(object_id))
        if case is None:
            raise Http404
        if not self.has_view_or_change_permission(request, case):
            raise PermissionDenied
        return case

    def _version(self, case: Case, asked: str, otherwise: int | None = None) -> CaseVersion:
        number = int(asked) if re.fullmatch("[0-9]{1,9}", asked) else otherwise
        version = CaseVersion.objects.of(case).select_related("by").filter(number=number or 0).first()
        if version is None:
            raise Http404
        return version

    def _differences(self, request: HttpRequest, before: Any, after: Any) -> list[Difference]:
        """What two versions differ in; cases elsewhere that they name stay unnamed to whoever may not see them."""
        named = {str(version["fields"].get("part_of")) for version in (before, after)} - {"None"}
        seen = (
            Case.objects.visible_to(request.user, preview=True).filter(pk__in=named) if named else Case.objects.none()
        )
        known = {str(pk) for pk in seen.values_list("pk", flat=True)}
        return compare(before, after, knows=known.__contains__)

    def _page(self, request: HttpRequest, name: str, case: Case, title: str, context: dict[str, Any]) -> HttpResponse:
        shared = {
            **self.admin_site.each_context(request),
            "title": title,
            "subtitle": str(case),
            "opts": self.opts,
            "original": case,
            "object": case,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, f"admin/cases/case/{name}.html", shared | context)


def _what(version: Any, first: int | None) -> str:
    """What a version changed, in words."""
    if version.number == first:
        return "最早记录的内容"
    named = labels()
    told = [named.get(name, name) for name in version.changed if name not in SILENT and name != "status"]
    moved = [f"状态改为“{Case.Status(version.status).label}”"] if "status" in version.changed else []
    return "；".join([*moved, *(["修改" + "、".join(told)] if told else [])]) or "没有改动内容"
