"""What can be chosen before a file is taken away: its format and its columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cases.exports.asked import Asked
from cases.exports.description import Column, Part
from cases.exports.forms import FORMS, Form
from cases.exports.kinds import KINDS
from cases.exports.plan import Plan

GROUPS = {
    "基本情况": {Part.HEADING, Part.FACT, Part.ABSENT},
    "正文": {Part.TEXT},
    "数据、榜单和来源": {Part.LIST, Part.TABLE},
}


@dataclass(frozen=True)
class FormChoice:
    """A format, with the address of the file and whether it is made while the reader does something else.

    `limit` tells what the format takes where this is more: then it is not offered.
    """

    form: Form
    address: str
    is_later: bool
    limit: str = ""


@dataclass(frozen=True)
class ColumnChoice:
    column: Column[Any]
    is_on: bool


class ExportChoices:
    """The formats and columns of one file; `address` makes the address of the file in a format."""

    def __init__(self, asked: Asked, address: Any) -> None:
        """Raise ExportRefused or Http404 as describing the file does."""
        kind, params = KINDS[asked.what], asked.params.copy()
        self.chosen = params.pop("column", [])
        self.plan: Plan = kind.planned(Asked(asked.what, asked.form, params, asked.user, asked.base, asked.key))
        self.export = self.plan.export()
        self.kept = [(name, value) for name, values in params.lists() for value in values if value]
        self.forms = [
            FormChoice(
                FORMS[name], address(name), self.plan.effort > FORMS[name].at_once, FORMS[name].limit_passed(self.plan)
            )
            for name in FORMS
            if name in kind.forms
        ]

    @property
    def measure(self) -> str:
        return self.export.subject.measure

    @property
    def subject(self) -> str:
        return self.export.subject.name

    @property
    def is_later(self) -> bool:
        return any(choice.is_later and not choice.limit for choice in self.forms)

    @cached_property
    def groups(self) -> Sequence[tuple[str, list[ColumnChoice]]]:
        """Columns under the heading of their group, those ticked that the address names, or all if it names none."""
        columns = [ColumnChoice(one, not self.chosen or one.name in self.chosen) for one in self.export.columns]
        groups = [(label, [one for one in columns if one.column.part in parts]) for label, parts in GROUPS.items()]
        return [(label, members) for label, members in groups if members]
