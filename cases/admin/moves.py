"""Moving cases from one status to the next, on their page and in their list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html

from cases import workflow
from cases.admin.exporting import ExportingAdmin
from cases.models import Case
from cases.workflow import MOVES, Move

# So many failures of one list action are told one by one.
FAILURES_TOLD = 50


def _many(name: str) -> Callable[..., None]:
    """Return the list action that makes one move with every selected case."""

    move = MOVES[name]

    @admin.action(
        description=f"{move.label}所选案例", permissions=["change" if move.right == workflow.EDIT else "publish"]
    )
    def action(modeladmin: CaseMoves, request: HttpRequest, queryset: QuerySet[Case]) -> None:
        modeladmin.move_many(request, queryset, move)

    action.__name__ = f"{name}_selected"
    return action


class MoveForm(ActionForm):
    """The list's actions, with a reason for those that need one."""

    reason = forms.CharField(
        label="理由",
        required=False,
        max_length=workflow.LONGEST_REASON,
        widget=forms.TextInput(attrs={"placeholder": "退回或撤下时填写"}),
    )


class MomentField(forms.DateTimeField):
    """A moment as a browser's own picker sends it, of the portal's time zone."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    default_error_messages = {"invalid": "日期和时间有误，请写成 2026-12-01T09:00"}


class CaseMoves(ExportingAdmin):
    """Buttons beside 保存, and list actions. What was typed is saved first, so a move that fails loses nothing."""

    actions = [_many("submit"), _many("publish"), _many("send_back"), _many("withdraw"), "export_selected"]
    action_form = MoveForm

    class Media:
        css: ClassVar[Any] = {"all": ["css/desk.css"]}

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.move_view)
        return [path("<path:object_id>/move/", view, name="cases_case_move"), *super().get_urls()]

    def has_publish_permission(self, request: HttpRequest, obj: Case | None = None) -> bool:
        return request.user.has_perm(workflow.PUBLISH)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Case | None = None,
    ) -> HttpResponse:
        moves = [] if context["is_popup"] else workflow.moves_open_to(request.user, obj)
        context["moves"] = moves
        context["asks_reason"] = any(move.asks == workflow.REASON for move in moves)
        if any(move.asks == workflow.TIME for move in moves):
            at = obj.publish_at if obj else None
            typed = request.POST.get("publish_at", "")
            context["publish_at"] = typed or (f"{timezone.localtime(at):%Y-%m-%dT%H:%M}" if at else "")
        # Who may only read the text may still move the case: then nothing is saved with it.
        context["moves_alone"] = bool(obj and moves and not self.has_change_permission(request, obj))
        return super().render_change_form(request, context, add, change, form_url, obj)

    def response_add(self, request: HttpRequest, obj: Case, post_url_continue: str | None = None) -> HttpResponse:
        return self._respond_to_move(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Case) -> HttpResponse:
        return self._respond_to_move(request, obj) or super().response_change(request, obj)

    def _respond_to_move(self, request: HttpRequest, case: Case, saved: str = "文字已保存，但") -> HttpResponse | None:
        """Make the move whose button was pressed; None when it was an ordinary save."""
        move = MOVES.get(request.POST.get("_move", ""))
        if move is None or move.name in workflow.BY_SAVING:
            return None
        try:
            self.move(request, case, move, request.POST.get("reason", ""), moment_in(request, move))
        except ValidationError as error:
            self.message_user(request, f"{saved}没有{move.label}：{'；'.join(error.messages)}", messages.ERROR)
        else:
            self.message_user(request, self._told(case, move), messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:cases_case_change", args=[case.pk]))

    def move_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Move a case whose text one may only read, such as one's own that waits for checking."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        case = self.get_object(request, unquote(object_id))
        if case is None or not self.has_change_permission(request):
            raise PermissionDenied
        answer = self._respond_to_move(request, case, saved="")
        return answer or HttpResponseRedirect(reverse("admin:cases_case_change", args=[case.pk]))

    def _told(self, case: Case, move: Move) -> str:
        if case.is_published:
            return format_html('{} {}。<a href="{}">查看网页</a>', case, move.done, case.get_absolute_url())
        if case.publish_at:
            return f"{case} 将在 {moment_in_words(case.publish_at)}发布。"
        return f"{case} {move.done}。"

    def move(self, request: HttpRequest, case: Case, move: Move, reason: str = "", at: datetime | None = None) -> None:
        """Make one move and log it; raise ValidationError saying why it cannot be made."""
        before = case.get_status_display()
        with transaction.atomic():
            move = workflow.make(case, move.name, by=request.user, reason=reason, at=at)
            after = case.get_status_display()
            changed = f"状态（{before} → {after}）" if before != after else move.label
            self.log_change(request, case, [{"changed": {"fields": [changed]}}, {"version": case.version}])

    def move_many(self, request: HttpRequest, cases: QuerySet[Case], move: Move) -> None:
        done, failures = 0, []
        for case in cases:
            try:
                self.move(request, case, move, request.POST.get("reason", ""))
                done += 1
            except ValidationError as error:
                failures += error.messages
        if done:
            self.message_user(request, f"{done} 个案例{move.done}。", messages.SUCCESS)
        told = list(dict.fromkeys(failures))
        for failure in told[:FAILURES_TOLD]:
            self.message_user(request, failure, messages.ERROR)
        if len(told) > FAILURES_TOLD:
            self.message_user(request, f"另有 {len(told) - FAILURES_TOLD} 个案例没有{move.label}。", messages.ERROR)


def moment_in(request: HttpRequest, move: Move) -> datetime | None:
    if move.asks != workflow.TIME:
        return None
    moment: datetime | None = MomentField(required=False).clean(request.POST.get("publish_at", ""))
    return moment


def moment_in_words(moment: datetime) -> str:
    at = timezone.localtime(moment)
    return f"{at.year}年{at.month}月{at.day}日 {at:%H:%M} "
