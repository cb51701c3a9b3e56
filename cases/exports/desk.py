"""What lists of the admin give to files: what readers see, or with a right all of it, marked and recorded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404

from cases import audit
from cases.exports.asked import Asked
from cases.exports.description import Column, Export, Subject, Told, now
from cases.exports.forms import FORMS
from cases.models import ExportRecord
from cases.models.case_queryset import AmongIds
from cases.people import signature_of

RIGHT = "cases.export_unpublished"
WARNING = "内含未公开材料，请勿外传"
PUBLIC, WHOLE = "public", "whole"
BATCH = 200

STANDING: Column[Any] = Column("status", "状态", 10, lambda row, absolute: row.standing)


def marked(subject: Subject[Any]) -> Subject[Any]:
    """The same kind of row with its standing beside its name, in every sheet and for programs."""
    first, *others = subject.columns
    return replace(
        subject,
        columns=[first, STANDING, *others],
        identity=[*subject.identity, STANDING.name],
        as_data=lambda row, absolute: subject.as_data(row, absolute) | {STANDING.name: row.standing},
    )


@dataclass
class Taken:
    """The rows of a file, and what went into it, noted while it is written."""

    desk: Any
    asked: Asked
    whole: bool
    ids: list[int]
    named: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)

    @property
    def public(self) -> QuerySet[Any]:
        return self.desk.model._default_manager.visible_to(None)

    def count_public(self) -> int:
        return self.public.filter(pk__in=AmongIds(self.ids)).count()

    def rows(self) -> Iterator[Any]:
        """The rows in the order of the list, a batch at a time; who sees them is asked again of the database."""
        for start in range(0, len(self.ids), BATCH):
            batch = self.ids[start : start + BATCH]
            public = set(self.public.filter(pk__in=batch).values_list("pk", flat=True))
            own = set(self.desk.get_queryset(self.asked).filter(pk__in=batch).values_list("pk", flat=True))
            wanted = own if self.whole else own & public
            found = {row.pk: row for row in self.desk.rows_for_export(whole=self.whole).filter(pk__in=wanted)}
            for row in (found[pk] for pk in batch if pk in found):
                row.standing = self.desk.standing_of(row, is_public=row.pk in public)
                self.named.append(self.desk.name_in_record(row))
                if row.pk not in public:
                    self.hidden.append(self.desk.name_in_record(row))
                yield row

    def record(self) -> None:
        """Record what is not public; without a record there is no file."""
        if not self.hidden:
            return
        with transaction.atomic():
            record = ExportRecord.objects.create(
                by_id=self.asked.user.pk,
                by_name=signature_of(self.asked.user),
                subject=self.desk.export_subject.name,
                form=FORMS[self.asked.form].label,
                count=len(self.named),
                unpublished_count=len(self.hidden),
                conditions=self.asked.params.get("words", ""),
                items="、".join(self.named),
                unpublished_items="、".join(self.hidden),
            )
            counts = {"count": record.count, "unpublished": record.unpublished_count}
            details: Any = {"subject": record.subject, "form": record.form, **counts}
            audit.record(audit.Action.EXPORTED, by=self.asked.user, about=record, **details)


def desk_export(asked: Asked) -> Export[Any]:
    """Describe a file of the rows that `ids` names, of the admin list of the model `asked.key`, in that order.

    Raise Http404 where the user may not see the list, or not all that is asked for, by the time the file is written.
    What is in it the user may see in the admin, too, whatever is withdrawn meanwhile.
    """
    desk: Any = admin.site.get_model_admin(apps.get_model(asked.key))
    whole = asked.params.get("scope") == WHOLE
    if not (asked.user.is_staff and desk.has_view_permission(asked)) or (whole and not asked.user.has_perm(RIGHT)):
        raise Http404
    subject = marked(desk.export_subject) if whole else desk.export_subject
    wanted = {*asked.params.getlist("column"), STANDING.name}
    taken = Taken(desk, asked, whole, [int(pk) for pk in asked.params.get("ids", "").split(",") if pk])
    count = len(taken.ids) if whole else taken.count_public()
    return Export(
        title=f"{subject.name}（{WARNING}）" if whole else subject.name,
        stem=f"{desk.export_stem}-internal" if whole else desk.export_stem,
        subject=subject,
        rows=taken.rows(),
        count=count,
        absolute=asked.absolute,
        columns=[column for column in subject.columns if column.name in wanted],
        notes=[
            *([("注意", WARNING), ("未公开", count - taken.count_public())] if whole else []),
            ("筛选条件", asked.params.get("words", "")),
            (f"{subject.name}数", count),
            ("导出人", signature_of(asked.user)),
            ("导出时间", now()),
            ("出处", settings.SITE["name"]),
        ],
        head={"notice": WARNING} if whole else {},
        told=Told(),
        finish=taken.record,
    )
