"""Moving cases from one status to the next, on their page and in their list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html

from cases.admin.exporting import ExportingAdmin
from cases.models import Case

# So many failures of one list action are told one by one.
FAILURES_TOLD = 50


@dataclass(frozen=True)
class Move:
    """One step of the workflow: `name` is the method of Case that makes it."""

    name: str
    label: str
    after: Case.Status
    done: str
    is_publishing: bool = True
    takes_reason: bool = False

    def make(self, case: Case, by: Any, reason: str = "") -> None:
        getattr(case, self.name)(by=by, **({"reason": reason} if self.takes_reason else {}))


MOVES = {
    move.name: move
    for move in (
        Move("submit", "提交审核", Case.Status.REVIEW, "已提交审核", is_publishing=False),
        Move("publish", "发布", Case.Status.PUBLISHED, "已发布"),
        Move("send_back", "退回修改", Case.Status.DRAFT, "已退回，可以继续修改", takes_reason=True),
        Move("withdraw", "撤下", Case.Status.WITHDRAWN, "已撤下，读者不再看到", takes_reason=True),
    )
}


def _many(name: str) -> Callable[..., None]:
    """Return the list action that makes one move with every selected case."""

    move = MOVES[name]

    @admin.action(description=f"{move.label}所选案例", permissions=["publish" if move.is_publishing else "change"])
    def action(modeladmin: CaseMoves, request: HttpRequest, queryset: QuerySet[Case]) -> None:
        modeladmin.move_many(request, queryset, move)

    action.__name__ = f"{name}_selected"
    return action


class CaseMoves(ExportingAdmin):
    """Buttons beside 保存, and list actions. What was typed is saved first, so a move that fails loses nothing."""

    actions = [_many("submit"), _many("publish"), _many("withdraw"), "export_selected"]

    def has_publish_permission(self, request: HttpRequest, obj: Case | None = None) -> bool:
        return request.user.has_perm("cases.publish_case")

    def moves_open_to(self, request: HttpRequest, case: Case | None) -> list[Move]:
        """The moves that this user may make with the case as it stands; None is one about to be added."""
        status = Case.Status(case.status) if case else Case.Status.DRAFT
        return [
            move
            for move in MOVES.values()
            if move.after in Case.MOVES[status] and (not move.is_publishing or self.has_publish_permission(request))
        ]

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Case | None = None,
    ) -> HttpResponse:
        may_edit = self.has_change_permission(request, obj) if obj else True
        context["moves"] = self.moves_open_to(request, obj) if may_edit and not context["is_popup"] else []
        context["asks_reason"] = any(move.takes_reason for move in context["moves"])
        return super().render_change_form(request, context, add, change, form_url, obj)

    def response_add(self, request: HttpRequest, obj: Case, post_url_continue: str | None = None) -> HttpResponse:
        return self._respond_to_move(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Case) -> HttpResponse:
        return self._respond_to_move(request, obj) or super().response_change(request, obj)

    def _respond_to_move(self, request: HttpRequest, case: Case) -> HttpResponse | None:
        """Make the move whose button was pressed; None when it was an ordinary save."""
        move = MOVES.get(request.POST.get("_move", ""))
        if move is None:
            return None
        try:
            self.move(request, case, move, request.POST.get("reason", "").strip()[:500])
        except ValidationError as error:
            self.message_user(request, f"文字已保存，但没有{move.label}：{'；'.join(error.messages)}", messages.ERROR)
        else:
            self.message_user(request, self._told(case, move), messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:cases_case_change", args=[case.pk]))

    def _told(self, case: Case, move: Move) -> str:
        if case.is_published:
            return format_html('{} {}。<a href="{}">查看网页</a>', case, move.done, case.get_absolute_url())
        return f"{case} {move.done}。"

    def move(self, request: HttpRequest, case: Case, move: Move, reason: str = "") -> None:
        """Make one move and log it; raise ValidationError saying why it cannot be made."""
        if move.is_publishing and not self.has_publish_permission(request):
            raise ValidationError(f"案例 {case.number}：您没有“{move.label}”的权限，请联系审核员")
        if not self.has_change_permission(request, case):
            raise ValidationError(f"案例 {case.number} 现为“{case.get_status_display()}”，您不能再改动，请联系审核员")
        before = case.get_status_display()
        with transaction.atomic():
            if Case.objects.select_for_update().get(pk=case.pk).version != case.version:
                raise ValidationError(f"案例 {case.number} 刚被别人修改，请刷新后再试")
            move.make(case, request.user, reason)
            told = {"changed": {"fields": [f"状态（{before} → {case.get_status_display()}）"]}}
            self.log_change(request, case, [told, {"version": case.version}])

    def move_many(self, request: HttpRequest, cases: QuerySet[Case], move: Move) -> None:
        done, failures = 0, []
        for case in cases:
            try:
                self.move(request, case, move)
                done += 1
            except ValidationError as error:
                failures += error.messages
        if done:
            self.message_user(request, f"{done} 个案例{move.done}。", messages.SUCCESS)
        for failure in failures[:FAILURES_TOLD]:
            self.message_user(request, failure, messages.ERROR)
        if len(failures) > FAILURES_TOLD:
            self.message_user(request, f"另有 {len(failures) - FAILURES_TOLD} 个案例没有{move.label}。", messages.ERROR)
