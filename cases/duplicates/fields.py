"""What the record that stays says in each of its fields after a merge: its own words, the other's, or both."""

from __future__ import annotations

from typing import Any

from django.db import models

from cases.models import Case, Organisation
from cases.search import fold

KEPT, GONE, BOTH = "kept", "gone", "both"
CASE_FIELDS = (
    "title",
    "brand_name",
    "kind",
    "year",
    "start_year",
    "district",
    "sector",
    "themes",
    "part_of",
    *Case.SECTIONS,
)
ORGANISATION_FIELDS = ("name", "short_name", "kind", "district", "parent", "former_names")
FIELDS: dict[type[models.Model], tuple[str, ...]] = {Case: CASE_FIELDS, Organisation: ORGANISATION_FIELDS}
JOINABLE = {"themes", *Case.SECTIONS}
# Earlier names are always all kept.
SETTLED = {"former_names"}


def value_of(record: models.Model, name: str) -> Any:
    """A field's value as it compares: keys for relations, sorted for several."""
    field: Any = record._meta.get_field(name)
    if field.many_to_many:
        return sorted(getattr(record, name).values_list("pk", flat=True)) if record.pk else []
    return getattr(record, field.attname)


def proposed(kept: models.Model, gone: models.Model) -> dict[str, str]:
    """The choice for each field in which two records differ: what stays, unless it is empty."""
    found = {}
    for name in FIELDS[type(kept)]:
        own, other = value_of(kept, name), value_of(gone, name)
        if own != other and name not in SETTLED:
            found[name] = GONE if own in (None, "", []) else KEPT
    return found


def is_allowed(name: str, choice: str) -> bool:
    return choice in {KEPT, GONE} or (choice == BOTH and name in JOINABLE)


def chosen(kept: Any, gone: Any, choices: dict[str, str]) -> dict[str, Any]:
    """Values by field for what changes in the record that stays."""
    given = proposed(kept, gone) | choices
    found: dict[str, Any] = {}
    for name, choice in given.items():
        own, other = value_of(kept, name), value_of(gone, name)
        value = {KEPT: own, GONE: other}.get(choice)
        if choice == BOTH:
            value = sorted({*own, *other}) if isinstance(own, list) else _joined(name, own, other)
        if value != own:
            found[name] = value
    if isinstance(kept, Organisation):
        found |= _names(kept, gone, found)
    above = "parent" if isinstance(kept, Organisation) else "part_of"
    return found | _above(kept, gone, above, found)


def _joined(name: str, own: str, other: str) -> str:
    gap = "\n\n" if name == "summary" else ""
    return own if other in own else gap.join(filter(None, (own, other)))


def _names(kept: Organisation, gone: Organisation, found: dict[str, Any]) -> dict[str, Any]:
    """Every name that either had and that is no present one becomes an earlier one."""
    name, short = found.get("name", kept.name), found.get("short_name", kept.short_name)
    known = (*kept.earlier_names, kept.name, kept.short_name, gone.name, gone.short_name, *gone.earlier_names)
    present = {fold(name), fold(short), ""}
    earlier: dict[str, str] = {}
    for one in known:
        if fold(one) not in present or one in kept.earlier_names:
            earlier.setdefault(fold(one), one)
    told = "\n".join(earlier.values())
    return {"former_names": told} if told != kept.former_names else {}


def _above(kept: Any, gone: Any, name: str, found: dict[str, Any]) -> dict[str, Any]:
    """What stood above: never the record itself, nor the one that goes into it, however far up that stands."""
    line = _line_above(kept, name)
    wanted = found.get(name, getattr(kept, f"{name}_id"))
    if gone.pk in line or wanted in {kept.pk, gone.pk}:
        further = getattr(gone, f"{name}_id")
        wanted = None if further == kept.pk else further
        if kept.pk in _line_above(gone, name):  # they stand in each other's line already
            wanted = getattr(kept, f"{name}_id") if gone.pk not in line else None
    return {name: wanted} if wanted != getattr(kept, f"{name}_id") else {}


def _line_above(record: Any, name: str) -> list[int]:
    line: list[int] = []
    above = getattr(record, name)
    while above is not None and above.pk not in line:
        line.append(above.pk)
        above = getattr(above, name)
    return line
