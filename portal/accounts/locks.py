"""Who failed to sign in too often waits: by name and address together, and, more widely, by address.

A name alone is never locked: whoever knows it could keep its owner out. django-axes asks and keeps; what is counted,
and for how long, is `SignInLock`'s.
"""

from __future__ import annotations

import logging
import math
from datetime import datetime
from typing import Any

from axes.backends import AxesStandaloneBackend
from axes.handlers.database import AxesDatabaseHandler
from axes.signals import user_locked_out
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from cases.throttle import ip_of

logger = logging.getLogger(__name__)


class Locks(AxesStandaloneBackend):
    """Asks first whether there is a lock. A shell has no address, and nothing to lock."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:
        if request is not None:
            super().authenticate(request, **credentials)


class Counter(AxesDatabaseHandler):
    """Counts in the database, without what was sent along: a form holds more than its password."""

    def is_locked(self, request: Any, credentials: dict[str, Any] | None = None) -> bool:
        return locked_until(request, (credentials or {}).get("username") or "") is not None

    def user_login_failed(self, sender: Any, credentials: dict[str, Any], request: Any = None, **kwargs: Any) -> None:
        from portal.models import SignInLock

        if request is None or request.axes_locked_out:
            return  # what is refused unseen prolongs nothing
        username = credentials.get("username") or ""
        SignInLock.objects.add_failure(username, ip_of(request), request.path)
        if locked_until(request, username):
            request.axes_locked_out = True
            logger.warning("登录失败次数过多，暂停登录：地址 %s", ip_of(request))
            user_locked_out.send("axes", request=request, username=username, ip_address=ip_of(request))


def locked_until(request: Any, username: str) -> datetime | None:
    from portal.models import SignInLock

    return SignInLock.objects.locked_until(username, ip_of(request))


def is_refused(request: Any) -> bool:
    """Whether this very request met a lock, or brought one about."""
    return bool(getattr(request, "axes_locked_out", False))


def refusal(request: Any, username: str) -> ValidationError:
    until = locked_until(request, username) or timezone.now()
    return ValidationError(
        f"登录失败次数过多，已暂停登录。请在 {minutes_to(until)} 分钟后再试（{timezone.localtime(until):%H:%M} 以后）；"
        "急需使用的，请联系管理员解除锁定。",
        code="locked",
    )


def minutes_to(until: datetime) -> int:
    return max(1, math.ceil((until - timezone.now()).total_seconds() / 60))


def count_failure(request: Any, username: str) -> None:
    """Count what is as good as a wrong password: a wrong code, an account that may not enter here."""
    user_login_failed.send(sender=__name__, credentials={"username": username}, request=request)


def with_status(request: Any, response: HttpResponse, username: str) -> HttpResponse:
    """Say in the answer's status, too, that there is a lock."""
    if is_refused(request):
        response.status_code = 429
        response["Retry-After"] = str(60 * minutes_to(locked_until(request, username) or timezone.now()))
    return response


def answer_as_it_is(request: Any, response: HttpResponse, credentials: Any = None) -> HttpResponse:
    """For django-axes, which would answer with a page of its own: our forms have said what there is to say."""
    return response


def unlock(user: User) -> int:
    """Forget the failures with the name of an account; return from how many addresses they came."""
    from portal.models import SignInLock

    return SignInLock.objects.filter(username=user.get_username()).delete()[0]
