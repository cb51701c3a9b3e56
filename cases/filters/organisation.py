"""The description of a list of organisations."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import django_filters as filters

from cases.choices import Address, Facet, options, place_facet, worth_showing
from cases.facets import lies_in, open_counts
from cases.filters.fields import DistrictFilter, ValuesFilter, words_of_errors
from cases.models import Organisation
from cases.models.organisation import OrganisationQuerySet
from cases.search import plain
from districts.models import District


class OrganisationFilter(filters.FilterSet):
    """Reads `q` (part of a name), `kind` and `district`; an invalid value shows an error and nothing."""

    q = filters.CharFilter(
        label="名称",
        method="named",
        max_length=100,
        error_messages={"max_length": "最多 100 个字，请只写名称中的几个字"},
    )
    kind = ValuesFilter(label="类别", what="类别", choices=Organisation.Kind.choices)
    district = DistrictFilter(label="区划", method="within_district")

    class Meta:
        model = Organisation
        fields: list[str] = []

    def named(self, organisations: OrganisationQuerySet, name: str, value: str) -> OrganisationQuerySet:
        return organisations.named(*self.spellings)

    def within_district(self, organisations: OrganisationQuerySet, name: str, value: District) -> OrganisationQuerySet:
        return organisations.within(value)

    @cached_property
    def errors_in_words(self) -> list[str]:
        return words_of_errors(self)

    @property
    def words(self) -> str:
        return self.form.cleaned_data["q"] if self.is_valid() else ""

    @property
    def conditions(self) -> list[str]:
        """What is asked for, in words."""
        if not self.is_valid():
            return []
        named = [f"名称含“{self.words}”"] if self.words else []
        kinds = [str(Organisation.Kind(kind).label) for kind in self.form.cleaned_data["kind"]]
        place = self.form.cleaned_data["district"]
        return [*named, *kinds, *([str(place)] if place else [])]

    @property
    def spellings(self) -> list[str]:
        """The reader's words as they wrote them and as search writes them; none without words."""
        return [self.words, plain(self.words)] if self.words else []

    @cached_property
    def found(self) -> Any:
        """Organisations with the most cases first."""
        found = self.qs if self.is_valid() else self.queryset.none()
        return found.with_case_counts(self.request.user).for_cards().busiest()

    @cached_property
    def address(self) -> Address:
        return Address(self.data, self.filters)

    @cached_property
    def kept(self) -> list[tuple[str, str]]:
        """Names and values of what stays chosen when the reader looks for another name."""
        return [(name, value) for name in ("kind", "district") for value in self.data.getlist(name)]

    @cached_property
    def facets(self) -> list[Facet]:
        """Kinds and districts, each counted as if its own choice were open."""
        if self.errors_in_words:
            return []
        place: District | None = self.form.cleaned_data["district"]
        kinds = set(self.form.cleaned_data["kind"])
        wanted = {"district__code": lies_in(place)} if place else {}
        wanted |= {"kind": kinds.__contains__} if kinds else {}
        named = self.queryset.named(*self.spellings) if self.words else self.queryset
        rows = list(named.order_by().values("kind", "district__code"))
        counts = open_counts(rows, "kind", wanted)
        by_kind = [(value, str(label), counts[value]) for value, label in Organisation.Kind.choices]
        return worth_showing(
            options("kind", "类别", by_kind, kinds, self.address),
            place_facet(open_counts(rows, "district__code", wanted), place, self.address),
        )
