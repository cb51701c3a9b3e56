"""What was wrong in a published case, and what is right."""

from __future__ import annotations

from typing import Any, Self

from django.db import models, transaction
from django.utils import timezone

from cases import audit


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def visible_to(self, user: Any) -> Self:
        from cases.models.case import Case

        return self.filter(case__in=Case.objects.visible_to(user))


class Correction(models.Model):
    """Told to readers on the case's page, so that whoever used the old text learns of it."""

    case = models.ForeignKey("cases.Case", verbose_name="案例", on_delete=models.CASCADE, related_name="corrections")
    date = models.DateField("更正日期", default=timezone.localdate)
    text = models.TextField("更正内容", help_text="原来写的是什么，现在改成什么")
    reason = models.CharField("原因", max_length=200, blank=True, help_text="如：原文笔误、来源已更正")

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = "勘误"
        verbose_name_plural = "勘误"
        ordering = ["-date", "-pk"]

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d} {self.text[:30]}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        is_new = self._state.adding
        with transaction.atomic():
            super().save(*args, **kwargs)
            audit.record(audit.Action.CORRECTED, about=self.case, is_new=is_new)
