"""What hangs on a record that goes into another one: what becomes of each kind, and what of it clashes.

Every relation to a case or an organisation has its decision here; a test finds those that have none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import F, Max

from cases.duplicates.ledger import Ledger
from cases.models import (
    Attachment,
    AwardEntry,
    AwardList,
    Case,
    Citation,
    Credit,
    Figure,
    Organisation,
    ShortlistItem,
)
from cases.models.shortlist import LONGEST_NOTE


@dataclass(frozen=True)
class Decision:
    """`keys` tell two rows of one kind apart: what the staying record has already is not carried over.

    `stays` with the record that goes, and comes back with it: what would say something untrue of the other one.
    """

    label: str
    measure: str
    keys: tuple[str, ...] = ()
    stays: bool = False
    why: str = ""


CASES: dict[str, Decision] = {
    "cases.Credit.case": Decision("署名", "个", ("organisation", "role"), why="同一组织同一角色只留一个"),
    "cases.Figure.case": Decision(
        "成效数据", "项", ("indicator", "unit", "year", "value"), why="完全相同的数据只留一项"
    ),
    "cases.Citation.case": Decision("来源", "个", ("source",), why="同一来源只留一个"),
    "cases.Attachment.case": Decision("附件", "个"),
    "cases.Correction.case": Decision("勘误", "条"),
    "cases.AwardEntry.case": Decision("榜单条目", "个"),
    "cases.Case.part_of": Decision("下属案例", "个"),
    "cases.ShortlistItem.case": Decision(
        "读者清单里的位置", "处", ("shortlist",), why="两个都在的清单只留一个，备注并在一起"
    ),
    "cases.StatusChange.case": Decision("审核意见和状态变更", "条", stays=True),
    "cases.CaseVersion.case": Decision("修改历史", "版", stays=True),
    "cases.Notice.case": Decision("通知", "条", stays=True),
    "cases.WorkingCopy.case": Decision("没有保存的内容", "份", stays=True),
}
ORGANISATIONS: dict[str, Decision] = {
    "cases.Credit.organisation": Decision("署名", "个", ("case", "role"), why="同一案例同一角色只留一个"),
    "cases.AwardEntry.organisations": Decision("榜单条目", "个", ("awardentry",), why="同一条目只留一次"),
    "cases.AwardList.organiser": Decision("主办的榜单", "个"),
    "cases.Organisation.parent": Decision("下级组织", "个"),
}
DECISIONS: dict[type[models.Model], dict[str, Decision]] = {Case: CASES, Organisation: ORGANISATIONS}


@dataclass
class Carried:
    """What became of the rows of one kind."""

    label: str
    measure: str
    moved: int = 0
    clashed: int = 0
    stays: bool = False
    why: str = ""

    @property
    def told(self) -> str:
        if self.stays:
            return f"{self.label} {self.moved} {self.measure}，随被合并的留存"
        both = f"{self.clashed} {self.measure}两边都有，{self.why}"
        if not self.moved:
            return f"{self.label}：{both}"
        return f"{self.label} {self.moved} {self.measure}{f'；另 {both}' if self.clashed else ''}"


@dataclass
class Hanging:
    """The rows of one relation: those of the record that goes, and of these what the other one has, too."""

    decision: Decision
    model: type[models.Model]
    column: str
    rows: models.QuerySet[Any]
    clashes: dict[Any, Any]  # keys of rows, each with that of the row that says the same of the other record

    @property
    def moving(self) -> models.QuerySet[Any]:
        return self.rows.exclude(pk__in=list(self.clashes))

    @property
    def clashing(self) -> models.QuerySet[Any]:
        return self.rows.filter(pk__in=list(self.clashes))

    def counted(self, user: Any = None) -> Carried:
        """How many rows; for a user only those that they may see."""
        decision = self.decision
        moved, clashed = (seen_by(user, rows).count() for rows in (self.moving, self.clashing))
        if decision.stays:
            return Carried(decision.label, decision.measure, moved, stays=True)
        return Carried(decision.label, decision.measure, moved, clashed, why=decision.why)


def hanging_on(gone: models.Model, kept: models.Model) -> list[Hanging]:
    """All that hangs on the record that goes, in the order of the decisions; a constant number of queries."""
    return [_hanging(name, decision, gone, kept) for name, decision in DECISIONS[type(gone)].items()]


def _hanging(name: str, decision: Decision, gone: Any, kept: Any) -> Hanging:
    label, column = name.rsplit(".", 1)
    model: Any = apps.get_model(label)
    if (relation := model._meta.get_field(column)).many_to_many:
        model, column = relation.remote_field.through, gone._meta.model_name
    rows = model._base_manager.filter(**{column: gone.pk})
    if model is type(gone):
        # What stood under the other one itself is settled with its fields.
        rows = rows.exclude(pk=kept.pk)
    clashes: dict[Any, Any] = {}
    if decision.keys:
        theirs = model._base_manager.filter(**{column: kept.pk}).values_list(*decision.keys, "pk")
        known = {tuple(values): pk for *values, pk in theirs}
        own = rows.values_list(*decision.keys, "pk")
        clashes = {pk: known[tuple(values)] for *values, pk in own if tuple(values) in known}
    return Hanging(decision, model, column, rows, clashes)


def seen_by(user: Any, rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """Those of these rows that a curator may know of."""
    if user is None:
        return rows
    model: Any = rows.model
    if model is AwardEntry.organisations.through:
        return rows.filter(awardentry__in=AwardEntry.objects.visible_to(user, preview=True))
    if model in {Case, Organisation, AwardList, AwardEntry, Credit}:
        seen = model.objects.visible_to(user, preview=True).order_by().values("pk")
        return rows.filter(pk__in=seen)
    return rows


def carry(hanging: Hanging, kept: models.Model, ledger: Ledger, by: Any) -> Carried:
    """Have the rows of one relation hang on the other record, all but what that has already.

    Return how many, as far as whoever merges may know of them.
    """
    told = hanging.counted(by)
    if hanging.decision.stays:
        return told
    ledger.watch(hanging.rows)
    if hanging.clashes:
        _settle(hanging, ledger)
    _after_theirs(hanging, kept)
    hanging.moving.update(**{hanging.column: kept.pk})
    if hanging.clashes and isinstance(kept, Organisation):
        # A case's rows go with the case; others would be in its way.
        ledger.remove(hanging.clashing)
    return told


def _after_theirs(hanging: Hanging, kept: models.Model) -> None:
    """What is in an order of the case's own comes after what the other case has."""
    if not isinstance(kept, Case) or hanging.model not in {Credit, Figure, Citation, Attachment}:
        return
    rows: Any = hanging.model._base_manager
    last = rows.filter(case=kept.pk).aggregate(last=Max("position"))["last"]
    if last is not None:
        hanging.moving.update(position=F("position") + last + 1)


def _settle(hanging: Hanging, ledger: Ledger) -> None:
    """Take over what only the row says that is not carried."""
    rows = hanging.model._base_manager
    if hanging.model is Citation:
        ledger.watch(rows.filter(pk__in=hanging.clashes.values()))
        for pk, locator in hanging.clashing.exclude(locator="").values_list("pk", "locator"):
            rows.filter(pk=hanging.clashes[pk], locator="").update(locator=locator)
    elif hanging.model is ShortlistItem:
        ledger.watch(rows.filter(pk__in=hanging.clashes.values()))
        for pk, note in hanging.clashing.exclude(note="").values_list("pk", "note"):
            item = ShortlistItem.objects.get(pk=hanging.clashes[pk])
            joined = "\n".join(dict.fromkeys(filter(None, (item.note, note))))
            if len(joined) <= LONGEST_NOTE:
                ShortlistItem.objects.filter(pk=item.pk).update(note=joined)
