"""The bin: what was deleted, with all that went with it, until it is put back or the bin is emptied."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.apps import apps
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from cases.remits import remit_of
from cases.workflow import DISCARD, PUBLISH, Status

CASE = "cases.case"


class ExactEncoder(DjangoJSONEncoder):
    """Keeps the microseconds, which Django's own leaves out."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if isinstance(o, datetime) else super().default(o)


class DiscardedQuerySet(models.QuerySet["Discarded"]):
    def curated_by(self, user: Any) -> Self:
        """What a curator could have deleted, and so may put back: kinds they may delete, in their remit."""
        if user is None or not user.is_staff:
            return self.none()
        kinds = [kind for kind in self.model.kinds() if kind != CASE and _may_delete(user, kind)]
        found = Q(kind__in=kinds)
        if user.has_perm(DISCARD):
            cases = Q(kind=CASE) if user.has_perm(PUBLISH) else Q(kind=CASE, status=Status.DRAFT)
            found |= cases
        reach = remit_of(user)
        if reach.is_everywhere:
            return self.filter(found)
        return self.filter(found, reach.within("district_code") | Q(district_code="", entered_by=user.pk))

    def of(self, record: models.Model) -> Self:
        return self.filter(kind=record._meta.label_lower, object_id=record.pk)


def _may_delete(user: Any, kind: str) -> bool:
    label, name = kind.split(".")
    return user.has_perm(f"{label}.delete_{name}")


class Discarded(models.Model):
    """One deleted record. `data` has the rows as Django's serializer writes them, `links` what pointed to them.

    Nothing of it is in the library's own tables, so that no list, count or search has to know of it.
    """

    kind = models.CharField("种类", max_length=60, editable=False)
    object_id = models.BigIntegerField("原编号", editable=False)
    title = models.CharField("名称", max_length=300, editable=False)
    status = models.CharField("原状态", max_length=10, blank=True, editable=False)
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
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="删除人",
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    at = models.DateTimeField("删除时间", auto_now_add=True)

    objects = DiscardedQuerySet.as_manager()

    class Meta:
        verbose_name = "已删除的记录"
        verbose_name_plural = "回收站"
        ordering = ["-at", "-pk"]
        default_permissions = ("delete",)

    def __str__(self) -> str:
        return f"{self.kind_name} {self.title}"

    @classmethod
    def kinds(cls) -> list[str]:
        """The kinds of records that are in any bin."""
        return list(cls.objects.order_by().values_list("kind", flat=True).distinct())

    @property
    def number(self) -> str:
        """What it is called where it has a number or a code."""
        fields = self.data[0]["fields"]
        return str(fields.get("number") or fields.get("slug") or self.title)

    @property
    def kind_name(self) -> str:
        return str(apps.get_model(self.kind)._meta.verbose_name)

    @property
    def files(self) -> list[str]:
        """Names of the stored files that belong to it, or did in one of its versions."""
        rows = [row["fields"] for row in self.data if row["model"] == "cases.attachment"]
        for row in self.data:
            if row["model"] == "cases.caseversion":
                rows += row["fields"]["snapshot"]["rows"].get("attachments", [])
        return [row["file"] for row in rows]
