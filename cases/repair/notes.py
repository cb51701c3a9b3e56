"""Pinyin notes that a copy left behind characters, as in 创(chuàng)新."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from cases.repair.draft import Edit
from cases.repair.found import Kind
from cases.repair.signs import BLANKS, is_han
from cases.search.script import family, is_common

LONGEST = 8
# A reading may be written with the accent as a character of its own.
NOTE = re.compile(
    rf"[(（][{BLANKS}]*([a-zêāáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜńňǹḿế\u0300\u0301\u0304\u0308\u030c]{{1,{LONGEST}}})[{BLANKS}]*[)）]"
)
# One sound, written in two ways.
SAME = str.maketrans("ɡ", "g")


def edits(text: str) -> Iterator[Edit]:
    """Notes that are a reading of the character before them, which has to be a common one.

    Behind a rare character the reading helps, and is left.
    """
    removed_until, character = -1, ""
    for match in NOTE.finditer(text):
        start = match.start()
        while start and text[start - 1] in BLANKS:
            start -= 1
        if start != removed_until:
            character = text[start - 1 : start]
        if not is_han(character) or not is_common(character):
            continue
        note = unicodedata.normalize("NFC", match[1]).translate(SAME)
        if note in readings(character):
            removed_until = match.end()
            yield Edit(start, match.end(), "", Kind.NOTE, f"“{character}”的注音")


@lru_cache(maxsize=4096)
def readings(character: str) -> frozenset[str]:
    """How a character is read, with tones, in its Simplified and its Traditional forms."""
    from pypinyin.constants import PINYIN_DICT

    found = (PINYIN_DICT.get(ord(one), "") for one in family(character))
    return frozenset(unicodedata.normalize("NFC", sound) for ones in found for sound in ones.split(",") if sound)
