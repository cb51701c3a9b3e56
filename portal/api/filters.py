"""Lists that only the API has."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import django_filters as filters

from cases.filters.fields import DistrictFilter, ValuesFilter, words_of_errors
from districts.models import District, DistrictQuerySet


class DistrictListFilter(filters.FilterSet):
    """Reads `district` (with all below it) and `level`; a value that is not valid shows an error and nothing."""

    district = DistrictFilter(label="区划", method="within")
    level = ValuesFilter(label="级别", what="级别", choices=District.Level.choices)

    class Meta:
        model = District
        fields: list[str] = []

    def within(self, districts: DistrictQuerySet, name: str, value: District) -> DistrictQuerySet:
        return districts.within(value)

    @cached_property
    def errors_in_words(self) -> list[str]:
        return words_of_errors(self)

    @cached_property
    def found(self) -> Any:
        return (self.qs if self.is_valid() else self.queryset.none()).order_by("code")
