"""A file of rows that a curator brings in: read, shown row by row, then carried out whole or not at all."""

from __future__ import annotations

import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse
from django.utils import timezone

from cases.models.bulk_change import BulkChange

KEPT = timedelta(hours=24)
# A worker gives a sign of life every few seconds; without one for so long it is taken for dead.
SILENCE = timedelta(seconds=120)
# After so long, a file that waits says that nobody seems to read files.
PATIENCE = timedelta(seconds=60)
FOLDER = "imports"


def new_key() -> str:
    return secrets.token_urlsafe(24)


def folder() -> Path:
    """Where the files are: beside uploads, outside the web root."""
    return Path(settings.MEDIA_ROOT) / FOLDER


class ImportQuerySet(models.QuerySet["Import"]):
    def visible_to(self, user: Any) -> Self:
        """A file is its bringer's alone."""
        return self.filter(user=user)

    def in_work(self) -> Self:
        return self.filter(state__in=Import.WORKING, expires_at__gt=timezone.now())

    def dead(self) -> Self:
        """Files whose worker gave no sign of life for too long."""
        return self.in_work().filter(begun_at__isnull=False, touched_at__lte=timezone.now() - SILENCE)


class Import(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting", "正在排队"
        READING = "reading", "正在核对"
        READY = "ready", "等您确认"
        ORDERED = "ordered", "排队导入"
        WRITING = "writing", "正在导入"
        DONE = "done", "已经导入"
        FAILED = "failed", "没有导入"

    WORKING = (State.WAITING, State.READING, State.ORDERED, State.WRITING)

    key = models.CharField("密钥", max_length=43, unique=True, default=new_key, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="导入人", on_delete=models.CASCADE)
    subject = models.CharField("对象", max_length=40)
    name = models.CharField("文件名", max_length=200)
    stored = models.CharField("文件", max_length=80, blank=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    total = models.PositiveIntegerField("总行数", default=0)
    done = models.PositiveIntegerField("已核对", default=0)
    counts = models.JSONField("计数", default=dict)
    notices = models.JSONField("提示", default=list)
    fault = models.TextField("未成原因", blank=True)
    digest = models.CharField("预览", max_length=64, blank=True)
    edition = models.CharField("所据版本", max_length=64, blank=True)
    # Whether the preview was made anew because the library had changed since the one that was confirmed.
    is_anew = models.BooleanField("重新预览", default=False)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    asked_at = models.DateTimeField("时间", default=timezone.now)
    begun_at = models.DateTimeField("开始时间", null=True)
    touched_at = models.DateTimeField("最近动静", null=True)
    expires_at = models.DateTimeField("过期时间", db_index=True)
    change = models.ForeignKey(
        BulkChange, verbose_name="批量操作", null=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = "导入"
        verbose_name_plural = "导入"
        default_permissions = ()
        indexes = [models.Index(fields=["user", "-asked_at"], name="import_newest")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse(f"admin:{self.subject.replace('.', '_')}_import_one", args=[self.key])

    @property
    def path(self) -> Path:
        return folder() / self.stored

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()

    @property
    def is_coming(self) -> bool:
        return self.state in self.WORKING and not self.is_expired

    @property
    def is_unattended(self) -> bool:
        """Whether it waits for longer than it should."""
        is_waiting = self.state in {self.State.WAITING, self.State.ORDERED}
        return is_waiting and (self.touched_at or self.asked_at) < timezone.now() - PATIENCE

    @property
    def standing(self) -> str:
        """The state in words; a preview that cannot be confirmed does not wait for it."""
        if self.state != self.State.READY or (self.to_write and not self.wrong):
            return self.State(self.state).label
        return "有误，没有导入" if self.wrong else "核对完了，没有变化"

    @property
    def wrong(self) -> int:
        return self.counts.get(ImportRow.Finding.WRONG, 0)

    @property
    def to_write(self) -> int:
        return self.counts.get(ImportRow.Finding.ADDED, 0) + self.counts.get(ImportRow.Finding.CHANGED, 0)

    def remove_file(self) -> None:
        if self.stored:
            self.path.unlink(missing_ok=True)
            Import.objects.filter(pk=self.pk).update(stored="")
            self.stored = ""


class ImportRow(models.Model):
    """What one row of the file would do. `plan` is what is carried out, and nothing else."""

    class Finding(models.TextChoices):
        WRONG = "wrong", "有误"
        ADDED = "added", "新增"
        CHANGED = "changed", "有变化"
        SAME = "same", "相同"

    brought = models.ForeignKey(Import, verbose_name="导入", on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField("行号")
    finding = models.CharField("结果", max_length=8, choices=Finding)
    label = models.CharField("名称", max_length=300)
    address = models.CharField("网址", max_length=200, blank=True)
    faults = models.JSONField("问题", default=list)
    warnings = models.JSONField("提示", default=list)
    changes = models.JSONField("变化", default=list)
    plan = models.JSONField("内容", default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = "导入的行"
        verbose_name_plural = "导入的行"
        ordering = ["number", "pk"]
        default_permissions = ()
        indexes = [models.Index(fields=["brought", "finding", "number"], name="import_row_finding")]

    def __str__(self) -> str:
        return f"第 {self.number} 行 {self.label}"
