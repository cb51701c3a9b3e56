"""Propose, to whoever is still typing, names that cases of the library have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from cases.models.case_queryset import CaseQuerySet
from cases.search import database, live, thesaurus
from cases.search.analysis import fold
from cases.search.generations import Unusable
from cases.search.names import Hint, Name, NameKind, sound, sounds_like
from cases.search.reading import OpenIndex
from cases.search.thesaurus import Thesaurus

# What comes first among names that match equally well.
KINDS = (NameKind.BRAND, NameKind.TERM, NameKind.TITLE, NameKind.BODY, NameKind.PLACE)

LONGEST = 40
# How many names of each segment are weighed, and how many of the cases of a name are looked at.
WEIGHED = 400
CASES = 5
MOST_TERMS = 8
LATIN = re.compile(r"[0-9a-z]+")


def hints(text: str, cases: CaseQuerySet, most: int) -> list[Hint]:
    """Return at most so many names that begin with or hold what was typed, in characters, pinyin or initials.

    The rows of the database decide what of it is shown, and how it reads today; without an index, what there is.
    """
    typed = fold(text)
    if not typed or len(typed) > LONGEST:
        return []
    known = thesaurus.current()
    try:
        found = live.reading(lambda index: _gathered(index, typed, known))
    except Unusable:
        found = database.names(typed, cases, most)
    return _each_once(sorted(found, key=_rank))[:most]


def is_heard(typed: str, name: str) -> bool:
    """Say whether a name has what was typed in it, in characters of either script, pinyin or initials."""
    written = fold(typed)
    if LATIN.fullmatch(written) and sounds_like(written).search(sound(name)):
        return True
    return bool(written) and written in fold(name)


def _rank(hint: Hint) -> tuple[object, ...]:
    """Beginnings first, then by kind, the name of more cases, and the shorter one."""
    name = hint.name
    return hint.place > 0, KINDS.index(name.kind), -len(hint.cases), len(name.text), name


def _each_once(ranked: list[Hint]) -> list[Hint]:
    """Leave out the further spellings of a body, and a title that reads like a brand or a term before it."""
    first: dict[tuple[str, str], Hint] = {}
    for hint in ranked:
        name = hint.name
        first.setdefault((name.kind, name.key) if name.key else ("", name.text), hint)
    return list(first.values())


def _gathered(index: OpenIndex, typed: str, known: Thesaurus) -> list[Hint]:
    written = [*_named(index, typed, pattern=None), *_terms(index, typed, known, pattern=None)]
    if written and not LATIN.fullmatch(typed):
        return written
    # Letters may be pinyin; characters that lead nowhere, others that sound the same.
    pattern = sounds_like(sound(typed).lower())
    return [*written, *_named(index, typed, pattern), *_terms(index, typed, known, pattern)]


def _named(index: OpenIndex, typed: str, pattern: re.Pattern[str] | None) -> Iterator[Hint]:
    """Names of cases, gathered from all segments."""
    found: dict[Name, Hint] = {}
    for segment, base in zip(index.segments, index.bases, strict=True):
        table = segment.names
        heard = table.sounding(pattern, WEIGHED) if pattern else table.having(typed, WEIGHED)
        for name, place, documents in heard:
            cases = found.setdefault(name, Hint(name, place, [])).cases
            here = (base + number for number in reversed(documents))
            cases += islice((index.cases[number] for number in here if number not in index.deleted), CASES)
    return (hint for hint in found.values() if hint.cases)


def _terms(index: OpenIndex, typed: str, known: Thesaurus, pattern: re.Pattern[str] | None) -> Iterator[Hint]:
    """Words of the curators that find something, at most so many as are ever shown."""
    heard = (
        (word, pattern.search(sound(word)) if pattern else re.search(re.escape(typed), fold(word)))
        for word in known.words
    )
    matching = ((word, match.start(), _cases_of(word, index, known)) for word, match in heard if match)
    found = (Hint(Name(NameKind.TERM, "", word), place, cases) for word, place, cases in matching if cases)
    return islice(found, MOST_TERMS)


def _cases_of(word: str, index: OpenIndex, known: Thesaurus) -> list[int]:
    """Return some cases that have a word or a synonym: the index has a list for each, once it was made with them."""
    for spelling in (fold(word), *known.others[fold(word)]):
        documents = (number for number in index.postings(spelling).documents if number not in index.deleted)
        if cases := [index.cases[number] for number in islice(documents, CASES)]:
            return cases
    return []
