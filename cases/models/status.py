"""Who moved a case from one status to another, when and why."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from cases.people import name_of
from cases.workflow import MOVES, Status


class StatusChange(models.Model):
    case = models.ForeignKey("cases.Case", verbose_name="案例", on_delete=models.CASCADE, related_name="status_changes")
    move = models.CharField("动作", max_length=12, blank=True)
    before = models.CharField("原状态", max_length=10)
    after = models.CharField("新状态", max_length=10)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="经办人", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField("时间", auto_now_add=True)
    reason = models.CharField("理由", max_length=500, blank=True)
    publish_at = models.DateTimeField("定于", null=True, blank=True)

    class Meta:
        verbose_name = "状态变更"
        verbose_name_plural = "状态变更"
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["move", "case"], name="status_moved")]

    def __str__(self) -> str:
        if self.before != self.after:
            return f"{Status(self.before).label} → {Status(self.after).label}"
        when = timezone.localtime(self.publish_at) if self.publish_at else None
        told = f"，{when.year}年{when.month}月{when.day}日 {when:%H:%M}" if when else ""
        return f"{MOVES[self.move].label}{told}"

    @property
    def who(self) -> str:
        return name_of(self.by) if self.by else ""
