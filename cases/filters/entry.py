"""The description of what stands on one award list."""

from __future__ import annotations

from functools import cached_property
from typing import Any, NamedTuple

import django_filters as filters

from cases.choices import Address, Choice, Facet, near_places, options, worth_showing
from cases.facets import lies_in, open_counts
from cases.filters.fields import DistrictFilter, SlugsFilter, words_of_errors
from cases.models import AwardEntry, AwardList, Case, Sector
from cases.models.award import AwardEntryQuerySet
from cases.models.case_queryset import CaseQuerySet
from districts.models import District


class Group(NamedTuple):
    """Entries that stand together: those of one tier, or all of them under no heading."""

    tier: str
    entries: list[AwardEntry]


class EntryFilter(filters.FilterSet):
    """Reads `sector` (of cases that the reader may see) and `district`; an invalid value shows an error and nothing."""

    sector = SlugsFilter(label="领域", what="领域", queryset=Sector.objects.visible_to(None), method="in_sectors")
    district = DistrictFilter(label="区划", method="within_district")

    class Meta:
        model = AwardEntry
        fields: list[str] = []

    def __init__(self, data: Any, award: AwardList, *, request: Any) -> None:
        super().__init__(data, AwardEntry.objects.visible_to(request.user).on(award), request=request)
        self.award = award

    def in_sectors(self, entries: AwardEntryQuerySet, name: str, value: Any) -> AwardEntryQuerySet:
        return entries.about(self.cases.in_sectors(value)) if value else entries

    def within_district(self, entries: AwardEntryQuerySet, name: str, value: District) -> AwardEntryQuerySet:
        return entries.within(value)

    @cached_property
    def cases(self) -> CaseQuerySet:
        return Case.objects.visible_to(self.request.user)

    @cached_property
    def errors_in_words(self) -> list[str]:
        return words_of_errors(self)

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """All entries in the published order, with no more than what they are counted by."""
        entries = self.queryset.in_published_order().with_sectors(self.cases)
        return list(entries.values("pk", "district__code", "sector"))

    @cached_property
    def found(self) -> list[AwardEntry]:
        """The entries in the published order, each with its `place` on the whole list."""
        if self.errors_in_words:
            return []
        places = {row["pk"]: place for place, row in enumerate(self.rows, start=1)}
        entries = list(self.qs.in_published_order().with_cases(self.cases.in_brief()))
        for entry in entries:
            entry.place = places[entry.pk]
        return entries

    @cached_property
    def groups(self) -> list[Group]:
        """The entries by tier, where the list has tiers, in the order in which these were announced."""
        if self.award.order != AwardList.Order.TIERED:
            return [Group("", self.found)] if self.found else []
        tiers: dict[str, list[AwardEntry]] = {}
        for entry in self.found:
            tiers.setdefault(entry.tier, []).append(entry)
        without = tiers.pop("", [])
        groups = [Group(tier, entries) for tier, entries in tiers.items()]
        return [*groups, Group("未分等次" if groups else "", without)] if without else groups

    @cached_property
    def address(self) -> Address:
        return Address(self.data, self.filters)

    @cached_property
    def facets(self) -> list[Facet]:
        """Sectors and districts, each counted as if its own choice were open."""
        if self.errors_in_words:
            return []
        place: District | None = self.form.cleaned_data["district"]
        sectors = {sector.pk for sector in self.form.cleaned_data["sector"]}
        wanted = {"district__code": lies_in(place)} if place else {}
        wanted |= {"sector": sectors.__contains__} if sectors else {}
        counts = open_counts(self.rows, "sector", wanted)
        names = Sector.objects.visible_to(self.request.user).values_list("pk", "slug", "name")
        by_sector = [(slug, name, counts[pk]) for pk, slug, name in names]
        return worth_showing(
            options("sector", "领域", by_sector, self.data.getlist("sector"), self.address),
            near_places(open_counts(self.rows, "district__code", wanted), place, self.address),
        )

    @cached_property
    def chosen(self) -> list[Choice]:
        return [choice for facet in self.facets for choice in facet.choices if choice.is_on]
