"""Public case numbers, each given out once and never again."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import IntegrityError, models, transaction

YEARS = [MinValueValidator(1921, "年份不能早于 1921"), MaxValueValidator(2100, "年份不能晚于 2100")]
NUMBER_FORM = re.compile(r"(\d{4})-(\d{4,})")
TRIES = 10


class IssuedNumberManager(models.Manager["IssuedNumber"]):
    def issue(self, year: int) -> str:
        """Give out the next number of a year, e.g. `2020-0007`; safe against others doing so at the same time."""
        for _ in range(TRIES):
            last = self.filter(year=year).aggregate(last=models.Max("serial"))["last"] or 0
            try:
                with transaction.atomic():
                    return str(self.create(year=year, serial=last + 1))
            except IntegrityError:
                continue
        raise IntegrityError(f"no free case number for {year} after {TRIES} tries")

    def claim(self, number: str) -> None:
        """Record a number that came from outside; raise ValidationError when it is malformed or was ever given out."""
        match = NUMBER_FORM.fullmatch(number)
        if not match:
            raise ValidationError(
                {"number": f"案例编号“{number}”有误，应为四位年份、连字符和至少四位序号，如 2020-0007"}
            )
        try:
            with transaction.atomic():
                self.create(year=int(match[1]), serial=int(match[2]))
        except IntegrityError as error:
            raise ValidationError({"number": f"案例编号 {number} 已经用过，编号不重复使用"}) from error


class IssuedNumber(models.Model):
    """Stays when its case is deleted, so that the number is never given out again."""

    year = models.PositiveSmallIntegerField("年度")
    serial = models.PositiveIntegerField("序号")
    issued_at = models.DateTimeField("发出时间", auto_now_add=True)

    objects = IssuedNumberManager()

    class Meta:
        verbose_name = "已发编号"
        verbose_name_plural = "已发编号"
        ordering = ["year", "serial"]
        constraints = [models.UniqueConstraint(fields=["year", "serial"], name="number_issued_once")]

    def __str__(self) -> str:
        return f"{self.year}-{self.serial:04d}"
