"""Administrative divisions and functional zones as one tree whose codes are its prefixes."""

from __future__ import annotations

import re
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Length
from django.dispatch import Signal
from django.urls import reverse

models.CharField.register_lookup(Length)

# Sent with `districts`, a list of those whose full names changed without a save of their own.
full_names_changed = Signal()

# 省, 市, 区县 and 街镇 below each other (a city without counties has streets under county part 00), then a zone.
CODE_FORM = re.compile(r"[1-9]\d(?:(?!00)\d\d(?:(?!00)\d\d|\d\d(?!000)\d{3})?)?(?:F\d\d)?", re.ASCII)
# Zeros stand for the levels not there: 440000 in GB/T 2260, 440104002000 or 350527000 with the statisticians.
PADDED_CODE = re.compile(r"(\d\d)0{4}(?:000){0,2}|(\d{4})00(?:000){0,2}|(\d{6})(?:000){1,2}|(\d{9})000", re.ASCII)
DIVISION_LENGTHS = (2, 4, 6, 9)

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
        return self.filter(district.subtree("code"))

    def counties_of(self, city: District) -> Self:
        """The counties of today that a city, or a province without cities of its own, consists of."""
        return self.current().within(city).filter(level=District.Level.COUNTY).order_by("code")

    def places(self) -> Self:
        """Leave out the rows that only hold a level open (市辖区, 省直辖县级行政区划)."""
        return self.exclude(level=District.Level.CITY, name__in=PLACEHOLDER_NAMES)

    def by_public_code(self, code: str) -> District:
        """Return the district of `440000`, `44`, `440104` or `440104002`; raise DoesNotExist for anything else."""
        if not CODE_FORM.fullmatch(compact := compact_code(code)):
            raise self.model.DoesNotExist(code)
        return self.get(code=compact)


def compact_code(code: str) -> str:
    """Take the padding off a code of GB/T 2260 (440000 → 44) or of the statisticians (440104002000 → 440104002)."""
    division, mark, number = code.partition("F")
    if match := PADDED_CODE.fullmatch(division):
        division = next(filter(None, match.groups()))
    return division + mark + number


def codes_above(code: str) -> list[str]:
    """Return the codes that the levels above a code would have, from the province down: 4403F01 → 44, 4403."""
    prefixes = (code[:length] for length in DIVISION_LENGTHS)
    return [prefix for prefix in prefixes if prefix != code and prefix.isdigit()]


class District(models.Model):
    """One division. Codes: 省 2, 市 4, 区县 6, 街镇 9 digits; a zone has its parent's code, `F` and two digits."""

    class Level(models.TextChoices):
        PROVINCE = "province", "省级"
        CITY = "city", "地级"
        COUNTY = "county", "县级"
        TOWN = "town", "乡级"
        ZONE = "zone", "功能区"

    LEVELS = dict(zip(DIVISION_LENGTHS, (Level.PROVINCE, Level.CITY, Level.COUNTY, Level.TOWN), strict=True))
    NAME_LENGTH = 60

    # Follows any digit and any capital letter under every collation, so `code < prefix + SUBTREE_END` ends a subtree.
    SUBTREE_END = "z"

    code = models.CharField("代码", max_length=12, unique=True)
    name = models.CharField("名称", max_length=NAME_LENGTH)
    full_name = models.CharField("全称", max_length=5 * NAME_LENGTH, editable=False, help_text="含上级名称，自动生成")
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
                violation_error_message="代码位数与级别不符：省级 2 位、地级 4 位、县级 6 位、乡级 9 位，"
                "功能区为上级代码加 F 和两位数字",
            )
        ]

    def __str__(self) -> str:
        return self.full_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the district and, if it was there before, bring the full names below it up to date."""
        if kwargs.get("update_fields"):
            kwargs["update_fields"] = {*kwargs["update_fields"], "full_name"}
        self.full_name = self.composed_name()
        was_there = not self._state.adding
        with transaction.atomic():
            super().save(*args, **kwargs)
            if was_there:
                self._mend_full_names_below()

    def get_absolute_url(self) -> str:
        return reverse("districts:detail", args=[self.public_code])

    def _mend_full_names_below(self) -> None:
        """One query for the whole subtree, and updates only where something changed."""
        family: dict[int | None, District] = {self.pk: self}
        stale = []
        for district in District.objects.within(self).exclude(pk=self.pk).order_by("code"):
            family[district.pk] = district
            district.parent = family.get(district.parent_id) or district.parent
            if district.full_name != (full_name := district.composed_name()):
                district.full_name = full_name
                stale.append(district)
        District.objects.bulk_update(stale, ["full_name"], batch_size=500)
        if stale:
            full_names_changed.send(District, districts=stale)

    def clean(self) -> None:
        if not CODE_FORM.fullmatch(self.code):
            raise ValidationError("代码有误：应为 2、4、6 或 9 位数字，功能区为上级代码加 F 和两位数字")
        # A zone's code names its parent; a division may hang on a higher level when the one between does not exist.
        possible = self.ancestor_codes[-1:] if "F" in self.code else self.ancestor_codes
        if self.parent and self.parent.code not in possible:
            raise ValidationError(f"上级区划有误：代码 {self.code} 的上级应为 {'、'.join(reversed(possible)) or '空'}")

    @classmethod
    def level_of(cls, code: str) -> District.Level:
        """Return the level that follows from a well-formed code."""
        return cls.Level.ZONE if "F" in code else cls.LEVELS[len(code)]

    @property
    def prefix(self) -> str:
        return self.code

    def subtree(self, path: str) -> models.Q:
        """Match the district and all below it, where `path` leads to a district's code: one range of its index."""
        return models.Q(**{f"{path}__gte": self.prefix, f"{path}__lt": self.prefix + self.SUBTREE_END})

    @property
    def public_code(self) -> str:
        """The code as GB/T 2260 prints it: six digits for a province or city."""
        return self.code.ljust(6, "0") if self.code.isdigit() else self.code

    @property
    def is_placeholder(self) -> bool:
        return self.level == self.Level.CITY and self.name in PLACEHOLDER_NAMES

    @property
    def ancestor_codes(self) -> list[str]:
        """Codes of the levels above, from the province down, whether or not all of them exist."""
        return codes_above(self.code)

    def ancestors(self) -> DistrictQuerySet:
        """The divisions above this one that are places, from the province down."""
        return District.objects.places().filter(code__in=self.ancestor_codes).order_by("code")

    def composed_name(self) -> str:
        """The name with those of the levels above, e.g. 广东省广州市越秀区."""
        above = self.parent.full_name if self.parent else ""
        return above if self.is_placeholder else above + self.name
