"""The year that a sentence gives a number."""

from __future__ import annotations

import re

from cases.articles.found import Passage

MENTION = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d{2})\s?年(?!代|来|级)"
    r"|(?P<before_last>前年)|(?P<last>去年|上年)|(?P<this>今年|当前|目前|现有|至今|迄今|如今|截至日前|年初以来)"
)
# 2019年以来, 从2015年开始: the number is not of that year, and nothing says of which it is.
SINCE = re.compile(r"[^，,；;。]{0,24}?(?:以来|以后|开始|起(?=[，,]|$)|起至|后(?=[，,])|至今)")
BACK = {"before_last": 2, "last": 1, "this": 0}
FIRST, LAST = 1900, 2100


def year_of(text: str, sentence: Passage, place: int, spoken: int | None) -> int | None:
    """The year named last before a place in its sentence; 去年 counts from `spoken`; None where none is named."""
    found: int | None = None
    for match in MENTION.finditer(text, max(sentence.start, place - 200), place):
        if match["year"]:
            is_span = SINCE.match(text, match.end(), place)
            found = None if is_span else int(match["year"])
        else:
            kind = match.lastgroup or "this"
            found = spoken - BACK[kind] if spoken else None
    return found if found and FIRST <= found <= LAST else None
