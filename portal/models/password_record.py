"""Passwords that an account had: their hashes, and since when."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.utils import timezone

KEPT = 5


class PasswordRecordQuerySet(models.QuerySet["PasswordRecord"]):
    def note(self, user: User) -> None:
        """Remember the password that an account has now, and forget what is older than the last few."""
        self.create(user=user, password_hash=user.password)
        kept = list(self.filter(user=user).values_list("pk", flat=True)[:KEPT])
        self.filter(user=user).exclude(pk__in=kept).delete()

    def of(self, user: User) -> PasswordRecord:
        """The one of the password that is in use. Django tells nobody of an account's very first one."""
        kept = self.filter(user=user).first()
        return kept or self.create(user=user, password_hash=user.password, set_at=user.date_joined)

    def mark_temporary(self, user: User) -> None:
        """Have the password changed at the next sign-in: somebody else knows it."""
        if latest := self.filter(user=user).first():
            self.filter(pk=latest.pk).update(is_temporary=True)


class PasswordRecord(models.Model):
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="账号", related_name="password_records", on_delete=models.CASCADE
    )
    password_hash = models.CharField("密码的散列", max_length=128)
    set_at = models.DateTimeField("设置时间", default=timezone.now)
    is_temporary = models.BooleanField("由他人设置", default=False)

    objects = PasswordRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "密码记录"
        verbose_name_plural = "密码记录"
        ordering = ["-set_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.user} 的密码"

    @property
    def runs_out_at(self) -> datetime | None:
        return self.set_at + timedelta(days=settings.PASSWORD_DAYS) if settings.PASSWORD_DAYS else None
