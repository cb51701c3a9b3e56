"""The case: one innovation of a grassroots Party organisation, and how it gets published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from cases import audit, workflow
from cases.models.attachment import Attachment
from cases.models.award import AwardEntry
from cases.models.case_queryset import CaseQuerySet
from cases.models.case_version import CaseVersion
from cases.models.credit import Credit
from cases.models.entered import Entered
from cases.models.figure import Figure
from cases.models.number import YEARS, IssuedNumber
from cases.models.rich_text import PlainTextField, RichTextField, with_plain
from cases.models.source import Citation, Source
from cases.models.status import StatusChange
from cases.models.versioned import Versioned
from cases.models.vocabulary import Sector, Theme
from districts.models import District

if TYPE_CHECKING:
    from cases.models.organisation import Organisation


@dataclass(frozen=True)
class Surroundings:
    """What a reader may go on to from a case; only what they may see."""

    whole: Case | None
    parts: list[Case]
    previous: Case | None
    next: Case | None

    @property
    def nearest(self) -> list[Case]:
        """The cases that this one is a part of, or that are parts of it."""
        return [*self.parts, *([self.whole] if self.whole else [])]


@cache
def label_of(section: str) -> str:
    """What readers call a section."""
    return str(getattr(Case._meta.get_field(section), "verbose_name", section))


class Case(Versioned, Entered):
    """One innovation. The summary is plain text; the other sections are rich text, with plain text derived from it."""

    Status = workflow.Status

    class Kind(models.TextChoices):
        INNOVATION = "innovation", "创新案例"
        BRAND = "brand", "党建品牌"
        METHOD = "method", "工作法"
        SECRETARY_PROJECT = "secretary-project", "书记项目"
        DEMONSTRATION = "demonstration", "示范点"

    SECTIONS = ("summary", "background", "approach", "results", "lessons")
    # The sections that are rich text, and the columns that have all sections as plain text.
    RICH = SECTIONS[1:]
    PLAIN = ("summary", "background_text", "approach_text", "results_text", "lessons_text")
    LONGEST_SECTION = 50_000
    # Stands first in a section that has the words of an article; a case that has it is not published.
    MATERIAL = "【原文摘录，发布前请改写】"
    MOVES = workflow.AFTER
    RECORDED_AS = {
        "submit": audit.Action.SUBMITTED,
        "take_back": audit.Action.TAKEN_BACK,
        "send_back": audit.Action.SENT_BACK,
        "publish": audit.Action.PUBLISHED,
        "republish": audit.Action.PUBLISHED,
        "schedule": audit.Action.SCHEDULED,
        "unschedule": audit.Action.UNSCHEDULED,
        "withdraw": audit.Action.WITHDRAWN,
    }

    number = models.CharField(
        "编号", max_length=12, unique=True, editable=False, help_text="保存时自动编号，不重复使用"
    )
    status = models.CharField(
        "状态", max_length=10, choices=Status, default=Status.DRAFT, editable=False, db_index=True
    )
    title = models.CharField("标题", max_length=120)
    brand_name = models.CharField("品牌名称", max_length=60, blank=True, help_text="做法自己的名字，如：红苗工程")
    kind = models.CharField("类型", max_length=20, choices=Kind, default=Kind.INNOVATION)
    year = models.PositiveSmallIntegerField(
        "年度", validators=YEARS, help_text="入选榜单或首次公开的年份，编号以此开头"
    )
    start_year = models.PositiveSmallIntegerField(
        "开始年份", null=True, blank=True, validators=YEARS, help_text="来源写明何时开始的才填"
    )
    district = models.ForeignKey(
        District, verbose_name="区划", null=True, blank=True, on_delete=models.PROTECT, related_name="cases"
    )
    sector = models.ForeignKey(
        Sector, verbose_name="领域", null=True, blank=True, on_delete=models.PROTECT, related_name="cases"
    )
    themes = models.ManyToManyField(Theme, verbose_name="主题", blank=True, related_name="cases")
    part_of = models.ForeignKey(
        "self", verbose_name="所属案例", null=True, blank=True, on_delete=models.PROTECT, related_name="parts"
    )
    summary = models.TextField("摘要", blank=True, help_text="一两句话：谁、为了什么、做了什么、结果如何")
    background = RichTextField(
        "背景与起因", plain="background_text", most=LONGEST_SECTION, blank=True, help_text="遇到什么问题，为什么要做"
    )
    approach = RichTextField(
        "主要做法", plain="approach_text", most=LONGEST_SECTION, blank=True, help_text="怎样做的，段落之间空一行"
    )
    results = RichTextField(
        "工作成效", plain="results_text", most=LONGEST_SECTION, blank=True, help_text="带来什么变化；数字另填“成效数据”"
    )
    lessons = RichTextField(
        "经验启示", plain="lessons_text", most=LONGEST_SECTION, blank=True, help_text="别处可以借鉴什么"
    )
    organisations = models.ManyToManyField(
        "cases.Organisation", through=Credit, verbose_name="组织", related_name="cases"
    )
    sources = models.ManyToManyField(Source, through=Citation, verbose_name="来源", related_name="cases")
    created_at = models.DateTimeField("录入时间", auto_now_add=True)
    updated_at = models.DateTimeField("修改时间", auto_now=True)
    published_at = models.DateTimeField("发布时间", null=True, blank=True, editable=False)
    background_text = PlainTextField("背景与起因（纯文本）", source="background")
    approach_text = PlainTextField("主要做法（纯文本）", source="approach")
    results_text = PlainTextField("工作成效（纯文本）", source="results")
    lessons_text = PlainTextField("经验启示（纯文本）", source="lessons")
    publish_at = models.DateTimeField("定时发布", null=True, blank=True, editable=False)
    scheduled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="定时人",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    shown_awards: list[AwardEntry]  # set by for_cards()

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = "案例"
        verbose_name_plural = "案例"
        ordering = ["-year", "number"]
        permissions = [
            ("publish_case", "可以发布和撤下案例"),
            ("export_unpublished", "可以导出未公开的材料"),
            ("everywhere", "可以处理所有区划的材料"),
        ]
        indexes = [
            # Lists in their usual order with all that they are counted and narrowed by, so that no texts are read.
            models.Index(
                fields=["status", "-year", "-published_at", "number", "kind", "sector", "district"], name="case_newest"
            ),
            models.Index(fields=["status", "title", "number"], name="case_title"),
            models.Index(fields=["status", "number"], name="case_number"),
            models.Index(fields=["status", "district", "-year", "number"], name="case_district"),
            models.Index(fields=["status", "sector", "-year", "number"], name="case_sector"),
            models.Index(fields=["part_of", "status", "number"], name="case_parts"),
            # What waits for curators, and what they may see at all, without reading texts either.
            models.Index(fields=["-updated_at", "status", "district", "created_by"], name="case_worked_on"),
            models.Index(fields=["publish_at"], condition=Q(publish_at__isnull=False), name="case_scheduled"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="published")
                | Q(sector__isnull=False, district__isnull=False, published_at__isnull=False),
                name="case_published_is_filed",
                violation_error_message="已发布的案例必须有区划和领域",
            ),
            models.CheckConstraint(
                condition=Q(part_of__isnull=True) | ~Q(part_of=F("id")),
                name="case_not_part_of_itself",
                violation_error_message="案例不能属于它自己",
            ),
            models.CheckConstraint(
                # Else no checker would see it.
                condition=~Q(status="review") | Q(district__isnull=False),
                name="case_in_review_is_placed",
                violation_error_message="待审的案例要有区划，否则没有审核员看得到",
            ),
            models.CheckConstraint(
                condition=Q(publish_at__isnull=True) | Q(status="review"),
                name="case_scheduled_in_review",
                violation_error_message="只有待审的案例可以定时发布",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("cases:detail", args=[self.number])

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            if self._state.adding:
                if self.number:
                    IssuedNumber.objects.claim(self.number)
                else:
                    self.number = IssuedNumber.objects.issue(self.year)
            if kwargs.get("update_fields") is not None:
                kwargs["update_fields"] = with_plain(Case, kwargs["update_fields"])
            super().save(*args, **kwargs)

    def clean(self) -> None:
        above = self.part_of
        while above is not None and self.pk:
            if above.pk == self.pk:
                raise ValidationError({"part_of": "所属案例绕成了圈：所选案例本身属于这一案例，请另选"})
            above = above.part_of

    @property
    def is_published(self) -> bool:
        return self.status == self.Status.PUBLISHED

    @property
    def sections(self) -> list[tuple[str, str, str]]:
        """Name, label and plain text of each section after the summary that has something to say."""
        return [(name, label_of(name), text) for name in self.RICH if (text := self.text_of(name))]

    @property
    def rich_sections(self) -> list[tuple[str, str, str]]:
        """Name, label and rich text of each section after the summary that has something to say."""
        return [(name, label_of(name), html) for name in self.RICH if (html := getattr(self, name))]

    def text_of(self, section: str) -> str:
        """The plain text of a section, the summary's too."""
        return str(getattr(self, self.PLAIN[self.SECTIONS.index(section)]))

    @property
    def bodies_by_role(self) -> list[tuple[str, list[Organisation]]]:
        """Role and organisations of the prefetched credits, in the order of the roles."""
        bodies: dict[str, list[Organisation]] = {role: [] for role in Credit.Role}
        for credit in self.credits.all():
            bodies[credit.role].append(credit.organisation)
        return [(str(Credit.Role(role).label), found) for role, found in bodies.items() if found]

    @property
    def leads(self) -> list[Organisation]:
        """The lead bodies in their published order; reads the prefetched credits."""
        return [credit.organisation for credit in self.credits.all() if credit.role == Credit.Role.LEAD]

    @property
    def updated_on(self) -> date | None:
        """The day on which readers got another text than that of the first day; None when there was none."""
        if self.published_at is None:
            return None
        updated = timezone.localdate(self.updated_at)
        return updated if updated > timezone.localdate(self.published_at) else None

    @property
    def numbered_figures(self) -> list[tuple[Figure, int]]:
        """Figures with the place of their source in the list of sources, 0 where there is none or no other source."""
        sources = [citation.source_id for citation in self.citations.all()]
        places = {source: place for place, source in enumerate(sources, start=1)} if len(sources) > 1 else {}
        return [(figure, places.get(figure.source_id or 0, 0)) for figure in self.figures.all()]

    @property
    def pictures(self) -> list[Attachment]:
        return [file for file in self.attachments.all() if file.is_picture]

    @property
    def files(self) -> list[Attachment]:
        """Attachments that are to be opened elsewhere."""
        return [file for file in self.attachments.all() if not file.is_picture]

    def surroundings(self, user: Any) -> Surroundings:
        """Whole, parts and neighbours; a constant number of queries."""
        visible = Case.objects.visible_to(user)
        titles = visible.only("number", "title")
        parts = list(visible.filter(part_of=self).for_list().in_brief().order_by("number"))
        return Surroundings(
            whole=titles.filter(pk=self.part_of_id).first() if self.part_of_id else None,
            parts=parts,
            previous=titles.filter(number__lt=self.number).order_by("-number").first(),
            next=titles.filter(number__gt=self.number).order_by("number").first(),
        )

    def claim_version(self, started_from: int) -> bool:
        """As for all records, once what the case says so far is kept; nothing may have been written before."""
        with transaction.atomic():
            try:
                CaseVersion.objects.begin(self)
            except Case.DoesNotExist:  # deleted, or made part of another one, since it was read
                return False
            return super().claim_version(started_from)

    def missing_for_publication(self) -> list[str]:
        """Say in readers' words what a published case must have and this one lacks."""
        lacking = [] if self.district_id else ["区划"]
        lacking += [] if self.sector_id else ["领域"]
        lacking += [] if self.summary.strip() else ["摘要"]
        lacking += [] if self.credits.filter(role=Credit.Role.LEAD).exists() else ["主办组织"]
        lacking += [] if self.citations.exists() else ["来源"]
        lacking += ["对原文摘录的改写"] if any(self.MATERIAL in getattr(self, name) for name in self.RICH) else []
        return lacking

    def missing_for_checking(self) -> list[str]:
        """Say what a case must have to be handed in: without a district no checker's remit covers it."""
        return [] if self.district_id else ["区划"]

    @property
    def returned(self) -> StatusChange | None:
        """How a draft came back from checking, if that is the last that happened to it."""
        last = self.status_changes.select_related("by").first() if self.status == self.Status.DRAFT else None
        return last if last and last.move == "send_back" else None

    def submit(self, by: Any) -> None:
        """Hand a draft in for checking; raise ValidationError naming what is missing."""
        self._move("submit", by)

    def take_back(self, by: Any) -> None:
        """Go on with a case that was handed in."""
        self._move("take_back", by)

    def send_back(self, by: Any, reason: str = "") -> None:
        """Return a case to its author: from checking, or after it was withdrawn."""
        self._move("send_back", by, reason)

    def publish(self, by: Any, reason: str = "") -> None:
        """Make the case public, also one that was withdrawn; raise ValidationError naming what is missing."""
        self._move("publish", by, reason)

    def republish(self, by: Any) -> None:
        """Make a withdrawn case public again."""
        self._move("republish", by)

    def schedule(self, by: Any, at: datetime) -> None:
        """Have a case published at a time; raise ValidationError naming what is missing."""
        self._move("schedule", by, at=at)

    def unschedule(self, by: Any, reason: str = "") -> None:
        self._move("unschedule", by, reason)

    def withdraw(self, by: Any, reason: str = "") -> None:
        """Take a published case off every page, search and export, at once."""
        self._move("withdraw", by, reason)

    def polish(self, by: Any) -> None:
        """Record that a save of the published case changed nothing of what it says."""
        self._record("polish", by)

    def correct(self, by: Any, wrong: str, right: str, on: date, reason: str = "") -> None:
        """Tell readers what a save of the published case put right."""
        with transaction.atomic():
            text = f"原为“{wrong}”，更正为“{right}”。"
            self.corrections.create(date=on, text=text, reason=reason)
            self._record("correct", by, reason)

    def _record(self, name: str, by: Any, reason: str = "") -> None:
        """Take down what a save was, which is itself the change."""
        StatusChange.objects.create(case=self, move=name, before=self.status, after=self.status, by=by, reason=reason)

    def restore(self, version: CaseVersion, *, by: Any, why: str = "", started_from: int | None = None) -> CaseVersion:
        """Make a new version that says what an earlier one said; raise ValidationError when that cannot be."""
        from cases.version_restoring import restore

        return restore(self, version, by=by, why=why, started_from=started_from)

    def _move(self, name: str, by: Any, reason: str = "", at: datetime | None = None) -> None:
        from cases import notices, scheduling

        with transaction.atomic():
            stored = Case.objects.select_for_update().filter(pk=self.pk).first()
            if stored is None:
                raise ValidationError("案例刚被删除，或并入了别的案例")
            move = workflow.suited(workflow.MOVES[name], stored)
            if not move.starts_from(stored):
                raise ValidationError(workflow.cannot(stored, move))
            # On the locked row: the guards wait too, so no lead or source is taken away before the move.
            self._check_completeness(move)
            CaseVersion.objects.begin(stored)
            before, self.status = stored.status, move.after
            if move.name in workflow.PUBLISHING:
                self.published_at = stored.published_at or timezone.now()
            self.publish_at, self.scheduled_by = (at, by) if at else (None, None)
            # A move is an edit too: a form that was opened before it is stale.
            self.version = stored.version + 1
            moved = ["status", "published_at", "publish_at", "scheduled_by", "updated_at", "version"]
            self.save(update_fields=moved)
            change = StatusChange.objects.create(
                case=self, move=move.name, before=before, after=move.after, by=by, reason=reason, publish_at=at
            )
            CaseVersion.objects.record(self, by=by, why=reason)
            notices.tell_of(self, change)
            if at:
                scheduling.at_its_time(at)
            told: dict[str, Any] = {"scheduled_for": f"{timezone.localtime(at):%Y-%m-%d %H:%M}"} if at else {}
            audit.record(self.RECORDED_AS[move.name], by=by, about=self, before=Case.Status(before).label, **told)

    def _check_completeness(self, move: workflow.Move) -> None:
        lacking = self.missing_for_checking() if move.name == "submit" else []
        if move.name in {*workflow.PUBLISHING, "schedule"}:
            lacking = self.missing_for_publication()
        if lacking:
            raise ValidationError(f"案例 {self.number} 还不能{move.label}，缺少：{'、'.join(lacking)}")
