"""A text under repair: each step changes what the former ones left, and all is kept as changes of the original."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from cases.repair.found import Change, Kind

# Stands for each character that no step may touch; a noncharacter, and where a text has one, nothing touches it either.
SEALED = "\ufffe"


# A place of the text as it is by now where something is wrong.
Mark = tuple[int, int, Kind, str]


class Edit(NamedTuple):
    """Characters `start` to `end` of the text as it is by now, never none, and what comes in their place."""

    start: int
    end: int
    after: str
    kind: Kind
    why: str


# A change of the original: its place there, what comes in its place, kind and reason. Plain tuples, and kept from step
# to step: a long text has hundreds of thousands.
Made = tuple[int, int, str, Kind, str]


class Draft:
    """`text` has the sealed places covered; `original` and what is returned have them as they were."""

    def __init__(self, original: str) -> None:
        self.original = original
        self.text = original
        self.made: list[Made] = []

    def seal(self, spans: Iterable[tuple[int, int]]) -> None:
        """Cover these places of the text as it is by now; places may overlap."""
        parts, done = [], 0
        for start, end in spans:
            start = max(start, done)
            if start < end:
                parts += [self.text[done:start], SEALED * (end - start)]
                done = end
        self.text = "".join([*parts, self.text[done:]])

    def unsealed(self, marks: list[Mark]) -> list[Mark]:
        """Those marks in whose places anything is not covered yet."""
        return [mark for mark in marks if self.text[mark[0] : mark[1]].strip(SEALED)]

    def whole(self) -> str:
        """The text as it is by now, with nothing covered."""
        parts, done = [], 0
        for start, end, after, _, _ in self.made:
            parts += [self.original[done:start], after]
            done = end
        return "".join([*parts, self.original[done:]])

    def apply(self, edits: Iterable[Edit]) -> None:
        """Make these edits, which come in the order of the text and do not overlap; join those of the same place."""
        edits = [edit for edit in edits if self.text[edit.start : edit.end] != edit.after]
        if not edits:
            return
        self.made = _joined(self.made, edits)
        parts, done = [], 0
        for edit in edits:
            parts += [self.text[done : edit.start], edit.after]
            done = edit.end
        self.text = "".join([*parts, self.text[done:]])

    def changes(self) -> tuple[Change, ...]:
        original = self.original
        return tuple(
            Change(kind, start, end, original[start:end], after, why)
            for start, end, after, kind, why in self.made
            if original[start:end] != after
        )

    def seams(self) -> frozenset[int]:
        """Where in the text as it is by now something was taken out."""
        found, grown = set(), 0
        for start, end, after, _, _ in self.made:
            if not after:
                found.add(start + grown)
            grown += len(after) - end + start
        return frozenset(found)

    def places(self, spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
        """Where in the original these places of the text are, which come in its order."""
        found, number, grown, made = [], 0, 0, self.made
        for start, end in spans:
            while number < len(made) and made[number][0] + grown + len(made[number][2]) <= start:
                grown += len(made[number][2]) - made[number][1] + made[number][0]
                number += 1
            first, last, further, later = start - grown, end - grown, number, grown
            while further < len(made) and made[further][0] + later < end:
                one = made[further]
                if one[0] + later <= start:
                    first = one[0]
                later += len(one[2]) - one[1] + one[0]
                last = max(one[1], end - later)
                further += 1
            found.append((first, last))
        return found


def _joined(made: list[Made], edits: list[Edit]) -> list[Made]:
    """Put edits of the present text among the changes that led to it; what overlaps becomes one change."""
    found: list[Made] = []
    number, grown, count = 0, 0, len(made)  # `grown`: from the original to the present text
    tail, tail_end = "", -1  # of the change found last, what reaches beyond the last edit, and until where
    for start, end, after, kind, why in edits:
        if start < tail_end:
            first, last, before, _, reason = found.pop()
            kept = len(tail) - tail_end + start
            after, tail = before + tail[:kept] + after, tail[kept + end - start :]
            is_within = end < tail_end
            whys = [reason, why]
        else:
            if tail:
                found[-1] = _longer(found[-1], tail)
                tail = ""
            while number < count:
                one = made[number]
                if one[0] + grown + len(one[2]) > start:
                    break
                found.append(one)
                grown += len(one[2]) - one[1] + one[0]
                number += 1
            first, last, is_within, whys = start - grown, end - grown, False, [why]
        if not is_within:
            tail_end = -1
            while number < count and made[number][0] + grown < end:
                one = made[number]
                at = one[0] + grown
                if at < start:
                    after = one[2][: start - at] + after
                first = min(first, one[0])
                tail, tail_end = one[2][max(0, end - at) :], at + len(one[2])
                grown += len(one[2]) - one[1] + one[0]
                last = max(one[1], end - grown)
                whys.insert(-1, one[4])
                number += 1
            if not tail:
                tail_end = -1
                last = max(last, end - grown)
        found.append((first, last, after, kind, whys[0] if len(whys) == 1 else "；".join(dict.fromkeys(whys))))
    if tail:
        found[-1] = _longer(found[-1], tail)
    return found + made[number:]


def _longer(made: Made, tail: str) -> Made:
    return (made[0], made[1], made[2] + tail, made[3], made[4])
