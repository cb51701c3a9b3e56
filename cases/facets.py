"""How many cases each choice beside a list of them would show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence, Set
from functools import cached_property
from itertools import compress
from typing import Any

from django.db import connections

from cases.edition import Edition
from cases.models import AwardEntry, Case
from cases.models.case_queryset import FEW, AmongIds, CaseQuerySet, columns
from districts.models import District

Wanted = Mapping[str, Callable[[Any], bool]]


class Filing:
    """Which case stands under which value of a facet: two columns of the same length, each pair once."""

    def __init__(self, cases: Sequence[int], values: Sequence[Any]) -> None:
        self.cases = cases
        self.values = values

    @cached_property
    def whole(self) -> Counter[Any]:
        """How many cases stand under each value. Not to be changed: others count with it, too."""
        return Counter(self.values)

    def under(self, values: Container[Any]) -> set[int]:
        """Cases that stand under any of the values."""
        return set(compress(self.cases, map(values.__contains__, self.values)))

    def counts(self, cases: Set[int]) -> Counter[Any]:
        """How many of these cases stand under each value."""
        return Counter(compress(self.values, map(cases.__contains__, self.cases)))


Filings = Mapping[str, Filing]


def filings(cases: CaseQuerySet, found: Sequence[int] | None = None) -> Filings:
    """Return what the cases stand under in each facet, or at least those of them that are `found`.

    From memory if these are the public cases; else by three queries, which read no texts. All have the same columns
    of cases but themes, lists and levels.
    """
    if not _memory.may_keep(cases):
        return _read(cases if found is None else cases.few_among(found))
    stamp = Edition.current().stamp
    if kept := _memory.at(stamp):
        return kept
    if found is not None and len(found) <= FEW:
        return _read(cases.few_among(found))
    return _memory.keep(stamp, _read(cases))


def _read(cases: CaseQuerySet) -> Filings:
    ids, kinds, years, sectors, districts = columns(cases, "pk", "kind", "year", "sector", "district__code")
    tagged = Case.themes.through.objects.all()
    listed = AwardEntry.objects.visible_to(None).exclude(case=None)
    if len(ids) <= FEW:
        tagged, listed = tagged.filter(case__in=AmongIds(ids)), listed.filter(case__in=AmongIds(ids))
    among = set(ids).__contains__
    on, lists, levels = columns(listed, "case", "award_list", "award_list__level")
    return {
        "kind": Filing(ids, kinds),
        "year": Filing(ids, years),
        "sector": Filing(ids, sectors),
        "district": Filing(ids, districts),
        "theme": _filed(pair for pair in zip(*columns(tagged, "case", "theme"), strict=True) if among(pair[0])),
        # A case may stand on a list twice, and on two lists of a level.
        "list": _filed({pair for pair in zip(on, lists, strict=True) if among(pair[0])}),
        "level": _filed({pair for pair in zip(on, levels, strict=True) if among(pair[0])}),
    }


def _filed(pairs: Iterable[tuple[int, Any]]) -> Filing:
    pairs = list(pairs)
    return Filing([case for case, _ in pairs], [value for _, value in pairs])


class _Memory:
    """The filings of the public cases as this process read them last, with the edition that they are of.

    The stamp is read before them, so they are of that edition or, if a change came between, of a later one; then the
    stamp is of the past, and none comes twice. Threads that miss at once each read for themselves; the last one's
    stays. What is kept is one pair that is replaced, never changed, so nobody needs a lock.

    In a transaction nothing is kept or taken. Its own unfinished changes have a stamp that nobody else has seen, so
    nothing false would come of it; but they would drive out what all other requests need.
    """

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self.kept: tuple[str, Filings | None] = ("", None)

    def may_keep(self, cases: CaseQuerySet) -> bool:
        """Whether these are the cases that every reader may see, and what is in the database is so for everybody."""
        using = connections[cases.db]
        if using.in_atomic_block or not using.get_autocommit():
            return False
        return _written(cases) == _written(Case.objects.visible_to(None))

    def at(self, stamp: str) -> Filings | None:
        kept_stamp, kept = self.kept
        return kept if kept_stamp == stamp else None

    def keep(self, stamp: str, read: Filings) -> Filings:
        """Keep what was read after `stamp`, each value once: they come as often as there are cases."""
        once: dict[Any, Any] = {}
        for filing in read.values():
            filing.values = [once.setdefault(value, value) for value in filing.values]
        self.kept = (stamp, read)
        return read


_memory = _Memory()


def forget() -> None:
    """Have the next request read anew what cases stand under."""
    _memory.forget()


def _written(cases: CaseQuerySet) -> Any:
    return cases.order_by().values("pk").query.sql_with_params()


class Tally:
    """The cases that match what is chosen, counted by each facet as if its own choice were open."""

    def __init__(self, cases: CaseQuerySet, chosen: Mapping[str, Any], found: Sequence[int] | None = None) -> None:
        """Take the cases that the reader may see, the form's values, and the cases that the words find, if any."""
        self.filings = filings(cases, found)
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
            self.counted[name] = filing.whole if len(cases) == len(self.ids) else filing.counts(cases)
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
