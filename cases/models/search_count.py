"""What readers search for, in numbers: no reader, no address, no time of day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Count, Sum
from django.utils import timezone

LONGEST = 40
KEPT_FOR = timedelta(days=200)
# Words are shown once they were searched for so often, on so many days: what one person typed by mistake, or looked for
# once, is nobody's business.
SHOWN_FROM_TIMES, SHOWN_FROM_DAYS = 3, 2
# What was not searched for so often by then loses its words, and counts without them.
WORDS_KEPT_FOR = timedelta(days=30)


class CountQuerySet(models.QuerySet["SearchCount"]):
    def since(self, day: date) -> Self:
        return self.filter(day__gte=day)

    def shown(self) -> Self:
        """Those whose words may be told."""
        return self.filter(words__in=self.model._default_manager.often().values("words"))

    def often(self) -> models.QuerySet[Any, Any]:
        """The words, one row each, that were searched for often enough in all the time kept."""
        words = self.exclude(words="").order_by().values("words")
        searched = words.annotate(often=Sum("times"), days=Count("day", distinct=True))
        return searched.filter(often__gte=SHOWN_FROM_TIMES, days__gte=SHOWN_FROM_DAYS)


class SearchCount(models.Model):
    """How often a text was searched for on a day; an empty one stands for all that are counted without their words."""

    class Found(models.TextChoices):
        NONE = "none", "没有找到"
        NEAR = "near", "只有相近的"
        SOME = "some", "有结果"

    day = models.DateField("日期", default=timezone.localdate)
    words = models.CharField("搜索词", max_length=LONGEST, blank=True)
    found = models.CharField("结果", max_length=4, choices=Found.choices)
    times = models.PositiveIntegerField("次数")

    objects = CountQuerySet.as_manager()

    class Meta:
        verbose_name = "检索统计"
        verbose_name_plural = "检索统计"
        ordering = ["day", "words"]
        default_permissions = ("view",)
        constraints = [models.UniqueConstraint(fields=["day", "words", "found"], name="one_count_of_searches")]

    def __str__(self) -> str:
        return f"{self.day} {self.words} {self.times}"


class OpenedCount(models.Model):
    """How often, of what a search found, the case in this place of the list was opened."""

    day = models.DateField("日期", default=timezone.localdate)
    words = models.CharField("搜索词", max_length=LONGEST, blank=True)
    place = models.PositiveSmallIntegerField("名次")
    times = models.PositiveIntegerField("次数")

    class Meta:
        verbose_name = "点开统计"
        verbose_name_plural = "点开统计"
        ordering = ["day", "words", "place"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["day", "words", "place"], name="one_count_of_openings")]

    def __str__(self) -> str:
        return f"{self.day} {self.words} {self.place} {self.times}"
