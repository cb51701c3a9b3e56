"""Organisations as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models

from cases.bulk.records import Records, State
from cases.models import Credit, Organisation


class OrganisationRecords(Records):
    model = Organisation
    name, measure = "组织", "个"
    columns = ("name", "short_name", "kind", "district", "parent", "former_names")
    labels = {
        "name": "名称",
        "short_name": "简称",
        "kind": "类别",
        "district": "所在区划",
        "parent": "上级组织",
        "former_names": "曾用名",
    }

    def all(self) -> models.QuerySet[Any]:
        return Organisation.objects.all()

    def create(self, values: Sequence[State], by: Any) -> list[Organisation]:
        """Make the organisations, then set superiors: one may be the superior of another."""
        bodies = [
            Organisation(
                created_by=by,
                **{
                    ("district_id" if name == "district" else name): state[name]
                    for name in self.columns
                    if name in state and name != "parent"
                },
            )
            for state in values
        ]
        Organisation.objects.bulk_create(bodies, batch_size=200)
        for body, state in zip(bodies, values, strict=True):
            if state.get("parent"):
                body.parent_id = _superior(state["parent"])
        Organisation.objects.bulk_update([body for body in bodies if body.parent_id], ["parent"], batch_size=200)
        return bodies

    def change(self, row: Organisation, values: State, by: Any, why: str) -> None:
        if isinstance(values.get("parent"), dict):
            values["parent"] = _superior(values["parent"])
        super().change(row, values, by, why)

    def remove(self, pks: Sequence[int]) -> None:
        # Superiors protect what is under them, also where both go.
        Organisation.objects.filter(pk__in=pks).update(parent=None)
        super().remove(pks)

    def cases_showing(self, pks: Sequence[int]) -> list[int]:
        return list(Credit.objects.filter(organisation__in=pks).values_list("case_id", flat=True))


def _superior(named: Any) -> int:
    """The primary key of a superior, which may have been made in this very step and is then known by name."""
    return Organisation.objects.get(name=named["new"]).pk if isinstance(named, dict) else named
