"""Every version of a case: what it said, who made it, when and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils import timezone

from cases.snapshots import changed_parts, snapshot, snapshots

if TYPE_CHECKING:
    from cases.models.case import Case

REASON_LENGTH = 500
BATCH = 200


class CaseVersionQuerySet(models.QuerySet["CaseVersion"]):
    def of(self, case: Case) -> Self:
        return self.filter(case=case)

    def in_brief(self) -> Self:
        """Load what a list of versions shows, without what they said."""
        return self.defer("snapshot").select_related("by")

    def record(self, case: Case, *, by: Any = None, why: str = "") -> CaseVersion:
        """Keep the case as it is now stored; call it last in the transaction of every change.

        It goes under the number that the change took (`claim_version`); where that is taken by another text, under the
        next one. The same text under the same number is kept once.
        """
        from cases.models.case import Case

        with transaction.atomic():
            number = Case.objects.select_for_update().values_list("version", flat=True).get(pk=case.pk)
            now = snapshot(case)
            last = self.of(case).order_by("-number").first()
            changed = changed_parts(last.snapshot, now) if last else []
            if last and last.number >= number:
                if not changed:
                    return last
                number = last.number + 1
                Case.objects.filter(pk=case.pk).update(version=number)
            case.version = number
            by = by if getattr(by, "pk", None) else None
            why = why.strip()[:REASON_LENGTH]
            return self.create(case=case, number=number, by=by, why=why, changed=changed, snapshot=now)

    def record_many(self, pks: Sequence[int], *, by: Any = None, why: str = "") -> None:
        """As `record` for each of these cases, which all took a number of their own; a few queries for a hundred."""
        from cases.models.case import Case

        for start in range(0, len(pks), BATCH):
            batch = pks[start : start + BATCH]
            now = snapshots(Case, batch)
            newest = self.filter(case=models.OuterRef("case")).order_by("-number").values("number")[:1]
            last = {one.case_id: one for one in self.filter(case__in=batch, number=models.Subquery(newest))}
            fresh = []
            for case in Case.objects.filter(pk__in=batch).only("version"):
                before = last.get(case.pk)
                if before and before.number >= case.version:
                    self.record(case, by=by, why=why)
                    continue
                changed = changed_parts(before.snapshot, now[case.pk]) if before else []
                kept = self.model(case=case, number=case.version, by=by, why=why.strip()[:REASON_LENGTH])
                kept.changed, kept.snapshot = changed, now[case.pk]
                fresh.append(kept)
            self.bulk_create(fresh)

    def begin_many(self, pks: Sequence[int]) -> None:
        """As `begin` for each of these cases, which the transaction has locked."""
        from cases.models.case import Case

        for start in range(0, len(pks), BATCH):
            batch = set(pks[start : start + BATCH])
            batch -= set(self.filter(case__in=batch).order_by().values_list("case", flat=True))
            now = snapshots(Case, batch)
            fields = Case.objects.filter(pk__in=batch).values_list("pk", "version", "created_by", "updated_at")
            self.bulk_create(
                self.model(case_id=pk, number=number, by_id=by, at=at, snapshot=now[pk])
                for pk, number, by, at in fields
            )

    def begin(self, case: Case) -> None:
        """Keep what a case says before its first recorded change; call it before anything is written."""
        rows = type(case).objects.select_for_update().values("version", "created_by", "updated_at")
        fields: Any = rows.get(pk=case.pk)
        if self.of(case).exists():
            return
        now = snapshot(case)
        self.create(
            case=case, number=fields["version"], by_id=fields["created_by"], at=fields["updated_at"], snapshot=now
        )


class CaseVersion(models.Model):
    """The state of a case after one change. `number` is the version that the lock of the forms counts."""

    case = models.ForeignKey("cases.Case", verbose_name="案例", on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField("版本")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="修改人",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    at = models.DateTimeField("时间", default=timezone.now)
    why = models.CharField("修改说明", max_length=REASON_LENGTH, blank=True)
    changed = models.JSONField("改动", default=list)
    snapshot = models.JSONField("内容", encoder=DjangoJSONEncoder)

    objects = CaseVersionQuerySet.as_manager()

    class Meta:
        verbose_name = "案例版本"
        verbose_name_plural = "案例版本"
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="case_version_once")]

    def __str__(self) -> str:
        return f"第 {self.number} 版"
