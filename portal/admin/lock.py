"""Locks: names and addresses at which signing in failed, to look at and to unlock."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from cases import audit
from districts.admin import OnlyToRead
from portal.models import SignInLock


@admin.register(SignInLock)
class SignInLockAdmin(OnlyToRead):
    """Only to read. What was typed as a name that nobody has may be a password, and is not shown."""

    list_display = ["account", "address", "failures", "state", "last"]
    list_display_links = None
    list_per_page = 50
    ordering = ["-attempt_time"]
    actions = ["unlock", "unlock_addresses"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SignInLock]:
        return SignInLock.objects.counting().with_state().order_by("-attempt_time", "-pk")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_view_permission(request, obj)

    def has_unlock_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("auth.change_user")

    @admin.action(description="解除所选锁定", permissions=["unlock"])
    def unlock(self, request: HttpRequest, locks: QuerySet[SignInLock]) -> None:
        self._unlock(request, SignInLock.objects.filter(pk__in=locks.values_list("pk", flat=True)))

    @admin.action(description="解除所选地址的全部锁定", permissions=["unlock"])
    def unlock_addresses(self, request: HttpRequest, locks: QuerySet[SignInLock]) -> None:
        addresses = list(locks.values_list("ip_address", flat=True))
        self._unlock(request, SignInLock.objects.filter(ip_address__in=addresses))

    def _unlock(self, request: HttpRequest, locks: QuerySet[SignInLock]) -> None:
        with transaction.atomic():
            count = locks.delete()[0]
            audit.record(audit.Action.UNLOCKED, count=count)
        self.message_user(request, f"已解除，{count} 条失败记录不再计数。", messages.SUCCESS)

    @admin.display(description="账号")
    def account(self, lock: Any) -> str:
        return lock.username if lock.is_account else "（没有这个账号）"

    @admin.display(description="地址")
    def address(self, lock: SignInLock) -> str:
        return lock.ip_address or "不明"

    @admin.display(description="失败次数")
    def failures(self, lock: SignInLock) -> str:
        return f"{lock.failures_since_start} 次"

    @admin.display(description="最近一次", ordering="attempt_time")
    def last(self, lock: SignInLock) -> str:
        return timezone.localtime(lock.attempt_time).strftime("%Y-%m-%d %H:%M")

    @admin.display(description="状态")
    def state(self, lock: Any) -> str:
        until = f"{timezone.localtime(lock.ends_at):%H:%M} 自动解除"
        if (lock.of_address or 0) >= settings.SIGN_IN_TRIES_OF_ADDRESS:
            return f"整个地址已锁定，{until}"
        return f"已锁定，{until}" if lock.is_locked else "未锁定，仍在计数"
