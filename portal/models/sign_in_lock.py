"""Failed sign-ins that count, as django-axes keeps them: one row for a name and an address."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.models import User
from django.db import models, transaction
from django.db.models import Exists, F, Max, OuterRef, Subquery, Sum
from django.utils import timezone


class SignInLockQuerySet(models.QuerySet["SignInLock"]):
    def counting(self) -> Self:
        """Failures that are not yet forgotten: a lock ends so long after the last of them."""
        return self.filter(attempt_time__gt=timezone.now() - settings.SIGN_IN_LOCK)

    def locked_until(self, username: str, address: str | None) -> datetime | None:
        """When who comes from this address may try this name again; None when at once.

        Nothing is told about the account: a name that nobody has is counted and locked like any other.
        """
        from_here = self.counting().filter(ip_address=address)
        pair = from_here.filter(username=username, failures_since_start__gte=settings.SIGN_IN_TRIES)
        whole = from_here.aggregate(failures=Sum("failures_since_start"), last=Max("attempt_time"))
        last = [pair.aggregate(last=Max("attempt_time"))["last"]]
        if (whole["failures"] or 0) >= settings.SIGN_IN_TRIES_OF_ADDRESS:
            last.append(whole["last"])
        return max((moment + settings.SIGN_IN_LOCK for moment in last if moment), default=None)

    @transaction.atomic
    def add_failure(self, username: str, address: str | None, path: str) -> None:
        """Count one failure; the first after a quiet time begins anew."""
        now = timezone.now()
        found, is_new = self.select_for_update().get_or_create(
            username=username[:255],
            ip_address=address,
            user_agent="",
            defaults={"failures_since_start": 1, "attempt_time": now, "path_info": path[:255]},
        )
        if not is_new:
            is_counting = found.attempt_time > now - settings.SIGN_IN_LOCK
            failures = F("failures_since_start") + 1 if is_counting else 1
            self.filter(pk=found.pk).update(failures_since_start=failures, attempt_time=now, path_info=path[:255])

    def with_state(self) -> Self:
        """Add `is_account`, whether an account has this name, and `of_address`, all failures from the address."""
        same = self.counting().filter(ip_address=OuterRef("ip_address")).order_by().values("ip_address")
        return self.annotate(
            is_account=Exists(User.objects.filter(username=OuterRef("username"))),
            of_address=Subquery(same.annotate(total=Sum("failures_since_start")).values("total")),
        )


class SignInLock(AccessAttempt):
    objects = SignInLockQuerySet.as_manager()

    class Meta:
        proxy = True
        verbose_name = "登录锁定"
        verbose_name_plural = "登录锁定"

    def __str__(self) -> str:
        return f"{self.ip_address}"

    @property
    def ends_at(self) -> datetime:
        return self.attempt_time + settings.SIGN_IN_LOCK

    @property
    def is_locked(self) -> bool:
        return self.failures_since_start >= settings.SIGN_IN_TRIES
