"""The list of pairs that probably are the same, to work through: all of it, or what one record changes of it.

Pairs are never all compared. Texts of cases have keys in a table of their own (`CaseSketch`), titles are joined by
their rarest pairs of characters, brands and names of bodies by what is left of them without what is written at will.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import combinations
from math import ceil

from django.db import transaction
from django.db.models import QuerySet

from cases.duplicates.finding import bodies_alike, cases_alike, names_of, read, same_body, told_of
from cases.duplicates.likeness import SHORTEST_BRAND, TITLE_ALIKE, Likeness, compare, jaccard, keys_of, pairs_of
from cases.duplicates.names import canonical, is_one_place
from cases.models import Case, CaseSketch, Organisation, PossibleDuplicate, SketchKey
from cases.models.case_queryset import FEW, columns
from cases.models.merge import CASE, ORGANISATION
from cases.search import fold

# What is worth a place on the list.
LISTED = 0.5
# A key that so many texts have is a phrase of the trade.
COMMON = 40
# So many pairs of one record are put on the list.
MOST_OF_ONE = 5
BATCH = 200

Pair = tuple[int, int]


# What is remembered of texts


def sketch(cases: QuerySet[Case]) -> int:
    """Bring the keys of these cases' texts up to what they say now; return how many were others."""
    stamps = {pk: f"{version} {at.isoformat()}" for pk, version, at in cases.values_list("pk", "version", "updated_at")}
    sketches = CaseSketch.objects.all()
    if len(stamps) <= FEW:
        sketches = sketches.filter(pk__in=list(stamps))
    known = dict(sketches.values_list("pk", "stamp"))
    late = [pk for pk, stamp in stamps.items() if known.get(pk) != stamp]
    for start in range(0, len(late), BATCH):
        _sketch(late[start : start + BATCH], stamps)
    return len(late)


def _sketch(pks: list[int], stamps: dict[int, str]) -> None:
    rows = Case.objects.filter(pk__in=pks).order_by().values_list("pk", *Case.PLAIN)
    keys = {pk: keys_of("\n".join(texts)) for pk, *texts in rows}
    with transaction.atomic():
        CaseSketch.objects.filter(pk__in=pks).delete()
        CaseSketch.objects.bulk_create(CaseSketch(case_id=pk, stamp=stamps[pk]) for pk in keys)
        SketchKey.objects.bulk_create(
            (SketchKey(sketch_id=pk, key=key) for pk, own in keys.items() for key in sorted(own)), batch_size=2000
        )


# The list


def look_again_at_case(case: Case) -> None:
    """Bring the list up to date for one case."""
    sketch(Case.objects.filter(pk=case.pk))
    if Case.objects.filter(pk=case.pk).exists():
        found = cases_alike(told_of(case), Case.objects.exclude(pk__in=_family(case)), case.pk)
        _write_one(CASE, case.pk, found)


def _family(case: Case) -> list[int]:
    """The case that this one is part of, and its parts: told in the same words, and not the same."""
    parts = Case.objects.filter(part_of=case.pk).values_list("pk", flat=True)
    return [*parts, *([case.part_of_id] if case.part_of_id else [])]


def look_again_at_organisation(body: Organisation) -> None:
    code = body.district.code if body.district else ""
    names = [body.name, body.short_name, *body.earlier_names]
    _write_one(ORGANISATION, body.pk, bodies_alike(filter(None, names), code, Organisation.objects.all(), body.pk))


def _write_one(kind: str, pk: int, found: dict[int, Likeness]) -> None:
    pairs = {_pair(pk, other): likeness for other, likeness in found.items()}
    _write(kind, pairs, PossibleDuplicate.objects.naming(kind, pk))


def find_all() -> dict[str, int]:
    """Work the whole list out anew; return how many pairs are open, by kind. What was decided stays."""
    sketch(Case.objects.all())
    gone = CaseSketch.objects.exclude(pk__in=Case.objects.values("pk"))
    gone.delete()
    _write(CASE, dict(_all_cases()), PossibleDuplicate.objects.filter(kind=CASE))
    _write(ORGANISATION, dict(_all_bodies()), PossibleDuplicate.objects.filter(kind=ORGANISATION))
    return {kind: PossibleDuplicate.objects.open().filter(kind=kind).count() for kind in (CASE, ORGANISATION)}


def _write(kind: str, pairs: dict[Pair, Likeness], known: QuerySet[PossibleDuplicate]) -> None:
    """Add pairs that are new, bring open ones up to date, and drop those that are alike no more."""
    listed = {pair: likeness for pair, likeness in pairs.items() if likeness.score >= LISTED}
    with transaction.atomic():
        there = {(row.first, row.second): row for row in known.select_for_update()}
        late = []
        for pair, row in there.items():
            now = listed.get(pair)
            if row.state != PossibleDuplicate.State.OPEN:
                continue
            if now is None:
                row.delete()
            elif (row.score, row.why) != (now.score, now.why[:200]):
                row.score, row.why = now.score, now.why[:200]
                late.append(row)
        PossibleDuplicate.objects.bulk_update(late, ["score", "why"], batch_size=BATCH)
        PossibleDuplicate.objects.bulk_create(
            (
                PossibleDuplicate(kind=kind, first=first, second=second, score=one.score, why=one.why[:200])
                for (first, second), one in _best(listed)
                if (first, second) not in there
            ),
            batch_size=BATCH,
            ignore_conflicts=True,
        )


