"""Search without an index: slower and coarser, for the minutes until there is one again."""

from __future__ import annotations

from functools import reduce
from operator import and_, or_

from django.db import models
from django.db.models import Q, Value, When

from cases.models import AwardEntry, Case, Credit, Organisation
from cases.models.case_queryset import CaseQuerySet
from cases.search.analysis import fold, plain
from cases.search.matching import ENOUGH, significant_words
from cases.search.names import Hint, Name, NameKind
from cases.search.query import Query, Term
from cases.search.thesaurus import Thesaurus

FIELDS = ("number", "title", "brand_name", *Case.PLAIN)
TITLE_WEIGHT = 10
MAX_WORDS = 16
# SQLite allows a condition to be 1,000 deep: 16 terms, each in this many more spellings and in every field.
MAX_SYNONYMS = 3


def search(query: Query, cases: CaseQuerySet, known: Thesaurus) -> tuple[list[int], int]:
    """Return the primary keys of matching cases, best first, and how many of them, the last, lack some words."""

    def having(term: Term) -> Q:
        joined = (_has(other, term.field) for other in known.variants(term.joined)[:MAX_SYNONYMS])
        return reduce(or_, joined, reduce(and_, (_means(text, term, known) for text in _texts(term))))

    wanted = reduce(and_, (reduce(or_, map(having, choice.parts)) for choice in query.wanted))
    unwanted = reduce(or_, map(having, query.excluded), Q())
    cases = cases.exclude(unwanted) if query.excluded else cases
    found = _ranked(cases.filter(wanted), [text for term in query.terms for text in _texts(term)])
    loose_terms = [term for term in query.terms if not term.is_strict]
    loose_words = [word for term in loose_terms for word in significant_words(term) if len(word) > 1][:MAX_WORDS]
    if len(found) >= ENOUGH or len(loose_words) < 2:
        return found, 0
    for choice in query.wanted:
        if all(term.is_strict for term in choice.parts):
            cases = cases.filter(reduce(or_, map(having, choice.parts)))
    others = [pk for pk in _ranked(cases.filter(reduce(or_, map(_has, loose_words))), loose_words) if pk not in found]
    return found + others, len(others)


def names(typed: str, cases: CaseQuerySet, most: int) -> list[Hint]:
    """Titles and brands with what was typed, by their characters only."""
    found = []
    rows = cases.filter(_has(typed, "title")).newest().values_list("pk", "title", "brand_name")[:most]
    for pk, title, brand in rows:
        for kind, text in ((NameKind.TITLE, title), (NameKind.BRAND, brand)):
            if (place := fold(text).find(typed)) >= 0:
                found.append(Hint(Name(kind, "", text), place, [pk]))
    return found


def _texts(term: Term) -> list[str]:
    return list(dict.fromkeys(plain(part).strip() for part in term.parts))


def _means(text: str, term: Term, known: Thesaurus) -> Q:
    """Whether a case has a text, or what means the same, in the field that the term names."""
    spellings = [text] if term.quoted else [text, *known.variants(fold(text))[:MAX_SYNONYMS]]
    return reduce(or_, (_has(spelling, term.field) for spelling in spellings))


def _has(word: str, field: str = "") -> Q:
    credits = Credit.objects.filter(organisation__in=Organisation.objects.named(word))
    entries = AwardEntry.objects.visible_to(None).filter(award_list__title__icontains=word).exclude(case=None)
    by_field = {
        "title": Q(title__icontains=word) | Q(brand_name__icontains=word),
        "organisations": Q(pk__in=credits.values("case")),
        "district": Q(district__full_name__icontains=word),
        "awards": Q(pk__in=entries.values("case")),
    }
    if field:
        return by_field[field]
    return reduce(or_, (Q(**{f"{name}__icontains": word}) for name in FIELDS), by_field["organisations"])


def _ranked(cases: CaseQuerySet, words: list[str]) -> list[int]:
    """Order by how many of the words a case has, those in title or brand counting most, then by newest."""
    score: models.expressions.Combinable = Value(0)
    for word in dict.fromkeys(words[:MAX_WORDS]):
        named = When(Q(title__icontains=word) | Q(brand_name__icontains=word), then=Value(TITLE_WEIGHT))
        score = score + models.Case(named, When(_has(word), then=Value(1)), default=Value(0))
    newest = cases.newest().alias(score=score)
    return list(dict.fromkeys(newest.order_by("-score", *newest.query.order_by).values_list("pk", flat=True)))
