"""Bodies that do, report, recommend and award."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from cases.models.entered import Entered
from cases.models.versioned import Versioned
from cases.remits import entered_near, is_curator, remit_of
from districts.models import District

# How many levels above an organisation are looked up, in one query; more than there are.
HIGHEST = 8


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, user: Any, *, preview: bool = False) -> Self:
        """Organisations that a reader meets anyway: in a case or list they may see, or directly above such a one.

        A body that only drafts name would give the draft away. With `preview` a curator also sees those of cases and
        lists that the admin shows them, and their own.
        """
        preview = preview and is_curator(user)
        met = self.model.objects.met_by(user, preview=preview).values("pk")
        superiors = self.model.objects.met_by(user, preview=preview).exclude(parent=None).values("parent")
        seen = Q(pk__in=met) | Q(pk__in=superiors)
        return self.filter(seen | _curated(user) if preview else seen)

    def curated_by(self, user: Any) -> Self:
        """Organisations that the admin shows to a curator: of their districts, or entered there."""
        return self.filter(_curated(user)) if is_curator(user) else self.none()

    def editable_by(self, user: Any) -> Self:
        """Organisations that a curator may change: with the right to publish also those that readers see."""
        if not (is_curator(user) and user.has_perm("cases.change_organisation")):
            return self.none()
        own = self.curated_by(user)
        if user.has_perm("cases.publish_case"):
            return own
        return own.exclude(pk__in=self.model.objects.visible_to(None).values("pk"))

    def met_by(self, user: Any, *, preview: bool = False) -> Self:
        from cases.models.award import AwardEntry, AwardList
        from cases.models.credit import Credit

        # Each a list that is read once: asked for every organisation anew, SQLite goes through all cases every time.
        credited = Credit.objects.visible_to(user, preview=preview).values("organisation")
        entries = AwardEntry.objects.visible_to(user, preview=preview)
        entered = AwardEntry.organisations.through.objects.filter(awardentry__in=entries).values("organisation")
        lists = AwardList.objects.visible_to(user, preview=preview)
        organising = lists.exclude(organiser=None).values("organiser")
        return self.filter(Q(pk__in=credited) | Q(pk__in=entered) | Q(pk__in=organising))

    def for_export(self, superiors: Self) -> Self:
        """Load what a file tells of each, after `with_case_counts`; a superior only if it is among `superiors`."""
        shown = models.Prefetch("parent", superiors.only("name"), to_attr="shown_parent")
        return self.select_related("district").prefetch_related(shown)

    def within(self, district: District) -> Self:
        return self.filter(district__in=District.objects.within(district))

    def named(self, *spellings: str) -> Self:
        """Organisations whose name, short name or an earlier name holds any of these spellings."""
        found = Q()
        for words in spellings:
            found |= Q(name__icontains=words) | Q(short_name__icontains=words) | Q(former_names__icontains=words)
        return self.filter(found)

    def above(self, subordinate: Organisation) -> list[int]:
        """Ids of the organisations above one, nearest first, as many levels as there are up to a fixed height."""
        steps = ["__".join(["parent"] * height) for height in range(1, HIGHEST + 1)]
        path = self.filter(pk=subordinate.pk).values_list(*steps).first() or ()
        return [pk for pk in dict.fromkeys(path) if pk and pk != subordinate.pk]

    def under(self, superior: Organisation) -> Self:
        """Organisations directly below one, and those directly below these."""
        return self.filter(Q(parent=superior) | Q(parent__parent=superior)).exclude(pk=superior.pk)

    def for_cards(self) -> Self:
        return self.select_related("district")

    def with_case_counts(self, user: Any) -> Self:
        """Annotate `case_count`: the distinct cases of each that the reader may see."""
        from cases.models.case import Case

        cases = Case.objects.visible_to(user).values("pk")
        count = models.Count("credits__case", filter=Q(credits__case__in=cases), distinct=True)
        return self.annotate(case_count=count).order_by("name")

    def busiest(self) -> Self:
        """Those with the most cases first; after `with_case_counts`."""
        return self.order_by(F("case_count").desc(), "name")


def names_in(former_names: str) -> list[str]:
    """Names that stand one a line, as `former_names` has them."""
    return [name.strip() for name in former_names.splitlines() if name.strip()]


def _curated(user: Any) -> Q:
    return remit_of(user).within("district__code") | entered_near(user)


class Organisation(Versioned, Entered):
    class Kind(models.TextChoices):
        COMMITTEE = "committee", "党委"
        LEADING_GROUP = "leading-group", "党组"
        WORKING_COMMITTEE = "working-committee", "党工委"
        GENERAL_BRANCH = "general-branch", "党总支"
        BRANCH = "branch", "党支部"
        DEPARTMENT = "department", "组织部"
        GOVERNMENT = "government", "机关"
        INSTITUTION = "institution", "事业单位"
        ENTERPRISE = "enterprise", "企业"
        SOCIAL = "social", "社会组织"
        SCHOOL = "school", "学校"
        MEDIA = "media", "媒体"
        OTHER = "other", "其他"

    name = models.CharField("名称", max_length=100, unique=True, help_text="规范全称，如：中共广州市越秀区委组织部")
    short_name = models.CharField("简称", max_length=60, blank=True)
    kind = models.CharField("类别", max_length=20, choices=Kind)
    district = models.ForeignKey(
        District, verbose_name="所在区划", null=True, blank=True, on_delete=models.PROTECT, related_name="organisations"
    )
    parent = models.ForeignKey(
        "self", verbose_name="上级组织", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    former_names = models.TextField("曾用名", blank=True, help_text="每行一个")

    case_count: int  # set by with_case_counts()
    shown_parent: Organisation | None  # set by for_export()

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = "组织"
        verbose_name_plural = "组织"
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                name="organisation_not_its_own_superior",
                violation_error_message="上级组织不能是它自己",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("cases:organisation", args=[self.pk])

    def clean(self) -> None:
        above = self.parent
        while above is not None and self.pk:
            if above.pk == self.pk:
                raise ValidationError({"parent": "上级组织绕成了圈：所选上级在本组织之下，请另选"})
            above = above.parent

    @property
    def earlier_names(self) -> list[str]:
        return names_in(self.former_names)

    def earlier_name_with(self, spellings: Iterable[str]) -> str:
        """The earlier name that holds one of the spellings, if the present names do not; otherwise nothing."""
        words = [spelling.casefold() for spelling in spellings]
        if any(word in name.casefold() for word in words for name in (self.name, self.short_name)):
            return ""
        return next((name for name in self.earlier_names if any(word in name.casefold() for word in words)), "")

    @property
    def label(self) -> str:
        """The short name where there is one: for chips and narrow places."""
        return self.short_name or self.name
