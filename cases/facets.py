"""The choices beside a list of cases, each with the number of cases it would show."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import compress
from typing import Any, NamedTuple
from urllib.parse import quote_plus

from django.http import QueryDict

from cases.models import AwardEntry, Case
from cases.models.case_queryset import FEW, AmongIds, CaseQuerySet, columns
from cases.search import is_heard
from districts.models import DIVISION_LENGTHS, District, codes_above

# How long the codes are below those of a length; below a street or a zone there is nothing.
LENGTHS_BELOW = dict(zip((0, *DIVISION_LENGTHS), DIVISION_LENGTHS, strict=False))


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

    def __init__(self, params: QueryDict) -> None:
        self.values = {name: values for name, values in params.lists() if name not in {"page", "choose", "place"}}
        self.written = {name: written(name, values) for name, values in self.values.items()}

    def toggled(self, name: str, value: str, *, single: bool = False) -> str:
        """Return the query string with one value turned on or off."""
        values = self.values.get(name, [])
        if value in values:
            return self._with(name, [other for other in values if other != value])
        return self._with(name, [value] if single else [*values, value])

    def placed(self, name: str, value: str) -> str:
        """Return the query string with a parameter set to one value, or dropped when it is empty."""
        return self._with(name, [value] if value else [])

    def as_it_is(self) -> str:
        return "&".join(filter(None, self.written.values()))

    def _with(self, name: str, values: list[str]) -> str:
        return "&".join(filter(None, {**self.written, name: written(name, values)}.values()))

    def replaced(self, **changes: Iterable[str]) -> str:
        """Return the query string with several parameters set at once, each to the values given."""
        changed = {name: written(name, values) for name, values in changes.items()}
        return "&".join(filter(None, {**self.written, **changed}.values()))


def written(name: str, values: Iterable[str]) -> str:
    """Return a parameter as it stands in an address."""
    return "&".join(f"{quote_plus(name)}={quote_plus(value)}" for value in values)


class Filing(NamedTuple):
    """Which case stands under which value of a facet: two columns of the same length, each pair once."""

    cases: Sequence[int]
    values: Sequence[Any]

    def under(self, values: Container[Any]) -> set[int]:
        """Cases that stand under any of the values."""
        return set(compress(self.cases, map(values.__contains__, self.values)))

    def counts(self, cases: Set[int]) -> Counter[Any]:
        """How many of these cases stand under each value."""
        return Counter(compress(self.values, map(cases.__contains__, self.cases)))


def filings(cases: CaseQuerySet) -> dict[str, Filing]:
    """Return what the cases stand under in each facet; three queries, and no texts are read.

    Themes and lists come with rows of cases that are not asked about: whoever counts keeps to the cases they may see.
    """
    ids, kinds, years, sectors, districts = columns(cases, "pk", "kind", "year", "sector", "district__code")
    tagged = Case.themes.through.objects.all()
    listed = AwardEntry.objects.visible_to(None).exclude(case=None)
    if len(ids) <= FEW:
        tagged, listed = tagged.filter(case__in=AmongIds(ids)), listed.filter(case__in=AmongIds(ids))
    on, lists, levels = columns(listed, "case", "award_list", "award_list__level")
    return {
        "kind": Filing(ids, kinds),
        "year": Filing(ids, years),
        "sector": Filing(ids, sectors),
        "district": Filing(ids, districts),
        "theme": Filing(*columns(tagged, "case", "theme")),
        "list": _once(on, lists),
        "level": _once(on, levels),
    }


def _once(cases: Iterable[int], values: Iterable[Any]) -> Filing:
    """A case may stand on a list twice, and on two lists of a level."""
    pairs = set(zip(cases, values, strict=True))
    return Filing([case for case, _ in pairs], [value for _, value in pairs])


class Tally:
    """The cases that match what is chosen, counted by each facet as if its own choice were open."""

    def __init__(self, cases: CaseQuerySet, chosen: Mapping[str, Any], found: Iterable[int] | None = None) -> None:
        """Take the cases that the reader may see, the form's values, and the cases that the words find, if any."""
        self.filings = filings(cases)
        self.ids = self.filings["kind"].cases
        self.found = set(self.ids) if found is None else set(self.ids).intersection(found)
        self.matching = {
            name: filing.under(_wanted(name, chosen[name], filing))
            for name, filing in self.filings.items()
            if name in chosen
        }
        self.cases = self.without("")
        self.counted: dict[str, Counter[Any]] = {}

    def without(self, name: str) -> set[int]:
        """Cases that match everything chosen but in one facet."""
        return self.found.intersection(*(cases for other, cases in self.matching.items() if other != name))

    def counts(self, name: str) -> Counter[Any]:
        """How many cases each value of a facet would show."""
        if name not in self.counted:
            cases = self.without(name) if name in self.matching else self.cases
            filing = self.filings[name]
            all_of_them = filing.cases is self.ids and len(cases) == len(self.ids)
            self.counted[name] = Counter(filing.values) if all_of_them else filing.counts(cases)
        return self.counted[name]


