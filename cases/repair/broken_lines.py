"""Lines that a page or an e-mail broke in the middle of a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cases.repair.draft import Edit
from cases.repair.found import Kind
from cases.repair.signs import LETTERS, lines

# In columns, of which a Han character takes two. Nobody breaks lines narrower, and no line is as long unbroken.
NARROWEST, WIDEST, RAGGED = 24, 100, 4
FEWEST = 3
# A sentence's end, or a list's: its lines say who, and then the name of what they did.
ENDED = re.compile("[。！？!?…：:][”’」』）)\"']*$|[：:][“《「『][^“”《》「」『』]{1,40}[”》」』]$")
HAS_PAUSE = re.compile("[，。、；,;：:！？]")
NUMERAL = "一二三四五六七八九十百"
OWN_LINE = re.compile(
    rf"[■●◆▲★•·※□○◇▪▶>【#*|—\-–]|[(（]?(?:[{NUMERAL}]{{1,4}}|\d{{1,3}})[)）、．.](?!\d)|第[{NUMERAL}\d]{{1,5}}[章节条款部篇]"
    rf"|[^，。；！？：:]{{0,8}}[{NUMERAL}\d][：:]|(?:来源|作者|记者|编辑|时间|日期|责编|附件|注)[：:]|\d{{4}}[-年/.]"
)
LATIN_EDGE = re.compile(f"[{LETTERS}0-9]")
WHY = "句子中间断开的行接起来"


def edits(text: str) -> Iterator[Edit]:
    block: list[tuple[int, str]] = []
    for start, line in lines(text):
        if line:
            block.append((start, line))
        else:
            yield from _joins(block)
            block = []
    yield from _joins(block)


def _joins(block: list[tuple[int, str]]) -> Iterator[Edit]:
    """Where a block's lines are as wide as a page, and most are full and end in mid-sentence."""
    if len(block) < FEWEST:
        return
    widths = [_width(line) for _, line in block]
    widest = max(widths)
    if not NARROWEST <= widest <= WIDEST:
        return
    full = [number for number, width in enumerate(widths) if width >= widest - RAGGED]
    broken = [number for number in full[: None if full[-1] < len(block) - 1 else -1] if _goes_on(block, number)]
    if len(full) < FEWEST - 1 or len(broken) < FEWEST - 1 or 2 * len(full) < len(block):
        return
    if 2 * sum(HAS_PAUSE.search(block[number][1]) is not None for number in full) < len(full):
        return
    for number in broken:
        start, line = block[number]
        is_latin = LATIN_EDGE.match(line[-1]) and LATIN_EDGE.match(block[number + 1][1][0])
        yield Edit(start + len(line), start + len(line) + 1, " " if is_latin else "", Kind.BROKEN_LINE, WHY)


def _goes_on(block: list[tuple[int, str]], number: int) -> bool:
    line, following = block[number][1], block[number + 1][1]
    return not (ENDED.search(line) or OWN_LINE.match(line) or OWN_LINE.match(following))


def _width(line: str) -> int:
    return len(line.encode("gb18030", "replace")) if len(line) <= WIDEST else WIDEST + 1
