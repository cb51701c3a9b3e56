"""Steps that changed many records: what each did, and undoing it."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone

from cases.admin.desk import DeskAdmin
from cases.bulk import rights
from cases.bulk.kinds import KINDS
from cases.bulk.names import Names
from cases.bulk.records import Stale
from cases.bulk.showing import shown
from cases.bulk.undoing import AT_ONCE, undo, undo_later
from cases.models import BulkChange, BulkRecord
from districts.admin import OnlyToRead

PER_PAGE, STALE_TOLD = 50, 20
HIDDEN = "（不在您的管辖区划）"


@admin.register(BulkChange)
class BulkChangeAdmin(OnlyToRead, DeskAdmin):
    """Nobody adds, changes or removes one; it is undone by a button of its own."""

    list_display = ["when", "title", "by_name", "added", "changed", "standing"]
    list_display_links = ["title"]
    list_filter = ["kind", "subject"]
    search_fields = ["title", "by_name"]
    search_help_text = "按内容或经办人查找"
    ordering = ["-at", "-pk"]
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[BulkChange]:
        return BulkChange.objects.by_whom(request.user).order_by(*self.ordering)

    def get_urls(self) -> list[URLPattern]:
        undo_view = self.admin_site.admin_view(self.undo_view)
        return [path("<int:pk>/undo/", undo_view, name="cases_bulkchange_undo"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        change = self._found(request, unquote(object_id))
        if not self.has_view_permission(request, change):
            raise PermissionDenied
        page = Paginator(change.records.all(), PER_PAGE).get_page(request.GET.get("p"))
        self._describe(request, page.object_list)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": change.title,
            "change": change,
            "page": page,
        }
        return TemplateResponse(request, "admin/cases/bulk_change.html", context)

    def undo_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        change = self._found(request, str(pk))
        if request.method != "POST" or not self.has_view_permission(request, change):
            raise PermissionDenied
        try:
            if change.added + change.changed > AT_ONCE:
                undo_later(change, request.user)
                self.message_user(request, "正在后台撤销，过一会儿刷新本页就能看到结果。", messages.INFO)
            else:
                undo(change, request.user)
                self.message_user(request, "已撤销，恢复为这一步以前的内容。", messages.SUCCESS)
        except Stale as error:
            self.message_user(request, in_words(error), messages.ERROR)
        except ValidationError as error:
            self.message_user(request, f"没有撤销：{'；'.join(error.messages)}。", messages.ERROR)
        return HttpResponseRedirect(change.get_admin_url())

    def _found(self, request: HttpRequest, pk: str) -> BulkChange:
        found = self.get_queryset(request).filter(pk=pk).first() if re.fullmatch("[0-9]{1,18}", pk) else None
        if found is None:
            raise Http404
        return found

    def _describe(self, request: HttpRequest, records: Any) -> None:
        """Give each record its words; what is no longer in the curator's remit is not told of."""
        names, by_model = Names(request.user), {record.model for record in records}
        for model in by_model:
            ones = [record for record in records if record.model == model]
            kind, pks = KINDS[model], [record.object_id for record in ones]
            there = set(kind.model._base_manager.filter(pk__in=pks).values_list("pk", flat=True))
            own = set(rights.choosable(kind.model, request.user).filter(pk__in=pks).values_list("pk", flat=True))
            for record in ones:
                is_told = record.object_id in own or record.object_id not in there
                record.told = record.label if is_told else HIDDEN
                record.address = kind.address(kind.model(pk=record.object_id)) if record.object_id in own else ""
                record.shown = shown(_changes(kind, record, names)) if is_told else []

    @admin.display(description="时间", ordering="at")
    def when(self, change: BulkChange) -> str:
        return timezone.localtime(change.at).strftime("%Y-%m-%d %H:%M")

    @admin.display(description="现状")
    def standing(self, change: BulkChange) -> str:
        return "已撤销" if change.undone_at else ""


def _changes(kind: Any, record: BulkRecord, names: Names) -> list[list[str]]:
    """Field, what it was, what it became; of a record that was taken away again, what it held."""

    def told(values: dict[str, Any], name: str) -> str:
        return kind.shown(name, values[name], names) if name in values else ""

    changed = (name for name in kind.labels if name in record.before)
    return [
        [kind.labels[name], told(record.before, name), told(record.after, name)]
        for name in changed
        if record.before[name] != record.after.get(name)
    ]


def in_words(error: Stale) -> str:
    if not error.labels:
        return "没有撤销：库里的内容刚有变化，请再试一次。"
    told = "、".join(error.labels[:STALE_TOLD])
    more = f"等 {len(error.labels)} 条" if len(error.labels) > STALE_TOLD else ""
    return f"没有撤销，什么也没有改：这些以后又有人改过或删去，或者您不能修改：{told}{more}。请逐条处理。"
