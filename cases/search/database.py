"""Search without an index: slower and coarser, for the minutes until there is one again."""

from __future__ import annotations

from functools import reduce
from operator import and_, or_

from django.db import models
from django.db.models import Q, Value, When

from cases.models import Case, Credit, Organisation
from cases.models.case_queryset import CaseQuerySet
from cases.search.analysis import plain
from cases.search.matching import ENOUGH, significant_words
from cases.search.query import Query, Term

FIELDS = ("number", "title", "brand_name", *Case.SECTIONS)
TITLE_WEIGHT = 10
MAX_WORDS = 16


def search(query: Query, cases: CaseQuerySet) -> tuple[list[int], bool]:
    """Return the numbers of matching cases, best first, and whether some have not all the words."""
    wanted = reduce(and_, (reduce(or_, map(_has_all, choice.parts)) for choice in query.wanted))
    unwanted = reduce(or_, map(_has_all, query.excluded), Q())
    cases = cases.exclude(unwanted) if query.excluded else cases
    words = [word for term in query.terms for word in _words(term)]
    found = _ranked(cases.filter(wanted), words)
    loose_terms = [term for term in query.terms if not term.quoted]
    loose_words = [word for term in loose_terms for word in significant_words(term) if len(word) > 1][:MAX_WORDS]
    if len(found) >= ENOUGH or len(loose_words) < 2:
        return found, False
    for choice in query.wanted:
        if all(term.quoted for term in choice.parts):
            cases = cases.filter(reduce(or_, map(_has_all, choice.parts)))
    others = [pk for pk in _ranked(cases.filter(reduce(or_, map(_has, loose_words))), loose_words) if pk not in found]
    return found + others, bool(others)


def _words(term: Term) -> list[str]:
    return [plain(part).strip() for part in term.parts]


def _has_all(term: Term) -> Q:
    return reduce(and_, map(_has, _words(term)))


def _has(word: str) -> Q:
    credited = Q(pk__in=Credit.objects.filter(organisation__in=Organisation.objects.named(word)).values("case"))
    return reduce(or_, (Q(**{f"{name}__icontains": word}) for name in FIELDS), credited)


def _ranked(cases: CaseQuerySet, words: list[str]) -> list[int]:
    """Order by how many of the words a case has, those in title or brand counting most, then by newest."""
    score: models.expressions.Combinable = Value(0)
    for word in dict.fromkeys(words[:MAX_WORDS]):
        named = When(Q(title__icontains=word) | Q(brand_name__icontains=word), then=Value(TITLE_WEIGHT))
        score = score + models.Case(named, When(_has(word), then=Value(1)), default=Value(0))
    newest = cases.newest().alias(score=score)
    return list(dict.fromkeys(newest.order_by("-score", *newest.query.order_by).values_list("pk", flat=True)))
