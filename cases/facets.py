"""The choices beside a list of cases, each with the number of cases it would show."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.http import QueryDict

from districts.models import District, codes_above


@dataclass(frozen=True)
class Choice:
    """One choice of a facet: what it is called, how many cases it has, and the address that turns it on or off."""

    value: str
    label: str
    count: int
    is_on: bool
    query: str


@dataclass
class Facet:
    """All choices of one parameter; `above` holds the chosen district and what is above it."""

    name: str
    label: str
    choices: list[Choice]
    above: list[Choice] = field(default_factory=list)

    @property
    def is_on(self) -> bool:
        return bool(self.above) or any(choice.is_on for choice in self.choices)


def toggled(params: QueryDict, name: str, value: str, *, single: bool = False) -> str:
    """Return the query string with one value turned on or off, back on page one."""
    query = params.copy()
    query.pop("page", None)
    values = query.getlist(name)
    if value in values:
        values.remove(value)
    else:
        values = [value] if single else [*values, value]
    query.setlist(name, values)
    if not values:
        query.pop(name, None)
    return query.urlencode()


def placed(params: QueryDict, name: str, value: str) -> str:
    """Return the query string with a parameter set to one value, or dropped when it is empty."""
    query = params.copy()
    query.pop("page", None)
    query.pop(name, None)
    if value:
        query[name] = value
    return query.urlencode()


@dataclass(frozen=True)
class Branch:
    """A place with the number of its cases and the next places down."""

    district: District
    count: int
    branches: list[Branch]


class DistrictCounts:
    """The districts that have cases, with the cases of every subtree counted."""

    def __init__(self, counts: Iterable[tuple[str, int]]) -> None:
        """Take (district code, number of cases) pairs."""
        self.counts: Counter[str] = Counter()
        self.paths: list[list[str]] = []
        self.places: dict[str, District] = {}
        self.read: set[str] = set()
        for code, number in counts:
            self.paths.append([*codes_above(code), code])
            for above in self.paths[-1]:
                self.counts[above] += number

    def _read(self, codes: set[str]) -> None:
        """Fetch the places among these codes; some exist for nothing, some only hold a level open."""
        if unread := codes - self.read:
            found = District.objects.visible_to(None).places().filter(code__in=unread)
            self.places |= {place.code: place for place in found}
            self.read |= unread

    def below(self, district: District | None) -> list[tuple[District, int]]:
        """The next places down that have cases, most first; reads only these, one query a level passed through."""
        top = district.code if district else ""
        lower = [[code for code in path if len(code) > len(top)] for path in self.paths if path[-1].startswith(top)]
        nearest: set[str] = set()
        while lower := [path for path in lower if path]:
            self._read({path[0] for path in lower})
            nearest |= {path[0] for path in lower if path[0] in self.places}
            lower = [path[1:] for path in lower if path[0] not in self.places]
        return self._most_first(nearest)

    def branches(self) -> list[Branch]:
        """The whole tree; one query."""
        self._read(set(self.counts))
        children: dict[str, set[str]] = defaultdict(set)
        for path in self.paths:
            above = ""
            for code in path:
                if code in self.places:
                    children[above].add(code)
                    above = code

        def grow(code: str) -> list[Branch]:
            return [Branch(place, count, grow(place.code)) for place, count in self._most_first(children[code])]

        return grow("")

    def cities(self) -> list[Branch]:
        """Cities with their counties, most cases first; a province without cities of its own stands for itself."""
        found: list[Branch] = []
        for province in self.branches():
            cities = [b for b in province.branches if b.district.level == District.Level.CITY]
            found += cities or [province]
        return sorted(found, key=lambda branch: -branch.count)

    def _most_first(self, codes: Iterable[str]) -> list[tuple[District, int]]:
        return [(self.places[code], self.counts[code]) for code in sorted(codes, key=lambda c: (-self.counts[c], c))]
