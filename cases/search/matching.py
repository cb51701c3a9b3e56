"""Which documents of an index match a query, and how well."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from math import log
from pathlib import Path
from typing import NamedTuple

from cases.search.analysis import LATIN_WORD, pairs, parts, segment, words_within
from cases.search.documents import parts_of
from cases.search.postings import SCALE, Postings
from cases.search.query import AnyOf, Query, Term
from cases.search.reading import OpenIndex
from cases.search.thesaurus import Thesaurus

NO_THESAURUS = Thesaurus()
# With fewer hits than this, words may be missing.
ENOUGH = 3
# Of a relaxed search, hits below this share of the best one's score are noise: they share a frequent pair by chance.
RELAXED_SHARE = 0.15
# A text that says it as the reader did stands before one that says it otherwise.
SYNONYM_SHARE = 0.9
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


def find(query: Query, index: OpenIndex, thesaurus: Thesaurus = NO_THESAURUS) -> Matches:
    """Return everything that matches, once with all words and, where that is too little, also with some."""
    search = Search(query, index, thesaurus)
    documents = search.strict()
    scores = search.rank(documents)
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

    def __init__(self, query: Query, index: OpenIndex, thesaurus: Thesaurus) -> None:
        self.query = query
        self.index = index
        self.thesaurus = thesaurus
        self.read: dict[tuple[str, str], Postings] = {}
        self.frequencies: dict[tuple[str, str], int] = {}

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
        terms = [term for term in self.query.terms if not term.is_strict]
        words = [word for term in terms for word in significant_words(term)]
        if len(words) < 2 and not (alone and words and len(parts(words[0])) > 1):
            return {}
        terms += [Term(other) for term in terms for other in self.thesaurus.alternatives(term)]
        scores: dict[int, float] = {}
        covered: dict[int, float] = {}
        for token in self._rarest(dict.fromkeys(token for term in terms for token in significant_tokens(term))):
            rarity = self.rarity(token)
            for document, impact in zip(*self.postings(token), strict=True):
                scores[document] = scores.get(document, 0.0) + rarity * impact / SCALE
                covered[document] = covered.get(document, 0.0) + rarity
        # Much of what was asked, said once in the text, is worth more than one common word in a title.
        scores = {document: score * covered[document] for document, score in scores.items()}
        allowed = scores.keys() - self.unwanted
        for choice in self.query.wanted:
            if all(term.is_strict for term in choice.parts):
                allowed &= self.having_any(choice)
        return {document: scores[document] for document in allowed}

    @cached_property
    def unwanted(self) -> set[int]:
        return self.index.deleted.union(*map(self.having, self.query.excluded))

    def having_any(self, choice: AnyOf) -> set[int]:
        return set[int]().union(*map(self.having, choice.parts))

    def having(self, term: Term) -> set[int]:
        """Documents that have every run of a term, in the field that it names."""
        found = set.intersection(*(self.meaning(run, term) for run in term.runs))
        found = found.union(*(self.containing(other, term.field) for other in self.thesaurus.variants(term.joined)))
        return found | self.containing(term.verbatim) if term.label else found

    def meaning(self, run: str, term: Term) -> set[int]:
        """Documents that have a run of a term, or what means the same; a phrase means its very characters."""
        spellings = [run] if term.quoted else [run, *self.thesaurus.variants(run)]
        return set[int]().union(*(self.containing(spelling, term.field) for spelling in spellings))

    def containing(self, run: str, field: str = "") -> set[int]:
        """Documents whose text has the run: those with all its pairs, and of these those that have them in a row."""
        where = field or "text"
        if len(run) < 3:
            return set(self.postings(run, where).documents)
        rarest = sorted(set(pairs(run)), key=lambda pair: self.frequency(pair, where))
        if not self.frequency(rarest[0], where):
            return set()
        found = set(self.postings(rarest[0], where).documents)
        for pair in rarest[1:]:
            if len(found) <= FEW:
                break
            found.intersection_update(self.postings(pair, where).documents)
        certain = found.intersection(self.postings(run, where).documents) if self.frequency(run, where) else set()
        return certain | {document for document in found - certain if self.has_in_a_row(document, run.encode(), field)}

    def has_in_a_row(self, document: int, needle: bytes, field: str) -> bool:
        folded = self.index.folded(document)
        return needle in folded and (not field or any(needle in part for part in parts_of(folded, field)))

    def rank(self, documents: set[int]) -> dict[int, float]:
        """Score documents with all that is wanted; those that bear the very name come first."""
        terms = list(self.query.terms)
        tokens = dict.fromkeys(token for term in terms for token in ranking_tokens(term))
        scores = self.score(documents, tokens)
        for term in terms:
            for document, better in self.gains(documents, term).items():
                scores[document] += better
        if self.query.whole and documents:
            first = max(scores.values())
            for document in documents.intersection(self.postings(self.query.whole, "exact").documents):
                scores[document] += first
        return scores

    def gains(self, documents: set[int], term: Term) -> dict[int, float]:
        """By how much more a document scores if it is taken to be asked for in its own spelling of a term."""
        variants = self.thesaurus.alternatives(term)
        if not variants:
            return {}
        asked = ranking_tokens(term)
        typed = self.score(documents, asked)
        best = dict(typed)
        for variant in variants:
            tokens = ranking_tokens(Term(variant))
            # A long spelling has more tokens than a short one, and does not mean more.
            share = SYNONYM_SHARE * min(1.0, len(asked) / len(tokens))
            for document, score in self.score(documents, tokens).items():
                best[document] = max(best[document], share * score)
        return {document: best[document] - typed[document] for document in documents}

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

    def postings(self, token: str, field: str = "text") -> Postings:
        if (field, token) not in self.read:
            self.read[field, token] = self.index.postings(token, field)
        return self.read[field, token]

    def frequency(self, token: str, field: str = "text") -> int:
        if (field, token) not in self.frequencies:
            self.frequencies[field, token] = self.index.frequency(token, field)
        return self.frequencies[field, token]

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
