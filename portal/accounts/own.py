"""One's own account: who one is here, password, second factor, sessions."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import get_default_password_validators
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_otp import DEVICE_ID_SESSION_KEY

from cases import audit
from cases.remits import remit_of
from portal.accounts import duties, locks, second_factor, sessions
from portal.accounts.forms import ChangePasswordForm, CodeForm, OwnPasswordForm
from portal.models import PasswordRecord, SignIn
from portal.passwords import Rule

SHOWN = 10
page = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@login_required
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    context = {
        "roles": [group.name for group in user.groups.order_by("pk")],
        "remit": remit_of(user),
        "password": PasswordRecord.objects.of(user),
        "has_second_factor": second_factor.is_set_up(user),
        "codes_left": second_factor.recovery_codes_left(user),
        "needs_second_factor": duties.needs_second_factor(user),
        "sessions": list(sessions.open_sessions(request, user)),
        "sign_ins": SignIn.objects.filter(user=user)[:SHOWN],
    }
    return render(request, "accounts/account.html", context)


@sensitive_post_parameters()
@never_cache
@login_required
@page
def password(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    form = ChangePasswordForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        request.session.pop(duties.PASSWORD, None)
        sessions.keep_only_this(request, user)
        messages.success(request, "密码已修改，其他浏览器上的登录都已退出。")
        return redirect("account")
    reason = duties.REASONS.get(request.session.get(duties.PASSWORD, ""), "")
    return _answer(request, "accounts/password.html", {"form": form, "reason": reason, "rules": rules()})


@sensitive_post_parameters()
@never_cache
@login_required
@page
def totp(request: HttpRequest) -> HttpResponse:
    """Set the second factor up; once it is, manage it."""
    user = _user(request)
    if second_factor.is_set_up(user):
        return _managed(request, user, OwnPasswordForm(request))
    device = second_factor.begin(user)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if wait := second_factor.seconds_to_wait(user):
            form.add_error("code", f"刚才的验证码不对，请等 {wait} 秒，再输入应用上新的验证码。")
        elif second_factor.confirm(request, device, form.cleaned_data["code"]):
            sessions.keep_only_this(request, user)
            audit.record(audit.Action.TOTP_ADDED, about=user)
            return _told_codes(request, user, "第二步验证已启用。")
        else:
            form.add_error("code", "验证码不对。请核对手机时间是否准确，等应用换出新的验证码再输入。")
    context = {
        "form": form,
        "qr_code": second_factor.qr_code(device),
        "key": second_factor.key_text(device),
        "is_needed": duties.needs_second_factor(user),
    }
    return render(request, "accounts/second_factor_begin.html", context)


@sensitive_post_parameters()
@never_cache
@login_required
@require_POST
def recovery_codes(request: HttpRequest) -> HttpResponse:
    user, form = _user(request), OwnPasswordForm(request, request.POST)
    if not second_factor.is_set_up(user):
        return redirect("second-factor")
    if not form.is_valid():
        return _managed(request, user, form)
    audit.record(audit.Action.RECOVERY_CODES_RENEWED, about=user)
    return _told_codes(request, user, "已换成新的恢复码，原来的作废。")


@sensitive_post_parameters()
@never_cache
@login_required
@require_POST
def remove_totp(request: HttpRequest) -> HttpResponse:
    user, form = _user(request), OwnPasswordForm(request, request.POST)
    if not second_factor.is_set_up(user):
        return redirect("second-factor")
    if not form.is_valid():
        return _managed(request, user, form)
    with transaction.atomic():
        second_factor.remove(user)
        audit.record(audit.Action.TOTP_REMOVED, about=user)
    request.session.pop(DEVICE_ID_SESSION_KEY, None)
    messages.success(request, "第二步验证已停用。")
    return redirect("account")


@never_cache
@login_required
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    with transaction.atomic():
        ended = SignIn.objects.end(user, except_key=request.session.session_key)
        audit.record(audit.Action.SESSIONS_ENDED, about=user, count=ended)
    messages.success(request, "其他浏览器上的登录都已退出。" if ended else "没有其他登录。")
    return redirect("account")


def rules() -> list[str]:
    """What a password must be, a line each."""
    return [rule.get_help_text() for rule in get_default_password_validators() if isinstance(rule, Rule)]


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _managed(request: HttpRequest, user: User, form: OwnPasswordForm) -> HttpResponse:
    context = {
        "form": form,
        "codes_left": second_factor.recovery_codes_left(user),
        "is_needed": duties.needs_second_factor(user),
    }
    return _answer(request, "accounts/second_factor.html", context)


def _told_codes(request: HttpRequest, user: User, done: str) -> HttpResponse:
    codes = second_factor.new_recovery_codes(user)
    return render(request, "accounts/recovery_codes.html", {"codes": codes, "done": done})


def _answer(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return locks.with_status(request, render(request, template, context), request.user.get_username())
