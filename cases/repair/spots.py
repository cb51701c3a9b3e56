"""Repair of what a field holds, plain or rich, as numbered spots that a page shows and a curator ticks."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from cases.repair.found import Change, Kind, Repaired
from cases.repair.repairing import repair

NEAR = 20
TAG = re.compile(r"(<[^>]*>)")
# Within a paragraph; all other tags end what is repaired together.
INLINE = re.compile(r"</?(?:strong|em|a|b|i|span)\b")
# How a text breaks its lines is for browsers to say, and a field on a form has it changed each time it is sent.
UNSEEN = {Kind.LINE_END}


class Spot(NamedTuple):
    """One change with what is around it. An offer counts only when it is ticked; a mark is only to be seen."""

    change: Change
    before: str
    after: str
    is_offer: bool = False
    is_mark: bool = False


@dataclass(frozen=True)
class _Stretch:
    """Texts between tags that are one text to a reader: numbers of the parts, and what is to be repaired in them."""

    parts: tuple[int, ...]
    repaired: Repaired


class Mended:
    """A field's text under repair. `spots` are all that a curator may tick, in the order of the text."""

    def __init__(self, text: str, kept: Iterable[str] = (), *, is_rich: bool = False) -> None:
        self.text = text
        self.parts = TAG.split(text) if is_rich else [text]
        self.is_rich = is_rich
        self.stretches = self._stretches(tuple(kept))
        self._numbered = [
            (place, spot) for place, stretch in enumerate(self.stretches) for spot in _spots(stretch.repaired)
        ]

    def _stretches(self, kept: tuple[str, ...]) -> list[_Stretch]:
        if not self.is_rich:
            return [_Stretch((0,), repair(self.text, kept))]
        groups: list[list[int]] = [[]]
        for number, part in enumerate(self.parts):
            if number % 2 == 0:
                groups[-1].append(number)
            elif not INLINE.match(part):
                groups.append([])
        texts = [(tuple(group), "".join(html.unescape(self.parts[one]) for one in group)) for group in groups]
        return [_Stretch(group, repair(text, kept, lines=False)) for group, text in texts if text.strip()]

    @property
    def spots(self) -> list[Spot]:
        return [spot for _, spot in self._numbered if not spot.is_mark]

    @property
    def marks(self) -> list[Spot]:
        return [spot for _, spot in self._numbered if spot.is_mark]

    @property
    def offered(self) -> set[int]:
        """Numbers of the spots that are not made unless somebody wants them."""
        return {number for number, spot in enumerate(self.spots) if spot.is_offer}

    def made(self, numbers: Collection[int]) -> str:
        """The text with the spots with these numbers made, and no others; markup stays."""
        chosen: dict[int, list[Change]] = {}
        tickable = [(place, spot) for place, spot in self._numbered if not spot.is_mark]
        for number, (place, spot) in enumerate(tickable):
            if number in numbers:
                chosen.setdefault(place, []).append(spot.change)
        parts = list(self.parts)
        for place, changes in chosen.items():
            self._make(parts, self.stretches[place], _apart(changes))
        return "".join(parts)

    def _make(self, parts: list[str], stretch: _Stretch, changes: list[Change]) -> None:
        """Put changes into the parts that they lie in; one across several goes into the first."""
        start, waiting = 0, list(changes)
        for number in stretch.parts:
            plain = html.unescape(parts[number]) if self.is_rich else parts[number]
            end, made, done = start + len(plain), [], 0
            for change in waiting:
                if change.start >= end or change.end <= start:
                    continue
                made += [plain[done : max(0, change.start - start)], change.after if change.start >= start else ""]
                done = min(len(plain), change.end - start)
            if made:
                new = "".join([*made, plain[done:]])
                parts[number] = html.escape(new, quote=False) if self.is_rich else new
            start = end


def _apart(changes: list[Change]) -> list[Change]:
    """In their order; an offer goes before a change of the same place."""
    offers = [one for one in changes if one.kind == Kind.LOST_PLUS]
    kept = [
        one
        for one in changes
        if one.kind == Kind.LOST_PLUS or not any(one.start < at.end and at.start < one.end for at in offers)
    ]
    return sorted(kept, key=lambda one: one.start)


def _spots(repaired: Repaired) -> list[Spot]:
    text = repaired.original

    def spot(change: Change, **what: bool) -> Spot:
        before, after = text[max(0, change.start - NEAR) : change.start], text[change.end : change.end + NEAR]
        return Spot(change, before, after, **what)

    found = [spot(change) for change in repaired.changes if change.kind not in UNSEEN]
    found += [spot(change, is_offer=True) for change in repaired.offers]
    return sorted(found, key=lambda one: one.change.start) + [spot(change, is_mark=True) for change in repaired.marks]
