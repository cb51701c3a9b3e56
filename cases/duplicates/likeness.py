"""How probable it is that two cases are one, and why; pure, knows no database.

Each sign has a weight, and signs add up as if they were independent: 1 − (1 − a)(1 − b)… The weights were set by hand:
two signs are worth a curator's look, one alone only where it is strong.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from zlib import crc32

from cases.search import fold

# So many characters in a row are one shingle, and texts of fewer shingles say nothing.
SHINGLE, LEAST = 6, 30
LONG = 20_000
TITLE_ALIKE, TEXT_ALIKE, ALL_ALIKE = 0.6, 0.3, 0.95
SHORTEST_BRAND = 3
SAME_TITLE, ALIKE_TITLE, SAME_BRAND, NAMED_BRAND, SAME_LEAD, SAME_TEXT = 0.6, 0.45, 0.5, 0.35, 0.35, 0.9
# What the same words in a title count for where other bodies did it.
OF_OTHERS = 0.6
# Of the smallest hash in each of BINS parts of all hashes, each BAND together are one key.
BINS, BAND = 32, 2
TENTHS = "零一二三四五六七八九"


@dataclass(frozen=True)
class Told:
    """What of a case is compared; `leads` are the keys of its lead organisations."""

    title: str
    brand: str = ""
    leads: frozenset[int] = frozenset()
    text: str = ""


@dataclass(frozen=True)
class Likeness:
    score: float
    why: str


NOT_ALIKE = Likeness(0.0, "")


def compare(one: Told, other: Told) -> Likeness:
    """Return how probably two cases are one, from 0 to 1, with the reasons in Chinese."""
    named = [*_titles(one, other), *_brands(one, other)]
    text = _texts(one, other)
    if not named and not text:
        return NOT_ALIKE
    shared = one.leads & other.leads
    if one.leads and other.leads and not shared:
        named = [(weight * OF_OTHERS, why) for weight, why in named]
    found = named + ([(SAME_LEAD, "主办组织相同")] if shared else []) + text
    doubt = 1.0
    for weight, _ in found:
        doubt *= 1 - weight
    return Likeness(round(1 - doubt, 3), "，".join(why for _, why in found))


def _titles(one: Told, other: Told) -> list[tuple[float, str]]:
    first, second = fold(one.title), fold(other.title)
    if not first or not second:
        return []
    if first == second:
        return [(SAME_TITLE, "标题相同")]
    alike = jaccard(pairs_of(one.title), pairs_of(other.title))
    return [(ALIKE_TITLE, "标题相近")] if alike >= TITLE_ALIKE else []


def _brands(one: Told, other: Told) -> list[tuple[float, str]]:
    first, second = fold(one.brand), fold(other.brand)
    if len(first) >= SHORTEST_BRAND and first == second:
        return [(SAME_BRAND, "品牌名称相同")]
    if fold(one.title) == fold(other.title):
        return []
    for brand, folded, title in ((one.brand, first, other.title), (other.brand, second, one.title)):
        if len(folded) > SHORTEST_BRAND and folded in fold(title):
            return [(NAMED_BRAND, f"标题里有“{brand}”")]
    return []


def _texts(one: Told, other: Told) -> list[tuple[float, str]]:
    first, second = shingles(one.text), shingles(other.text)
    fewer = min(len(first), len(second))
    if fewer < LEAST:
        return []
    share = len(first & second) / fewer
    if share < TEXT_ALIKE:
        return []
    told = "正文相同" if share >= ALL_ALIKE else f"正文{TENTHS[int(share * 10)]}成相同"
    return [(SAME_TEXT * share, told)]


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0


@lru_cache(maxsize=50_000)
def pairs_of(title: str) -> frozenset[str]:
    folded = fold(title)
    return frozenset(folded[place : place + 2] for place in range(len(folded) - 1))


def shingles(text: str) -> frozenset[int]:
    return (_of_long if len(text) > LONG else _of_usual)(text)


def _shingles(text: str) -> frozenset[int]:
    folded = fold(text)
    return frozenset(crc32(folded[at : at + SHINGLE].encode()) for at in range(len(folded) - SHINGLE + 1))


# A text takes some eighty bytes a character here, and as it is typed each stand of it is another: few are remembered.
_of_usual, _of_long = lru_cache(maxsize=128)(_shingles), lru_cache(maxsize=2)(_shingles)


def keys_of(text: str) -> set[int]:
    """Keys of which two texts that share half of their shingles have one in common, nearly always.

    One-permutation min-hash: Li, Owen, Zhang, “One Permutation Hashing”, NIPS 2012. Signed numbers of 64 bits.
    """
    found = shingles(text)
    if len(found) < LEAST:
        return set()
    least: dict[int, int] = {}
    for value in found:
        place = value % BINS
        if value < least.get(place, 1 << 32):
            least[place] = value
    return {
        number("text", first, least[first], least[first + 1])
        for first in range(0, BINS, BAND)
        if first in least and first + 1 in least
    }


def number(*parts: object) -> int:
    return int.from_bytes(blake2b(repr(parts).encode(), digest_size=8).digest(), signed=True)
