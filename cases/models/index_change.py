"""The search outbox: which cases the index has to look at again."""

from django.db import models


class IndexChange(models.Model):
    """Written in the same transaction as the change itself; `cases.search` reads and removes it."""

    case_id = models.BigIntegerField("案例编号")
    created_at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = "待更新索引"
        verbose_name_plural = "待更新索引"
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.case_id)
