"""Two records made one: what went in, so that it can be taken apart again, and where the old address leads."""

from __future__ import annotations

from typing import Any, Self

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from cases.models.discarded import ExactEncoder
from cases.remits import is_curator, remit_of
from cases.workflow import EDIT, PUBLISH

CASE, ORGANISATION = "cases.case", "cases.organisation"
KINDS = {CASE: "案例", ORGANISATION: "组织"}


def may_merge_at_all(user: Any) -> bool:
    return is_curator(user) and user.has_perm(EDIT) and user.has_perm(PUBLISH)


def merge_address(kind: str, kept: int, gone: int) -> str:
    """Where a curator sees two records beside each other."""
    return reverse("admin:cases_merge_two", args=[kind.split(".")[1], kept, gone])


class MergeQuerySet(models.QuerySet["Merge"]):
    def curated_by(self, user: Any) -> Self:
        """Merges that a curator could have made: of what was in their remit, into what still is."""
        from cases.models.case import Case
        from cases.models.organisation import Organisation

        if not may_merge_at_all(user):
            return self.none()
        reach = remit_of(user)
        if reach.is_everywhere:
            return self.all()
        was_theirs = reach.within("district_code") | Q(district_code="", entered_by=user.pk) | Q(by=user.pk)
        cases, bodies = (model.objects.editable_by(user).values("pk") for model in (Case, Organisation))
        is_theirs = Q(kind=CASE, kept_id__in=cases) | Q(kind=ORGANISATION, kept_id__in=bodies)
        return self.filter(was_theirs, is_theirs)

    def standing(self) -> Self:
        return self.filter(undone_at=None)

    def of_once_public(self) -> Self:
        """Merges in which nothing went that readers had never seen; organisations have no state to tell it by."""
        return self.exclude(kind=CASE, data__0__fields__published_at=None)

    def of(self, kind: str, gone: int) -> Self:
        """Merges into which a record, by its primary key, went."""
        return self.filter(kind=kind, gone_id=gone)


class Merge(models.Model):
    """One record that went into another. As in the bin, nothing of it is left in the library's own tables.

    `data` has its rows as Django's serializer writes them and the rows that the other one had, too; `changes` the
    columns of other rows, with what they held before and after; `added` rows that were made; `raised` the records whose
    version the merge raised, by model; `kept_state` what the one that stayed said after it.
    """

    kind = models.CharField("种类", max_length=60, choices=KINDS.items(), editable=False)
    gone_id = models.BigIntegerField("被合并的", editable=False)
    gone_key = models.CharField("被合并的编号", max_length=20, editable=False)
    gone_title = models.CharField("被合并的名称", max_length=300, editable=False)
    kept_id = models.BigIntegerField("保留的", editable=False)
    kept_key = models.CharField("保留的编号", max_length=20, editable=False)
    kept_title = models.CharField("保留的名称", max_length=300, editable=False)
    kept_state = models.JSONField("合并后的内容", encoder=ExactEncoder, editable=False)
    district_code = models.CharField("区划代码", max_length=20, blank=True, editable=False)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="录入人",
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    data = models.JSONField("内容", encoder=ExactEncoder, editable=False)
    links = models.JSONField("关联", default=list, editable=False)
    changes = models.JSONField("改动", encoder=ExactEncoder, default=list, editable=False)
    added = models.JSONField("新增", default=list, editable=False)
    raised = models.JSONField("版本", default=dict, editable=False)
    told = models.JSONField("带过去的", default=list, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="经办账号",
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    by_name = models.CharField("经办人", max_length=310, editable=False)
    at = models.DateTimeField("时间", auto_now_add=True)
    undone_at = models.DateTimeField("撤销时间", null=True, editable=False)
    undone_by_name = models.CharField("撤销人", max_length=310, blank=True, editable=False)

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = "合并"
        verbose_name_plural = "合并记录"
        ordering = ["-at", "-pk"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["kind", "gone_key"], name="merge_by_key"),
            models.Index(fields=["kind", "kept_id"], name="merge_into"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "gone_id"], condition=Q(undone_at__isnull=True), name="merged_into_one"
            ),
            models.CheckConstraint(condition=~Q(gone_id=F("kept_id")), name="merged_into_another"),
        ]

    def __str__(self) -> str:
        """A name without anything that somebody wrote: it stands in the audit."""
        return f"合并第 {self.pk} 号"

    def get_admin_url(self) -> str:
        return reverse("admin:cases_merge_change", args=[self.pk])

    @property
    def kind_name(self) -> str:
        return str(apps.get_model(self.kind)._meta.verbose_name)
