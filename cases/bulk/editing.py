"""The same change of filing or status for many cases, each looked at by itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from cases import workflow
from cases.bulk import rights
from cases.bulk.carrying import Planned
from cases.bulk.kinds import KINDS
from cases.bulk.names import Names
from cases.bulk.records import State
from cases.models import Case, Credit

MODEL = "cases.case"
ADD, REMOVE, SET = "add", "remove", "set"
THEME_ACTS = {ADD: "加上", REMOVE: "去掉", SET: "改为"}


@dataclass(frozen=True)
class Edit:
    """What is asked for; what is empty stays as it is."""

    theme_act: str = ""
    themes: Sequence[int] = ()
    sector: int | None = None
    district: int | None = None
    move: workflow.Move | None = None
    reason: str = ""

    def in_words(self, names: Names) -> str:
        kind, told = KINDS[MODEL], []
        if self.theme_act:
            told.append(f"主题{THEME_ACTS[self.theme_act]}{kind.shown('themes', list(self.themes), names) or '（空）'}")
        told += [f"领域改为{kind.shown('sector', self.sector, names)}"] if self.sector else []
        told += [f"区划改为{kind.shown('district', self.district, names)}"] if self.district else []
        told += [self.move.label] if self.move else []
        return "，".join(told)


@dataclass
class Outcome:
    """What becomes of one record, or why nothing can."""

    label: str
    address: str
    changes: list[list[str]] = field(default_factory=list)
    planned: Planned | None = None
    refusal: str = ""


def outcomes(pks: Sequence[int], edit: Edit, user: Any) -> list[Outcome]:
    """What an edit would do to each of these cases, in their order; a constant number of queries for each batch."""
    kind, names = KINDS[MODEL], Names(user)
    rows = kind.load(pks)
    open_to = set(rights.editable(Case, user).filter(pk__in=list(rows)).order_by().values_list("pk", flat=True))
    is_covered = edit.district is None or rights.covers(user, edit.district)
    found = []
    for row in (rows[pk] for pk in pks if pk in rows):
        state = kind.state(row)
        values = _values(state, edit)
        told = Outcome(str(row), kind.address(row))
        found.append(told)
        if not values and edit.move is None:
            continue
        told.changes = [
            [kind.labels[name], kind.shown(name, state[name], names), kind.shown(name, value, names)]
            for name, value in values.items()
        ]
        if edit.move is not None:
            told.changes.append(["状态", row.get_status_display(), str(edit.move.after.label)])
        told.refusal = _refusal(row, state | values, edit, user, is_open=row.pk in open_to, covered=is_covered)
        if not told.refusal:
            move = edit.move.name if edit.move else ""
            told.planned = Planned(MODEL, str(row), values, row.pk, kind.stamp(row), move)
    return found


def _values(state: State, edit: Edit) -> State:
    wanted: State = {}
    if edit.theme_act:
        before, given = set(state["themes"]), set(edit.themes)
        after = {ADD: before | given, REMOVE: before - given, SET: given}[edit.theme_act]
        wanted["themes"] = sorted(after)
    if edit.sector:
        wanted["sector"] = edit.sector
    if edit.district:
        wanted["district"] = edit.district
    return {name: value for name, value in wanted.items() if value != state[name]}


def _refusal(row: Case, state: State, edit: Edit, user: Any, *, is_open: bool, covered: bool) -> str:
    """Why a case cannot be changed so; nothing if it can."""
    if not is_open:
        return f"现为“{row.get_status_display()}”，或不在您的管辖范围，您不能修改"
    if not covered:
        return "所选区划不在您的管辖范围"
    if edit.move is None:
        return ""
    if edit.move not in workflow.moves_from(user, row):
        return f"现为“{row.get_status_display()}”，不能{edit.move.label}"
    if lacking := _lacking(state, edit.move):
        return f"还不能{edit.move.label}，缺少：{'、'.join(lacking)}"
    return ""


def _lacking(state: State, move: workflow.Move) -> list[str]:
    """What a case with this state lacks for a move; the move itself asks again."""
    has: dict[str, Any] = {
        "区划": state["district"],
        "领域": state["sector"],
        "摘要": state["summary"].strip(),
        "主办组织": any(role == Credit.Role.LEAD for _, role in state["credits"]),
        "来源": state["citations"],
        "对原文摘录的改写": not any(Case.MATERIAL in state[name] for name in Case.RICH),
    }
    needed: Iterable[str] = has if move.name in workflow.PUBLISHING else ["区划"] if move.name == "submit" else []
    return [word for word in needed if not has[word]]
