"""The choices beside a list of cases, each with the number of cases it would show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.http import QueryDict

from districts.models import District


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
    """The tree of all districts that have cases, with the cases of every subtree counted."""

    def __init__(self, counts: Iterable[tuple[str, int]]) -> None:
        """Take (district code, number of cases) pairs; costs one query."""
        direct = dict(counts)
        codes = {code for own in direct for code in District(code=own).path_codes}
        self.districts = {d.code: d for d in District.objects.visible_to(None).filter(code__in=codes)}
        self.counts = {
            code: sum(number for own, number in direct.items() if own.startswith(code)) for code in self.districts
        }

    def below(self, district: District | None) -> list[tuple[District, int]]:
        """The next places down that have cases, most first; rows that only hold a level open are passed through."""
        inside = [
            d
            for d in self.districts.values()
            if not d.is_placeholder and (district is None or (d.is_within(district) and d.code != district.code))
        ]
        nearest = [d for d in inside if not any(d.is_within(o) and d.code != o.code for o in inside)]
        return sorted(((d, self.counts[d.code]) for d in nearest), key=lambda pair: (-pair[1], pair[0].code))

    def branches(self, district: District | None = None) -> list[Branch]:
        """The whole tree below a district, or all of it."""
        return [Branch(d, count, self.branches(d)) for d, count in self.below(district)]

    def cities(self) -> list[Branch]:
        """Cities with their counties, most cases first; a province without cities of its own stands for itself."""
        found: list[Branch] = []
        for province in self.branches():
            cities = [b for b in province.branches if b.district.level == District.Level.CITY]
            found += cities or [province]
        return sorted(found, key=lambda branch: -branch.count)

    @property
    def total(self) -> int:
        return sum(count for _, count in self.below(None))
