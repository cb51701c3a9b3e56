"""What kinds of characters there are for the one who repairs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from cases.repair.draft import SEALED

# For use within the brackets of a regular expression.
HAN = "〇㐀-䶿一-鿿\U00020000-\U000323af"
LETTERS = "A-Za-z\u00c0-\u024f\u1e00-\u1eff"
WORD = f"{HAN}{LETTERS}0-9"
KANA = "\u3041-\u3096\u30a1-\u30fa"
BLANKS = " \u3000"

OPENING = "“‘（《〈【〔「『"
CLOSING = "”’）》〉】〕」』"
STOPS = "，。；：！？、"

HANS = re.compile(f"[{HAN}]+")
LATIN = re.compile(f"[{LETTERS}]+")
KANAS = re.compile(f"[{KANA}]+")
# What lies between two words.
BETWEEN = re.compile(f"[^{WORD}{SEALED}\n]+")


def is_han(character: str) -> bool:
    return bool(character) and HANS.match(character) is not None


def lines(text: str) -> Iterator[tuple[int, str]]:
    """Each line without its end, and where it begins."""
    start = 0
    for line in text.split("\n"):
        yield start, line
        start += len(line) + 1


@lru_cache(maxsize=64)
def is_chinese(line: str) -> bool:
    """Whether a line is written in Chinese, words of other scripts within it or not."""
    hans = count(HANS, line)
    return bool(hans) and 2 * hans >= count(LATIN, line) and hans >= 4 * count(KANAS, line)


def count(pattern: re.Pattern[str], text: str) -> int:
    return sum(map(len, pattern.findall(text)))
