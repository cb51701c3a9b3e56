"""What a curator has typed and not saved yet, kept for them alone."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone

# A form of 30,000 characters with 100 figures is about 200 KB.
MAX_BYTES = 1_000_000
# No more often than this is one form written down.
PAUSE = timedelta(seconds=2)
# So many unfinished new cases of one curator are kept, the latest.
MOST_NEW = 10
KEPT_FOR = timedelta(days=90)


class TooLarge(Exception):
    """What was typed is more than a form of a case can be."""


class TooSoon(Exception):
    """The same form was kept a moment ago."""


class WorkingCopyQuerySet(models.QuerySet["WorkingCopy"]):
    def of(self, user: Any, case: Any) -> Self:
        """This user's copies for a case, or for new cases when it is None; the latest first."""
        return self.filter(user=user, case=case).order_by("-at", "-pk")

    def keep(
        self, user: Any, case: Any, key: str, data: dict[str, list[str]], based_on: int, *, is_last: bool = False
    ) -> WorkingCopy:
        """Write down what was typed; raise TooLarge, or TooSoon unless there is no other chance."""
        if len(json.dumps(data, ensure_ascii=False).encode()) > MAX_BYTES:
            raise TooLarge
        now = timezone.now()
        with transaction.atomic():
            found = self.select_for_update().filter(user=user, case=case, key=key).first()
            if found and found.at > now - PAUSE and not is_last:
                raise TooSoon
            copy = found or self.model(user_id=user.pk, case=case, key=key)
            copy.data, copy.based_on, copy.at = data, based_on, now
            copy.save()
            self._forget_old(user, now)
        return copy

    def _forget_old(self, user: Any, now: datetime) -> None:
        latest = self.of(user, None).values_list("pk", flat=True)[:MOST_NEW]
        self.filter(user=user).filter(Q(at__lt=now - KEPT_FOR) | Q(case=None) & ~Q(pk__in=list(latest))).delete()


class WorkingCopy(models.Model):
    """The fields of a form as the browser sent them, files excepted; never a version of the case."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="用户", on_delete=models.CASCADE, related_name="working_copies"
    )
    case = models.ForeignKey(
        "cases.Case",
        verbose_name="案例",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="working_copies",
    )
    key = models.CharField("表单", max_length=32, blank=True)  # tells several new cases apart
    data = models.JSONField("内容", default=dict)
    based_on = models.PositiveIntegerField("所据版本", default=0)
    at = models.DateTimeField("时间")

    objects = WorkingCopyQuerySet.as_manager()

    class Meta:
        verbose_name = "未保存的内容"
        verbose_name_plural = "未保存的内容"
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(fields=["user", "case"], name="working_copy_once"),
            models.UniqueConstraint(
                fields=["user", "key"], condition=Q(case__isnull=True), name="working_copy_of_new_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case or '新案例'}（{timezone.localtime(self.at):%Y-%m-%d %H:%M}）"

    def as_sent(self) -> QueryDict:
        """The fields as a browser would send them again."""
        sent = QueryDict(mutable=True)
        for name, values in self.data.items():
            sent.setlist(name, values)
        return sent
