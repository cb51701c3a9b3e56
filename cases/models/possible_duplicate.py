"""Pairs of records that probably are the same, for curators to work through, and what the search for them remembers."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from cases.models.merge import CASE, KINDS, ORGANISATION, may_merge_at_all, merge_address


class PossibleDuplicateQuerySet(models.QuerySet["PossibleDuplicate"]):
    def curated_by(self, user: Any) -> Self:
        """Pairs of which a curator may see both records, in any state, and change at least one."""
        from cases.models.case import Case
        from cases.models.organisation import Organisation

        if not may_merge_at_all(user):
            return self.none()
        found = Q()
        for kind, model in ((CASE, Case), (ORGANISATION, Organisation)):
            seen = model.objects.visible_to(user, preview=True).order_by().values("pk")
            own = model.objects.editable_by(user).order_by().values("pk")
            found |= Q(kind=kind, first__in=seen, second__in=seen) & (Q(first__in=own) | Q(second__in=own))
        return self.filter(found)

    def with_records(self) -> list[PossibleDuplicate]:
        """These pairs, each with its two as `records`, None where one is gone; two queries more, however many."""
        from cases.models.case import Case
        from cases.models.organisation import Organisation

        pairs: list[PossibleDuplicate] = list(self)
        models: dict[str, Any] = {CASE: Case, ORGANISATION: Organisation}
        for kind, model in models.items():
            own = [pair for pair in pairs if pair.kind == kind]
            wanted = {pk for pair in own for pk in (pair.first, pair.second)}
            known = model.objects.select_related("district").in_bulk(wanted) if wanted else {}
            for pair in own:
                pair.records = [known.get(pk) for pk in (pair.first, pair.second)]
        return pairs

    def open(self) -> Self:
        return self.filter(state=PossibleDuplicate.State.OPEN)

    def between(self, kind: str, one: int, other: int) -> Self:
        return self.filter(kind=kind, first=min(one, other), second=max(one, other))

    def told_apart(self, kind: str, pk: int) -> set[int]:
        """Records of which a curator said that they are not this one."""
        pairs = self.naming(kind, pk).filter(state=PossibleDuplicate.State.DIFFERENT)
        return {second if first == pk else first for first, second in pairs.values_list("first", "second")}

    def decide(self, kind: str, one: int, other: int, *, is_different: bool, by: Any) -> None:
        """Take down that two records are not the same, or that this is open again."""
        state = PossibleDuplicate.State.DIFFERENT if is_different else PossibleDuplicate.State.OPEN
        decided = {"state": state, "decided_by": by, "decided_at": timezone.now()}
        self.update_or_create(
            kind=kind,
            first=min(one, other),
            second=max(one, other),
            defaults=decided,
            create_defaults={**decided, "score": 0.0, "why": "由人指出"},
        )

    def naming(self, kind: str, pk: int) -> Self:
        return self.filter(Q(first=pk) | Q(second=pk), kind=kind)


class PossibleDuplicate(models.Model):
    """Two records by their primary keys, the smaller first; pairs whose records are gone are shown to nobody."""

    class State(models.TextChoices):
        OPEN = "open", "待处理"
        DIFFERENT = "different", "不是同一个"
        MERGED = "merged", "已合并"

    kind = models.CharField("种类", max_length=60, choices=KINDS.items())
    first = models.BigIntegerField("甲")
    second = models.BigIntegerField("乙")
    score = models.FloatField("把握")
    why = models.CharField("为什么", max_length=200)
    state = models.CharField("状态", max_length=10, choices=State, default=State.OPEN)
    found_at = models.DateTimeField("发现时间", auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="处理人", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField("处理时间", null=True)

    objects = PossibleDuplicateQuerySet.as_manager()
    # Only what `with_records` read has them.
    records: list[Any]

    class Meta:
        verbose_name = "疑似重复"
        verbose_name_plural = "疑似重复"
        ordering = ["-score", "pk"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["state", "kind", "-score"], name="duplicate_to_do"),
            models.Index(fields=["kind", "second"], name="duplicate_second"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["kind", "first", "second"], name="duplicate_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="duplicate_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}第 {self.pk} 对"  # no word of a record that not everybody sees

    def get_merge_url(self) -> str:
        return merge_address(self.kind, self.first, self.second)


class CaseSketch(models.Model):
    """What the text of a case looked like at one version; made anew when it is another. Nothing else needs it."""

    case_id = models.BigIntegerField("案例", primary_key=True)
    stamp = models.CharField("所据版本", max_length=64)

    class Meta:
        verbose_name = "文本指纹"
        verbose_name_plural = "文本指纹"
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.case_id)


class SketchKey(models.Model):
    """One of the keys that two texts with much in common probably share."""

    sketch = models.ForeignKey(CaseSketch, verbose_name="指纹", on_delete=models.CASCADE, related_name="keys")
    key = models.BigIntegerField("键", db_index=True)

    class Meta:
        verbose_name = "文本指纹的键"
        verbose_name_plural = "文本指纹的键"
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.key)
