"""Who moved a case from one status to another, when and why."""

from django.conf import settings
from django.db import models


class StatusChange(models.Model):
    case = models.ForeignKey("cases.Case", verbose_name="案例", on_delete=models.CASCADE, related_name="status_changes")
    before = models.CharField("原状态", max_length=10)
    after = models.CharField("新状态", max_length=10)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="经办人", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField("时间", auto_now_add=True)
    reason = models.CharField("理由", max_length=500, blank=True)

    class Meta:
        verbose_name = "状态变更"
        verbose_name_plural = "状态变更"
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        from cases.models.case import Case

        return f"{Case.Status(self.before).label} → {Case.Status(self.after).label}"
