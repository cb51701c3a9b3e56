"""How many cases each choice beside a list of them would show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence, Set
from itertools import compress
from typing import Any, NamedTuple

from cases.models import AwardEntry, Case
from cases.models.case_queryset import FEW, AmongIds, CaseQuerySet, columns
from districts.models import District

Wanted = Mapping[str, Callable[[Any], bool]]


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


def open_counts(rows: Iterable[Mapping[str, Any]], name: str, wanted: Wanted) -> Counter[Any]:
    """Count the values of one column over the rows that hold what is wanted of all the other columns."""
    others = [(other, holds) for other, holds in wanted.items() if other != name]
    return Counter(row[name] for row in rows if all(holds(row[other]) for other, holds in others))


def lies_in(district: District) -> Callable[[str | None], bool]:
    return lambda code: bool(code) and str(code).startswith(district.prefix)
