"""Sign-ins and passwords in the audit, as Django tells of them."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

from cases import audit
from cases.audit import Action


def connect() -> None:
    user_logged_in.connect(_signed_in, dispatch_uid="audit")
    user_logged_out.connect(_signed_out, dispatch_uid="audit")
    user_login_failed.connect(_failed, dispatch_uid="audit")
    if apps.is_installed("axes"):
        from axes.signals import user_locked_out

        user_locked_out.connect(_locked_out, dispatch_uid="audit")


def _signed_in(request: Any, user: Any, **kwargs: Any) -> None:
    audit.record(Action.SIGNED_IN, by=user, about=user, request=request)


def _signed_out(request: Any, user: Any, **kwargs: Any) -> None:
    if user is not None:
        audit.record(Action.SIGNED_OUT, by=user, about=user, request=request)


def _failed(credentials: dict[str, Any], request: Any = None, **kwargs: Any) -> None:
    account = audit.account_named(str(credentials.get("username", "")))
    audit.record(
        Action.SIGN_IN_FAILED, by=AnonymousUser(), about=account, request=request, is_known=account is not None
    )


def _locked_out(request: Any, username: str | None, **kwargs: Any) -> None:
    account = audit.account_named(username or "")
    audit.record(Action.LOCKED_OUT, by=AnonymousUser(), about=account, request=request, is_known=account is not None)


class PasswordsAreRecorded:
    """A validator that finds no fault: Django tells each of them of every new password, whatever the door."""

    def validate(self, password: str, user: Any = None) -> None:
        return

    def get_help_text(self) -> str:
        return "设置和修改密码会记入审计日志，密码本身不记录。"

    def password_changed(self, password: str, user: Any = None) -> None:
        if user is not None:
            entry = Action.PASSWORD_CHANGED if audit.is_own(user) else Action.PASSWORD_SET
            audit.record(entry, about=user)
