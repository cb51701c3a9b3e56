"""“您是不是要找”: texts near to one that found nothing, which find something."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from time import monotonic
from typing import NamedTuple
from weakref import WeakKeyDictionary

from rapidfuzz import process
from rapidfuzz.distance import OSA

from cases.models.case_queryset import CaseQuerySet
from cases.search import finding, live, thesaurus
from cases.search.analysis import fold
from cases.search.generations import Unusable
from cases.search.matching import Search
from cases.search.names import NameKind, NameTable, sound
from cases.search.query import Query, Refused, parse
from cases.search.reading import OpenIndex
from cases.search.suggesting import LATIN
from cases.search.thesaurus import Thesaurus

# Longer ones are titles, which nobody misspells: they are copied.
LONGEST_NAME = 30
# Within so long a run, words are looked for that may be misspelt in it.
LONGEST_RUN = 16
WORD_LENGTHS = range(6, 1, -1)
# How many parts of what was typed are mended.
MENDED = 4
# How many near words are tried for one run, and how many texts are asked for in all.
NEAR = 6
TRIED = 12
# Seconds after which what was found must do.
PATIENCE = 0.3
PLACE_SUFFIX = re.compile("(自治区|省|市|区|县|街道|镇|乡)$")
# What readers from one place or another do not tell apart.
CONFUSED = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"), ("l", "n"))


class Near(NamedTuple):
    """A word of the library, how far it is from what was typed, and how many cases have it (less is better)."""

    distance: float
    rarity: int
    text: str


class Lexis:
    """Words to choose from: how they are written, folded, how they sound, and how many cases have each."""

    def __init__(self, rows: Iterable[tuple[str, str, str, int]]) -> None:
        kept = [row for row in rows if 1 < len(row[1]) <= LONGEST_NAME]
        self.written = [row[0] for row in kept]
        self.folded = [row[1] for row in kept]
        self.sounds = [confused(row[2]) for row in kept]
        self.spread = [row[3] for row in kept]

    def near(self, run: str, loud: str) -> Iterator[Near]:
        """Yield words near a run by characters, or by what it sounds like."""
        written = process.extract_iter(run, self.folded, scorer=OSA.distance, score_cutoff=1 + (len(run) > 5))
        heard = process.extract_iter(loud, self.sounds, scorer=OSA.distance, score_cutoff=len(loud) > 6)
        # Two characters of which one is another are another word; said alike, they are a slip.
        for place, distance in chain(
            ((place, 1.0 * distance) for _, distance, place in written if len(run) > 2),
            ((place, 0.5 + distance) for _, distance, place in heard),
        ):
            if self.folded[place] != run:
                yield Near(distance, -self.spread[place], self.written[place])


def nearest(run: str, shelves: list[Lexis]) -> list[Near]:
    """Return the words nearest to a run, nearest first."""
    loud = confused(run if LATIN.fullmatch(run) else sound(run))
    best: dict[str, Near] = {}
    for near in chain.from_iterable(lexis.near(run, loud) for lexis in shelves):
        best[near.text] = min(near, best.get(near.text, near))
    return sorted(best.values())[:NEAR]


# One lexis for each segment of the index, as long as the segment is open.
_by_table: WeakKeyDictionary[NameTable, Lexis] = WeakKeyDictionary()


def _shelves(index: OpenIndex, known: Thesaurus) -> list[Lexis]:
    """All words of the library: names of every kind, words of the texts, and the curators' terms."""
    tables = [segment.names for segment in index.segments]
    for table in tables:
        if table not in _by_table:
            _by_table[table] = Lexis(chain(_names(table), _stems(table)))
    return [Lexis((word, fold(word), sound(word), 1) for word in known.words), *(_by_table[table] for table in tables)]


def _names(table: NameTable) -> Iterator[tuple[str, str, str, int]]:
    texts = (name.text for name in table.names)
    return zip(texts, table.texts, table.sounds, map(len, table.documents), strict=True)


def _stems(table: NameTable) -> Iterator[tuple[str, str, str, int]]:
    """Yield the names of places as people say them: 赤峰 for 赤峰市."""
    for name in table.names:
        if name.kind == NameKind.PLACE and len(stem := PLACE_SUFFIX.sub("", name.text)) > 1:
            yield stem, fold(stem), sound(stem), 1


def confused(reading: str) -> str:
    """Return a reading in which what is easily mistaken is the same."""
    reading = reading.lower()
    for one, other in CONFUSED:
        reading = reading.replace(one, other)
    return reading


def corrections(text: str, cases: CaseQuerySet, most: int = 2) -> list[str]:
    """Return at most so many texts near one that finds no case with all of its words; each of them finds some."""
    try:
        query = parse(text)
        if finding.search(text, cases).certain:
            return []
        known = thesaurus.current()
        likely = live.reading(lambda index: list(_texts(text, query, index, known)))
    except (Refused, Unusable):
        return []
    tried: set[str] = set()
    for texts in likely:
        fresh = list(dict.fromkeys(other for other in texts if other not in tried))[: TRIED - len(tried)]
        tried.update(fresh)
        if good := list(islice((other for other in fresh if finding.search(other, cases).certain), most)):
            return good
    return []


def _texts(text: str, query: Query, index: OpenIndex, known: Thesaurus) -> Iterator[list[str]]:
    """Yield what may have been meant, the likeliest first: one name; other words; the same with a word in them mended.

    Each later list is worth asking for only if nothing of those before it finds anything.
    """
    search, shelves, end = Search(query, index, known), _shelves(index, known), monotonic() + PATIENCE
    if query.whole and not query.excluded:
        yield [near.text for near in nearest(query.whole, shelves)]
    parts = [(part, term) for term in query.terms if not term.label for part in term.parts]
    missing = (part for part, term in parts if not search.meaning(fold(part), term))
    lost = list(islice(dict.fromkeys(missing), MENDED))
    yield [text.replace(part, near.text, 1) for part in lost for near in nearest(fold(part), shelves)]
    mended = [(part, words) for part in lost for words in _mended(fold(part), search, shelves, end)]
    for joint in ("", " "):
        yield [text.replace(part, joint.join(filter(None, words)), 1) for part, words in mended]


def _mended(run: str, search: Search, shelves: list[Lexis], end: float) -> list[tuple[str, str, str]]:
    """Return a run with one word in it replaced by a near one: what is before, the other word, what is after."""
    found: list[tuple[Near, str, str, str]] = []
    for length in WORD_LENGTHS:
        for start in range(len(run) - length + 1) if length < len(run) <= LONGEST_RUN else ():
            before, word, after = run[:start], run[start : start + length], run[start + length :]
            if monotonic() < end and not search.containing(word):
                found += [(near, before, fold(near.text), after) for near in nearest(word, shelves)]
    return [words for _, *words in sorted(found)]  # type: ignore[misc]
