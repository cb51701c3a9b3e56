"""The description of a list of award lists."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import django_filters as filters

from cases.filters.fields import ValuesFilter, YearsFilter, words_of_errors
from cases.models import AwardList
from cases.models.award import AwardListQuerySet


class AwardFilter(filters.FilterSet):
    """Reads `year` and `level`; an invalid value shows an error and nothing."""

    year = YearsFilter(label="年份", method="of_years")
    level = ValuesFilter(label="级别", what="级别", choices=AwardList.Level.choices)

    class Meta:
        model = AwardList
        fields: list[str] = []

    def of_years(self, awards: AwardListQuerySet, name: str, value: list[int]) -> AwardListQuerySet:
        return awards.of_years(value)

    @cached_property
    def errors_in_words(self) -> list[str]:
        return words_of_errors(self)

    @cached_property
    def found(self) -> Any:
        """Lists, newest first."""
        return (self.qs if self.is_valid() else self.queryset.none()).newest()
