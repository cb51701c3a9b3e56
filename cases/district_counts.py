"""The districts that have cases, and how many with all that is below them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from cases.search import is_heard
from districts.models import DIVISION_LENGTHS, District, codes_above

# How long the codes are below those of a length; below a street or a zone there is nothing.
LENGTHS_BELOW = dict(zip((0, *DIVISION_LENGTHS), DIVISION_LENGTHS, strict=False))


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

        Counties that a province rules directly are among them; cases filed with a province that has cities are in none.
        As many queries as two calls of `below`.
        """
        provinces = self.below(None)
        below = self._next_below({province.code for province, _ in provinces})
        split = {place.code[:2] for place, _ in below if place.level == District.Level.CITY}
        found = [(place, count) for place, count in below if place.code[:2] in split]
        found += [(place, count) for place, count in provinces if place.code not in split]
        return sorted(found, key=lambda row: (-row[1], row[0].code))

    def _next_below(self, levels: set[str]) -> list[tuple[District, int]]:
        counts: dict[str, int] = {}
        while levels:
            below: dict[str, int] = defaultdict(int)
            for level in levels:
                length = LENGTHS_BELOW.get(len(level))
                for code, number in self.direct.items():
                    if code.startswith(level) and code != level:
                        step = code[:length]  # 44 on the way to 440104002: 4401; a zone stands for itself
                        below[step if step.isdigit() else code] += number
            self._read(set(below))
            counts |= {code: number for code, number in below.items() if code in self.places}
            levels = below.keys() - self.places.keys()
        return self._most_first(counts)

    def branches(self) -> list[Branch]:
        """The whole tree; one query."""
        paths = {code: [*codes_above(code), code] for code in self.direct}
        self._read({step for path in paths.values() for step in path})
        children: dict[str, Counter[str]] = defaultdict(Counter)
        for code, path in paths.items():
            above = ""
            for step in filter(self.places.__contains__, path):
                children[above][step] += self.direct[code]
                above = step

        def grow(code: str) -> list[Branch]:
            return [Branch(place, count, grow(place.code)) for place, count in self._most_first(children[code])]

        return grow("")

    def cities(self) -> list[tuple[District, int]]:
        """Cities, most first; a province without cities of its own stands for itself. One query.

        Counties that a province rules directly are not read, which `cities_and_their_like` takes further queries for.
        """
        above = {code: [code[:4], code[:2]] for code in self.direct}
        self._read({step for steps in above.values() for step in steps})
        counts: Counter[str] = Counter()
        for code, steps in above.items():
            counts.update({step: self.direct[code] for step in steps if step in self.places})
        provinces_of_cities = {code[:2] for code in counts if len(code) > 2}
        return self._most_first({code: counts[code] for code in counts.keys() - provinces_of_cities})

    def _most_first(self, counts: Mapping[str, int]) -> list[tuple[District, int]]:
        return [(self.places[code], counts[code]) for code in sorted(counts, key=lambda code: (-counts[code], code))]
