"""Words that stay as they are whatever their script: those of the curators' dictionary, and names of districts."""

from __future__ import annotations

from functools import reduce
from operator import or_

from django.db.models import Q

from cases.models import Term
from cases.search import script
from districts.models import District


def words_kept() -> tuple[str, ...]:
    """What `repair` is given as `kept` by whoever may ask the database; two queries."""
    terms = Term.objects.active().order_by("word")
    # Only such names can be broken: 乾务镇, 於潜镇.
    has_any = reduce(or_, (Q(name__contains=character) for character in sorted(script.BOTH_SCRIPTS)))
    names = District.objects.filter(has_any).order_by().values_list("name", flat=True).distinct()
    return (*dict.fromkeys(word for term in terms for word in (term.word, *term.synonyms)), *sorted(names))
