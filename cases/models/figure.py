"""One number of a case as a row."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q

from cases.models.qualifier import Qualifier, plain_number


class FigureQuerySet(models.QuerySet["Figure"]):
    def visible_to(self, user: Any) -> Self:
        from cases.models.case import Case

        return self.filter(case__in=Case.objects.visible_to(user))


class Figure(models.Model):
    """Values are in base units, 23000 for 2.3万, so that they compare; `as_printed` keeps the source's own form."""

    case = models.ForeignKey("cases.Case", verbose_name="案例", on_delete=models.CASCADE, related_name="figures")
    indicator = models.CharField("指标", max_length=60, help_text="能单独读懂的名称，如：覆盖党员")
    qualifier = models.CharField("限定词", max_length=10, choices=Qualifier, blank=True)
    value = models.DecimalField("数值", max_digits=18, decimal_places=4, help_text="2.3万请写 23000")
    unit = models.CharField("单位", max_length=20)
    year = models.PositiveSmallIntegerField("年份", null=True, blank=True)
    source = models.ForeignKey(
        "cases.Source", verbose_name="来源", null=True, blank=True, on_delete=models.PROTECT, related_name="figures"
    )
    as_printed = models.CharField("原文表述", max_length=100, blank=True, help_text="来源中的写法，便于核对")
    # What one must read of the source to believe the number; for curators alone.
    evidence = models.TextField("原文依据", blank=True, editable=False)
    position = models.PositiveSmallIntegerField("次序", default=0)

    objects = FigureQuerySet.as_manager()

    class Meta:
        verbose_name = "成效数据"
        verbose_name_plural = "成效数据"
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(year__isnull=True) | Q(year__range=(1900, 2100)),
                name="figure_year_plausible",
                violation_error_message="年份应为四位数字，如 2020",
            ),
            models.UniqueConstraint(
                fields=["case", "indicator", "unit", "year", "value"],
                name="figure_once",
                violation_error_message="此项数据已经列出",
            ),
            models.UniqueConstraint(
                fields=["case", "indicator", "unit", "value"],
                condition=Q(year__isnull=True),
                name="figure_once_without_year",
                violation_error_message="此项数据已经列出",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.label}"

    @property
    def label(self) -> str:
        """The number as readers write it: 超过 160 件, 2,500 多名, 95%."""
        return Qualifier.write(self.qualifier, plain_number(self.value), self.unit)
