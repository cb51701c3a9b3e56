"""What was lost or garbled: marked and left as it is, since nobody can know what it was."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from cases.repair.draft import Mark
from cases.repair.found import Kind
from cases.repair.signs import BETWEEN, BLANKS, HAN, KANA, is_chinese, is_han, lines

REPLACED = "这里原有的字在转存时丢失了，请对照原文补上"
MISREAD = "像是编码读错的文字，请对照原文重新粘贴"
PRIVATE = "只在某些字体里才显示的字，请对照原文改为通用的字"
# Bytes of Windows' Western character set that follow in UTF-8.
WESTERN = "".join(bytes([one]).decode("cp1252", "ignore") for one in range(0x80, 0xC0)) + "\x80-\x9f"
LATIN = rf"[\u00e2-\u00e9][{WESTERN}]{{2}}|[\u00c2\u00c3][{WESTERN}]"
ALWAYS = re.compile(
    rf"(?P<lost>\ufffd+)|(?P<private>[\ue000-\uf8ff\U000f0000-\U000ffffd]+)|(?P<known>锟斤拷(?:锟|斤|拷)*|烫{{3,}}|屯{{3,}})"
    rf"|(?P<latin>(?:{LATIN}){{2,}})|(?P<control>[\x80-\x84\x86-\x9f\ud800-\udfff]+)"
)
TOLD = {
    "lost": (Kind.LOST, REPLACED),
    "private": (Kind.GARBLED, PRIVATE),
    "known": (Kind.GARBLED, MISREAD),
    "latin": (Kind.GARBLED, MISREAD),
    "control": (Kind.GARBLED, MISREAD),
}
# The rest of a pinyin note whose character and bracket were lost, as in ?;ヂ?lián)网.
BROKEN_NOTE = re.compile(
    rf"(?:[?？][;；]?)?(?<![{KANA}])[{KANA}]*+[?？][a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ]{{1,8}}[)）]|[?？][;；]?[{KANA}]{{1,2}}(?=[{HAN}?])"
)
LONE_KANA = re.compile(rf"(?<![{KANA}ー])[{KANA}]{{1,2}}(?![{KANA}ー])")
# An end of a sentence, before which no word makes what follows a question.
ENDS = re.compile("[。！？!?；;\n]")
QUESTION = re.compile(
    "[吗呢谁哪怎吧啥岂嘛]|(?<!任)何|几(?!乎)|什么|多少|[是能可会有][否不没]|难道|嗎|誰|幾(?!乎)|甚麼|什麼|難道|豈"
)


CLOSES = tuple("”\"'’』」")


def garbled(text: str) -> list[Mark]:
    """What is broken whatever stands around it."""
    found = [(one.start(), one.end(), *TOLD[one.lastgroup or ""]) for one in ALWAYS.finditer(text)]
    found += [(start, end, Kind.GARBLED, MISREAD) for start, end in _misread(text)]
    return merged(found)


def _misread(text: str) -> Iterator[tuple[int, int]]:
    """Chinese in UTF-8 that was read as GBK: three characters each that are, as bytes, two others."""
    first, pattern = _gbk()
    if first.isdisjoint(text):
        return
    for match in pattern.finditer(text):
        three = text[match.start() : match.start() + 3]
        try:
            meant = three.encode("gbk").decode("utf-8")
            meant.encode("gb2312")
        except UnicodeError:
            continue
        yield match.start(), match.start() + 3


@cache
def _gbk() -> tuple[frozenset[str], re.Pattern[str]]:
    """Characters that are the first byte and a half of Chinese in UTF-8, and the pattern of three in a row."""

    def characters(leads: range, trails: range) -> str:
        pairs = (bytes([lead, trail]).decode("gbk", "ignore") for lead in leads for trail in trails)
        return "".join(one for one in pairs if len(one) == 1)

    begins, follows = range(0xE2, 0xEA), range(0x80, 0xC0)
    first, second, third = characters(begins, follows), characters(follows, begins), characters(follows, follows)
    # Looked ahead, so that runs that begin within another are found.
    return frozenset(first), re.compile(f"(?=[{re.escape(first)}][{re.escape(second)}][{re.escape(third)}])")


def broken_notes(text: str) -> list[Mark]:
    if "?" not in text and "？" not in text:
        return []
    found: list[Mark] = []
    for start, line in lines(text):
        places = [match.span() for match in BROKEN_NOTE.finditer(line)] if "?" in line or "？" in line else []
        if places and is_chinese(line):
            found += [(start + one, start + end, Kind.LOST, REPLACED) for one, end in places]
    return merged(found)


def lone_signs(text: str) -> list[Mark]:
    """Question marks and kana that stand where neither can."""
    found: list[Mark] = []
    for start, line in lines(text):
        if ("?" in line or LONE_KANA.search(line)) and is_chinese(line):
            found += [
                (start + one, start + end, Kind.LOST, REPLACED) for one, end in questions(line, is_question=False)
            ]
            found += [
                (start + one.start(), start + one.end(), Kind.LOST, REPLACED)
                for one in LONE_KANA.finditer(line)
                if one[0] != "の"
            ]
    return merged(found)


def questions(line: str, *, is_question: bool) -> Iterator[tuple[int, int]]:
    """Half-width question marks of a Chinese line: those that end a question, or those in place of something lost."""
    if "?" not in line:
        return
    began, asked = 0, 0
    ends = [match.end() for match in ENDS.finditer(line)]
    for run in BETWEEN.finditer(line):
        if "?" not in run[0]:
            continue
        before, behind = line[run.start() - 1 : run.start()], line[run.end() : run.end() + 1]
        first = run.start() + run[0].index("?")
        while asked < len(ends) and ends[asked] <= first:
            began = ends[asked]
            asked += 1
        if not is_han(before) or (behind and not is_han(behind)):
            continue
        clause = re.sub("[ \u3000]", "", line[began:first])
        rest = line[first + 1 : run.end()].lstrip(BLANKS)
        asks = bool(QUESTION.search(clause)) or not behind or rest[:1] in CLOSES
        if asks == is_question:
            yield from ((run.start() + one.start(), run.start() + one.end()) for one in re.finditer("[?]+", run[0]))


def merged(found: Iterable[Mark]) -> list[Mark]:
    """Marks in their order; those that touch or overlap are one."""
    result: list[Mark] = []
    for one in sorted(found):
        if result and one[0] <= result[-1][1]:
            start, end, kind, why = result[-1]
            result[-1] = (start, max(end, one[1]), kind, why)
        else:
            result.append(one)
    return result
