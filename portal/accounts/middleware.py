"""Sign out who stayed away too long; lead who owes something to where it is settled."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from portal.accounts import duties, second_factor, sessions

GetResponse = Callable[[HttpRequest], HttpResponseBase]
# Nobody is signed in there.
ANONYMOUS = ("/api/", "/healthz", "/feed.xml", "/sitemap", "/robots.txt")
# Where duties are settled, or put off by leaving.
OPEN = ("/accounts/", "/admin/logout/", "/admin/jsi18n/")


def is_signed_in(request: HttpRequest) -> bool:
    """Look into the session only where there may be one: an answer that does not depend on it is the same for all."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or request.path_info.startswith(ANONYMOUS):
        return False
    return SESSION_KEY in request.session


def hold_session_limits(get_response: GetResponse) -> GetResponse:
    def middleware(request: HttpRequest) -> HttpResponseBase:
        if is_signed_in(request):
            if reason := sessions.is_over(request.session):
                logout(request)
                messages.info(request, f"{reason}，已自动退出。请重新登录。")
            else:
                sessions.touch(request)
        return get_response(request)

    return middleware


def lead_to_duties(get_response: GetResponse) -> GetResponse:
    def middleware(request: HttpRequest) -> HttpResponseBase:
        if is_signed_in(request) and not request.path_info.startswith(OPEN):
            if duties.PASSWORD in request.session:
                return redirect("password")
            if not second_factor.is_verified(request) and duties.needs_second_factor(request.user):
                return _to_second_factor(request)
        return get_response(request)

    return middleware


def _to_second_factor(request: HttpRequest) -> HttpResponseBase:
    """Have it set up, or used: a session that began before it was has to begin again."""
    if not second_factor.is_set_up(request.user):  # type: ignore[arg-type]
        return redirect("second-factor")
    logout(request)
    messages.info(request, "这个账号要用验证码登录。请重新登录。")
    return redirect(settings.LOGIN_URL)
