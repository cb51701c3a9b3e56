"""Repair the texts of many cases, each change ticked by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from cases.bulk.texts import Looking, Place
from cases.repair import Kind, Mended, Spot


@dataclass
class Mending(Looking):
    """What there is to repair; `kept` are words that stay as they are."""

    kept: tuple[str, ...] = ()
    act = "修复"
    _mended: dict[tuple[str, bool], Mended] = field(default_factory=dict, init=False, repr=False)

    def of(self, text: str, *, is_rich: bool) -> Mended:
        key = text, is_rich
        if key not in self._mended:
            self._mended[key] = Mended(text, self.kept, is_rich=is_rich)
        return self._mended[key]

    def places(self, where: str, label: str, text: str, *, is_rich: bool) -> Iterator[Place]:
        yield from places_of(self.of(text, is_rich=is_rich), where, label)

    def marks(self, label: str, text: str, *, is_rich: bool) -> Iterator[Place]:
        yield from marks_of(self.of(text, is_rich=is_rich), label)

    def changed(self, text: str, numbers: Collection[int], *, is_rich: bool) -> str:
        return self.of(text, is_rich=is_rich).made(numbers)

    @property
    def kinds(self) -> list[tuple[Kind, int]]:
        """How many places there are of each kind, the most first."""
        return Counter(Kind(place.kind) for hit in self.open_hits for place in hit.places).most_common()


def places_of(mended: Mended, where: str, label: str = "") -> Iterator[Place]:
    """What `admin/cases/_repair_changes.html` shows of a text; the number that ends a key is the spot's."""
    for number, spot in enumerate(mended.spots):
        yield _place(f"{where}:{number}", label, spot)


def marks_of(mended: Mended, label: str = "") -> Iterator[Place]:
    """What `admin/cases/_repair_marks.html` shows of a text."""
    for spot in mended.marks:
        yield _place("", label, spot)


def _place(key: str, label: str, spot: Spot) -> Place:
    change = spot.change
    return Place(
        key,
        label,
        spot.before,
        spot.after,
        old=change.before,
        new="" if spot.is_mark else change.after,
        kind=str(change.kind),
        why=change.why,
        is_on=not (spot.is_offer or spot.is_mark),
    )
