"""Where a case is told, and which case cites which source."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from cases.models.entered import Entered
from cases.models.versioned import Versioned
from cases.remits import entered_near, is_curator, remit_of

models.CharField.register_lookup(models.functions.Length)


def validate_partial_date(value: str) -> None:
    """Accept `2020`, `2020-11` and `2020-11-16`; raise ValidationError for anything else."""
    match = re.fullmatch(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", value)
    if match:
        try:
            date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
        except ValueError:
            match = None
    if not match:
        raise ValidationError("日期请写成 2020-11-16、2020-11 或 2020，写到已知的为止")


def chinese_date(value: date | str) -> str:
    """Write a date, or as much as is known of one, as readers do: 2020年11月16日, 2020年11月, 2020年."""
    return "".join(f"{int(part)}{unit}" for part, unit in zip(str(value).split("-"), "年月日", strict=False) if part)


class SourceQuerySet(models.QuerySet["Source"]):
    def visible_to(self, user: Any, *, preview: bool = False) -> Self:
        """Sources that a case or list the reader may see cites; with `preview` also a curator's own."""
        from cases.models.award import AwardList
        from cases.models.case import Case

        preview = preview and is_curator(user)
        cited = self._cited_in(
            Case.objects.visible_to(user, preview=preview), AwardList.objects.visible_to(user, preview=preview)
        )
        return self.filter(cited | entered_near(user) if preview else cited)

    def curated_by(self, user: Any) -> Self:
        """Sources that the admin shows to a curator: cited in what it shows them, or entered in their districts."""
        from cases.models.award import AwardList
        from cases.models.case import Case

        if not is_curator(user):
            return self.none()
        cited = self._cited_in(Case.objects.curated_by(user), AwardList.objects.curated_by(user))
        return self.filter(cited | entered_near(user))

    def editable_by(self, user: Any) -> Self:
        """Sources that a curator may change: nobody else's case or list stands on them, and no reader sees them
        unless the curator may publish.
        """
        from cases.models.award import AwardList
        from cases.models.case import Case

        if not (is_curator(user) and user.has_perm("cases.change_source")):
            return self.none()
        if remit_of(user).is_everywhere:
            return self.all()
        others = self._cited_in(
            Case.objects.exclude(pk__in=Case.objects.curated_by(user).values("pk")),
            AwardList.objects.exclude(pk__in=AwardList.objects.curated_by(user).values("pk")),
        )
        own = self.curated_by(user).exclude(others)
        if user.has_perm("cases.publish_case"):
            return own
        return own.exclude(pk__in=self.model.objects.visible_to(None).values("pk"))

    def _cited_in(self, cases: Any, lists: Any) -> Q:
        listed = self.model.award_lists.through.objects.filter(awardlist__in=lists)
        citing = Citation.objects.filter(case__in=cases)
        return Q(pk__in=citing.values("source")) | Q(pk__in=listed.values("source"))


class Source(Versioned, Entered):
    class Kind(models.TextChoices):
        NEWSPAPER = "newspaper", "报纸"
        JOURNAL = "journal", "期刊"
        WEBPAGE = "webpage", "网页"
        DOCUMENT = "document", "公文"

    key = models.SlugField("代号", max_length=60, unique=True, help_text="小写英文，导入时据此认出同一来源")
    kind = models.CharField("类型", max_length=12, choices=Kind)
    publisher = models.CharField("发布者", max_length=100, help_text="报刊、网站或机关名称")
    title = models.CharField("标题", max_length=200)
    authors = models.CharField("作者", max_length=200, blank=True)
    published = models.CharField(
        "发布日期",
        max_length=10,
        blank=True,
        validators=[validate_partial_date],
        help_text="2020-11-16、2020-11 或 2020",
    )
    page = models.CharField("版次或页码", max_length=40, blank=True)
    url = models.URLField("网址", max_length=500, blank=True)
    note = models.TextField("版本说明", blank=True, help_text="所据版本的情况，如转载、缺字")

    objects = SourceQuerySet.as_manager()

    class Meta:
        verbose_name = "来源"
        verbose_name_plural = "来源"
        ordering = ["-published", "publisher", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(published="") | Q(published__length__in=[4, 7, 10]),
                name="source_partial_date",
                violation_error_message="日期请写成 2020-11-16、2020-11 或 2020",
            )
        ]

    def __str__(self) -> str:
        return f"{self.publisher}：{self.title}"

    @property
    def published_label(self) -> str:
        return chinese_date(self.published)

    @property
    def link(self) -> str:
        """The address where a page may link to it: what no form took may be a script."""
        return self.url if re.match("(https?|ftp)://", self.url, re.IGNORECASE) else ""

    @property
    def reference(self) -> str:
        """One line for files: all that is known of it, the address last."""
        return "，".join(filter(None, (self.told_at(), self.url)))

    def told_at(self, locator: str = "") -> str:
        """One line without the address, in the order of the page of a case."""
        told = (f"{self.publisher}：《{self.title}》", self.authors, self.published_label, self.page, locator)
        return "，".join(filter(None, told))


class Citation(models.Model):
    """One case cites one source, perhaps a certain place in it."""

    case = models.ForeignKey("cases.Case", verbose_name="案例", on_delete=models.CASCADE, related_name="citations")
    source = models.ForeignKey(Source, verbose_name="来源", on_delete=models.PROTECT, related_name="citations")
    locator = models.CharField("出处位置", max_length=100, blank=True, help_text="章节、页码等")
    position = models.PositiveSmallIntegerField("次序", default=0)

    class Meta:
        verbose_name = "引用来源"
        verbose_name_plural = "引用来源"
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "source"], name="citation_once", violation_error_message="此来源已经列出"
            )
        ]

    def __str__(self) -> str:
        return str(self.source)

    @property
    def told(self) -> str:
        return self.source.told_at(self.locator)

    @property
    def reference(self) -> str:
        """One line for files, the address last."""
        return "，".join(filter(None, (self.told, self.source.url)))
