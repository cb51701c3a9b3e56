"""The year that a sentence gives a number."""

from __future__ import annotations

import re

from cases.articles.found import Passage

MENTION = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d{2})\s?年(?!代|来|级)"
    r"|(?P<before_last>前年)|(?P<last>去年|上年)|(?P<this>今年|当前|目前|现有|至今|迄今|如今)"
)
# 2019年以来, 从2015年开始: the number is not of that year, and nothing says of which it is.
SINCE = re.compile(r"[^，,；;。]{0,24}?(?:以来|以后|开始|起(?=[，,]|$)|起至|后(?=[，,])|至今)")
BACK = {"before_last": 2, "last": 1, "this": 0}
FIRST, LAST = 1900, 2100


def year_of(text: str, sentence: Passage, place: int, year: int | None, spoken: int | None) -> int | None:
    """The year named last before a place in its sentence, None where none is.

    去年 counts from when the text was written, 目前 is the year that it is about: a report on 2023 printed in 2024.
    """
    found: int | None = None
    for match in MENTION.finditer(text, max(sentence.start, place - 200), place):
        written = (year or spoken) if match["this"] else (spoken or year)
        if _is_where_it_began(text, match, place):
            continue
        if match["this"] or not SINCE.match(text, match.end(), place):
            found = int(match["year"]) if match["year"] else _counted(match, written)
        else:
            found = None
    return found if found and FIRST <= found <= LAST else None


def _counted(match: re.Match[str], written: int | None) -> int | None:
    return written - BACK[match.lastgroup or "this"] if written else None


def _is_where_it_began(text: str, match: re.Match[str], place: int) -> bool:
    """从2012年末的9899万人减少到3046万人: the year is of the first number alone."""
    return text[max(0, match.start() - 1) : match.start()] in {"从", "由", "比", "较"} and place - match.end() > 3
