"""Find the cases and organisations that one record, as it is entered, brought or told, probably is."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from cases.duplicates.likeness import (
    SHORTEST_BRAND,
    TITLE_ALIKE,
    Likeness,
    Told,
    compare,
    jaccard,
    keys_of,
    pairs_of,
)
from cases.duplicates.names import canonical, is_one_place, why_same
from cases.models import Case, Credit, Organisation, SketchKey
from cases.models.case_queryset import columns
from cases.models.organisation import names_in
from cases.search import fold

# What is worth a word while entering, and how many are named.
TELLING, MOST = 0.35, 3
# So many cases are compared by text, those with the most keys in common.
COMPARED = 20
# From where on a likeness is called 很可能, and from where 可能.
SURE, PROBABLE = 0.9, 0.7


@dataclass(frozen=True)
class Likely:
    """A record that one probably is: as this curator may see it."""

    pk: int
    label: str
    address: str
    score: float
    why: str


# One case


def likely_cases(
    title: str, brand: str, leads: Iterable[int], text: str, user: Any, *, without: int | None = None, most: int = MOST
) -> list[Likely]:
    """Cases that this curator may see and that one told so probably is, the most probable first; four queries."""
    told = Told(title, brand, frozenset(leads), text)
    seen = Case.objects.visible_to(user, preview=True)
    found = cases_alike(told, seen, without)
    rows = Case.objects.filter(pk__in=list(found)).values_list("pk", "number", "title") if found else []
    names = {pk: (number, title) for pk, number, title in rows}
    best = sorted(names, key=lambda pk: (-found[pk].score, names[pk]))[:most]
    return [likely_case(pk, *names[pk], found[pk]) for pk in best]


def likely_case(pk: int, number: str, title: str, likeness: Likeness) -> Likely:
    return Likely(pk, f"{number} {title}", reverse("cases:detail", args=[number]), likeness.score, likeness.why)


def cases_alike(told: Told, seen: QuerySet[Case], without: int | None) -> dict[int, Likeness]:
    """Cases among those seen that are worth a word; four queries."""
    named = _named_alike(told, seen)
    keys = keys_of(told.text)
    held = SketchKey.objects.filter(key__in=keys, sketch__in=seen.order_by().values("pk")) if keys else None
    shared = Counter(held.values_list("sketch", flat=True)) if held is not None else Counter()
    wanted = (named | {pk for pk, _ in shared.most_common(COMPARED)}) - {without}
    rows = read(seen.filter(pk__in=list(wanted))) if wanted else {}
    found = {pk: compare(told, other) for pk, other in rows.items()}
    return {pk: likeness for pk, likeness in found.items() if likeness.score >= TELLING}


def brands_of(told: Told) -> set[str]:
    """The brand of a case, and whatever in its title may be one, folded."""
    title, brand = fold(told.title), fold(told.brand)
    within = {title[at:end] for at in range(len(title)) for end in range(at + SHORTEST_BRAND + 1, len(title) + 1)}
    return within | ({brand} if len(brand) >= SHORTEST_BRAND else set())


def _named_alike(told: Told, seen: QuerySet[Case]) -> set[int]:
    """Cases whose title or brand is like this one's."""
    own, title, brand = pairs_of(told.title), fold(told.title), fold(told.brand)
    found = set()
    for pk, other, named in zip(*columns(seen, "pk", "title", "brand_name"), strict=True):
        theirs = fold(named) if named else ""
        is_alike = jaccard(own, pairs_of(other)) >= TITLE_ALIKE if own else bool(title) and title == fold(other)
        if not is_alike and theirs and len(theirs) >= SHORTEST_BRAND:
            is_alike = theirs == brand or theirs in title
        if is_alike or (len(brand) > SHORTEST_BRAND and brand in fold(other)):
            found.add(pk)
    return found


def read(cases: QuerySet[Case]) -> dict[int, Told]:
    """What of these cases is compared; two queries."""
    fields = cases.order_by().values_list("pk", "title", "brand_name", *Case.PLAIN)
    leads: dict[int, set[int]] = defaultdict(set)
    rows = {pk: (title, brand, "\n".join(texts)) for pk, title, brand, *texts in fields}
    credits = Credit.objects.filter(case__in=list(rows), role=Credit.Role.LEAD)
    for pk, body in credits.values_list("case", "organisation"):
        leads[pk].add(body)
    return {pk: Told(title, brand, frozenset(leads[pk]), text) for pk, (title, brand, text) in rows.items()}


def told_of(case: Case) -> Told:
    return read(Case.objects.filter(pk=case.pk))[case.pk]


# One organisation


def likely_organisations(
    name: str, district: str, user: Any, *, without: int | None = None, most: int = MOST
) -> list[Likely]:
    """Organisations that this curator may see and that one of this name, in this district (its code), probably is."""
    seen = Organisation.objects.visible_to(user, preview=True)
    found = bodies_alike([name], district, seen, without)
    rows = seen.in_bulk(list(found))
    best = sorted(rows, key=lambda pk: (-found[pk].score, rows[pk].name))[:most]
    return [Likely(pk, rows[pk].name, rows[pk].get_absolute_url(), found[pk].score, found[pk].why) for pk in best]


def bodies_alike(names: Iterable[str], district: str, among: Any, without: int | None = None) -> dict[int, Likeness]:
    """Organisations that have, or had, one of these names or one that differs only in how it is written; one query."""
    wanted = [name for name in names if len(canonical(name)) >= SHORTEST_BRAND]
    if not wanted:
        return {}
    found: dict[int, Likeness] = {}
    read = columns(among, "pk", "name", "short_name", "former_names", "district__code")
    for pk, name, short, former, code in zip(*read, strict=True):
        if pk == without or not is_one_place(district, code or ""):
            continue
        for kind, other in names_of(name, short, former):
            for one in wanted:
                likeness = same_body(one, kind, other)
                if likeness.score > found.get(pk, Likeness(0.0, "")).score:
                    found[pk] = likeness
    return found


def names_of(name: str, short: str, former: str) -> Iterator[tuple[str, str]]:
    yield "名称", name
    if short:
        yield "简称", short
    for one in names_in(former):
        yield "曾用名", one


def same_body(one: str, kind: str, other: str) -> Likeness:
    why = why_same(one, other)
    if not why:
        return Likeness(0.0, "")
    told = why if kind == "名称" else f"与{kind}“{other}”{why.removeprefix('名称')}"
    return Likeness(SURE if canonical(one) == canonical(other) else PROBABLE, told)
