"""A file that is written while its reader waits elsewhere, and kept for a day."""

from __future__ import annotations

import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

KEPT = timedelta(hours=24)
# A row whose file is gone says so for so long, to whoever bookmarked it.
REMEMBERED = timedelta(days=7)
# A writer gives a sign of life every few seconds; without one for so long it is taken for dead.
SILENCE = timedelta(seconds=60)
# After so long, a file that waits while none is being written says that nobody seems to write files.
PATIENCE = timedelta(seconds=60)
FOLDER = "exports"
# What a row forgets with a file that may no longer be handed out: they may name what was withdrawn.
UNTOLD: dict[str, Any] = {"title": "", "words": []}


def new_key() -> str:
    return secrets.token_urlsafe(24)


def folder() -> Path:
    """Where the files are: beside uploads, outside the web root."""
    return Path(settings.MEDIA_ROOT) / FOLDER


class ExportFileQuerySet(models.QuerySet["ExportFile"]):
    def visible_to(self, user: Any, asker: str = "") -> Self:
        """Files of public things, for whoever has the key; others for who asked: that user, or that session."""
        mine = models.Q(is_public=True)
        if user is not None and user.is_authenticated:
            mine |= models.Q(user=user)
        elif asker:
            mine |= models.Q(user=None, asker=asker)
        return self.filter(mine)

    def for_page(self) -> Self:
        """Leave behind the ids of the cases, which may be a hundred thousand."""
        return self.select_related("user").defer("cases")

    def unexpired(self) -> Self:
        return self.filter(expires_at__gt=timezone.now())

    def unfinished(self) -> Self:
        return self.unexpired().filter(done_at=None, fault="", is_outdated=False)

    def waiting(self) -> Self:
        return self.unfinished().filter(begun_at=None)

    def in_work(self) -> Self:
        return self.unfinished().exclude(begun_at=None)

    def alive(self) -> Self:
        return self.in_work().filter(touched_at__gt=timezone.now() - SILENCE)

    def dead(self) -> Self:
        """Files whose writer gave no sign of life for too long."""
        return self.in_work().filter(touched_at__lte=timezone.now() - SILENCE)

    def asked_from(self, origin: str) -> Self:
        return self.filter(origin=origin)

    def same_as(self, other: ExportFile, edition: str) -> Self:
        """Public files of the same question that were not read yet, or were read from this edition of the library."""
        same = {name: getattr(other, name) for name in ("what", "form", "query", "about", "base")}
        still = models.Q(begun_at=None) | models.Q(edition=edition)
        fresh = self.filter(is_outdated=False, fault="", expires_at__gt=timezone.now() + KEPT / 4)
        return fresh.filter(still, is_public=True, **same)

    def bytes(self) -> int:
        return self.aggregate(sum=models.Sum("size"))["sum"] or 0


class ExportFile(models.Model):
    """A file that was asked for: what it is to hold, how far it is, and where it lies.

    Its state is never stored; it follows from what happened to it.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "正在排队"
        WRITING = "writing", "正在制作"
        DONE = "done", "已经做好"
        FAILED = "failed", "没有做成"
        OUTDATED = "outdated", "内容已有撤下"
        EXPIRED = "expired", "已经过期"

    key = models.CharField("密钥", max_length=43, unique=True, default=new_key, editable=False)
    what = models.CharField("内容", max_length=40)
    form = models.CharField("格式", max_length=10)
    query = models.TextField("条件", blank=True)
    about = models.CharField("对象", max_length=255, blank=True)
    base = models.CharField("网站", max_length=300)
    address = models.TextField("重新制作的网址")
    title = models.CharField("标题", max_length=255)
    words = models.JSONField("说明", default=list)

    is_public = models.BooleanField("只含公开内容")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, verbose_name="用户"
    )
    asker = models.CharField("索取者", max_length=64, blank=True, db_index=True)
    # Whom to count: who asks with a session may come with another one, but not so easily from another address.
    origin = models.CharField("来处", max_length=64, blank=True, db_index=True)

    total = models.PositiveIntegerField("总数", default=0)
    done = models.PositiveIntegerField("已写", default=0)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    edition = models.CharField("所据版本", max_length=64, blank=True)
    # Null where it is not known of which cases the file tells: then it is good for one edition only.
    cases = models.JSONField("案例", null=True)
    lists = models.JSONField("榜单", default=list)
    columns = models.JSONField("栏目", default=list)

    name = models.CharField("文件", max_length=80, blank=True)
    stem = models.CharField("下载名", max_length=80, blank=True)
    size = models.PositiveBigIntegerField("大小", default=0)
    fault = models.TextField("未成原因", blank=True)
    is_outdated = models.BooleanField("内容已撤下", default=False)

    asked_at = models.DateTimeField("索取时间", default=timezone.now)
    begun_at = models.DateTimeField("开始时间", null=True)
    touched_at = models.DateTimeField("最近动静", null=True)
    done_at = models.DateTimeField("完成时间", null=True)
    expires_at = models.DateTimeField("过期时间", db_index=True)

    objects = ExportFileQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "导出文件"

    def __str__(self) -> str:
        return f"{self.title}（{self.form}）"

    def get_absolute_url(self) -> str:
        return reverse("cases:export-file", args=[self.key])

    def get_download_url(self) -> str:
        return reverse("cases:export-download", args=[self.key])

    @property
    def state(self) -> State:
        if self.expires_at <= timezone.now():
            return self.State.EXPIRED
        if self.is_outdated:
            return self.State.OUTDATED
        if self.fault:
            return self.State.FAILED
        if self.done_at:
            return self.State.DONE
        return self.State.WRITING if self.begun_at else self.State.WAITING

    @property
    def is_coming(self) -> bool:
        return self.state in {self.State.WAITING, self.State.WRITING}

    @property
    def is_gone(self) -> bool:
        return self.state in {self.State.OUTDATED, self.State.EXPIRED}

    @property
    def is_unattended(self) -> bool:
        """Whether it waits for longer than it should while nothing is being written."""
        has_waited = self.state == self.State.WAITING and self.asked_at < timezone.now() - PATIENCE
        return has_waited and not ExportFile.objects.alive().exists()

    @property
    def ahead(self) -> int:
        """How many files are written before this one."""
        return ExportFile.objects.in_work().count() + ExportFile.objects.waiting().filter(pk__lt=self.pk).count()

    @property
    def path(self) -> Path:
        return folder() / self.name

    def remove_file(self) -> None:
        if self.name:
            self.path.unlink(missing_ok=True)

    def give_up(self, **fields: Any) -> None:
        """Delete the file and remember why there is none."""
        self.remove_file()
        ExportFile.objects.filter(pk=self.pk).update(name="", size=0, **fields)
        self.refresh_from_db(fields=["name", "size", *fields])
