"""Who took unpublished material out of the library, when, and what it was."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models


class RecordsStay(Exception):
    """A record of an export was about to be changed or removed."""

    def __init__(self) -> None:
        super().__init__("导出记录只能增加，不能更改或删除")


class ExportRecordQuerySet(models.QuerySet["ExportRecord"]):
    def update(self, **kwargs: Any) -> int:
        raise RecordsStay

    def delete(self) -> Any:
        raise RecordsStay


class ExportRecord(models.Model):
    """One file with unpublished material. The name stays when the account is gone."""

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="账号", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    by_name = models.CharField("导出人", max_length=310)
    at = models.DateTimeField("时间", auto_now_add=True, db_index=True)
    subject = models.CharField("内容", max_length=20)
    form = models.CharField("格式", max_length=20)
    count = models.PositiveIntegerField("条数")
    unpublished_count = models.PositiveIntegerField("未公开条数")
    conditions = models.TextField("条件")
    items = models.TextField("全部条目")
    unpublished_items = models.TextField("未公开的条目")

    objects = ExportRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "导出记录"
        verbose_name_plural = "导出记录"
        ordering = ["-at", "-pk"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.by_name}导出{self.subject} {self.count} 条，其中未公开 {self.unpublished_count} 条"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise RecordsStay
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise RecordsStay
