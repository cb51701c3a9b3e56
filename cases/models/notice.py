"""What curators are told of a case that waits for them, or that went on without them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone

# Read notices are of no use after this; unread ones stay.
KEPT = timedelta(days=90)


class NoticeQuerySet(models.QuerySet["Notice"]):
    def of(self, user: Any) -> Self:
        """A curator's notices of cases that the admin still shows them."""
        from cases.models.case import Case

        return self.filter(user=user.pk, case__in=Case.objects.curated_by(user))

    def unread(self) -> Self:
        return self.filter(read_at=None)

    def mark_read(self) -> int:
        return self.unread().update(read_at=timezone.now())

    def outdated(self) -> Self:
        return self.filter(read_at__lt=timezone.now() - KEPT)


class Notice(models.Model):
    """Names a case and what became of it. The case's own words are read from the case, by who may."""

    class Kind(models.TextChoices):
        HANDED_IN = "handed-in", "等待审核"
        RETURNED = "returned", "被退回"
        PUBLISHED = "published", "已发布"
        WITHDRAWN = "withdrawn", "已撤下"
        NOT_PUBLISHED = "not-published", "没有按时发布"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="给谁", on_delete=models.CASCADE, related_name="notices"
    )
    kind = models.CharField("事由", max_length=16, choices=Kind)
    case = models.ForeignKey("cases.Case", verbose_name="案例", on_delete=models.CASCADE, related_name="notices")
    by_name = models.CharField("经办人", max_length=310, blank=True)
    text = models.CharField("说明", max_length=500, blank=True)
    at = models.DateTimeField("时间", auto_now_add=True)
    read_at = models.DateTimeField("读过", null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "通知"
        verbose_name_plural = "通知"
        ordering = ["-at", "-pk"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["user", "read_at"], name="notice_unread"),
            models.Index(fields=["user", "-at", "-id"], name="notice_newest"),
        ]

    def __str__(self) -> str:
        return f"案例 {self.case.number} {self.get_kind_display()}"
