"""Sign-ins: when and from where an account was used, and which of its sessions are open."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import models
from django.utils import timezone

KEPT = 50


class SignInQuerySet(models.QuerySet["SignIn"]):
    def open(self, user: User) -> Self:
        """Those of an account whose session is still there, the newest first."""
        return self.filter(user=user, session__expire_date__gt=timezone.now()).select_related("session")

    def end(self, user: User, *, keep: int = 0, except_key: str | None = None) -> int:
        """End the sessions of an account, but for one and the newest few; return how many."""
        keys = [key for key in self.open(user).values_list("session_id", flat=True)[keep:] if key != except_key]
        return Session.objects.filter(session_key__in=keys).delete()[1].get("sessions.Session", 0)

    def forget_old(self, user: User) -> None:
        kept = list(self.filter(user=user).values_list("pk", flat=True)[:KEPT])
        self.filter(user=user, session=None).exclude(pk__in=kept).delete()


class SignIn(models.Model):
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="账号", related_name="sign_ins", on_delete=models.CASCADE
    )
    session = models.OneToOneField(Session, verbose_name="会话", null=True, on_delete=models.SET_NULL)
    at = models.DateTimeField("时间", default=timezone.now)
    address = models.CharField("地址", max_length=64, blank=True)
    agent = models.CharField("浏览器", max_length=255, blank=True)

    objects = SignInQuerySet.as_manager()

    class Meta:
        verbose_name = "登录"
        verbose_name_plural = "登录"
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.user} {self.at:%Y-%m-%d %H:%M}"

    @property
    def browser(self) -> str:
        """What the browser calls itself, as far as a person tells browsers apart; it may call itself anything."""
        names = {"MicroMessenger": "微信", "Edg": "Edge", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
        systems = {
            "HarmonyOS": "鸿蒙", "Android": "安卓", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows",
            "Mac OS": "Mac", "Linux": "Linux",
        }  # fmt: skip
        found = [next((told for sign, told in signs.items() if sign in self.agent), "") for signs in (names, systems)]
        return "，".join(filter(None, found)) or "其他浏览器"
