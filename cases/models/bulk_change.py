"""What was done to many records in one step, so that it can be undone as one."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse

from cases.remits import EVERYWHERE


class BulkChangeQuerySet(models.QuerySet["BulkChange"]):
    def by_whom(self, user: Any) -> Self:
        """Steps that a curator sees: their own; whoever works everywhere sees all."""
        return self if user.has_perm(EVERYWHERE) else self.filter(by=user)


class BulkChange(models.Model):
    """One import, bulk edit or replacement. The name stays when the account is gone."""

    class Kind(models.TextChoices):
        IMPORT = "import", "导入"
        EDIT = "edit", "批量修改"
        REPLACE = "replace", "查找替换"
        ARTICLE = "article", "从文章导入"

    kind = models.CharField("方式", max_length=10, choices=Kind)
    subject = models.CharField("对象", max_length=20)
    title = models.CharField("内容", max_length=300)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="账号", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    by_name = models.CharField("经办人", max_length=310)
    at = models.DateTimeField("时间", auto_now_add=True, db_index=True)
    added = models.PositiveIntegerField("新增", default=0)
    changed = models.PositiveIntegerField("修改", default=0)
    undone_at = models.DateTimeField("撤销时间", null=True)
    undo_asked_at = models.DateTimeField("要求撤销", null=True)
    undo_fault = models.TextField("没有撤销的原因", blank=True)
    undone_by_name = models.CharField("撤销人", max_length=310, blank=True)

    objects = BulkChangeQuerySet.as_manager()

    class Meta:
        verbose_name = "批量操作"
        verbose_name_plural = "批量操作"
        ordering = ["-at", "-pk"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        """A name without anything that somebody wrote: it stands in the audit."""
        return f"{self.get_kind_display()}第 {self.pk} 号"

    def get_admin_url(self) -> str:
        return reverse("admin:cases_bulkchange_change", args=[self.pk])


class BulkRecord(models.Model):
    """One record of a step: what its changed fields held before and after, and its stamp after the step.

    Of one that was added nothing is kept beside it; once the step is undone, `before` has what was taken away.
    """

    class Act(models.TextChoices):
        ADDED = "added", "新增"
        CHANGED = "changed", "修改"

    change = models.ForeignKey(BulkChange, verbose_name="批量操作", on_delete=models.CASCADE, related_name="records")
    model = models.CharField("类型", max_length=40)
    object_id = models.BigIntegerField("记录")
    label = models.CharField("名称", max_length=300)
    act = models.CharField("操作", max_length=8, choices=Act)
    before = models.JSONField("原值", default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField("新值", default=dict, encoder=DjangoJSONEncoder)
    stamp_before = models.CharField("原版本", max_length=64, blank=True)
    stamp_after = models.CharField("新版本", max_length=64)

    class Meta:
        verbose_name = "批量操作的记录"
        verbose_name_plural = "批量操作的记录"
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["change", "model", "object_id"], name="bulk_record_once"),
        ]

    def __str__(self) -> str:
        return self.label
