"""Published lists of cases, how they were made, and what stands on them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from cases.models.entered import Entered
from cases.models.number import YEARS
from cases.models.qualifier import Qualifier
from cases.models.versioned import Versioned
from cases.remits import entered_near, is_curator, remit_of
from districts.models import District

if TYPE_CHECKING:
    from cases.models.case import Case
    from cases.models.organisation import Organisation


class AwardListQuerySet(models.QuerySet["AwardList"]):
    def published(self) -> Self:
        return self.filter(status=AwardList.Status.PUBLISHED)

    def visible_to(self, user: Any, *, preview: bool = False) -> Self:
        """Published lists; with `preview` also those that the admin shows to a curator."""
        if preview and is_curator(user):
            return self.filter(Q(status=AwardList.Status.PUBLISHED) | _curated(user))
        return self.published()

    def curated_by(self, user: Any) -> Self:
        """Lists that the admin shows to a curator: organised or entered in their districts."""
        return self.filter(_curated(user)) if is_curator(user) else self.none()

    def editable_by(self, user: Any) -> Self:
        """Lists that a curator may change as they stand: drafts, or all with the right to publish."""
        if not (is_curator(user) and user.has_perm("cases.change_awardlist")):
            return self.none()
        lists = self.curated_by(user)
        return lists if user.has_perm("cases.publish_awardlist") else lists.filter(status=AwardList.Status.DRAFT)

    def of_years(self, years: Iterable[int]) -> Self:
        return self.filter(year__in=years)

    def in_series(self, name: str) -> Self:
        """The lists of one series, newest first; a list without a series is in none."""
        return (self.filter(series=name) if name else self.none()).for_list()

    def organised_by(self, organisation: Organisation) -> Self:
        return self.filter(organiser=organisation)

    def concerning(self, district: District) -> Self:
        """Lists organised in a district, and those with an entry from there."""
        named = AwardEntry.objects.filter(district.subtree("district__code")).values("award_list")
        return self.filter(district.subtree("organiser__district__code") | Q(pk__in=named))

    def with_entries_from(self, district: District) -> Self:
        """Annotate `entries_here`: how many entries come from a district."""
        here = AwardEntry.objects.filter(district.subtree("district__code"), award_list=OuterRef("pk"))
        counted = here.order_by().values("award_list").annotate(number=models.Count("pk")).values("number")
        return self.annotate(entries_here=Coalesce(Subquery(counted), 0))

    def for_list(self) -> Self:
        """Load what a line about each list shows."""
        return self.select_related("organiser").prefetch_related("funnel").with_entry_counts()

    def for_page(self) -> Self:
        return self.for_list().prefetch_related("sources")

    def for_export(self, cases: models.QuerySet[Case]) -> Self:
        """Load all that a file tells of each list; an entry's case only if it is among `cases`."""
        entries = AwardEntry.objects.in_published_order().select_related("district")
        return self.select_related("organiser").prefetch_related(
            "funnel",
            "sources",
            models.Prefetch("entries", entries),
            "entries__organisations",
            models.Prefetch("entries__case", cases, to_attr="shown_case"),
        )

    def with_entry_counts(self) -> Self:
        """Annotate `entry_count`: the entries that the library holds, not the number announced."""
        return self.annotate(entry_count=models.Count("entries")).newest()

    def newest(self) -> Self:
        return self.order_by("-year", "title")


def _curated(user: Any) -> Q:
    return remit_of(user).within("organiser__district__code") | entered_near(user)


