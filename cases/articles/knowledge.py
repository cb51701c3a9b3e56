"""What the library knows that helps to read an article, gathered in a constant number of queries."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, Self

from cases.edition import Edition
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


# Longest first: each way to write what a body is, and the one that stands for all.
SAME = (
    ("中国共产党", "中共"),
    ("直属机关工作委员会", "直机关工委"),
    ("机关工作委员会", "机关工委"),
    ("直属机关委员会", "直机关党委"),
    ("直属机关党委", "直机关党委"),
    ("总支部委员会", "党总支"),
    ("支部委员会", "党支部"),
    ("工作委员会", "党工委"),
    ("委员会组织部", "委组织部"),
    ("市场监督管理局", "市场监管局"),
    ("卫生健康局", "卫健局"),
    ("卫生健康委员会", "卫健委"),
    ("街道办事处", "街"),
    ("街道", "街"),
)
PARTY = re.compile(r"^中共")
PLAIN_COMMITTEE = re.compile(r"(?<![工组党])委员会$")
COMMITTEE_OF_PLACE = re.compile(r"(?<=[省市区县旗])党委$")
PUNCTUATION = re.compile(r"[\s()（）“”\"'‘’·•,，、]")


def key_of(name: str) -> str:
    """Return what different ways to write a body's name have in common: 中共…区人民街工作委员会 is …人民街道党工委."""
    key = PUNCTUATION.sub("", name)
    for written, meant in SAME:
        key = key.replace(written, meant)
    if PARTY.match(key):
        key = PLAIN_COMMITTEE.sub("党委", key[2:])
    return COMMITTEE_OF_PLACE.sub("委", key)


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
        from cases.models import AwardList, Organisation, Sector, Theme

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
        found: dict[str, dict[int, Body]] = {}
        for body in self.bodies:
            for spelling in body.spellings:
                found.setdefault(key_of(spelling), {})[body.pk] = body
        return {key: tuple(bodies.values()) for key, bodies in found.items()}

    @cached_property
    def sectors_by_name(self) -> dict[str, str]:
        return {name: slug for slug, name in self.sectors.items()}


def _body(pk: int, name: str, short_name: str, former: str, kind: str, district: str | None) -> Body:
    earlier = tuple(line.strip() for line in former.splitlines() if line.strip())
    return Body(pk, name, short_name, earlier, kind, district or "")


_made: tuple[str, Gazetteer] | None = None


def gazetteer() -> Gazetteer:
    """The gazetteer of all present divisions, remembered until anything in the library changes."""
    global _made
    stamp = Edition.current().stamp
    if _made is None or _made[0] != stamp:
        _made = stamp, Gazetteer(District.objects.current().order_by("code").values_list("code", "name"))
    return _made[1]
