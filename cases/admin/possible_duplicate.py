"""The list of pairs that probably are the same, to work through."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cases.duplicates.finding import PROBABLE, SURE
from cases.models import Case, PossibleDuplicate
from cases.models.merge import may_merge_at_all
from cases.people import name_of
from districts.admin import OnlyToRead

State = PossibleDuplicate.State


class StateFilter(admin.SimpleListFilter):
    """What waits is shown first; Django would begin with all."""

    title = "状态"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(State.DIFFERENT.value, State.DIFFERENT.label), ("all", "全部")]

    def choices(self, changelist: Any) -> Any:
        name = self.parameter_name
        for choice, label in ((None, State.OPEN.label), *self.lookup_choices):
            address = changelist.get_query_string({name: choice}) if choice else changelist.get_query_string({}, [name])
            yield {"selected": self.value() == choice, "query_string": address, "display": label}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == State.DIFFERENT:
            return queryset.filter(state=State.DIFFERENT)
        return queryset if self.value() == "all" else queryset.filter(state=State.OPEN)


class Pairs(ChangeList):
    """Reads the records of a page of pairs."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        pairs: Any = self.result_list
        self.result_list = pairs.with_records()


@admin.register(PossibleDuplicate)
class PossibleDuplicateAdmin(OnlyToRead):
    class Media:
        css: ClassVar[Any] = {"all": ["css/desk.css", "css/merging.css"]}

    list_display = ["pair", "why_told", "found", "decided", "act"]
    list_display_links = None
    list_filter = ["kind", StateFilter]
    list_select_related = ["decided_by"]
    list_per_page = 50
    ordering = ["-score", "pk"]
    actions = ["tell_apart", "open_again"]
    change_list_template = "admin/cases/possibleduplicate/change_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[PossibleDuplicate]:
        return PossibleDuplicate.objects.curated_by(request.user).exclude(state=State.MERGED)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        return Pairs

    # Rights

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_merge_at_all(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_theirs = obj is None or self.get_queryset(request).filter(pk=obj.pk).exists()
        return may_merge_at_all(request.user) and is_theirs

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return may_merge_at_all(request.user)

    # Deciding

    @admin.action(description="所选的不是同一个", permissions=["decide"])
    def tell_apart(self, request: HttpRequest, rows: QuerySet[PossibleDuplicate]) -> None:
        self._decide(request, rows, is_different=True)

    @admin.action(description="把所选的重新列为待处理", permissions=["decide"])
    def open_again(self, request: HttpRequest, rows: QuerySet[PossibleDuplicate]) -> None:
        self._decide(request, rows, is_different=False)

    def _decide(self, request: HttpRequest, rows: Any, *, is_different: bool) -> None:
        pairs = list(rows)
        for row in pairs:
            PossibleDuplicate.objects.decide(
                row.kind, row.first, row.second, is_different=is_different, by=request.user
            )
        told = "记为“不是同一个”，不再提示；在“状态”里选“不是同一个”可以找回" if is_different else "重新列为待处理"
        self.message_user(request, f"{len(pairs)} 对已{told}。", messages.SUCCESS)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """A pair is looked at where it can be merged."""
        if not may_merge_at_all(request.user):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        return HttpResponseRedirect(row.get_merge_url())

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        raise Http404

    # Columns

    @admin.display(description="两个记录")
    def pair(self, row: Any) -> SafeString:
        return format_html('<ul class="pair"><li>{}</li><li>{}</li></ul>', *(_linked(one) for one in row.records))

    @admin.display(description="为什么", ordering="score")
    def why_told(self, row: Any) -> SafeString:
        sure = "很可能" if row.score >= SURE else "可能" if row.score >= PROBABLE else "也许"
        return format_html('<span class="sure">{}</span> {}', sure, row.why)

    @admin.display(description="发现", ordering="found_at")
    def found(self, row: Any) -> str:
        return f"{row.found_at:%Y-%m-%d}"

    @admin.display(description="处理")
    def decided(self, row: Any) -> str:
        if row.state == State.OPEN:
            return State.OPEN.label
        return f"{row.get_state_display()}（{name_of(row.decided_by)}）" if row.decided_by else row.get_state_display()

    @admin.display(description="操作")
    def act(self, row: Any) -> SafeString:
        told = f"{row.records[0]}和{row.records[1]}"
        return format_html(
            '<a class="button" href="{}" aria-label="对照、合并{}">对照、合并</a>',
            row.get_merge_url(),
            told,
        )


def _linked(record: Any) -> SafeString | str:
    if record is None:
        return "（刚刚删除）"
    opened = reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_change", args=[record.pk])
    place = record.district.name if record.district else ""
    state = record.get_status_display() if isinstance(record, Case) else ""
    note = " · ".join(filter(None, (place, state)))
    return format_html('<a href="{}">{}</a> <span class="quiet">{}</span>', opened, record, note)
