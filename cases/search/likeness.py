"""Cases that are told in the same words as one."""

from __future__ import annotations

from cases.models import Case
from cases.search import live
from cases.search.analysis import fold, pairs, words_within
from cases.search.generations import Unusable
from cases.search.matching import STOP_WORDS, Search
from cases.search.query import Query
from cases.search.reading import OpenIndex
from cases.search.thesaurus import Thesaurus

# How many tokens are compared, and in what share of all cases a token may be to say anything.
COMPARED = 24
COMMON = 0.1
LEAST_COMMON = 10


def like(case: Case, most: int) -> list[int]:
    """Return the primary keys of the cases most like this one, best first; nothing without an index.

    Compared by title, brand, themes and summary, without the names of bodies and places, which say where, not what.
    The rows of the database decide which of them may be shown.
    """
    try:
        return live.reading(lambda index: _like(case, index, most))
    except Unusable:
        return []


def _like(case: Case, index: OpenIndex, most: int) -> list[int]:
    search = Search(Query(()), index, Thesaurus())
    limit = max(LEAST_COMMON, int(index.size * COMMON))
    telling = [token for token in _tokens(case) if 1 < search.frequency(token) <= limit]
    rarest = sorted(telling, key=search.frequency)[:COMPARED]
    documents = set[int]().union(*(search.postings(token).documents for token in rarest)) - index.deleted
    scores = search.score(documents, rarest)
    ranked = sorted(scores, key=lambda document: (scores[document], index.newness[document]), reverse=True)
    return [index.cases[document] for document in ranked if index.cases[document] != case.pk][:most]


def _tokens(case: Case) -> dict[str, None]:
    told = [case.title, case.brand_name, case.summary, *(theme.name for theme in case.themes.all())]
    where = [str(case.district or ""), *(credit.organisation.name for credit in case.credits.all())]
    named = {pair for text in where for pair in pairs(fold(text))}
    tokens = [token for text in told for token in (*pairs(fold(text)), *words_within(text))]
    return dict.fromkeys(token for token in tokens if token not in named and token not in STOP_WORDS)
