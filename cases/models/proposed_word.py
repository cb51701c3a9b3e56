"""Words that may be worth a term, proposed from the library's texts and from what readers search for in vain."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from cases.models.term import LONGEST


class ProposedWord(models.Model):
    """A word with what speaks for it. What was dismissed stays, so that it is never proposed again."""

    class Origin(models.TextChoices):
        TEXTS = "texts", "案例正文"
        SEARCHES = "searches", "没有结果的搜索"

    class State(models.TextChoices):
        PROPOSED = "proposed", "待处理"
        DISMISSED = "dismissed", "不是词"

    word = models.CharField("词", max_length=LONGEST, unique=True)
    origin = models.CharField("来自", max_length=8, choices=Origin.choices)
    state = models.CharField("状态", max_length=9, choices=State.choices, default=State.PROPOSED)
    times = models.PositiveIntegerField("出现次数", default=0)
    case_count = models.PositiveIntegerField("案例数", default=0)
    searches = models.PositiveIntegerField("搜索次数", default=0)
    weight = models.FloatField("推荐程度", default=0)
    examples = models.JSONField("例子", default=list, blank=True)
    nearest = models.JSONField("相近的写法", default=list, blank=True)
    proposed_at = models.DateTimeField("提出时间", default=timezone.now)

    class Meta:
        verbose_name = "新词建议"
        verbose_name_plural = "新词建议"
        ordering = ["-weight", "word"]
        default_permissions = ("view", "change")

    def __str__(self) -> str:
        return self.word

    @property
    def is_dismissed(self) -> bool:
        return self.state == self.State.DISMISSED


class WordSurvey(models.Model):
    """One look through the library for new words: asked for, under way, or done."""

    asked_at = models.DateTimeField("要求时间", default=timezone.now)
    begun_at = models.DateTimeField("开始时间", null=True)
    done_at = models.DateTimeField("完成时间", null=True)
    done = models.PositiveIntegerField("已读案例", default=0)
    total = models.PositiveIntegerField("全部案例", default=0)
    found = models.PositiveIntegerField("新词", default=0)

    class Meta:
        verbose_name = "新词统计"
        verbose_name_plural = "新词统计"
        ordering = ["-pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M}"

    @classmethod
    def latest(cls) -> Any:
        return cls._default_manager.first()

    @property
    def is_coming(self) -> bool:
        return self.done_at is None
