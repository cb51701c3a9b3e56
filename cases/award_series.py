"""One award list through the years."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from cases.models import AwardEntry, AwardList, Organisation


@dataclass(frozen=True)
class Regular:
    """An organisation that stands on several lists of a series, with their years, earliest first."""

    organisation: Organisation
    years: list[int]


@dataclass(frozen=True)
class Series:
    """The lists of a series that a reader may see, newest first."""

    name: str
    lists: list[AwardList]
    regulars: list[Regular]


def series_of(award: AwardList, user: Any) -> Series | None:
    """Return the series of a list, or None where the reader sees no other list of it; a constant number of queries."""
    lists = list(AwardList.objects.visible_to(user).in_series(award.series))
    if len(lists) < 2:
        return None
    return Series(award.series, lists, _regulars(lists, user))


def _regulars(lists: list[AwardList], user: Any) -> list[Regular]:
    """Organisations on more than one of the lists, those on most of them first."""
    years = {award.pk: award.year for award in lists}
    named = AwardEntry.objects.visible_to(user).filter(award_list__in=years).exclude(organisations=None)
    on: dict[int, set[int]] = defaultdict(set)
    for body, award in named.order_by().values_list("organisations", "award_list"):
        on[body].add(award)
    several = {body: sorted(years[pk] for pk in awards) for body, awards in on.items() if len(awards) > 1}
    bodies = Organisation.objects.visible_to(user).in_bulk(several)
    regulars = [Regular(bodies[pk], several[pk]) for pk in bodies]
    return sorted(regulars, key=lambda regular: (-len(regular.years), regular.years, regular.organisation.name))
