"""Where a copy probably lost a plus sign, as in “党建 业务”: offered, and put in only by the curator's word."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cases.repair.draft import Edit
from cases.repair.found import Kind
from cases.repair.signs import HAN, LETTERS

PART = f"[{HAN}{LETTERS}0-9]"
QUOTED = re.compile(f"(?<=[“‘])({PART}{{1,6}}) ({PART}{{1,6}})(?=[”’])")
# 关键词三：党建 乡村振兴
HEADED = re.compile(f"(?:^|(?<=[：“‘ \n]))((?:智慧|互联网|非公|两新)?党建) (?=[{HAN}])", re.MULTILINE)
NUMBERED = re.compile("[0-9]+|[A-Z]")
WHY = "可能是“+”，转载时丢失了；请对照原文"


def offers(text: str) -> Iterator[Edit]:
    found = {match.end(1): match for match in QUOTED.finditer(text) if _is_likely(match[1], match[2])}
    found |= {match.end(1): match for match in HEADED.finditer(text)}
    for place in sorted(found):
        yield Edit(place, place + 1, "+", Kind.LOST_PLUS, WHY)


def _is_likely(first: str, second: str) -> bool:
    """Two words, or a number and what is added to it; halves of the same length, four or more, are a slogan."""
    if NUMBERED.fullmatch(first) or NUMBERED.fullmatch(second):
        return bool(NUMBERED.fullmatch(first) and NUMBERED.fullmatch(second)) or "党建" in first + second
    return len(first) <= 4 and (len(first), len(second)) != (4, 4)
