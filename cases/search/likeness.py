"""Cases that are told in the same words as one."""

from __future__ import annotations

from heapq import nlargest

from cases.models import Case
from cases.search import live
from cases.search.analysis import fold, pairs, words_within
from cases.search.generations import Unusable
from cases.search.matching import STOP_WORDS, Search
from cases.search.query import Query
from cases.search.reading import OpenIndex
from cases.search.thesaurus import Thesaurus

# How many tokens are compared, and in what share of all cases a token may be to say anything.
COMPARED = 16
COMMON = 0.05
LEAST_COMMON = 10
# How much of a summary is looked at, in characters.
TOLD = 100


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
    scores: dict[int, float] = {}
    for token in sorted(telling, key=search.frequency)[:COMPARED]:
        rarity = search.rarity(token)
        for document, impact in zip(*search.postings(token), strict=True):
            scores[document] = scores.get(document, 0.0) + rarity * impact
    # One more than asked for: the case itself is among them.
    ranked = nlargest(most + 1 + len(index.deleted), scores, key=lambda number: (scores[number], index.newness[number]))
    alike = (index.cases[number] for number in ranked if number not in index.deleted)
    return [pk for pk in alike if pk != case.pk][:most]


def _tokens(case: Case) -> dict[str, None]:
    told = [case.title, case.brand_name, case.summary[:TOLD], *(theme.name for theme in case.themes.all())]
    where = [str(case.district or ""), *(credit.organisation.name for credit in case.credits.all())]
    named = {pair for text in where for pair in pairs(fold(text))}
    tokens = [token for text in told for token in (*pairs(fold(text)), *words_within(text))]
    return dict.fromkeys(token for token in tokens if token not in named and token not in STOP_WORDS)
