"""The choices beside the shorter lists: rows counted by each column as if its own choice were open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from cases.facets import Address, Choice, DistrictCounts, Facet
from districts.models import District

Wanted = Mapping[str, Callable[[Any], bool]]


def open_counts(rows: Iterable[Mapping[str, Any]], name: str, wanted: Wanted) -> Counter[Any]:
    """Count the values of one column over the rows that hold what is wanted of all the other columns."""
    others = [(other, holds) for other, holds in wanted.items() if other != name]
    return Counter(row[name] for row in rows if all(holds(row[other]) for other, holds in others))


def lies_in(district: District) -> Callable[[str | None], bool]:
    return lambda code: bool(code) and str(code).startswith(district.prefix)


def options(name: str, label: str, rows: Iterable[tuple[str, str, int]], on: Iterable[str], address: Address) -> Facet:
    """Return a facet for triples of value, label and count; what has no row is left out unless it is on."""
    chosen = set(on)
    choices = [
        Choice(value, text, count, value in chosen, address.toggled(name, value))
        for value, text, count in rows
        if count or value in chosen
    ]
    return Facet(name, label, choices)


def worth_showing(*facets: Facet) -> list[Facet]:
    """Leave out facets in which there is nothing to choose."""
    return [
        facet
        for facet in facets
        if len(facet.choices) > 1
        or (facet.above and facet.choices)
        or any(choice.is_on for choice in [*facet.choices, *facet.above])
    ]


def _place(place: District, count: int, address: Address, *, is_on: bool = False) -> Choice:
    return Choice(place.public_code, place.name, count, is_on, address.placed("district", place.public_code))


def place_facet(counts: Counter[str | None], chosen: District | None, address: Address) -> Facet:
    """Return the next places below the chosen one, and in `above` the way down to it.

    With none chosen the way leads down as long as all rows go it.
    """
    tree = DistrictCounts(counts.items())
    total = sum(tree.direct.values())
    anywhere = [Choice("", "不限", 0, False, address.placed("district", ""))] if chosen else []
    above = [*chosen.ancestors(), chosen] if chosen else []
    below = tree.below(chosen)
    while not chosen and len(below) == 1 and below[0][1] == total:
        above.append(below[0][0])
        below = tree.below(above[-1])
    return Facet(
        "district",
        "区划",
        [_place(place, count, address) for place, count in below],
        [*anywhere, *(_place(place, 0, address, is_on=place == chosen) for place in above)],
    )


def near_places(counts: Counter[str | None], chosen: District | None, address: Address) -> Facet:
    """Return the places among which the rows part for the first time, and the one above if rows are filed there."""
    tree = DistrictCounts(counts.items())
    branches = tree.branches()
    rows: list[tuple[District, int]] = []
    while len(branches) == 1:
        only = branches[0]
        rows = [(only.district, only.count)] if tree.direct.get(only.district.code) else []
        branches = only.branches
    rows += [(branch.district, branch.count) for branch in branches]
    if chosen and chosen not in dict(rows):
        rows.append((chosen, tree.within(chosen)))
    choices = [
        Choice(
            place.public_code,
            place.name,
            count,
            place == chosen,
            address.placed("district", "" if place == chosen else place.public_code),
        )
        for place, count in rows
    ]
    return Facet("district", "区划", choices)
