"""The description of a list of award lists."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import Any

import django_filters as filters

from cases.choices import Address, Choice, Facet, options, worth_showing
from cases.facets import open_counts
from cases.filters.fields import DistrictFilter, ValuesFilter, YearsFilter, words_of_errors
from cases.models import AwardList
from cases.models.award import AwardListQuerySet
from districts.models import District


class AwardFilter(filters.FilterSet):
    """Reads `year`, `level` and `district`; an invalid value shows an error and nothing."""

    year = YearsFilter(label="年份", method="of_years")
    level = ValuesFilter(label="级别", what="级别", choices=AwardList.Level.choices)
    district = DistrictFilter(label="区划", method="concerning")

    class Meta:
        model = AwardList
        fields: list[str] = []

    def of_years(self, awards: AwardListQuerySet, name: str, value: list[int]) -> AwardListQuerySet:
        return awards.of_years(value)

    def concerning(self, awards: AwardListQuerySet, name: str, value: District) -> AwardListQuerySet:
        return awards.concerning(value)

    @cached_property
    def errors_in_words(self) -> list[str]:
        return words_of_errors(self)

    @cached_property
    def found(self) -> Any:
        """Lists, newest first."""
        return (self.qs if self.is_valid() else self.queryset.none()).for_list()

    @cached_property
    def address(self) -> Address:
        return Address(self.data, self.filters)

    @cached_property
    def place(self) -> District | None:
        """The district that the lists have to do with, if one is chosen."""
        return self.form.cleaned_data["district"] if self.is_valid() else None

    @property
    def chips(self) -> list[Choice]:
        """The chosen district, for which there is no facet, with the address that takes it off."""
        place = self.place
        if place is None:
            return []
        return [Choice(place.public_code, f"与{place}有关", 0, True, self.address.placed("district", ""))]

    @cached_property
    def facets(self) -> list[Facet]:
        """Years and levels, each counted as if its own choice were open."""
        if self.errors_in_words:
            return []
        chosen = self.form.cleaned_data
        awards = self.queryset.concerning(self.place) if self.place else self.queryset
        rows = list(awards.order_by().values("year", "level"))
        wanted = {name: set(chosen[name]).__contains__ for name in ("year", "level") if chosen[name]}
        years: Counter[int] = open_counts(rows, "year", wanted)
        levels: Counter[str] = open_counts(rows, "level", wanted)
        shown = sorted({*years, *map(int, chosen["year"])}, reverse=True)
        by_year = [(str(year), f"{year}年", years[year]) for year in shown]
        by_level = [(value, str(label), levels[value]) for value, label in AwardList.Level.choices]
        return worth_showing(
            options("year", "年份", by_year, self.data.getlist("year"), self.address),
            options("level", "级别", by_level, self.data.getlist("level"), self.address),
        )
