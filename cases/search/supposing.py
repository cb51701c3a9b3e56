"""What search would say with other terms than today's, before anybody saves them or an index is made with them.

Terms change two things. What a query means (synonyms, where it is cut) needs no index. A word of three and more
characters has a list of its own in an index made with it, which only orders what is found: where the index has no such
list yet, it is made up here from the cases themselves, by the same formula.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

from cases.models import Case, Term
from cases.models.case_queryset import CaseQuerySet
from cases.search import database, finding, generations, live, thesaurus
from cases.search.analysis import fold, lexicon, segment
from cases.search.documents import impact_of, prepare, searchable
from cases.search.finding import Found
from cases.search.generations import Unusable
from cases.search.matching import Matches, Search, find
from cases.search.postings import SCALE, Postings
from cases.search.query import Query, Refused, parse
from cases.search.reading import NOTHING, OpenIndex
from cases.search.thesaurus import Thesaurus

# A word that more cases have is too common to move much; reading them all would take seconds.
MOST_READ = 500

# How much each case counts for a word, by primary key.
Impacts = dict[int, float]


@dataclass(frozen=True)
class Tried:
    """What a query finds; `is_rough` where the order, or which are near, may turn out a little otherwise."""

    found: Found
    is_rough: bool = False


@dataclass(frozen=True)
class Piece:
    """One word of a text that was cut; `differs` if the other cut has no such word at this place."""

    text: str
    differs: bool


class Dictionary:
    """The curators' terms as they are in use, or as they would be."""

    def __init__(self, known: Thesaurus) -> None:
        self.known = known

    @classmethod
    def current(cls) -> Self:
        return cls(thesaurus.current())

    @classmethod
    def with_term(cls, term: Term) -> Self:
        """Return what is in use once this term is saved, whether it is new, changed or switched off."""
        others = Term.objects.active().exclude(pk=term.pk).order_by("word")
        groups = [[other.word, *other.synonyms] for other in others]
        return cls(Thesaurus([*groups, [term.word, *term.synonyms]] if term.is_active else groups))

    @contextmanager
    def in_use(self) -> Iterator[frozenset[str]]:
        """Cut by these terms within the block; gives their words that no shipped dictionary has."""
        with lexicon.supposing(self.known.others) as own:
            yield own

    def cut(self, text: str) -> list[str]:
        """Cut a text into words as a query is cut, folded, without punctuation."""
        with self.in_use():
            return segment(text)

    def also_looks_for(self, text: str) -> list[str]:
        """Return the other spellings that a query finds too."""
        try:
            query = parse(text)
        except Refused:
            return []
        return list(dict.fromkeys(other for term in query.terms for other in self.known.alternatives(term)))

    def find(self, text: str, cases: CaseQuerySet) -> Tried:
        """Search among `cases` by these terms, on an index that has them, whether or not there is one yet."""
        try:
            query = parse(text)
        except Refused as refusal:
            return Tried(Found([], message=str(refusal)))
        has_learnt = thesaurus.current()
        with lexicon.supposing(has_learnt.others) as learnt:
            indexed = learnt if generations.knows(has_learnt.version) else frozenset[str]()
        with self.in_use() as words:
            try:
                matches, is_rough = _matches(query, self.known, words - indexed)
            except Unusable as reason:
                ids, relaxed = database.search(query, cases, self.known)
                return Tried(Found(ids, relaxed=relaxed, degraded=True, problem=str(reason)))
        ids = finding.allowed(matches.ranked, cases)
        return Tried(Found(ids, relaxed=len(matches.loose.intersection(ids))), is_rough)


def cut_by_both(text: str, one: Dictionary, other: Dictionary) -> tuple[list[Piece], list[Piece]]:
    """Cut a text by two dictionaries, and mark in each cut what the other has not."""
    cuts = [dictionary.cut(text) for dictionary in (one, other)]
    places = [set(_places(words)) for words in cuts]
    first, second = (
        [Piece(word, place not in beside) for word, place in zip(words, _places(words), strict=True)]
        for words, beside in zip(cuts, reversed(places), strict=True)
    )
    return first, second


def _places(words: Sequence[str]) -> list[tuple[int, int]]:
    ends = [0]
    for word in words:
        ends.append(ends[-1] + len(word))
    return list(pairwise(ends))


def _matches(query: Query, known: Thesaurus, fresh: frozenset[str]) -> tuple[Matches, bool]:
    """Return what matches if the index had a list for each of the words in `fresh`, and whether some are missing."""

    def first_look(index: OpenIndex) -> tuple[Matches, dict[str, list[int]]]:
        supposed = SupposedIndex(index, fresh, {})
        matches = find(query, supposed, known)
        search = Search(query, index, known)
        return matches, {word: supposed.cases_with(word, search) for word in sorted(supposed.asked)}

    matches, having = live.reading(first_look)
    having = {word: cases for word, cases in having.items() if cases}
    read = {word: _impacts(word, cases) for word, cases in having.items() if len(cases) <= MOST_READ}
    if read:
        # The index may have gone on meanwhile; readers were not kept waiting while the cases were read.
        matches = live.reading(lambda index: find(query, SupposedIndex(index, fresh, read), known))
    return matches, len(read) < len(having)


def _impacts(word: str, case_ids: Iterable[int]) -> Impacts:
    cases: list[Case] = list(searchable().filter(pk__in=case_ids))
    impacts = {case.pk: impact_of(word, case.fields) for case in prepare(cases)}
    return {pk: impact for pk, impact in impacts.items() if impact}


class SupposedIndex(OpenIndex):
    """An open index with lists for words that it was not made with; `asked` has those that were looked for."""

    def __init__(self, index: OpenIndex, fresh: frozenset[str], impacts: dict[str, Impacts]) -> None:
        self.__dict__.update(index.__dict__)
        self.fresh = fresh
        self.asked: set[str] = set()
        self.numbers: dict[int, int] = {}
        if impacts:
            self.numbers = {pk: number for number, pk in enumerate(self.cases) if number not in self.deleted}
        self.made = {word: self._postings(found) for word, found in impacts.items()}

    def _postings(self, impacts: Impacts) -> Postings:
        found = sorted((self.numbers[pk], int(impact * SCALE)) for pk, impact in impacts.items() if pk in self.numbers)
        return Postings(array("I", (number for number, _ in found)), array("H", (impact for _, impact in found)))

    def frequency(self, token: str, field: str = "text") -> int:
        return len(self.postings(token).documents) if self._is_fresh(token, field) else super().frequency(token, field)

    def postings(self, token: str, field: str = "text") -> Postings:
        if not self._is_fresh(token, field):
            return super().postings(token, field)
        self.asked.add(token)
        return self.made.get(token, NOTHING)

    def _is_fresh(self, token: str, field: str) -> bool:
        return field == "text" and token in self.fresh

    def cases_with(self, word: str, search: Search) -> list[int]:
        """Return the cases whose folded text has a word, as far as the index goes."""
        return [self.cases[number] for number in sorted(search.containing(fold(word)) - self.deleted)]
