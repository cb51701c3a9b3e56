"""How long one stays signed in, and in how many browsers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, update_session_auth_hash
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from cases.throttle import address_of
from portal.models import SignIn

BEGAN, SEEN = "signed_in_at", "seen_at"
# The last click is written down this often: every page would otherwise wait for a write.
PRECISION = 60


def begin(request: HttpRequest, user: User) -> None:
    """Note the session that has just been signed in, and end the oldest ones where there are too many."""
    session = request.session
    session[BEGAN] = session[SEEN] = int(time.time())
    session.set_expiry(int(settings.SESSION_LIFETIME.total_seconds()))
    session.save()
    agent = request.headers.get("user-agent", "").replace("\0", "")[:255]
    SignIn.objects.create(user=user, session_id=session.session_key, address=address_of(request), agent=agent)
    if settings.SESSIONS_PER_ACCOUNT:
        SignIn.objects.end(user, keep=settings.SESSIONS_PER_ACCOUNT)
    SignIn.objects.forget_old(user)


def keep_only_this(request: HttpRequest, user: User) -> None:
    """After a change of the password: go on here under a new key, and nowhere else."""
    key = request.session.session_key
    here = SignIn.objects.filter(session_id=key).first() if key else None
    update_session_auth_hash(request, user)
    request.session.save()
    if here:
        SignIn.objects.filter(pk=here.pk).update(session_id=request.session.session_key)
    SignIn.objects.end(user, except_key=request.session.session_key)


def is_over(data: Any) -> str:
    """Why a session of this content has ended by itself; empty while it goes on."""
    now = time.time()
    if now - data.get(BEGAN, now) > settings.SESSION_LIFETIME.total_seconds():
        return "登录时间已满"
    if now - data.get(SEEN, now) > settings.SESSION_IDLE.total_seconds():
        return f"您有 {int(settings.SESSION_IDLE.total_seconds() // 60)} 分钟没有操作"
    return ""


def touch(request: HttpRequest) -> None:
    now = int(time.time())
    if BEGAN not in request.session:  # signed in by an earlier version
        request.session[BEGAN] = now
    if now - request.session.get(SEEN, 0) >= PRECISION:
        request.session[SEEN] = now


@dataclass(frozen=True)
class OpenSession:
    sign_in: SignIn
    seen_at: datetime
    is_this: bool


def open_sessions(request: HttpRequest, user: User) -> Iterator[OpenSession]:
    """The sessions in which an account is signed in, the newest first."""
    for sign_in in SignIn.objects.open(user):
        data = sign_in.session.get_decoded()  # type: ignore[union-attr]
        is_this = sign_in.session_id == request.session.session_key
        is_valid = constant_time_compare(data.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())
        if is_this or (is_valid and not is_over(data)):
            seen_at = datetime.fromtimestamp(data.get(SEEN, sign_in.at.timestamp()), UTC)
            yield OpenSession(sign_in, seen_at, is_this)
