"""Sources as plain values."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models

from cases.bulk.records import Records, State
from cases.models import Citation, Source


class SourceRecords(Records):
    model = Source
    name, measure = "来源", "个"
    columns = ("kind", "publisher", "title", "authors", "published", "page", "url", "note")
    labels = {
        "kind": "类型",
        "publisher": "发布者",
        "title": "来源标题",
        "authors": "作者",
        "published": "发布日期",
        "page": "版次或页码",
        "url": "网址",
        "note": "版本说明",
    }

    def all(self) -> models.QuerySet[Any]:
        return Source.objects.all()

    def create(self, values: Sequence[State], by: Any) -> list[Source]:
        made = [Source(key=f"source-{secrets.token_hex(6)}", created_by=by, **state) for state in values]
        return Source.objects.bulk_create(made, batch_size=200)

    def cases_showing(self, pks: Sequence[int]) -> list[int]:
        return list(Citation.objects.filter(source__in=pks).values_list("case_id", flat=True))


def named_in(states: Iterable[State]) -> dict[tuple[str, ...], State]:
    """The sources still to be made that these states refer to, each once."""
    found: dict[tuple[str, ...], State] = {}
    for state in states:
        for new in _new_ones(state):
            found.setdefault(_key(new), new)
    return found


def settle(state: State, made: dict[tuple[str, ...], int]) -> State:
    """The same state with the primary keys of sources that were made."""
    settled = dict(state)
    if "citations" in state:
        settled["citations"] = [
            [made[_key(source["new"])] if isinstance(source, dict) else source, place]
            for source, place in state["citations"]
        ]
    if "sources" in state:
        settled["sources"] = [
            made[_key(source["new"])] if isinstance(source, dict) else source for source in state["sources"]
        ]
    return settled


def _new_ones(state: State) -> Iterable[State]:
    cited = [source for source, _ in state.get("citations", ())] + list(state.get("sources", ()))
    return (source["new"] for source in cited if isinstance(source, dict))


def _key(new: State) -> tuple[str, ...]:
    return tuple(new.get(name, "") for name in ("publisher", "title", "published", "url"))
