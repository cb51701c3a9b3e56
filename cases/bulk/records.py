"""A kind of record as plain values: what it holds, how that is told, and how it is stored."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F
from django.utils import timezone

from cases import search
from cases.bulk.names import Names

State = dict[str, Any]
BATCH = 200


class Stale(Exception):
    """Somebody changed records between the preview and this step; `labels` names them."""

    def __init__(self, labels: Sequence[str]) -> None:
        super().__init__("、".join(labels))
        self.labels = list(labels)


def digest_of(what: Any) -> str:
    written = json.dumps(what, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()


class Records:
    """One kind of record. A state maps field names to values that JSON holds; what is referred to is a primary key."""

    model: Any
    name: str
    measure: str
    # Fields of a state that are columns of the model's own table.
    columns: tuple[str, ...]
    labels: Mapping[str, str]

    def all(self) -> models.QuerySet[Any]:
        """Every record, loaded for `state`; the number of queries does not grow."""
        raise NotImplementedError

    def load(self, pks: Iterable[int], *, lock: bool = False) -> dict[int, Any]:
        wanted, found = list(pks), {}
        for start in range(0, len(wanted), BATCH):
            batch = wanted[start : start + BATCH]
            if lock:  # of these rows alone: PostgreSQL locks no rows of an outer join
                list(self.model.objects.select_for_update().filter(pk__in=batch).values_list("pk"))
            found.update({row.pk: row for row in self.all().filter(pk__in=batch)})
        return found

    def state(self, row: Any) -> State:
        return {name: self.column(row, name) for name in self.columns}

    def column(self, row: Any, name: str) -> Any:
        return self.model._meta.get_field(name).value_from_object(row)

    def stamp(self, row: Any) -> str:
        """What differs once anybody changed the record, by whatever path."""
        return f"{row.version}:{digest_of(self.state(row))[:40]}"

    def stamps(self, pks: Iterable[int]) -> dict[int, str]:
        return {pk: self.stamp(row) for pk, row in self.load(pks).items()}

    def label(self, row: Any) -> str:
        return str(row)

    def address(self, row: Any) -> str:
        return f"/admin/{self.model._meta.label_lower.replace('.', '/')}/{row.pk}/change/"

    def create(self, values: Sequence[State], by: Any) -> list[Any]:
        raise NotImplementedError

    def change(self, row: Any, values: State, by: Any, why: str) -> None:
        """Store some fields of a record that `load` locked."""
        given = {name: value for name, value in values.items() if name in self.columns}
        given["version"] = F("version") + 1
        if any(field.name == "updated_at" for field in self.model._meta.fields):
            given["updated_at"] = timezone.now()
        self.model.objects.filter(pk=row.pk).update(**given)

    def begin(self, pks: Sequence[int]) -> None:
        """Keep what records say before they are changed, where versions are kept."""

    def keep(self, pks: Sequence[int], by: Any, why: str) -> None:
        """Keep what records say now."""

    def remove(self, pks: Sequence[int]) -> None:
        for start in range(0, len(pks), BATCH):
            self.model._base_manager.filter(pk__in=pks[start : start + BATCH]).delete()

    def cases_showing(self, pks: Sequence[int]) -> list[int]:
        """Cases that the index must look at again once these records changed."""
        return []

    def look_again(self, pks: Sequence[int]) -> None:
        for start in range(0, len(pks), BATCH):
            search.record(self.cases_showing(pks[start : start + BATCH]))

    def shown(self, name: str, value: Any, names: Names) -> str:
        """A value as a curator reads it."""
        if value in (None, "", []):
            return ""
        field = self.model._meta.get_field(name)
        if field.is_relation:
            return names.told(field.related_model, value)
        return str(dict(field.flatchoices).get(value, value)) if field.choices else str(value)
