"""Which documents of an index match a query, and how well."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from math import log
from pathlib import Path
from typing import NamedTuple

from cases.search.analysis import LATIN_WORD, pairs, parts, segment, words_within
from cases.search.postings import SCALE, Postings
from cases.search.query import AnyOf, Query, Term
from cases.search.reading import OpenIndex

# With fewer hits than this, words may be missing.
ENOUGH = 3
# Of a relaxed search, hits below this share of the best one's score are noise: they share a frequent pair by chance.
RELAXED_SHARE = 0.3
# How many tokens of a query are looked at for ranking, rarest first; more change nothing but the time.
RANKED_TOKENS = 48
# With so few candidates left, looking into their texts is quicker than reading another list.
FEW = 200

# Words of a question that say nothing about the answer.
STOP_WORDS = frozenset(Path(__file__).with_name("stop_words.txt").read_text(encoding="utf-8").split())


class Matches(NamedTuple):
    """Primary keys of cases, best first, ties by newest; and of those among them that have not all the words."""

    ranked: tuple[int, ...]
    loose: frozenset[int]


def find(query: Query, index: OpenIndex) -> Matches:
    """Return everything that matches, once with all words and, where that is too little, also with some."""
    search = Search(query, index)
    documents = search.strict()
    scores = search.score(documents, search.tokens)
    others: dict[int, float] = {}
    if len(documents) < ENOUGH and (loose := search.loose(alone=not documents)):
        best = max(loose.values())
        others = {document: loose[document] for document in loose.keys() - documents}
        others = {document: score for document, score in others.items() if score >= best * RELAXED_SHARE}
        # Those with all words stay first, whatever the others score.
        scores = {document: score + best for document, score in scores.items()} | others
    newness = index.newness
    ranked = sorted(scores, key=lambda document: (scores[document], newness[document]), reverse=True)
    return Matches(
        tuple(index.cases[document] for document in ranked), frozenset(index.cases[document] for document in others)
    )


class Search:
    """One query on one index; keeps the postings that it has read."""

    def __init__(self, query: Query, index: OpenIndex) -> None:
        self.query = query
        self.index = index
        self.read: dict[str, Postings] = {}
        self.frequencies: dict[str, int] = {}

    def strict(self) -> set[int]:
        """Documents with all that is wanted and nothing that is excluded."""
        found: set[int] | None = None
        for choice in self.query.wanted:
            having = self.having_any(choice)
            found = having if found is None else found & having
            if not found:
                return set()
        return (found or set()) - self.unwanted

    def loose(self, alone: bool) -> dict[int, float]:
        """Score the documents with any of the words that carry meaning; nothing if there is but one such word.

        `alone`, when nothing has all the words, one word made of several will do. Phrases must be there all the same:
        whoever types quotation marks means them.
        """
        terms = [term for term in self.query.terms if not term.quoted]
        words = [word for term in terms for word in significant_words(term)]
        if len(words) < 2 and not (alone and words and len(parts(words[0])) > 1):
            return {}
        scores: dict[int, float] = {}
        for token in self._rarest(dict.fromkeys(token for term in terms for token in significant_tokens(term))):
            rarity = self.rarity(token) / SCALE
            for document, impact in zip(*self.postings(token), strict=True):
                scores[document] = scores.get(document, 0.0) + rarity * impact
        allowed = scores.keys() - self.unwanted
        for choice in self.query.wanted:
            if all(term.quoted for term in choice.parts):
                allowed &= self.having_any(choice)
        return {document: scores[document] for document in allowed}

    @cached_property
    def unwanted(self) -> set[int]:
        return self.index.deleted.union(*map(self.having, self.query.excluded))

    @property
    def tokens(self) -> Iterable[str]:
        """What documents with all words are ranked by."""
        return dict.fromkeys(token for term in self.query.terms for token in ranking_tokens(term))

    def having_any(self, choice: AnyOf) -> set[int]:
        return set[int]().union(*map(self.having, choice.parts))

    def having(self, term: Term) -> set[int]:
        """Documents that have every run of a term."""
        return set.intersection(*map(self.containing, term.runs))

    def containing(self, run: str) -> set[int]:
        """Documents whose text has the run: those with all its pairs, and of these those that have them in a row."""
        if len(run) < 3:
            return set(self.postings(run).documents)
        rarest = sorted(set(pairs(run)), key=self.frequency)
        if not self.frequency(rarest[0]):
            return set()
        found = set(self.postings(rarest[0]).documents)
        for pair in rarest[1:]:
            if len(found) <= FEW:
                break
            found.intersection_update(self.postings(pair).documents)
        certain = found.intersection(self.postings(run).documents) if self.frequency(run) else set()
        needle, folded = run.encode(), self.index.folded
        return certain | {document for document in found - certain if needle in folded(document)}

    def score(self, documents: set[int], tokens: Iterable[str]) -> dict[int, float]:
        """Add up, over the tokens, how rare each is times how much it counts in the document."""
        scores = dict.fromkeys(documents, 0.0)
        for token in self._rarest(tokens) if documents else ():
            rarity = self.rarity(token) / SCALE
            impacts = dict(zip(*self.postings(token), strict=True))
            for document in documents & impacts.keys():
                scores[document] += rarity * impacts[document]
        return scores

    def _rarest(self, tokens: Iterable[str]) -> list[str]:
        return sorted(filter(self.frequency, tokens), key=self.frequency)[:RANKED_TOKENS]

    def postings(self, token: str) -> Postings:
        if token not in self.read:
            self.read[token] = self.index.postings(token)
        return self.read[token]

    def frequency(self, token: str) -> int:
        if token not in self.frequencies:
            self.frequencies[token] = self.index.frequency(token)
        return self.frequencies[token]

    def rarity(self, token: str) -> float:
        """BM25's inverse document frequency: near 0 for what nearly every document has."""
        frequency = self.frequency(token)
        return log(1 + (max(self.index.size, frequency) - frequency + 0.5) / (frequency + 0.5))


def ranking_tokens(term: Term) -> list[str]:
    """The pairs and long words of a term, or the one character that it is."""
    runs = term.runs
    bridged = "".join(runs)
    return [*pairs(bridged), *(run for run in runs if len(run) == 1), *words_within(term.text)]


def significant_words(term: Term) -> list[str]:
    """jieba's words of a term without those that say nothing."""
    return [word for word in segment(term.text) if word not in STOP_WORDS]


def significant_tokens(term: Term) -> list[str]:
    """Tokens of the stretches of a term between the words that say nothing; numbers and Latin words only as a whole."""
    stretches = [""]
    for word in segment(term.text):
        if word in STOP_WORDS:
            stretches.append("")
        else:
            stretches[-1] += word
    singles = [stretch for stretch in stretches if len(stretch) == 1]
    # 19 of 1983 says nothing.
    parted = [LATIN_WORD.sub(lambda match: f" {match[0][0]} {match[0][-1]} ", stretch) for stretch in stretches]
    return [
        *singles,
        *(pair for part in parted for piece in part.split() for pair in pairs(piece)),
        *words_within(" ".join(stretches)),
    ]
