"""The choices beside a list, each with its number and the address that turns it on or off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from urllib.parse import quote_plus

from django.http import QueryDict

from cases.district_counts import DistrictCounts
from districts.models import District


@dataclass(frozen=True)
class Choice:
    """One choice of a facet: what it is called, how many cases it has, and the address that turns it on or off."""

    value: str
    label: str
    count: int
    is_on: bool
    query: str

    @property
    def href(self) -> str:
        return f"?{self.query}" if self.query else "."


@dataclass
class Facet:
    """The choices of one parameter; `above` holds the chosen district and what is above it.

    `rest` leads to the choices left out because they are many, or back from there.
    """

    name: str
    label: str
    choices: list[Choice]
    above: list[Choice] = field(default_factory=list)
    rest: Choice | None = None

    @property
    def is_on(self) -> bool:
        return bool(self.above) or any(choice.is_on for choice in self.choices)


class Address:
    """The parameters of a list's address; every change of one leads back to page one."""

    def __init__(self, params: QueryDict, names: Container[str]) -> None:
        """Take an address's parameters and the names that its list reads; nothing else is carried into the links.

        A page has hundreds of links: four kilobytes of anything in an address would make a page of a megabyte.
        """
        self.values = {name: list(dict.fromkeys(values)) for name, values in params.lists() if name in names}
        if opened := params.getlist("more"):  # names of facets that are shown whole
            self.values["more"] = [name for name in dict.fromkeys(opened) if name in names]
        self.written = {name: written(name, values) for name, values in self.values.items()}

    def toggled(self, name: str, value: str, *, single: bool = False) -> str:
        """Return the query string with one value turned on or off."""
        values = self.values.get(name, [])
        if value in values:
            return self.replaced(**{name: [other for other in values if other != value]})
        return self.replaced(**{name: [value] if single else [*values, value]})

    def placed(self, name: str, value: str) -> str:
        """Return the query string with a parameter set to one value, or dropped when it is empty."""
        return self.replaced(**{name: [value] if value else []})

    def replaced(self, **changes: Iterable[str]) -> str:
        """Return the query string with several parameters set at once, each to the values given."""
        changed = {name: written(name, values) for name, values in changes.items()}
        return "&".join(filter(None, {**self.written, **changed}.values()))

    def as_it_is(self) -> str:
        return self.replaced()


def written(name: str, values: Iterable[str]) -> str:
    """Return a parameter as it stands in an address."""
    return "&".join(f"{quote_plus(name)}={quote_plus(value)}" for value in values)


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


def place_choice(place: District, count: int, address: Address, *, is_on: bool = False) -> Choice:
    code = place.public_code
    return Choice(code, place.name, count, is_on, address.placed("district", code))


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
        [place_choice(place, count, address) for place, count in below],
        [*anywhere, *(place_choice(place, 0, address, is_on=place == chosen) for place in above)],
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