def _best(pairs: dict[Pair, Likeness]) -> Iterator[tuple[Pair, Likeness]]:
    """The most probable pairs, of each record a few: who merges these is told of the others then."""
    counts: Counter[int] = Counter()
    for pair, likeness in sorted(pairs.items(), key=lambda item: (-item[1].score, item[0])):
        if min(counts[pk] for pk in pair) < MOST_OF_ONE:
            counts.update(pair)
            yield pair, likeness


def _pair(one: int, other: int) -> Pair:
    return min(one, other), max(one, other)


def _all_cases() -> Iterator[tuple[Pair, Likeness]]:
    pks, titles, brands, wholes = columns(Case.objects.all(), "pk", "title", "brand_name", "part_of")
    candidates = {
        *_titles_alike(dict(zip(pks, titles, strict=True))),
        *_brands_alike(pks, titles, brands),
        *_texts_alike(),
    }
    candidates -= {_pair(pk, whole) for pk, whole in zip(pks, wholes, strict=True) if whole}
    pairs = sorted(candidates)
    for start in range(0, len(pairs), BATCH):
        batch = pairs[start : start + BATCH]
        told = read(Case.objects.filter(pk__in={pk for pair in batch for pk in pair}))
        for one, other in batch:
            if one in told and other in told:
                yield (one, other), compare(told[one], told[other])


def _titles_alike(titles: dict[int, str]) -> Iterator[Pair]:
    """Pairs whose titles share enough: these share one of the rarest pairs of characters of each.

    Chaudhuri, Ganti, Kaushik, “A Primitive Operator for Similarity Joins in Data Cleaning”, ICDE 2006.
    """
    own = {pk: pairs_of(title) for pk, title in titles.items()}
    frequency = Counter(pair for pairs in own.values() for pair in pairs)
    holding: dict[str, list[int]] = defaultdict(list)
    for pk, pairs in own.items():
        prefix = len(pairs) - ceil(TITLE_ALIKE * len(pairs)) + 1
        others = set()
        for pair in sorted(pairs, key=lambda one: (frequency[one], one))[:prefix]:
            others |= set(holding[pair])
            holding[pair].append(pk)
        yield from (_pair(pk, other) for other in others if jaccard(pairs, own[other]) >= TITLE_ALIKE)


def _brands_alike(pks: list[int], titles: list[str], brands: list[str]) -> Iterator[Pair]:
    """Pairs of which one has the brand that the other has, too, or has in its title."""
    having: dict[str, list[int]] = defaultdict(list)
    for pk, brand in zip(pks, brands, strict=True):
        if len(folded := fold(brand)) >= SHORTEST_BRAND:
            having[folded].append(pk)
    lengths = sorted({len(brand) for brand in having if len(brand) > SHORTEST_BRAND})
    for holders in having.values():
        if len(holders) <= COMMON:
            yield from combinations(sorted(holders), 2)
    for pk, title in zip(pks, titles, strict=True):
        folded = fold(title)
        within = {folded[at : at + size] for size in lengths for at in range(len(folded) - size + 1)}
        for brand in within & having.keys():
            if len(having[brand]) <= COMMON:
                yield from (_pair(pk, other) for other in having[brand] if other != pk)


def _texts_alike() -> Iterator[Pair]:
    holding: dict[int, list[int]] = defaultdict(list)
    for pk, key in SketchKey.objects.values_list("sketch", "key").iterator(chunk_size=5000):
        holding[key].append(pk)
    for holders in holding.values():
        if 1 < len(holders) <= COMMON:
            yield from combinations(sorted(holders), 2)


def _all_bodies() -> Iterator[tuple[Pair, Likeness]]:
    """Pairs of bodies of which a name of one is, or ends with, a name of the other."""
    read = columns(Organisation.objects.all(), "pk", "name", "short_name", "former_names", "district__code")
    rows = {pk: (list(names_of(*names)), code or "") for pk, *names, code in zip(*read, strict=True)}
    ending: dict[str, set[int]] = defaultdict(set)
    for pk, (names, _) in rows.items():
        for _, name in names:
            if len(told := canonical(name)) >= SHORTEST_BRAND:
                ending[told].add(pk)
    candidates = set()
    for told, holders in ending.items():
        candidates |= {_pair(*pair) for pair in combinations(holders, 2)}
        for at in range(1, len(told) - SHORTEST_BRAND):
            candidates |= {_pair(pk, other) for other in ending.get(told[at:], ()) for pk in holders if pk != other}
    for one, other in sorted(candidates):
        (own, here), (theirs, there) = rows[one], rows[other]
        if not is_one_place(here, there):
            continue
        alike = [same_body(name, kind, named) for _, name in own for kind, named in theirs]
        if best := max(alike, key=lambda likeness: likeness.score, default=None):
            yield (one, other), best
