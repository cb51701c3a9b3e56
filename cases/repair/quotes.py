"""Quotation marks: “ ” and within them ‘ ’, by pairs; a line whose marks do not pair is left."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cases.repair.draft import Edit
from cases.repair.found import Kind
from cases.repair.signs import HANS, is_chinese, lines

SIGNS = re.compile("[\"'“”‘’「」『』＂〝〞＇]")
CORNERS = re.compile("[「」『』“”‘’]")
PAIRS = {"「": "」", "『": "』", "“": "”", "‘": "’"}
PLAIN = {"「": "“", "」": "”", "『": "‘", "』": "’"}
OTHERS = {"〝": "“", "〞": "”", "＂": '"', "＇": "'"}
SINGLE = re.compile(r"(?<![A-Za-z0-9'])'([^'\"\n“”‘’]*)'(?![A-Za-z0-9'])")
WHY_CORNERS, WHY_STRAIGHT, WHY_TURNED = "直角引号改为弯引号", "直引号改为成对的引号", "引号的方向"


def edits(text: str) -> Iterator[Edit]:
    for start, line in lines(text):
        if SIGNS.search(line) and is_chinese(line):
            for place, after, why in sorted(_of_line(line)):
                if line[place] != after:
                    yield Edit(start + place, start + place + 1, after, Kind.QUOTE, why)


def _of_line(line: str) -> list[tuple[int, str, str]]:
    found = {place: (OTHERS[sign], WHY_STRAIGHT) for place, sign in enumerate(line) if sign in OTHERS}
    found |= {place: (after, WHY_CORNERS) for place, after in _corners(line)}
    now = _with(line, found)
    found |= {place: (after, WHY_TURNED) for place, after in _turned(now)}
    now = _with(now, found)
    found |= {place: (after, WHY_STRAIGHT) for place, after in _straight(now)}
    now = _with(now, found)
    found |= {place: (after, WHY_STRAIGHT) for place, after in _single(now)}
    return [(place, after, why) for place, (after, why) in found.items()]


def _with(line: str, found: dict[int, tuple[str, str]]) -> str:
    signs = list(line)
    for place, (after, _) in found.items():
        signs[place] = after
    return "".join(signs)


def _corners(line: str) -> Iterator[tuple[int, str]]:
    """By how deep they lie if all marks of the line pair, else each by itself."""
    places = [match.start() for match in CORNERS.finditer(line)]
    if not any(line[place] in PLAIN for place in places):
        return
    deep: dict[int, int] = {}
    waiting: list[str] = []
    is_paired = True
    for place in places:
        if line[place] in PAIRS:
            deep[place] = len(waiting)
            waiting.append(line[place])
        elif waiting and PAIRS[waiting[-1]] == line[place]:
            waiting.pop()
            deep[place] = len(waiting)
        else:
            is_paired = False
            break
    is_paired = is_paired and not waiting
    for place in places:
        if line[place] in PLAIN:
            is_open = line[place] in PAIRS
            by_depth = ("“‘" if is_open else "”’")[deep[place] % 2] if is_paired else PLAIN[line[place]]
            yield place, by_depth


def _turned(line: str) -> Iterator[tuple[int, str]]:
    """“A“ and ”A”: where a line has one of the two alone, every other one is turned."""
    places = [place for place, sign in enumerate(line) if sign in "“”"]
    if len(places) % 2 == 0 and len({line[place] for place in places}) == 1:
        yield from ((place, "“”"[number % 2]) for number, place in enumerate(places))


def _straight(line: str) -> list[tuple[int, str]]:
    """Straight marks open and close in turn; nothing if that does not come out even with those that are not."""
    if '"' not in line:
        return []
    found, is_open = [], False
    for place, sign in enumerate(line):
        if sign == '"':
            is_open = not is_open
            found.append((place, "“" if is_open else "”"))
        elif sign in "“”":
            if is_open == (sign == "“"):
                return []
            is_open = not is_open
    return [] if is_open else found


def _single(line: str) -> Iterator[tuple[int, str]]:
    for match in SINGLE.finditer(line):
        if HANS.search(match[1]):
            yield match.start(), "‘"
            yield match.end() - 1, "’"
