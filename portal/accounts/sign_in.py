"""Signing in: readers and curators use the same accounts, by two doors, and the same second step behind both."""

from __future__ import annotations

import time
from typing import Any

import django_otp
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from cases import audit
from cases.shortlist_merging import bring_along
from portal.accounts import duties, locks, second_factor, sessions
from portal.accounts.forms import AdminSignInForm, CodeForm, SignInForm

# In the session: whose password was right and who has not yet given a code, and how long this is waited for.
WAITING = "second_step"
PATIENCE = 600


class SignIn(LoginView):
    template_name = "accounts/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True
    http_method_names = ["get", "head", "post"]

    def form_valid(self, form: Any) -> HttpResponse:
        return proceed(self.request, form.get_user(), self.get_success_url())

    def form_invalid(self, form: Any) -> HttpResponse:
        return locks.with_status(self.request, super().form_invalid(form), form.data.get("username", ""))


class AdminSignIn(SignIn):
    template_name = "admin/login.html"
    authentication_form = AdminSignInForm
    redirect_authenticated_user = False


def admin_sign_in(request: HttpRequest) -> HttpResponseBase:
    """The admin's own page, with our form behind it."""
    index = reverse("admin:index")
    if request.method in {"GET", "HEAD"} and admin.site.has_permission(request):
        return redirect(index)
    context = {
        **admin.site.each_context(request),
        "title": "登录",
        "subtitle": None,
        "app_path": request.get_full_path(),
        "username": request.user.get_username(),
    }
    if "next" not in request.GET and "next" not in request.POST:
        context["next"] = index
    request.current_app = admin.site.name
    return AdminSignIn.as_view(extra_context=context, next_page="admin:index")(request)


def proceed(request: HttpRequest, user: User, to: str) -> HttpResponse:
    """Let in whose password was right, or ask for the second factor first."""
    if not second_factor.is_set_up(user):
        enter(request, user)
        return redirect(to)
    request.session[WAITING] = {
        "user": user.pk,
        "hash": user.get_session_auth_hash(),
        "at": int(time.time()),
        "to": to,
    }
    return redirect("second-step")


def enter(request: HttpRequest, user: User) -> None:
    """Sign in; what was collected before comes along."""
    request.session.pop(WAITING, None)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    bring_along(request)
    sessions.begin(request, user)
    if reason := duties.password_due(user):
        request.session[duties.PASSWORD] = reason


def waiting_user(request: HttpRequest) -> User | None:
    """Whose code is awaited; None when it took too long, and when the password or the account is no longer good."""
    waiting = request.session.get(WAITING)
    if not waiting or time.time() - waiting["at"] > PATIENCE:
        return None
    user = User.objects.filter(pk=waiting["user"], is_active=True).first()
    return user if user and constant_time_compare(waiting["hash"], user.get_session_auth_hash()) else None


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    user = waiting_user(request)
    if user is None:
        request.session.pop(WAITING, None)
        messages.info(request, "请先输入用户名和密码。")
        return redirect(settings.LOGIN_URL)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        to = request.session[WAITING]["to"]
        if _is_right(request, user, form):
            return redirect(to)
    answer = render(request, "accounts/second_step.html", {"form": form})
    return locks.with_status(request, answer, user.get_username())


def _is_right(request: HttpRequest, user: User, form: CodeForm) -> bool:
    username = user.get_username()
    if locks.locked_until(request, username):
        request.axes_locked_out = True  # type: ignore[attr-defined]
        form.add_error("code", locks.refusal(request, username))
        return False
    if wait := second_factor.seconds_to_wait(user):
        form.add_error("code", f"刚才的验证码不对，请等 {wait} 秒，再输入应用上新的验证码。")
        return False
    device = second_factor.check(user, form.cleaned_data["code"])
    if device:
        enter(request, user)
        django_otp.login(request, device)
        if device.name == second_factor.PAPER:
            audit.record(audit.Action.RECOVERY_CODE_USED, about=user)
            left = second_factor.recovery_codes_left(user)
            told = f"您用恢复码登录，还剩 {left} 个。手机丢失或更换的，请在“我的账号”停用第二步验证，再重新启用。"
            messages.warning(request, told)
        return True
    locks.count_failure(request, username)
    if locks.is_refused(request):
        form.add_error("code", locks.refusal(request, username))
    else:
        form.add_error("code", "验证码不对，或已经用过。请等应用换出新的验证码再输入，并核对手机时间是否准确。")
    return False


def sign_out(request: HttpRequest) -> HttpResponseBase:
    """Sign out; of a curator nothing stays in this browser, what was typed and not saved included."""
    is_curator = request.user.is_staff
    response = LogoutView.as_view()(request)
    if is_curator and request.method == "POST":
        response["Clear-Site-Data"] = '"storage"'
    return response
