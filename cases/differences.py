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
# What a text with formatting is joined by: whole blocks, so that no element is cut.
BLOCK = re.compile(r"(?s).*?</(?:p|h[1-6]|li|blockquote|figure|tr|table|ul|ol)>\s*|.+$")


class Piece(NamedTuple):
    """A stretch of a text: `same`, `removed` or `added`."""

    kind: str
    text: str


KINDS = {-1: "removed", 0: "same", 1: "added"}


def pieces(before: str, after: str) -> list[Piece]:
    """What both texts have and what only one of them, in order, cut where a person would."""
    comparison = _comparison()
    found = comparison.diff_main(before, after)
    comparison.diff_cleanupSemantic(found)
    return [Piece(KINDS[kind], text) for kind, text in found]


@dataclass(frozen=True)
class Joined:
    """`text` with both changes; where they touch, both are in it, marked, and it is not `clean`."""

    text: str
    clean: bool


def join(base: str, mine: str, theirs: str) -> Joined:
    """Make both changes of `base` in one text."""
    if base.lstrip().startswith("<"):
        code, text_of = _by_block()
    else:
        code, text_of = str, str
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
        for block in BLOCK.findall(text):
            place = known.setdefault(block.rstrip(), len(blocks))
            if place == len(blocks):
                blocks.append(block)
            signs.append(chr(place))
        return "".join(signs)

    return code, lambda signs: "".join(blocks[ord(sign)] for sign in signs)


def _comparison() -> diff_match_patch:
    comparison = diff_match_patch()
    comparison.Diff_Timeout = PATIENCE
    return comparison
