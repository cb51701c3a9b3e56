"""What repairing a text finds: changes that are made, that are only offered, and places that are only marked."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What was wrong, as curators read it."""

    INVISIBLE = "不可见字符"
    LINE_END = "换行符"
    FORM = "兼容字形"
    WIDTH = "全角字母数字"
    NOTE = "注音"
    SCRIPT = "繁体字"
    PUNCTUATION = "标点"
    QUOTE = "引号"
    BLANK = "空格"
    BROKEN_LINE = "断行"
    LOST_PLUS = "疑似缺“+”"
    LOST = "疑似缺字"
    GARBLED = "疑似乱码"


class Change(NamedTuple):
    """Characters `start` to `end` (exclusive) of the original, and what comes in their place.

    A mark has the same before and after: there something is wrong, and nobody can know what it was.
    """

    kind: Kind
    start: int
    end: int
    before: str
    after: str
    why: str


@dataclass(frozen=True)
class Repaired:
    """A text and what was done to it. No two of the changes overlap, so that each can be refused by itself."""

    original: str
    text: str
    changes: tuple[Change, ...] = ()
    offers: tuple[Change, ...] = ()
    marks: tuple[Change, ...] = ()

    def without(self, refused: Collection[int], accepted: Collection[int] = ()) -> str:
        """Return the text without the changes with these numbers, and with the offers with those.

        Both count from 0 in the order of `changes` and `offers`. An offer goes before a change of the same place.
        """
        wanted = [offer for number, offer in enumerate(self.offers) if number in accepted]
        made = [change for number, change in enumerate(self.changes) if number not in refused]
        if wanted:
            made = [one for one in made if not any(one.start < at.end and at.start < one.end for at in wanted)]
        return applied(self.original, sorted([*made, *wanted], key=lambda one: one.start))


def applied(text: str, changes: Iterable[Change]) -> str:
    """Return a text with these changes made, which come in its order and do not overlap."""
    parts, done = [], 0
    for change in changes:
        parts += [text[done : change.start], change.after]
        done = change.end
    return "".join([*parts, text[done:]])
