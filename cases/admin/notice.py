"""A curator's own notices."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html

from cases.models import Notice
from cases.remits import is_curator
from districts.admin import OnlyToRead

TOLD: Any = ["what", "by_name", "when", "state"]


class UnreadFilter(admin.SimpleListFilter):
    title = "状态"
    parameter_name = "unread"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("1", "未读")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Notice]) -> QuerySet[Notice]:
        return queryset.filter(read_at=None) if self.value() else queryset


@admin.register(Notice)
class NoticeAdmin(OnlyToRead):
    """Nobody sees another's. Opening what a notice tells of marks it as read."""

    class Media:
        css: ClassVar[Any] = {"all": ["css/desk.css"]}

    list_display = TOLD
    list_display_links = None
    list_filter = [UnreadFilter]
    list_select_related = ["case"]
    ordering = ["-at", "-pk"]
    fields = readonly_fields = TOLD
    actions = ["mark_read"]
    change_list_template = "admin/cases/notice/change_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notice]:
        return Notice.objects.of(request.user).select_related("case")

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("read/", wrap(self.read_view), name="cases_notice_read"),
            path("<int:pk>/open/", wrap(self.open_view), name="cases_notice_open"),
            *super().get_urls(),
        ]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_curator(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Notice | None = None) -> bool:
        return is_curator(request.user) and (obj is None or obj.user_id == request.user.pk)

    @admin.action(description="标为已读", permissions=["view"])
    def mark_read(self, request: HttpRequest, notices: QuerySet[Notice]) -> None:
        count = Notice.objects.filter(pk__in=notices.values("pk")).mark_read()
        self.message_user(request, f"{count} 条通知已标为已读。", messages.SUCCESS)

    def read_view(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_view_permission(request):
            raise PermissionDenied
        self.mark_read(request, self.get_queryset(request))
        return HttpResponseRedirect(reverse("admin:cases_notice_changelist"))

    def open_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        notice = self.get_queryset(request).filter(pk=pk).first()
        if notice is None:
            raise Http404
        Notice.objects.filter(pk=pk).mark_read()
        return HttpResponseRedirect(reverse("admin:cases_case_change", args=[notice.case_id]))

    @admin.display(description="事由")
    def what(self, notice: Notice) -> str:
        address = reverse("admin:cases_notice_open", args=[notice.pk])
        told = format_html('<a href="{}">{}</a>：{}', address, notice.case, notice.get_kind_display())
        shown = told if notice.read_at else format_html("<strong>{}</strong>", told)
        return format_html("{}<br>{}", shown, notice.text) if notice.text else shown

    @admin.display(description="时间", ordering="at")
    def when(self, notice: Notice) -> str:
        return timezone.localtime(notice.at).strftime("%Y-%m-%d %H:%M")

    @admin.display(description="状态")
    def state(self, notice: Notice) -> str:
        return "已读" if notice.read_at else "未读"
