"""What an account owes before anything else opens to it: another password, a second factor."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone

from portal.models import PasswordRecord

# In the session: why its password must be changed first.
PASSWORD = "password_due"  # noqa: S105
REASONS = {
    "temporary": "这个密码是别人替您设的。请先换成只有您自己知道的密码。",
    "expired": "密码已经到期。请先换一个新密码。",
}


def password_due(user: User) -> str:
    """Why a password must be changed, a key of REASONS; empty where it need not be."""
    record = PasswordRecord.objects.of(user)
    if record.is_temporary:
        return "temporary"
    return "expired" if record.runs_out_at and record.runs_out_at < timezone.now() else ""


def needs_second_factor(user: Any) -> bool:
    """Whether this account must have one; costs no query but those for its rights, which the admin asks, too."""
    if settings.REQUIRE_TOTP == "off" or not user.is_active:
        return False
    if user.is_superuser:
        return True
    return user.is_staff and (settings.REQUIRE_TOTP == "curators" or user.has_perm("auth.change_user"))
