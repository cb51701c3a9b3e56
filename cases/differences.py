"""Two texts by character, and two changes of one text joined."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from diff_match_patch import diff_match_patch

# So long the search for the smallest difference may take, in seconds; then a coarser one is told.
PATIENCE = 0.5
MARKS = ("【我的：", "【已保存的：")
TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)[^>]*>")
VOID = {"br", "hr", "img"}


class Piece(NamedTuple):
    """A stretch of a text: `same`, `removed` or `added`."""

    kind: str
    text: str


KINDS = {-1: "removed", 0: "same", 1: "added"}


def pieces(before: str, after: str, patience: float = PATIENCE) -> list[Piece]:
    """What both texts have and what only one of them, in order, cut where a person would; `patience` in seconds."""
    comparison = diff_match_patch()
    comparison.Diff_Timeout = patience
    found = comparison.diff_main(before, after)
    comparison.diff_cleanupSemantic(found)
    return [Piece(KINDS[kind], text) for kind, text in found]


@dataclass(frozen=True)
class Joined:
    """`text` with both changes; where they touch, both are in it, marked, and it is not `clean`."""

    text: str
    clean: bool


def join(base: str, mine: str, theirs: str, *, blocks: bool = False) -> Joined:
    """Make both changes of `base` in one text; `blocks` joins whole elements of HTML, so that none is cut."""
    code, text_of = _by_block() if blocks else (str, str)
    coded = code(base)
    changes = _clusters(_hunks(coded, code(mine)), _hunks(coded, code(theirs)))
    joined, at, clean = "", 0, True
    for start, end, own, others in changes:
        joined += text_of(coded[at:start])
        mine_here, theirs_here = (_applied(coded, start, end, hunks) for hunks in (own, others))
        if not others or mine_here == theirs_here:
            joined += text_of(mine_here)
        elif not own:
            joined += text_of(theirs_here)
        else:
            clean = False
            told = zip(MARKS, (mine_here, theirs_here), strict=True)
            joined += "".join(f"{mark}{text_of(text)}】" for mark, text in told)
        at = end
    return Joined(joined + text_of(coded[at:]), clean)


class _Hunk(NamedTuple):
    """`base[start:end]` became `text`."""

    start: int
    end: int
    text: str


def _hunks(base: str, other: str) -> list[_Hunk]:
    hunks: list[_Hunk] = []
    at = 0
    for kind, text in pieces(base, other):
        if kind == "same":
            at += len(text)
            continue
        last = hunks.pop() if hunks and hunks[-1].end == at else _Hunk(at, at, "")
        end = at + len(text) if kind == "removed" else at
        hunks.append(_Hunk(last.start, end, last.text + (text if kind == "added" else "")))
        at = end
    return hunks


def _clusters(mine: list[_Hunk], theirs: list[_Hunk]) -> Iterator[tuple[int, int, list[_Hunk], list[_Hunk]]]:
    """Stretches of the base that are changed, with the changes of both sides that overlap or touch there."""
    waiting = sorted([(hunk, True) for hunk in mine] + [(hunk, False) for hunk in theirs], key=lambda one: one[0][:2])
    while waiting:
        first, is_mine = waiting.pop(0)
        start, end = first.start, first.end
        sides: tuple[list[_Hunk], list[_Hunk]] = ([first], []) if is_mine else ([], [first])
        while waiting and waiting[0][0].start <= end:
            hunk, is_mine = waiting.pop(0)
            sides[0 if is_mine else 1].append(hunk)
            end = max(end, hunk.end)
        yield start, end, *sides


def _applied(base: str, start: int, end: int, hunks: list[_Hunk]) -> str:
    text, at = "", start
    for hunk in hunks:
        text += base[at : hunk.start] + hunk.text
        at = hunk.end
    return text + base[at:end]


def _by_block() -> tuple[Callable[[str], str], Callable[[str], str]]:
    """Write every block of formatted texts as one character, and back."""
    blocks: list[str] = []
    known: dict[str, int] = {}

    def code(text: str) -> str:
        signs = []
        for block in _elements(text):
            place = known.setdefault(block, len(blocks))
            if place == len(blocks):
                blocks.append(block)
            signs.append(chr(place))
        return "".join(signs)

    return code, lambda signs: "".join(blocks[ord(sign)] for sign in signs)


def _elements(html: str) -> Iterator[str]:
    """The outermost elements of cleaned HTML, with what stands between them."""
    depth = begun = 0
    for tag in TAG.finditer(html):
        if tag[2] in VOID:
            continue
        depth += -1 if tag[1] else 1
        if depth <= 0:
            yield html[begun : tag.end()]
            begun, depth = tag.end(), 0
    if begun < len(html):
        yield html[begun:]
