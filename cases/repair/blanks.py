"""Blanks that part nothing: at the ends of lines, beside punctuation, between the letters of a spaced heading."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cases.repair.draft import Edit
from cases.repair.found import Kind
from cases.repair.signs import BLANKS, CLOSING, HAN, HANS, OPENING, STOPS, lines

SOME = re.compile(f"[{BLANKS}]+")
EDGES = BLANKS + "\t"
# 榜 单 说 明: a line of single characters.
SPACED = re.compile(f"[{HAN}](?:[{BLANKS}]+[{HAN}])+[：:]?")
NO_BLANK_AFTER, NO_BLANK_BEFORE = OPENING + STOPS, CLOSING + STOPS + "…"
WHY, WHY_SPACED, WHY_EDGE, WHY_WIDE = "标点旁边的空格", "字间的空格", "行首或行尾的空格", "空格改为一个半角空格"


def edits(text: str, *, edges: bool) -> Iterator[Edit]:
    """`edges`: whether blanks at the ends of lines go, too."""
    for start, line in lines(text):
        if line and (" " in line or "\u3000" in line or line[0] == "\t" or line[-1] == "\t"):
            for at, end, after, why in _of_line(line, edges=edges):
                yield Edit(start + at, start + end, after, Kind.BLANK, why)


def _of_line(line: str, *, edges: bool) -> Iterator[tuple[int, int, str, str]]:
    inner = line.strip(EDGES)
    first = len(line) - len(line.lstrip(EDGES)) if inner else len(line)
    last = first + len(inner)
    has_han = HANS.search(inner) is not None
    if edges and first and (has_han or not inner):
        yield 0, first, "", WHY_EDGE
    if has_han:
        is_spaced = SPACED.fullmatch(inner) is not None
        for match in SOME.finditer(line, first, last):
            before, behind = line[match.start() - 1], line[match.end()]
            if is_spaced:
                yield match.start(), match.end(), "", WHY_SPACED
            elif before in NO_BLANK_AFTER or behind in NO_BLANK_BEFORE:
                yield match.start(), match.end(), "", WHY
            elif match[0] != " " and "\t" not in (before, behind):
                yield match.start(), match.end(), " ", WHY_WIDE
    if edges and inner and last < len(line):
        yield last, len(line), "", WHY_EDGE
