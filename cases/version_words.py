"""What two versions of a case differ in, in the words of its form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.dateparse import parse_datetime
from django.utils.timezone import localtime

from cases.differences import Piece, pieces
from cases.models import Case
from cases.models.qualifier import plain_number
from cases.models.rich_text import RichTextField
from cases.rich_text import plain_text
from cases.snapshots import ROWS, Snapshot, columns, parts_of, said

# What says nothing to a person, or is said elsewhere.
UNTOLD = {"position", "file", "size", "uploaded_at", "created_at", "created_by", "number", "evidence"}

# Whether the curator may know a case that a version names, by its id.
Known = Callable[[str], bool]


@dataclass
class Line:
    """One row in both versions: `same`, `changed`, `moved` (only its place or its file is another), or in one only."""

    kind: str
    before: list[Piece] = field(default_factory=list)
    after: list[Piece] = field(default_factory=list)


@dataclass
class Difference:
    """One field, or the rows of one kind, in both versions."""

    name: str
    label: str
    before: list[Piece] = field(default_factory=list)
    after: list[Piece] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    differs: bool = True
    is_formatting: bool = False


def labels() -> dict[str, str]:
    """What fields and kinds of rows are called."""
    named = {one.name: str(one.verbose_name) for one in (*columns(Case), *Case._meta.many_to_many)}
    named |= {name: str(parts_of(Case, name)[0]._meta.verbose_name_plural) for name in ROWS}
    return named


def compare(before: Snapshot, after: Snapshot, *, knows: Known = lambda pk: True) -> list[Difference]:
    """Every field and every kind of rows of two versions, in the order of the form, whether or not they differ."""
    named = labels()
    fields = [one for one in (*columns(Case), *Case._meta.many_to_many) if one.name not in UNTOLD]
    told = []
    for one in fields:
        if one.name not in before["fields"] and one.name not in after["fields"]:
            continue
        texts = [_told(one, version["fields"].get(one.name), version, knows) for version in (before, after)]
        differs = before["fields"].get(one.name) != after["fields"].get(one.name)
        sides = _sides(*texts)
        is_formatting = differs and texts[0] == texts[1]
        told.append(Difference(one.name, named[one.name], *sides, differs=differs, is_formatting=is_formatting))
    for name in ROWS:
        rows = [version["rows"].get(name, []) for version in (before, after)]
        lines = _lines(name, before, after, knows)
        told.append(Difference(name, named[name], lines=lines, differs=said(rows[0]) != said(rows[1])))
    return told


def _sides(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    found = pieces(before, after)
    return [one for one in found if one.kind != "added"], [one for one in found if one.kind != "removed"]


def _lines(name: str, before: Snapshot, after: Snapshot, knows: Known) -> list[Line]:
    """Rows beside each other: those that are the same first by all that tells them apart, then by the first of it."""
    old, new = list(before["rows"].get(name, [])), list(after["rows"].get(name, []))
    pairs: dict[int, dict[str, Any]] = {}
    for key in (ROWS[name], ROWS[name][:1]):
        for place, row in enumerate(new):
            same = [one for one in old if all(one.get(part) == row.get(part) for part in key)]
            if same and place not in pairs:
                pairs[place] = same[0]
                old.remove(same[0])
    lines = [_line(name, pairs.get(place), row, before, after, knows) for place, row in enumerate(new)]
    return lines + [_line(name, row, None, before, after, knows) for row in old]


def _line(name: str, old: Any, new: Any, before: Snapshot, after: Snapshot, knows: Known) -> Line:
    texts = [row and row_in_words(name, row, version, knows) for row, version in ((old, before), (new, after))]
    if old is None:
        return Line("added", after=[Piece("added", texts[1])])
    if new is None:
        return Line("removed", before=[Piece("removed", texts[0])])
    kind = "same" if said([old]) == said([new]) else "moved" if texts[0] == texts[1] else "changed"
    return Line(kind, *_sides(*texts))


def row_in_words(name: str, row: dict[str, Any], version: Snapshot, knows: Known = lambda pk: True) -> str:
    told = [_told(one, row.get(one.name), version, knows) for one in parts_of(Case, name)[2] if one.name not in UNTOLD]
    return " · ".join(text for text in told if text)


def _told(one: Any, value: Any, version: Snapshot, knows: Known) -> str:
    if value in (None, "", []):
        return ""
    if one.is_relation:
        model = one.related_model._meta.label_lower
        names = version["names"].get(model, {})
        keys = [str(key) for key in (value if isinstance(value, list) else [value])]
        if model == "cases.case":
            return "、".join(names.get(key, "") if knows(key) else "（您不能查看的案例）" for key in keys)
        return "、".join(names.get(key, f"（已不存在，编号 {key}）") for key in keys)
    if one.choices:
        return str(dict(one.flatchoices).get(value, value))
    if isinstance(one, models.BooleanField):
        return "是" if value else "否"
    if isinstance(one, models.DecimalField):
        return plain_number(one.to_python(value))
    if isinstance(one, models.DateTimeField):
        moment = parse_datetime(value)
        return localtime(moment).strftime("%Y-%m-%d %H:%M") if moment else str(value)
    return plain_text(str(value)) if isinstance(one, RichTextField) else str(value)
