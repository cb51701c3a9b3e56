"""What the choosers in the fields of an article offer: records as far as they are named, read once for a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from cases.admin.choosers import HeldSelect
from cases.articles.proposals import Proposals
from cases.models import AwardList, Organisation, Sector, Source, Theme
from cases.remits import remit_of
from districts.models import District

OUTSIDE = "{}不在您管辖的区划，请改选，或不收这个案例"
FAR = "只能选择您管辖的区划或其上级，请重新选择"


class Known:
    """The records of one kind that the fields of an article name, read by one query."""

    def __init__(self, rows: QuerySet[Any], keys: Iterable[str]) -> None:
        self.rows = rows
        self.keys = {key for key in keys if key.isascii() and key.isdigit() and len(key) < 19}

    @cached_property
    def records(self) -> dict[str, Any]:
        return {str(one.pk): one for one in self.rows.filter(pk__in=self.keys)} if self.keys else {}

    def among(self, choices: Any, value: list[str]) -> list[tuple[str, str]]:
        """As `SharedChoices` answers a chooser."""
        return [(key, str(self.records[key])) for key in value if key in self.records]

    def told(self, key: str) -> str:
        return str(self.records.get(key, ""))


class RecordField(forms.Field):
    """One record by its key, chosen by typing; the widget is the admin's own. `refuses` says why not this one."""

    def __init__(
        self, known: Known, column: Any, refuses: Callable[[Any], str] = lambda one: "", **kwargs: Any
    ) -> None:
        widget: Any = HeldSelect(column, admin.site, attrs={"data-placeholder": "输入名称查找"})
        widget.shared = known
        widget.choices = ()
        super().__init__(widget=widget, **kwargs)
        self.known, self.refuses = known, refuses

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        found = self.known.records.get(str(value))
        if found is None:
            raise ValidationError("选中的已经不在，或您不能使用，请另选")
        if refusal := self.refuses(found):
            raise ValidationError(refusal)
        return found


class Vocabulary:
    """What the choosers of one page offer: two lists of words, and records of four kinds as far as they are named."""

    def __init__(self, user: Any, proposals: Proposals, cases: Iterable[Mapping[str, Any]]) -> None:
        cases = list(cases)
        self.reach = remit_of(user)
        leads = [row for case in cases for row in case["leads"]]
        source, award = proposals["source"], proposals["list"]
        noted = [*_choices(award), *(key for case in cases for key in _choices(case))]
        self.above = {code for own in self.reach.districts for code in own.ancestor_codes}
        places = [case["district"] for case in cases] + [row["district"] for row in leads] + noted
        self.districts = Known(District.objects.all(), places)
        bodies = [row["organisation"] for row in leads] + [key for row in leads for key in row.get("choices", ())]
        bodies += [award["organiser"], *_choices(award)]
        self.organisations = Known(Organisation.objects.visible_to(user, preview=True), bodies)
        self.sources = Known(Source.objects.visible_to(user, preview=True), [source["existing"], *_choices(source)])
        lists = AwardList.objects.editable_by(user).filter(status=AwardList.Status.DRAFT)
        self.lists = Known(lists, [row["award_list"] for case in cases for row in case["honours"]])

    def outside(self, place: District) -> str:
        """Why a case may not be put there, if so."""
        return "" if self.reach.covers(place) else OUTSIDE.format(place.full_name)

    def too_far(self, place: District) -> str:
        """Why a new organisation may not be put there, if so; it may stand above this curator's own districts."""
        return "" if self.reach.covers(place) or place.code in self.above else FAR

    @cached_property
    def sectors(self) -> list[tuple[str, str]]:
        return [(str(pk), name) for pk, name in Sector.objects.values_list("pk", "name")]

    @cached_property
    def themes(self) -> list[tuple[str, str]]:
        return [(str(pk), name) for pk, name in Theme.objects.values_list("pk", "name")]


def _choices(holder: Mapping[str, Any]) -> Iterator[str]:
    for note in holder["found"].values():
        yield from note.get("choices", ())
