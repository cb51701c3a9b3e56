"""Invitations: links by which the person an account is for sets its password."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models, transaction
from django.utils import timezone

VALID_FOR = timedelta(days=7)


def hidden(token: str) -> str:
    """What is kept of a token: who reads the database cannot use its links."""
    return hashlib.sha256(token.encode()).hexdigest()


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> Self:
        """Those whose links still work."""
        return self.filter(used_at=None, revoked_at=None, expires_at__gt=timezone.now(), user__is_active=True)

    def behind(self, token_hash: str) -> Invitation | None:
        return self.open().select_related("user").filter(token_hash=token_hash).first()

    def revoke(self, user: User) -> int:
        """Make the links of an account useless; return how many there were."""
        return self.open().filter(user=user).update(revoked_at=timezone.now())

    @transaction.atomic
    def invite(self, user: User, *, by: Any) -> tuple[Invitation, str]:
        """Return a new invitation, which replaces earlier ones, and its token, which is told only here."""
        self.revoke(user)
        token = secrets.token_urlsafe(32)
        made = self.create(user=user, invited_by=by, token_hash=hidden(token), expires_at=timezone.now() + VALID_FOR)
        return made, token


class Invitation(models.Model):
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="账号", related_name="invitations", on_delete=models.CASCADE
    )
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="邀请人", related_name="+", null=True, on_delete=models.SET_NULL
    )
    token_hash = models.CharField("链接的散列", max_length=64, unique=True)
    made_at = models.DateTimeField("生成时间", auto_now_add=True)
    expires_at = models.DateTimeField("有效期至")
    used_at = models.DateTimeField("使用时间", null=True)
    revoked_at = models.DateTimeField("撤销时间", null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "邀请"
        verbose_name_plural = "邀请"
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.user} 的邀请"

    def use(self) -> bool:
        """Use it up; False when somebody was faster, or it was revoked meanwhile."""
        return bool(type(self).objects.open().filter(pk=self.pk).update(used_at=timezone.now()))

    @property
    def state(self) -> str:
        if self.used_at:
            return "已使用"
        if self.revoked_at:
            return "已撤销"
        return "等待使用" if self.is_open else "已过期"

    @property
    def is_open(self) -> bool:
        return not (self.used_at or self.revoked_at) and self.expires_at > timezone.now()
