"""Administrative divisions and functional zones as one tree whose codes are its prefixes."""

from __future__ import annotations

import re
from typing import Any, Self

from django.db import models
from django.db.models.functions import Length
from django.urls import reverse

models.CharField.register_lookup(Length)

# Rows of the official table that only hold a level open and are no place of their own.
PLACEHOLDER_NAMES = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})


class DistrictQuerySet(models.QuerySet["District"]):
    def visible_to(self, user: Any) -> Self:
        """Districts are public; the method is here so that every read begins the same way."""
        return self

    def current(self) -> Self:
        return self.filter(is_former=False)

    def within(self, district: District) -> Self:
        """The district itself and everything below it: one range of the code's index."""
        return self.filter(code__gte=district.prefix, code__lt=district.prefix + District.SUBTREE_END)

    def places(self) -> Self:
        """Leave out the rows that only hold a level open (市辖区, 省直辖县级行政区划)."""
        return self.exclude(level=District.Level.CITY, name__in=PLACEHOLDER_NAMES)

    def by_public_code(self, code: str) -> District:
        """Return the district of `440000`, `44`, `440104` or `440104002`; raise DoesNotExist for anything else."""
        return self.get(code=compact_code(code))


def compact_code(code: str) -> str:
    """Turn a six-digit province or city code of GB/T 2260 into its two or four digits; others stay."""
    if match := re.fullmatch(r"(\d\d)0000|(\d{4})00", code):
        return match[1] or match[2]
    return code


class District(models.Model):
    """One division. Codes: 省 2, 市 4, 区县 6, 街镇 9 digits; a zone has its parent's code, `F` and two digits."""

    class Level(models.TextChoices):
        PROVINCE = "province", "省级"
        CITY = "city", "地级"
        COUNTY = "county", "县级"
        TOWN = "town", "乡级"
        ZONE = "zone", "功能区"

    # Follows any digit and any capital letter under every collation, so `code < prefix + SUBTREE_END` ends a subtree.
    SUBTREE_END = "z"

    code = models.CharField("代码", max_length=12, unique=True)
    name = models.CharField("名称", max_length=60)
    full_name = models.CharField("全称", max_length=200, editable=False, help_text="含上级名称，自动生成")
    level = models.CharField("级别", max_length=10, choices=Level)
    parent = models.ForeignKey(
        "self", verbose_name="上级区划", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    is_former = models.BooleanField("已撤销", default=False, help_text="代码已不在现行区划表中，历史案例仍可使用")

    objects = DistrictQuerySet.as_manager()

    class Meta:
        verbose_name = "区划"
        verbose_name_plural = "区划"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(level="province", code__length=2, parent__isnull=True)
                | models.Q(level="city", code__length=4, parent__isnull=False)
                | models.Q(level="county", code__length=6, parent__isnull=False)
                | models.Q(level="town", code__length=9, parent__isnull=False)
                | models.Q(level="zone", code__contains="F", parent__isnull=False),
                name="district_code_matches_level",
                violation_error_message="代码位数与级别不符：省级 2 位、地级 4 位、县级 6 位、乡级 9 位，功能区为上级代码加 F 和两位数字",
            )
        ]

    def __str__(self) -> str:
        return self.full_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.full_name = self.composed_name()
        super().save(*args, **kwargs)
        for child in self.children.all():
            if child.full_name != child.composed_name():
                child.save()

    def get_absolute_url(self) -> str:
        return reverse("districts:detail", args=[self.public_code])

    @property
    def prefix(self) -> str:
        return self.code

    @property
    def public_code(self) -> str:
        """The code as GB/T 2260 prints it: six digits for a province or city."""
        return self.code.ljust(6, "0") if self.code.isdigit() else self.code

    @property
    def is_placeholder(self) -> bool:
        return self.level == self.Level.CITY and self.name in PLACEHOLDER_NAMES

    @property
    def ancestor_codes(self) -> list[str]:
        """Codes of the levels above, from the province down."""
        return [self.code[:length] for length in (2, 4, 6) if length < len(self.code.split("F")[0])] + (
            [self.code.split("F")[0]] if "F" in self.code else []
        )

    def ancestors(self) -> DistrictQuerySet:
        """The divisions above this one that are places, from the province down."""
        return District.objects.places().filter(code__in=self.ancestor_codes).order_by("code")

    def composed_name(self) -> str:
        """The name with those of the levels above, e.g. 广东省广州市越秀区."""
        above = self.parent.full_name if self.parent else ""
        return above if self.is_placeholder else above + self.name

    def is_within(self, other: District) -> bool:
        return self.code.startswith(other.prefix)
