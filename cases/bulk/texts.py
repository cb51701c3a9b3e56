"""Look through chosen texts of many cases for places where something is to change, each to be ticked by itself."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.core.exceptions import ValidationError

from cases.bulk import rights
from cases.bulk.carrying import Planned
from cases.bulk.kinds import KINDS
from cases.bulk.records import Records, State
from cases.models import Citation, Figure

CASE, SOURCE = "cases.case", "cases.source"
# What may be searched, by the name that a form gives it: model, field of its state, and what it is called.
FIELDS: dict[str, tuple[str, str, str]] = {
    "title": (CASE, "title", "标题"),
    "brand_name": (CASE, "brand_name", "品牌名称"),
    "summary": (CASE, "summary", "摘要"),
    "background": (CASE, "background", "背景与起因"),
    "approach": (CASE, "approach", "主要做法"),
    "results": (CASE, "results", "工作成效"),
    "lessons": (CASE, "lessons", "经验启示"),
    "figure_indicator": (CASE, "figures.indicator", "成效数据的指标"),
    "figure_unit": (CASE, "figures.unit", "成效数据的单位"),
    "source_publisher": (SOURCE, "publisher", "来源的发布者"),
    "source_title": (SOURCE, "title", "来源的标题"),
}
MOST_PLACES = 2_000


@dataclass(frozen=True)
class Place:
    """One place where something is to change, with what is around it. `key` tells it apart from all others.

    `old`, `new` and `why` are empty where all places of a search have the same. What is not `is_on` is only offered.
    """

    key: str
    field: str
    before: str
    after: str
    old: str = ""
    new: str = ""
    kind: str = ""
    why: str = ""
    is_on: bool = True


@dataclass
class Hit:
    """One record with the places in it; `refusal` says why it cannot be changed, `marks` what only can be seen."""

    model: str
    pk: int
    label: str
    address: str
    stamp: str
    state: State
    places: list[Place]
    refusal: str = ""
    marks: list[Place] = field(default_factory=list)


@dataclass
class Looking:
    """What looks through texts says of each where the places are, and what becomes of it."""

    fields: Sequence[str]
    hits: list[Hit] = field(default_factory=list, init=False)
    act: ClassVar[str] = "修改"

    def places(self, where: str, label: str, text: str, *, is_rich: bool) -> Iterator[Place]:
        """The places of a text; `where` is what their keys begin with, before a colon and their numbers from 0."""
        raise NotImplementedError

    def marks(self, label: str, text: str, *, is_rich: bool) -> Iterator[Place]:
        """Places of a text where something is wrong that only a person can put right."""
        yield from ()

    def changed(self, text: str, numbers: Collection[int], *, is_rich: bool) -> str:
        """The text with the places with these numbers changed."""
        raise NotImplementedError

    @property
    def open_hits(self) -> list[Hit]:
        return [hit for hit in self.hits if not hit.refusal]

    @property
    def refused(self) -> list[Hit]:
        return [hit for hit in self.hits if hit.refusal]

    @property
    def count(self) -> int:
        return sum(len(hit.places) for hit in self.open_hits)

    def find(self, pks: Sequence[int], user: Any) -> None:
        """Look through these cases, and the sources that they cite, if these are asked for."""
        self.hits = [*self._in(CASE, pks, user)]
        if any(FIELDS[name][0] == SOURCE for name in self.fields):
            cited = Citation.objects.filter(case__in=list(pks)).order_by("source").values_list("source", flat=True)
            self.hits += self._in(SOURCE, list(dict.fromkeys(cited)), user)
        if sum(len(hit.places) for hit in self.hits) > MOST_PLACES:
            raise ValidationError(f"找到的地方超过 {MOST_PLACES:,} 处，请缩小范围，分几次做，或写得更具体")

    def all_in(self, pks: Sequence[int]) -> Iterator[Hit]:
        """What is found in these cases, for who works on the machine itself: nobody's rights are asked for."""
        return self._in(CASE, pks, None)

    def _in(self, model: str, pks: Sequence[int], user: Any) -> Iterator[Hit]:
        kind = KINDS[model]
        wanted = [FIELDS[name] for name in self.fields if FIELDS[name][0] == model]
        if not wanted:
            return
        rows = kind.load(pks)
        editable = rights.editable(kind.model, user) if user else kind.model.objects
        open_to = set(editable.filter(pk__in=list(rows)).order_by().values_list("pk", flat=True))
        for row in (rows[pk] for pk in pks if pk in rows):
            state = kind.state(row)
            places = [
                place
                for _, name, label in wanted
                for at, text in _texts(state, name)
                for place in self.places(f"{model}:{row.pk}:{at}", label, text, is_rich=is_rich(kind, name))
            ]
            marks = [
                mark
                for _, name, label in wanted
                for _, text in _texts(state, name)
                for mark in self.marks(label, text, is_rich=is_rich(kind, name))
            ]
            if places or marks:
                hit = Hit(model, row.pk, str(row), kind.address(row), kind.stamp(row), state, places, marks=marks)
                hit.refusal = self._refusal(hit, is_open=row.pk in open_to)
                yield hit

    def _refusal(self, hit: Hit, *, is_open: bool) -> str:
        if not is_open:
            return "已公开或不在草稿状态，或者不在您的管辖范围，您不能修改"
        try:
            self.values(hit, {place.key for place in hit.places})
        except ValidationError as error:
            return f"{self.act}以后不能保存：{'；'.join(error.messages)}"
        return ""

    # Carrying out

    def plan(self, ticked: Collection[str]) -> list[Planned]:
        """What the ticked places make of the records; raise ValidationError where one could not be stored."""
        planned = []
        for hit in self.open_hits:
            values = self.values(hit, ticked)
            if values:
                planned.append(Planned(hit.model, hit.label, values, hit.pk, hit.stamp))
        return planned

    def values(self, hit: Hit, ticked: Collection[str]) -> State:
        kind, state = KINDS[hit.model], deepcopy(hit.state)
        chosen: dict[str, set[int]] = defaultdict(set)
        for key in ticked:
            where, _, number = key.rpartition(":")
            if re.fullmatch("[0-9]{1,9}", number):
                chosen[where].add(int(number))
        for name in (FIELDS[one][1] for one in self.fields if FIELDS[one][0] == hit.model):
            for at, text in list(_texts(state, name)):
                if numbers := chosen.get(f"{hit.model}:{hit.pk}:{at}"):
                    new = self.changed(text, numbers, is_rich=is_rich(kind, name))
                    _put(state, at, new)
                    _check(kind, name, new)
        _check_figures(state)
        return {name: value for name, value in state.items() if value != hit.state[name]}

    def shown_digest(self) -> list[Any]:
        """What stands for all that was found, as it was shown."""
        return [
            [hit.model, hit.pk, hit.stamp, [[one.key, one.old, one.new] for one in hit.places]]
            for hit in self.open_hits
        ]


def is_rich(kind: Records, name: str) -> bool:
    """Whether a field holds HTML: then its plain text stands in a column beside it."""
    return any(column.name == f"{name}_text" for column in kind.model._meta.fields)


def _texts(state: State, name: str) -> Iterator[tuple[str, str]]:
    """The texts of a field, and where in a state each is."""
    field_name, _, part = name.partition(".")
    if not part:
        yield field_name, state[field_name]
        return
    for number, row in enumerate(state[field_name]):
        yield f"{field_name}.{number}.{part}", row[part]


def _put(state: State, at: str, text: str) -> None:
    field_name, _, rest = at.partition(".")
    if rest:
        number, _, part = rest.partition(".")
        state[field_name][int(number)][part] = text
    else:
        state[field_name] = text


def _check(kind: Records, name: str, text: str) -> None:
    field_name, _, part = name.partition(".")
    model: Any = Figure if part else kind.model
    model._meta.get_field(part or field_name).clean(text, None)


def _check_figures(state: State) -> None:
    keys = [
        tuple(figure[name] for name in ("indicator", "unit", "year", "value")) for figure in state.get("figures", ())
    ]
    if len(keys) != len(set(keys)):
        raise ValidationError("有两项成效数据会变得相同")