class AwardList(Versioned, Entered):
    SERIES_LENGTH = 60

    class Level(models.TextChoices):
        NATIONAL = "national", "全国"
        PROVINCE = "province", "省级"
        CITY = "city", "市级"
        COUNTY = "county", "区县级"

    class Order(models.TextChoices):
        UNORDERED = "unordered", "不分先后"
        RANKED = "ranked", "排名"
        TIERED = "tiered", "分等次"

    class Status(models.TextChoices):
        DRAFT = "draft", "草稿"
        PUBLISHED = "published", "已发布"

    title = models.CharField("名称", max_length=120)
    slug = models.SlugField("网址代号", max_length=80, unique=True, help_text="小写英文，用于网址；发布后不要更改")
    series = models.CharField(
        "系列",
        max_length=SERIES_LENGTH,
        blank=True,
        help_text="历届同一榜单填同一名称，页面上就并列显示；只有一届的留空",
    )
    organiser = models.ForeignKey(
        "cases.Organisation",
        verbose_name="主办方",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="organised_lists",
        help_text="来源未载明的留空",
    )
    year = models.PositiveSmallIntegerField("年份", validators=YEARS)
    level = models.CharField("级别", max_length=10, choices=Level)
    order = models.CharField("排列方式", max_length=10, choices=Order, default=Order.UNORDERED)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.DRAFT)
    description = models.TextField("说明", blank=True)
    how_made = models.TextField("产生办法", blank=True, help_text="征集、初选、评审等各环节")
    sources = models.ManyToManyField("cases.Source", verbose_name="来源", blank=True, related_name="award_lists")

    objects = AwardListQuerySet.as_manager()

    class Meta:
        verbose_name = "榜单"
        verbose_name_plural = "榜单"
        ordering = ["-year", "title"]
        permissions = [("publish_awardlist", "可以发布榜单")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("cases:award", args=[self.slug])

    @property
    def funnel_in_brief(self) -> str:
        """The first and the last stage in words; reads the prefetched funnel."""
        stages = list(self.funnel.all())
        return "，".join(f"{stage.stage}{stage.count_label}" for stage in [*stages[:1], *stages[1:][-1:]])


class FunnelStage(models.Model):
    """One stage of how a list was made, with how many candidates were left at it."""

    award_list = models.ForeignKey(AwardList, verbose_name="榜单", on_delete=models.CASCADE, related_name="funnel")
    position = models.PositiveSmallIntegerField("次序", default=0)
    stage = models.CharField("环节", max_length=20, help_text="征集、初选、入围、入选等")
    qualifier = models.CharField("限定词", max_length=10, choices=Qualifier, blank=True)
    count = models.PositiveIntegerField("件数")

    class Meta:
        verbose_name = "评选环节"
        verbose_name_plural = "评选环节"
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return f"{self.stage} {self.count_label}"

    @property
    def count_label(self) -> str:
        return Qualifier.write(self.qualifier, f"{self.count:,}", "件")


class AwardEntryQuerySet(models.QuerySet["AwardEntry"]):
    def visible_to(self, user: Any, *, preview: bool = False) -> Self:
        return self.filter(award_list__in=AwardList.objects.visible_to(user, preview=preview))

    def on(self, award_list: AwardList) -> Self:
        return self.filter(award_list=award_list)

    def of(self, organisation: Organisation) -> Self:
        """Entries that name the organisation, newest list first."""
        return self.filter(organisations=organisation).select_related("award_list").order_by("-award_list__year", "pk")

    def within(self, district: District) -> Self:
        return self.filter(district.subtree("district__code")).order_by("-award_list__year", "pk")

    def about(self, cases: models.QuerySet[Case]) -> Self:
        return self.filter(case__in=cases.values("pk"))

    def with_sectors(self, cases: models.QuerySet[Case]) -> Self:
        """Annotate `sector`: the id of the sector of each entry's case if that is among `cases`."""
        return self.annotate(sector=Subquery(cases.filter(pk=OuterRef("case")).values("sector")[:1]))

    def with_cases(self, cases: models.QuerySet[Case]) -> Self:
        """Load district, organisations and, as `shown_case`, the case of each entry if it is among `cases`."""
        return self.select_related("district").prefetch_related(
            "organisations", models.Prefetch("case", cases, to_attr="shown_case")
        )

    def in_published_order(self) -> Self:
        """Ranked lists by rank, all others as they were announced."""
        return self.order_by(F("rank").asc(nulls_last=True), "position", "pk")


class AwardEntry(models.Model):
    """What stands on a list, frozen as announced, whatever becomes of the case it is about."""

    award_list = models.ForeignKey(AwardList, verbose_name="榜单", on_delete=models.CASCADE, related_name="entries")
    position = models.PositiveSmallIntegerField("公布次序", default=0)
    title = models.CharField("公布的名称", max_length=200)
    organisations_as_announced = models.CharField("公布的单位", max_length=300, blank=True)
    organisations = models.ManyToManyField(
        "cases.Organisation", verbose_name="单位", blank=True, related_name="award_entries"
    )
    district = models.ForeignKey(
        District, verbose_name="区划", null=True, blank=True, on_delete=models.PROTECT, related_name="award_entries"
    )
    case = models.ForeignKey(
        "cases.Case", verbose_name="对应案例", null=True, blank=True, on_delete=models.SET_NULL, related_name="awards"
    )
    rank = models.PositiveSmallIntegerField("名次", null=True, blank=True)
    tier = models.CharField("等次", max_length=20, blank=True, help_text="如：一等奖、优秀组织奖")
    note = models.CharField("备注", max_length=300, blank=True)

    shown_case: Case | None  # set by with_cases()
    place: int  # set by EntryFilter

    objects = AwardEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "榜单条目"
        verbose_name_plural = "榜单条目"
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["award_list", "rank"],
                condition=Q(rank__isnull=False),
                name="award_entry_rank_once",
                violation_error_message="同一榜单内名次不能重复",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def present_names(self) -> str:
        """What the organisations are called now; reads the prefetched ones."""
        return "、".join(body.name for body in self.organisations.all())

    @property
    def is_named_otherwise(self) -> bool:
        """Whether the announcement has other words for the organisations than their present names."""
        return bool(self.organisations_as_announced) and self.organisations_as_announced != self.present_names

    @property
    def renamed(self) -> list[Organisation]:
        """Organisations of which the announcement has neither the present name, nor the short one, nor a part of it."""
        told = self.organisations_as_announced
        return [
            body
            for body in self.organisations.all()
            if told
            and body.name not in told
            and told not in body.name
            and not (body.short_name and body.short_name in told)
        ]

    @property
    def standing(self) -> str:
        """第 1 名, 二等奖, or nothing."""
        return f"第 {self.rank} 名" if self.rank else self.tier
