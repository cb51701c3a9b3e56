"""How far a curator's work reaches: which districts, and all that hangs on them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q

from districts.models import District

EVERYWHERE = "cases.everywhere"
NOWHERE = Q(pk__in=[])
# Not an empty Q, which would vanish beside another one: `public | Q()` is `public`.
EVERYTHING = ~NOWHERE


@dataclass(frozen=True)
class Reach:
    """The districts of one curator; `is_everywhere` needs none."""

    is_everywhere: bool
    districts: tuple[District, ...] = ()

    def within(self, path: str) -> Q:
        """Match what `path`, which leads to a district's code, places in these districts or below."""
        if self.is_everywhere:
            return EVERYTHING
        return reduce(or_, (district.subtree(path) for district in self.districts), NOWHERE)

    def above(self, path: str) -> Q:
        """Match what is placed in a district above one of these."""
        codes = {code for district in self.districts for code in district.ancestor_codes}
        return Q(**{f"{path}__in": sorted(codes)})

    def covers(self, district: District | None) -> bool:
        if self.is_everywhere:
            return True
        return district is not None and any(district.code.startswith(own.prefix) for own in self.districts)


def entered_near(user: Any) -> Q:
    """Match what this curator entered, or a colleague whose districts are all or partly theirs too.

    For records that no district holds, or one above: else nobody could check what somebody else began.
    """
    remit = remit_of(user)
    if remit.is_everywhere:
        return EVERYTHING
    colleagues = user.remits.model.objects.filter(remit.within("district__code")).values("user")
    return Q(created_by=user.pk) | Q(created_by__in=colleagues)


def is_curator(user: Any) -> bool:
    """Whether somebody enters the admin and sees cases there at all."""
    return user is not None and user.is_staff and user.has_perm("cases.view_case")


def remit_of(user: Any) -> Reach:
    """Return the reach of a curator; one query, once for each time that the user is read from the database."""
    known: Reach | None = getattr(user, "_reach", None)
    if known is None:
        if user.has_perm(EVERYWHERE):
            known = Reach(is_everywhere=True)
        else:
            rows = user.remits.select_related("district").order_by("district__code")
            known = Reach(is_everywhere=False, districts=tuple(row.district for row in rows))
        user._reach = known
    return known