def _wanted(name: str, chosen: Any, filing: Filing) -> set[Any]:
    """The values of a filing that a value of the form stands for."""
    if name == "district":
        return {code for code in set(filing.values) if code and code.startswith(chosen.prefix)}
    if name == "list":
        return {chosen.pk}
    return {row.pk for row in chosen} if name in {"sector", "theme"} else set(chosen)


@dataclass(frozen=True)
class Branch:
    """A place with the number of its cases and the next places down; `is_open` when one below was looked for."""

    district: District
    count: int
    branches: list[Branch]
    is_open: bool = False


def named(branches: Iterable[Branch], typed: str) -> list[Branch]:
    """The branches whose place is called so, each with all that is below it, and what is above them."""
    found = []
    for branch in branches:
        if is_heard(typed, branch.district.name):
            found.append(branch)
        elif below := named(branch.branches, typed):
            found.append(replace(branch, branches=below, is_open=True))
    return found


class DistrictCounts:
    """The districts that have cases, with the cases of every subtree counted."""

    def __init__(self, counts: Iterable[tuple[str | None, int]]) -> None:
        """Take (district code, number of cases filed directly there) pairs."""
        self.direct = {code: number for code, number in counts if code}
        self.counts: Counter[str] = Counter()
        self.places: dict[str, District] = {}

    def within(self, district: District) -> int:
        """How many cases a district and all below it have."""
        return sum(number for code, number in self.direct.items() if code.startswith(district.prefix))

    def _read(self, codes: set[str]) -> None:
        """Fetch the places among these codes; some exist for nothing, some only hold a level open."""
        found = District.objects.visible_to(None).places().filter(code__in=codes)
        self.places |= {place.code: place for place in found}

    def below(self, district: District | None) -> list[tuple[District, int]]:
        """The next places down that have cases, most first; reads only these, one query a level passed through."""
        return self._next_below({district.code if district else ""})

    def cities_and_their_like(self) -> list[tuple[District, int]]:
        """What lies below the provinces, most first; a province without cities of its own stands for itself.

        Cases filed with a province that has cities are in none of these. As many queries as two calls of `below`.
        """
        provinces = self.below(None)
        below = self._next_below({province.code for province, _ in provinces})
        split = {place.code[:2] for place, _ in below if place.level == District.Level.CITY}
        found = [(place, count) for place, count in below if place.code[:2] in split]
        found += [(place, count) for place, count in provinces if place.code not in split]
        return sorted(found, key=lambda row: (-row[1], row[0].code))

    def _next_below(self, levels: set[str]) -> list[tuple[District, int]]:
        self.counts.clear()
        while levels:
            below: dict[str, int] = defaultdict(int)
            for level in levels:
                length = LENGTHS_BELOW.get(len(level))
                for code, number in self.direct.items():
                    if code.startswith(level) and code != level:
                        step = code[:length]  # 44 on the way to 440104002: 4401; a zone stands for itself
                        below[step if step.isdigit() else code] += number
            self._read(set(below))
            self.counts.update({code: number for code, number in below.items() if code in self.places})
            levels = below.keys() - self.places.keys()
        return self._most_first(self.counts)

    def branches(self) -> list[Branch]:
        """The whole tree; one query."""
        paths = {code: [*codes_above(code), code] for code in self.direct}
        self._read({step for path in paths.values() for step in path})
        self.counts.clear()
        children: dict[str, set[str]] = defaultdict(set)
        for code, path in paths.items():
            above = ""
            for step in filter(self.places.__contains__, path):
                self.counts[step] += self.direct[code]
                children[above].add(step)
                above = step

        def grow(code: str) -> list[Branch]:
            return [Branch(place, count, grow(place.code)) for place, count in self._most_first(children[code])]

        return grow("")

    def cities(self) -> list[tuple[District, int]]:
        """Cities, most cases first; a province without cities of its own stands for itself. One query."""
        above = {code: [code[:4], code[:2]] for code in self.direct}
        self._read({step for steps in above.values() for step in steps})
        self.counts.clear()
        for code, steps in above.items():
            self.counts.update({step: self.direct[code] for step in steps if step in self.places})
        provinces_of_cities = {code[:2] for code in self.counts if len(code) > 2}
        return self._most_first(self.counts.keys() - provinces_of_cities)

    def _most_first(self, codes: Iterable[str]) -> list[tuple[District, int]]:
        return [(self.places[code], self.counts[code]) for code in sorted(codes, key=lambda c: (-self.counts[c], c))]
