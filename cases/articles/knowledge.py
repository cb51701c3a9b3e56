"""What the library knows that helps to read an article, gathered in a constant number of queries."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, Self

from cases.duplicates.names import canonical
from cases.edition import Edition
from cases.models import AwardList, Organisation, Sector, Theme
from cases.models.organisation import names_in
from districts.gazetteer import Gazetteer
from districts.models import District


class Body(NamedTuple):
    """An organisation that the library has and this user may see."""

    pk: int
    name: str
    short_name: str = ""
    earlier_names: tuple[str, ...] = ()
    kind: str = ""
    district: str = ""

    @property
    def spellings(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.name, self.short_name, *self.earlier_names)))


@dataclass(frozen=True)
class Knowledge:
    """What `read` may use. Bodies, sectors and themes are those of the library; `series` names of its award lists."""

    bodies: tuple[Body, ...] = ()
    gazetteer: Gazetteer = field(default_factory=lambda: Gazetteer(()))
    sectors: dict[str, str] = field(default_factory=dict)  # names by slug
    themes: dict[str, str] = field(default_factory=dict)
    series: tuple[str, ...] = ()

    @classmethod
    def of(cls, user: Any) -> Self:
        """Gather what this user's own choosers would show them."""
        rows = Organisation.objects.visible_to(user, preview=True).order_by("pk")
        columns = rows.values_list("pk", "name", "short_name", "former_names", "kind", "district__code")
        lists = AwardList.objects.visible_to(user, preview=True).order_by("series").values_list("series", "title")
        return cls(
            bodies=tuple(_body(*row) for row in columns),
            gazetteer=gazetteer(),
            sectors=dict(Sector.objects.visible_to(user).values_list("slug", "name")),
            themes=dict(Theme.objects.visible_to(user).values_list("slug", "name")),
            series=tuple(dict.fromkeys(series or title for series, title in lists)),
        )

    @cached_property
    def bodies_by_key(self) -> dict[str, tuple[Body, ...]]:
        """Bodies by what `canonical` leaves of each of their names; two bodies may share one."""
        found: dict[str, dict[int, Body]] = {}
        for body in self.bodies:
            for spelling in body.spellings:
                found.setdefault(canonical(spelling), {})[body.pk] = body
        return {key: tuple(bodies.values()) for key, bodies in found.items()}

    @cached_property
    def sectors_by_name(self) -> dict[str, str]:
        return {name: slug for slug, name in self.sectors.items()}


def _body(pk: int, name: str, short_name: str, former: str, kind: str, district: str | None) -> Body:
    return Body(pk, name, short_name, tuple(names_in(former)), kind, district or "")


_made: tuple[str, Gazetteer] | None = None


def gazetteer() -> Gazetteer:
    """The gazetteer of all present divisions, remembered until anything in the library changes."""
    global _made
    stamp = Edition.current().stamp
    if _made is None or _made[0] != stamp:
        _made = stamp, Gazetteer(District.objects.current().order_by("code").values_list("code", "name"))
    return _made[1]
