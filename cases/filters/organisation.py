"""The description of a list of organisations."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import django_filters as filters

from cases.filters.fields import DistrictFilter, ValuesFilter, words_of_errors
from cases.models import Organisation
from cases.models.organisation import OrganisationQuerySet
from cases.search import plain
from districts.models import District


class OrganisationFilter(filters.FilterSet):
    """Reads `q` (part of a name), `kind` and `district`; an invalid value shows an error and nothing."""

    q = filters.CharFilter(label="名称", method="named", max_length=100)
    kind = ValuesFilter(label="类别", what="类别", choices=Organisation.Kind.choices)
    district = DistrictFilter(label="区划", method="within_district")

    class Meta:
        model = Organisation
        fields: list[str] = []

    def named(self, organisations: OrganisationQuerySet, name: str, value: str) -> OrganisationQuerySet:
        return organisations.named(value, plain(value))

    def within_district(self, organisations: OrganisationQuerySet, name: str, value: District) -> OrganisationQuerySet:
        return organisations.within(value)

    @cached_property
    def errors_in_words(self) -> list[str]:
        return words_of_errors(self)

    @cached_property
    def found(self) -> Any:
        """Organisations with the most cases first."""
        return (self.qs if self.is_valid() else self.queryset.none()).busiest()
