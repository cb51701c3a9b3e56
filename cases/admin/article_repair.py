"""What repairing an article changed, by kind, each change beside the original; and what the curator makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cases.articles.proposing import repaired
from cases.models import ArticleImport

# So many changes of a kind are shown one by one; the others of it are made unless the whole kind is refused.
SHOWN = 200
AROUND = 12
LONGEST = 80


@dataclass
class Shown:
    """One change with the words around it."""

    number: int
    before: str
    after: str
    left: str
    right: str
    why: str
    is_ticked: bool


@dataclass
class Group:
    """Changes of one kind; `name` is that of their box in the form."""

    label: str
    name: str
    count: int = 0
    ticked: int = 0
    shown: list[Shown] = field(default_factory=list)

    @property
    def left_out(self) -> int:
        return self.count - len(self.shown)

    @property
    def why(self) -> str:
        """What is true of all of them, to be said once; empty where they differ."""
        reasons = {one.why for one in self.shown}
        return reasons.pop() if len(reasons) == 1 else ""


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


class RepairPage:
    def __init__(self, article: ArticleImport) -> None:
        self.article = article
        self.found = repaired(article.original)
        kept: Any = article.refused or {}
        self.refused, self.accepted = set(kept.get("refused", ())), set(kept.get("accepted", ()))

    def take(self, data: Any) -> None:
        """Take down what was refused, by kind or by taking the tick off one of those shown, and what was accepted."""
        kinds = set(data.getlist("kind"))
        shown = {one.number for group in self._grouped(self.found.changes, set()) for one in group.shown}
        refused = shown - _numbers(data.getlist("change"))
        refused |= {number for number, one in enumerate(self.found.changes) if str(one.kind) not in kinds}
        self.refused = refused
        self.accepted = {number for number in _numbers(data.getlist("accept")) if number < len(self.found.offers)}
        self.article.refused = {"refused": sorted(self.refused), "accepted": sorted(self.accepted)}

    @property
    def stamp(self) -> str:
        """What stands for the changes as they are shown; other ones came of other words in the dictionary."""
        return f"{len(self.found.changes)}-{len(self.found.offers)}"

    @property
    def text(self) -> str:
        return str(self.found.without(self.refused, self.accepted))

    @cached_property
    def changes(self) -> list[Group]:
        made = set(range(len(self.found.changes))) - self.refused
        return self._grouped(self.found.changes, made)

    @cached_property
    def offers(self) -> list[Group]:
        return self._grouped(self.found.offers, self.accepted)

    @cached_property
    def marks(self) -> list[Group]:
        return self._grouped(self.found.marks, set())

    def _grouped(self, changes: Sequence[Any], ticked: set[int]) -> list[Group]:
        groups: dict[str, Group] = {}
        text = self.article.original
        for number, one in enumerate(changes):
            group = groups.setdefault(str(one.kind), Group(str(one.kind), str(one.kind)))
            group.count += 1
            group.ticked += number in ticked
            if len(group.shown) < SHOWN:
                left, right = text[max(0, one.start - AROUND) : one.start], text[one.end : one.end + AROUND]
                before, after = _cut(one.before), _cut(one.after)
                group.shown.append(Shown(number, before, after, left, right, one.why, number in ticked))
        return list(groups.values())


def _numbers(given: Sequence[str]) -> set[int]:
    return {int(one) for one in given if one.isascii() and one.isdigit() and len(one) < 8}
