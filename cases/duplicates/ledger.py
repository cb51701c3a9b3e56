"""What a merge did to rows, taken down so that it can be undone: what they held before and after."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.core import serializers
from django.db import models

from cases.discarding import BATCH
from cases.models.discarded import ExactEncoder

# A version never goes back: a form that was opened in between has to be noticed.
GROWING = {"version"}
Values = dict[str, Any]
Key = tuple[str, Any]


class Ledger:
    """Look at rows with `watch` before anything is done to them; `changes` tells what became of them."""

    def __init__(self) -> None:
        self.before: dict[Key, Values] = {}
        self.removed: list[dict[str, Any]] = []
        self.added: list[dict[str, Any]] = []

    def watch(self, rows: models.QuerySet[Any]) -> list[Any]:
        """Remember these rows as they are; return their keys."""
        label = rows.model._meta.label_lower
        found = {(label, values["pk"]): values for values in stored(rows)}
        for key, values in found.items():
            self.before.setdefault(key, values)
        return [pk for _, pk in found]

    def remove(self, rows: models.QuerySet[Any]) -> int:
        """Delete rows on which nothing hangs, and keep what they said."""
        columns = [field.name for field in rows.model._meta.concrete_fields]
        self.removed += serializers.serialize("python", rows.order_by("pk"), fields=columns)
        return rows.delete()[0]

    def add(self, model: type[models.Model], pks: Iterable[Any]) -> None:
        self.added += [{"model": model._meta.label_lower, "pk": pk} for pk in sorted(pks)]

    def changes(self) -> list[dict[str, Any]]:
        """The columns of watched rows that are others now; rows that are gone are kept elsewhere."""
        told = []
        for label, rows in _by_model(self.before).items():
            for values in rows_of(label, [pk for _, pk in rows]):
                before = self.before[label, values["pk"]]
                for name, after in values.items():
                    if after != before[name] and name not in GROWING:
                        change = {"field": name, "before": before[name], "after": after}
                        told.append({"model": label, "pk": values["pk"]} | change)
        return told


def stored(rows: models.QuerySet[Any]) -> list[Values]:
    """Rows as JSON has them, by the names of their columns, with their keys as `pk`."""
    names = [field.name for field in rows.model._meta.concrete_fields if not field.primary_key]
    return [plain(values) for values in rows.order_by("pk").values("pk", *names)]


def plain(values: Values) -> Values:
    return dict(json.loads(json.dumps(values, cls=ExactEncoder)))


def rows_of(label: str, pks: list[Any]) -> list[Values]:
    model = apps.get_model(label)
    return [
        values
        for start in range(0, len(pks), BATCH)
        for values in stored(model._base_manager.filter(pk__in=pks[start : start + BATCH]))
    ]


def _by_model(keys: Iterable[Key]) -> dict[str, list[Key]]:
    found: dict[str, list[Key]] = {}
    for key in keys:
        found.setdefault(key[0], []).append(key)
    return found
