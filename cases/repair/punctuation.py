"""Half-width punctuation of Chinese sentences; numbers, addresses and words of other scripts keep theirs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cases.repair.damage import questions
from cases.repair.draft import Edit
from cases.repair.found import Kind
from cases.repair.signs import BETWEEN, BLANKS, HAN, is_chinese, is_han, lines

WIDE = str.maketrans(",:;!?()", "，：；！？（）")
SIGNS = re.compile("[,:;!?()]")
# A colon that is part of an address or of a drawn table is none.
MARKS = re.compile(r"[,;!]|:(?!//|\\|[-|])")
BRACKETS = re.compile(rf"[(（)）]|[{HAN}]+")
WHY, WHY_BRACKET = "中文里用全角标点", "中文里用全角括号"


def edits(text: str) -> Iterator[Edit]:
    for start, line in lines(text):
        if SIGNS.search(line) and is_chinese(line):
            places = [*((one, WHY) for one in _marks(line)), *((one, WHY_BRACKET) for one in _brackets(line))]
            places += [
                (one, "中文里用全角问号") for at, end in questions(line, is_question=True) for one in range(at, end)
            ]
            for place, why in sorted(places):
                after = line[place].translate(WIDE)
                yield Edit(start + place, start + place + 1, after, Kind.PUNCTUATION, why)


def _marks(line: str) -> Iterator[int]:
    for run in BETWEEN.finditer(line):
        if is_han(line[run.start() - 1 : run.start()]) or is_han(line[run.end() : run.end() + 1]):
            for match in MARKS.finditer(line, run.start(), run.end()):
                yield match.start()


def _brackets(line: str) -> Iterator[int]:
    """Pairs behind a Han character, or with one between them; and the other half of a pair that is wide by half."""
    waiting: list[tuple[int, bool]] = []
    last = -1  # end of the Han characters read last
    for match in BRACKETS.finditer(line):
        sign = match[0]
        if sign in "(（":
            behind = match.start()
            while behind and line[behind - 1] in BLANKS:
                behind -= 1
            waiting.append((match.start(), last == behind))
        elif sign in ")）":
            if waiting:
                start, is_behind = waiting.pop()
                if is_behind or last > start or line[start] == "（" or sign == "）":
                    yield from (place for place in (start, match.start()) if line[place] in "()")
        else:
            last = match.end()
