"""What is typed into the form of a case is kept as a working copy, offered again, and gone with the save."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import User
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.urls import path
from django.utils import timezone

from cases.admin.conflict import Conflict
from cases.models import Case, WorkingCopy
from cases.models.working_copy import TooLarge, TooSoon

# What the form sends beside its fields, as what was chosen after a conflict: never part of what was typed. Nor is what
# goes with one press of a button: why a case is moved, and when, and what its correction says.
NOT_TYPED = re.compile(
    r"csrfmiddlewaretoken|typed_by|base|base_rows|began|_.*|choice-.*|merged-.*|reason|publish_at"
    r"|nature|wrong|right|corrected_on|corrected_why"
)
SALT = "working copy"
# How long a form may lie open and still say whose it is.
FORM_AGE = 30 * 24 * 3600
# Told to the browser after a save, which then forgets what it kept of the form.
SAVED_COOKIE = "desk_saved"
LOST_SESSION = (
    "登录已经过期，刚才没有保存。您输入的内容已经留存：登录后打开这个案例的表单，"
    "点“恢复”即可继续（选好的文件要重新选）。"
)


@dataclass
class Offer:
    """A working copy and what in it differs from what is stored."""

    copy: WorkingCopy
    conflict: Conflict


def token_of(user: Any, case: Case | None, key: str) -> str:
    """Say whose form this is, so that what comes after the session ended is still theirs."""
    return signing.dumps([user.pk, case.pk if case else None, key], salt=SALT)


def read_token(token: str) -> tuple[int, int | None, str] | None:
    """User, case and key of a form; None for what we did not sign."""
    try:
        user, case, key = signing.loads(token, salt=SALT, max_age=FORM_AGE)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return user, case, key


def typed_in(request: HttpRequest) -> dict[str, list[str]]:
    """The fields as they were sent, but for NUL, which no form takes and PostgreSQL does not keep."""
    sent = {name: values for name, values in request.POST.lists() if not NOT_TYPED.fullmatch(name)}
    return {name.replace("\0", ""): [value.replace("\0", "") for value in values] for name, values in sent.items()}


def version_in(request: HttpRequest) -> int:
    version = request.POST.get("version", "")
    return int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0


class KeepsWork(admin.ModelAdmin):
    """Of the form of a case. Held to whom the form itself is open to."""

    def get_urls(self) -> list[Any]:
        keep = self.admin_site.admin_view(self.keep_view)
        return [
            path("working-copy/", keep, name="cases_case_keep"),
            path("add/", self._keeping_first(self.add_view), name="cases_case_add"),
            path("<path:object_id>/change/", self._keeping_first(self.change_view), name="cases_case_change"),
            *super().get_urls(),
        ]

    # Keeping

    def keep_view(self, request: HttpRequest) -> HttpResponse:
        """Keep what was typed so far; answers as JSON, told beside the buttons."""
        if request.method != "POST":
            return JsonResponse({"error": "只接受 POST"}, status=405, headers={"Allow": "POST"})
        told = self.token_in(request)
        if told is None:
            return JsonResponse({"error": "表单已经失效，请刷新页面"}, status=400)
        case = self.case_to_edit(request, told[1])
        try:
            copy = WorkingCopy.objects.keep(request.user, case, told[2], typed_in(request), version_in(request))
        except TooSoon:
            return JsonResponse({"error": "太频繁，稍后再试"}, status=429)
        except TooLarge:
            return JsonResponse({"error": "内容太长，不能自动保存，请点“保存”"}, status=413)
        return JsonResponse({"id": copy.pk, "at": timezone.localtime(copy.at).strftime("%H:%M:%S")})

    def token_in(self, request: HttpRequest) -> tuple[int, int | None, str] | None:
        """User, case and key of this user's form, None if another's or too old; raise Http404 for who has none."""
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise Http404
        told = read_token(request.POST.get("typed_by", ""))
        return told if told and told[0] == request.user.pk else None

    def case_to_edit(self, request: HttpRequest, pk: Any) -> Case | None:
        """The case that a form is of, None for a new one; raise Http404 for who may not edit it."""
        if pk is not None:
            return self.stored_case(request, pk)
        if not self.has_add_permission(request):
            raise Http404
        return None

    def stored_case(self, request: HttpRequest, pk: Any) -> Case:
        """As `case_to_edit`, of a case that is stored."""
        case = self.get_object(request, str(pk))
        if case is None or not self.has_change_permission(request, case):
            raise Http404
        return case

    def _keeping_first(self, view: Callable[..., Any]) -> Callable[..., HttpResponseBase]:
        """Serve a form as the admin does, but a save after the session ended is kept before the sign-in is asked."""
        guarded = self.admin_site.admin_view(view)

        def serve(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method == "POST" and not request.user.is_authenticated:
                self._keep_for_later(request, kwargs.get("object_id"))
            return guarded(request, *args, **kwargs)

        return serve

    def _keep_for_later(self, request: HttpRequest, object_id: str | None) -> None:
        told = read_token(request.POST.get("typed_by", ""))
        if told is None or str(told[1] or "") != unquote(object_id or ""):
            return
        user, case, key = told
        owner = User.objects.filter(pk=user, is_active=True).first()
        about = Case.objects.filter(pk=case).first() if case else None
        if owner is None or (case and about is None):
            return
        try:
            WorkingCopy.objects.keep(owner, about, key, typed_in(request), version_in(request), is_last=True)
        except TooLarge:
            return
        messages.warning(request, LOST_SESSION)

    # Offering

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return self._taken_up(request, None) or super().add_view(request, form_url, extra_context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if request.method == "POST" and {"_restore", "_discard"} & set(request.POST):
            case = self.get_object(request, unquote(object_id))
            if answer := case and self._taken_up(request, case):
                return answer
        return super().change_view(request, object_id, form_url, extra_context)

    def _taken_up(self, request: HttpRequest, case: Case | None) -> HttpResponse | None:
        """Do what was said to an offer: throw the copy away, or put it in the place of what was sent."""
        chosen = request.POST.get("_restore") or request.POST.get("_discard") or ""
        if request.method != "POST" or not (chosen.isascii() and chosen.isdigit() and len(chosen) < 18):
            return None
        copy = WorkingCopy.objects.of(request.user, case).filter(pk=chosen).first()
        if copy is None:
            self.message_user(request, "这份未保存的内容已经不在了，可能已经保存或丢弃", messages.WARNING)
            return HttpResponseRedirect(request.path)
        if "_discard" in request.POST:
            copy.delete()
            self.message_user(request, "未保存的内容已丢弃。", messages.SUCCESS)
            return HttpResponseRedirect(request.path)
        sent = copy.as_sent()
        sent["typed_by"] = token_of(request.user, case, copy.key)
        request.POST = sent  # type: ignore[assignment]
        request.is_restored = True  # type: ignore[attr-defined]
        when = timezone.localtime(copy.at).strftime("%Y年%-m月%-d日 %H:%M")
        told = f"下面是您 {when} 没有保存的内容，核对后请点“保存”。选好的文件要重新选"
        self.message_user(request, told, messages.WARNING)
        return None

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if not getattr(request, "is_restored", False):
            return form

        class Restored(form):  # type: ignore[misc, valid-type]
            """To be looked at, not saved."""

            def is_valid(self) -> bool:
                super().is_valid()
                return False

        return Restored

    def offers(self, request: HttpRequest, case: Case | None) -> list[Offer]:
        """This user's copies that differ from what is stored, the latest first."""
        found = []
        for copy in WorkingCopy.objects.of(request.user, case):
            conflict = self._compared(request, case, copy)
            if conflict.differences:
                found.append(Offer(copy, conflict))
        return found

    def _compared(self, request: HttpRequest, case: Case | None, copy: WorkingCopy) -> Conflict:
        sent, conflict = copy.as_sent(), Conflict([])
        stored = case or Case()
        initial = {} if case else {"initial": self.get_changeform_initial_data(request)}
        conflict.compare_form(self.get_form(request, case, change=bool(case))(sent, instance=stored, **initial))
        for formset, inline in self.get_formsets_with_inlines(request, case):
            if inline.has_change_permission(request, case):
                rows = formset(sent, instance=stored, queryset=inline.get_queryset(request))
                conflict.compare_rows(rows)
        return conflict

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Case | None = None,
    ) -> HttpResponse:
        told = read_token(request.POST.get("typed_by", ""))
        key = told[2] if told and told[0] == request.user.pk else "" if obj else secrets.token_hex(8)
        context["typed_by"] = token_of(request.user, obj, key)
        context["kept_as"] = f"{request.user.pk}.{obj.pk if obj else 'new'}.{key}"
        context["is_unsaved"] = request.method == "POST"
        context["offers"] = self.offers(request, obj) if request.method == "GET" else []
        return super().render_change_form(request, context, add, change, form_url, obj)

    # Saving

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        told = read_token(request.POST.get("typed_by", ""))
        copies = WorkingCopy.objects.of(request.user, form.instance if change else None)
        if not change:
            copies = copies.filter(key=told[2] if told else "")
        copies.delete()

    def response_add(self, request: HttpRequest, obj: Case, post_url_continue: str | None = None) -> HttpResponse:
        return self._forgotten(request, None, super().response_add(request, obj, post_url_continue))

    def response_change(self, request: HttpRequest, obj: Case) -> HttpResponse:
        return self._forgotten(request, obj, super().response_change(request, obj))

    def _forgotten(self, request: HttpRequest, case: Case | None, response: HttpResponse) -> HttpResponse:
        told = read_token(request.POST.get("typed_by", ""))
        kept = f"{request.user.pk}.{case.pk if case else 'new'}.{told[2] if told else ''}"
        response.set_cookie(
            SAVED_COOKIE, kept, max_age=3600, path="/admin/", samesite="Strict", secure=request.is_secure()
        )
        return response
