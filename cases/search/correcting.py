"""“您是不是要找”: texts near to one that found nothing, which find something."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from time import monotonic
from typing import NamedTuple

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


@dataclass
class Lexis:
    """The words of the library: names of every kind, words of summaries, and the curators' terms."""

    written: list[str]
    folded: list[str]
    sounds: list[str]
    spread: list[int]

    @classmethod
    def of(cls, index: OpenIndex, known: Thesaurus) -> Lexis:
        tables = [segment.names for segment in index.segments]
        every = chain.from_iterable(
            zip((name.text for name in table.names), table.texts, table.sounds, map(len, table.documents), strict=True)
            for table in tables
        )
        terms = ((word, fold(word), sound(word), 1) for word in known.words)
        stems = ((stem, fold(stem), sound(stem), 1) for table in tables for stem in _stems(table))
        kept = [row for row in chain(every, terms, stems) if 1 < len(row[1]) <= LONGEST_NAME]
        return cls([r[0] for r in kept], [r[1] for r in kept], [confused(r[2]) for r in kept], [r[3] for r in kept])

    def near(self, run: str) -> list[Near]:
        """Return the nearest words by characters and by sound, nearest first."""
        found: dict[str, Near] = {}
        loud = run if LATIN.fullmatch(run) else confused(sound(run))
        written = process.extract_iter(run, self.folded, scorer=OSA.distance, score_cutoff=1 + (len(run) > 5))
        heard = process.extract_iter(confused(loud), self.sounds, scorer=OSA.distance, score_cutoff=len(loud) > 6)
        for place, distance in chain(
            ((place, 1.0 * distance) for _, distance, place in written if len(run) > 2),
            ((place, 0.5 + distance) for _, distance, place in heard),
        ):
            if self.folded[place] != run:
                near = Near(distance, -self.spread[place], self.written[place])
                found[near.text] = min(near, found.get(near.text, near))
        return sorted(found.values())[:NEAR]


def _stems(table: NameTable) -> Iterator[str]:
    """Yield the names of places as people say them: 赤峰 for 赤峰市."""
    for name in table.names:
        if name.kind == NameKind.PLACE and len(stem := PLACE_SUFFIX.sub("", name.text)) > 1:
            yield stem


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
        if finding.search(text, cases).is_certain:
            return []
        known = thesaurus.current()
        likely = live.reading(lambda index: list(_texts(text, query, index, known)))
    except (Refused, Unusable):
        return []
    for texts in likely:
        tried = islice(dict.fromkeys(texts), TRIED)
        if good := list(islice((other for other in tried if finding.search(other, cases).is_certain), most)):
            return good
    return []


def _texts(text: str, query: Query, index: OpenIndex, known: Thesaurus) -> Iterator[list[str]]:
    """Yield what may have been meant, the likeliest first: one name; other words; the same with a word in them mended.

    Each later list is worth asking for only if nothing of those before it finds anything.
    """
    search, lexis, end = Search(query, index, known), Lexis.of(index, known), monotonic() + PATIENCE
    if query.whole:
        yield [near.text for near in lexis.near(query.whole)]
    parts = [(part, term) for term in query.terms if not term.label for part in term.parts]
    lost = [part for part, term in parts if not search.meaning(fold(part), term)]
    yield [text.replace(part, near.text, 1) for part in lost for near in lexis.near(fold(part))]
    mended = [(part, words) for part in lost for words in _mended(fold(part), search, lexis, end)]
    for joint in ("", " "):
        yield [text.replace(part, joint.join(filter(None, words)), 1) for part, words in mended]


def _mended(run: str, search: Search, lexis: Lexis, end: float) -> list[tuple[str, str, str]]:
    """Return a run with one word in it replaced by a near one: what is before, the other word, what is after."""
    found: list[tuple[Near, str, str, str]] = []
    for length in WORD_LENGTHS:
        for start in range(len(run) - length + 1) if length < len(run) <= LONGEST_RUN else ():
            before, word, after = run[:start], run[start : start + length], run[start + length :]
            if monotonic() < end and not search.containing(word):
                found += [(near, before, fold(near.text), after) for near in lexis.near(word)]
    return [words for _, *words in sorted(found)]  # type: ignore[misc]
