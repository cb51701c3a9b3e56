"""A case as the index holds it: what it is found by, how much each occurrence counts, and its folded text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

from haystack import connections

from cases import search_indexes
from cases.models import Case
from cases.models.case_queryset import CaseQuerySet
from cases.search.analysis import CHAIN_VERSION, fingerprint, fold, occurrences, short_tokens, tokens
from cases.search.names import Name, names_of, pack, places_above

# Between the values of a field, and between fields, in the folded text. Neither is a word character, so no run crosses.
VALUE_END = "\x1f"
FIELD_END = "\x1e"


class Weight(NamedTuple):
    """How much a match in a field counts at most, and the usual number of characters of the field."""

    most: float
    usual: int


# A word in the title or the brand says what a case is about; an organisation whose it is; the summary what matters in
# it; the body only that it was mentioned. Each field saturates by itself (see `impacts`), so that a title outweighs any
# number of mentions in the body: 10 at a usual title's length gives 5, the body gives less than 1. The number finds its
# case whatever its weight; more would only lift cases whose number happens to contain a year or a quantity.
WEIGHTS = {
    "number": Weight(0.1, 8),
    "title": Weight(10, 20),
    "brand_name": Weight(10, 8),
    "organisations": Weight(5, 60),
    "district": Weight(3, 9),
    "sector": Weight(3, 5),
    "themes": Weight(3, 10),
    "awards": Weight(3, 20),
    "summary": Weight(2, 80),
    "figures": Weight(1.5, 80),
    "sections": Weight(1, 1500),
}
# BM25's two constants: how soon more occurrences stop counting, and how far a long field is held against it. The bar of
# the question test (MRR@10) holds from 0.4 to 1.2 and 0.3 to 0.75.
SATURATION = 1.0
LENGTH_PENALTY = 0.6

# What 标题: and the like look into, by the name of the index field that has its tokens.
FIELDS = {
    "title": ("title", "brand_name"),
    "organisations": ("organisations",),
    "district": ("district",),
    "awards": ("awards",),
}
# What a query must be as a whole to be the name of a case. Longer ones are no names.
NAMES = ("number", "title", "brand_name")
LONGEST_NAME = 200

# An index written by other rules than these is out of date.
INDEX_VERSION = f"{CHAIN_VERSION}-" + fingerprint(
    *(Path(__file__).with_name(name) for name in ("documents.py", "names.py", "segments.py", "postings.py")),
    Path(search_indexes.__file__),
)


class Prepared(NamedTuple):
    """A case as the database gives it: plain values, which another process can take over."""

    pk: int
    newness: int
    fields: Mapping[str, list[str]]
    names: list[Name]


@dataclass(frozen=True)
class Document:
    """`digest` changes when anything of the case that is searched does; of two cases the newer has more `newness`.

    `impacts` has the tokens of the whole case, `tokens` those of each field that can be asked for by name, `names` what
    suggestions are made of.
    """

    pk: int
    newness: int
    digest: int
    folded: bytes
    impacts: Mapping[str, float]
    tokens: Mapping[str, set[str]]
    names: bytes


def documents(cases: Iterable[Case]) -> Iterator[Document]:
    """Make the documents of cases that come from `searchable`."""
    return map(make_document, prepare(list(cases)))


def prepare(cases: Sequence[Case]) -> Iterator[Prepared]:
    """Read out of cases that come from `searchable` what their documents are made of."""
    index = connections["default"].get_unified_index().get_index(Case)
    places = places_above(cases)
    for case in cases:
        prepared = index.full_prepare(case)
        fields = {name: _values(prepared[name]) for name in WEIGHTS}
        yield Prepared(case.pk, newness(case), fields, names_of(case, places))


def newness(case: Case) -> int:
    """Return a number by which cases stand as `newest()` has them: by year, then by when they were published."""
    published = int(case.published_at.timestamp()) if case.published_at else 0
    return case.year * 10**11 + published


def searchable() -> CaseQuerySet:
    """Public cases with all that their documents are made of."""
    return connections["default"].get_unified_index().get_index(Case).index_queryset()


def _values(prepared: Any) -> list[str]:
    return [str(value) for value in (prepared if isinstance(prepared, list | tuple) else [prepared]) if value]


def make_document(case: Prepared) -> Document:
    """Make the document of one case; takes most of the time of a rebuild, and nothing but the processor."""
    fields = case.fields
    folded = FIELD_END.join(VALUE_END.join(map(fold, fields[name])) for name in WEIGHTS)
    sounding = pack(case.names, fields)
    plain = FIELD_END.join([str(case.newness), *(VALUE_END.join(fields[name]) for name in WEIGHTS)])
    digest = blake2b(plain.encode("utf-8", "replace") + sounding, digest_size=8).digest()
    return Document(
        pk=case.pk,
        newness=case.newness,
        digest=int.from_bytes(digest, "big", signed=True),
        folded=folded.encode(),
        impacts=impacts(fields),
        tokens=_tokens_by_field(fields),
        names=sounding,
    )


def _tokens_by_field(fields: Mapping[str, list[str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {
        asked: {token for part in parts for value in fields[part] for token in short_tokens(fold(value))}
        for asked, parts in FIELDS.items()
    }
    whole = (fold(value) for name in NAMES for value in fields[name])
    return found | {"exact": {name for name in whole if 0 < len(name) <= LONGEST_NAME}}


def parts_of(folded: bytes, field: str) -> list[bytes]:
    """Return the folded texts of a document that a field asked for by name looks into."""
    texts = dict(zip(WEIGHTS, folded.split(FIELD_END.encode()), strict=True))
    return [texts[part] for part in FIELDS[field]]


def impacts(fields: Mapping[str, Iterable[str]]) -> dict[str, float]:
    """Sum up over the fields how much each token counts in this case.

    BM25 per field with a length that is usual instead of average, added up (Robertson and Zaragoza 2009, section 3.6,
    with each field saturating before the sum): most × tf / (tf + k × (1 - b + b × length / usual)).
    """
    total: dict[str, float] = {}
    for name, (most, _) in WEIGHTS.items():
        counted, length = _count(fields[name])
        held_back = _held_back(name, length)
        for token, times in counted.items():
            total[token] = total.get(token, 0.0) + most * times / (times + held_back)
    return total


def impact_of(word: str, fields: Mapping[str, Iterable[str]]) -> float:
    """Return what `impacts` says of one word of the dictionary, in a fraction of the time."""
    total = 0.0
    for name, (most, _) in WEIGHTS.items():
        values = list(fields[name])
        if times := sum(occurrences(word, value) for value in values):
            total += most * times / (times + _held_back(name, sum(map(len, values))))
    return total


def _held_back(name: str, length: int) -> float:
    return SATURATION * (1 - LENGTH_PENALTY + LENGTH_PENALTY * length / WEIGHTS[name].usual)


def _count(values: Iterable[str]) -> tuple[dict[str, int], int]:
    counted: dict[str, int] = {}
    length = 0
    for value in values:
        length += len(value)
        for token, times in tokens(value).items():
            counted[token] = counted.get(token, 0) + times
    return counted, length
