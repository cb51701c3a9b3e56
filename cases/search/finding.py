"""Answer a reader: the index proposes, the database decides."""

from __future__ import annotations

from dataclasses import dataclass, field

from cases.models.case_queryset import CaseQuerySet, columns
from cases.search import database, drainer, live, thesaurus
from cases.search.generations import Unusable
from cases.search.query import Refused, parse


@dataclass(frozen=True)
class Found:
    """The cases found, best first.

    `relaxed`: so many, the last ones, have not all the words. `degraded`: there is no usable index, the database
    answered, and `problem` tells the staff why. `message`: why the text could not be searched for; then nothing was
    found.
    """

    ids: list[int]
    relaxed: int = 0
    degraded: bool = False
    message: str = ""
    problem: str = field(default="", compare=False)

    @property
    def count(self) -> int:
        return len(self.ids)

    @property
    def certain(self) -> list[int]:
        """The cases that have all the words."""
        return self.ids[: self.count - self.relaxed]

    @property
    def near(self) -> list[int]:
        """The others, which have some of them."""
        return self.ids[self.count - self.relaxed :]


def search(text: str, cases: CaseQuerySet) -> Found:
    """Find, among the cases that the reader may see and has narrowed down to, those that `text` describes."""
    try:
        query = parse(text)
    except Refused as refusal:
        return Found([], message=str(refusal))
    known = thesaurus.current()
    try:
        matches = live.ask(query, known)
    except Unusable as reason:
        drainer.notify()
        ids, relaxed = database.search(query, cases, known)
        return Found(ids, relaxed=relaxed, degraded=True, problem=str(reason))
    ids = allowed(matches.ranked, cases)
    return Found(ids, relaxed=len(matches.loose.intersection(ids)))


def allowed(ranked: tuple[int, ...], cases: CaseQuerySet) -> list[int]:
    """Return those of the proposed cases that are among `cases`, in the order proposed; one query."""
    if not ranked:
        return []
    allowed = set(columns(cases.few_among(ranked), "pk")[0])
    return [pk for pk in ranked if pk in allowed]
