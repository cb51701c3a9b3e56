"""The description of a list of cases: its form, choices, chips, counts, order and exports all read from here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import django_filters as filters
from django.db.models import Count, QuerySet

from cases.facets import Choice, DistrictCounts, Facet, placed, toggled
from cases.filters.fields import DistrictFilter, SlugsFilter, ValuesFilter, YearsFilter, words_of_errors
from cases.models import AwardEntry, AwardList, Case, Sector, Theme
from cases.models.case_queryset import CaseQuerySet
from cases.search import Found, search
from districts.models import District

BATCH = 500


class RankedCases:
    """Cases in the order in which search found them; a page of it costs as many queries as a page of a queryset."""

    def __init__(self, ids: list[int], cases: CaseQuerySet) -> None:
        self.ids = ids
        self.cases = cases

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, part: slice) -> Sequence[Case]:
        rows = self.cases.in_bulk(self.ids[part])
        return [rows[pk] for pk in self.ids[part] if pk in rows]


def visible_lists(request: Any) -> QuerySet[AwardList]:
    return AwardList.objects.visible_to(request.user if request else None)


class CaseFilter(filters.FilterSet):
    """Reads `q`, `district`, `sector`, `theme`, `kind`, `year`, `level`, `list` and `sort`.

    Several values of sector, theme, kind, year and level mean any of them. A value that is not valid shows an error and
    no cases.
    """

    SORTS = {
        "relevance": ("相关程度", ()),
        "newest": ("最新在前", ("-year", "-published_at", "number")),
        "oldest": ("最早在前", ("year", "number")),
        "title": ("标题", ("title", "number")),
    }

    q = filters.CharFilter(label="关键词", method="not_narrowing")
    district = DistrictFilter(label="区划", method="within_district")
    sector = SlugsFilter(label="领域", what="领域", queryset=Sector.objects.visible_to(None), method="in_sectors")
    theme = SlugsFilter(label="主题", what="主题", queryset=Theme.objects.visible_to(None), method="about_themes")
    kind = ValuesFilter(label="类型", what="类型", choices=Case.Kind.choices, method="of_kinds")
    year = YearsFilter(label="年度", method="of_years")
    level = ValuesFilter(label="榜单级别", what="榜单级别", choices=AwardList.Level.choices, method="with_award_levels")
    list = filters.ModelChoiceFilter(
        label="榜单",
        queryset=visible_lists,
        to_field_name="slug",
        method="on_list",
        error_messages={"invalid_choice": "没有这个榜单，请从榜单页选择"},
    )
    sort = filters.ChoiceFilter(
        label="排序",
        choices=[(name, label) for name, (label, _) in SORTS.items()],
        method="not_narrowing",
        error_messages={"invalid_choice": "“%(value)s”不是可选的排序方式"},
    )

    class Meta:
        model = Case
        fields: Sequence[str] = []

    def not_narrowing(self, cases: CaseQuerySet, name: str, value: Any) -> CaseQuerySet:
        return cases

    def within_district(self, cases: CaseQuerySet, name: str, value: District) -> CaseQuerySet:
        return cases.within(value)

    def in_sectors(self, cases: CaseQuerySet, name: str, value: Any) -> CaseQuerySet:
        return cases.in_sectors(value)

    def about_themes(self, cases: CaseQuerySet, name: str, value: Any) -> CaseQuerySet:
        return cases.about(value)

    def of_kinds(self, cases: CaseQuerySet, name: str, value: Sequence[str]) -> CaseQuerySet:
        return cases.of_kinds(value)

    def of_years(self, cases: CaseQuerySet, name: str, value: Sequence[int]) -> CaseQuerySet:
        return cases.of_years(value)

    def with_award_levels(self, cases: CaseQuerySet, name: str, value: Sequence[str]) -> CaseQuerySet:
        return cases.with_award_levels(value)

    def on_list(self, cases: CaseQuerySet, name: str, value: AwardList) -> CaseQuerySet:
        return cases.on_list(value)

    @cached_property
    def chosen(self) -> dict[str, Any]:
        """The valid values by parameter, without the empty ones."""
        return {name: value for name, value in self.form.cleaned_data.items() if value} if self.is_valid() else {}

    @cached_property
    def errors_in_words(self) -> Sequence[str]:
        """What is wrong with the address, one Chinese sentence each."""
        wrong = words_of_errors(self)
        return wrong or ([self.answer.message] if self.answer and self.answer.message else [])

    @property
    def words(self) -> str:
        return self.chosen.get("q", "")

    @cached_property
    def answer(self) -> Found | None:
        """What search says to the words, over all that the reader may see."""
        return search(self.words, self.queryset.all()) if self.words else None

    def narrowed(self, *, without: str = "") -> CaseQuerySet:
        """Cases that match everything chosen, or everything but one parameter."""
        if not self.is_valid():
            return self.queryset.none()
        cases = self.queryset.all()
        if self.answer is not None:
            cases = cases.among(self.answer.ids)
        for name, value in self.chosen.items():
            if name != without:
                cases = self.filters[name].filter(cases, value)
        return cases

    @property
    def order(self) -> str:
        return self.chosen.get("sort") or ("relevance" if self.words else "newest")

    @cached_property
    def found(self) -> RankedCases | CaseQuerySet:
        """The cases in the order of the page."""
        cases = self.narrowed()
        if self.answer is not None and self.order == "relevance":
            kept = set(cases.values_list("pk", flat=True))
            return RankedCases([pk for pk in self.answer.ids if pk in kept], self.queryset.for_cards())
        ordered = cases.order_by(*(self.SORTS[self.order][1] or self.SORTS["newest"][1])).for_cards()
        return ordered if self.words else ordered.in_brief()

    def in_order(self) -> Iterator[Case]:
        """Every case found, complete, in the order of the page and in batches."""
        ids = self.found.ids if isinstance(self.found, RankedCases) else list(self.found.values_list("pk", flat=True))
        for start in range(0, len(ids), BATCH):
            rows = self.queryset.for_page().in_bulk(ids[start : start + BATCH])
            yield from (rows[pk] for pk in ids[start : start + BATCH] if pk in rows)

    @cached_property
    def sorts(self) -> Sequence[Choice]:
        """The orders to choose from; relevance only where there are words."""
        return [
            Choice(name, label, 0, name == self.order, placed(self.data, "sort", name))
            for name, (label, _) in self.SORTS.items()
            if self.words or name != "relevance"
        ]

    @cached_property
    def chips(self) -> Sequence[Choice]:
        """What is chosen, each with the address that takes it off."""
        chips = [Choice(self.words, f"“{self.words}”", 0, True, placed(self.data, "q", ""))] if self.words else []
        if district := self.chosen.get("district"):
            chips.append(Choice(district.code, str(district), 0, True, placed(self.data, "district", "")))
        if award_list := self.chosen.get("list"):
            chips.append(Choice(award_list.slug, award_list.title, 0, True, placed(self.data, "list", "")))
        for facet in self.facets:
            if facet.name not in {"district", "list"}:
                chips += [choice for choice in facet.choices if choice.is_on]
        return chips

    @cached_property
    def facets(self) -> Sequence[Facet]:
        """All facets; each counts as if its own choice were open."""
        if self.errors_in_words:
            return []
        sectors = [(s.slug, s.name) for s in Sector.objects.visible_to(None)]
        themes = [(t.slug, t.name) for t in Theme.objects.visible_to(None)]
        lists = [(a.slug, a.title) for a in visible_lists(self.request)]
        years = self._counts("year", "year")
        return [
            self._district_facet(),
            self._facet("sector", sectors, self._counts("sector", "sector__slug")),
            self._facet("year", [(year, f"{year}年") for year in sorted(years, reverse=True)], years),
            self._facet("kind", Case.Kind.choices, self._counts("kind", "kind")),
            self._facet("level", AwardList.Level.choices, self._award_counts("level", "award_list__level")),
            self._facet("theme", themes, self._counts("theme", "themes__slug")),
            self._facet("list", lists, self._award_counts("list", "award_list__slug"), single=True),
        ]

    def _counts(self, name: str, column: str) -> dict[str, int]:
        """Cases by the value of a column, as if parameter `name` were open."""
        cases = self.narrowed(without=name).order_by().exclude(**{column: None})
        return {str(value): count for value, count in cases.values_list(column).annotate(Count("pk"))}

    def _award_counts(self, name: str, column: str) -> dict[str, int]:
        """Cases, each once, by a column of the published lists they stand on."""
        entries = AwardEntry.objects.visible_to(None).filter(case__in=self.narrowed(without=name)).order_by()
        return {
            str(value): count for value, count in entries.values_list(column).annotate(Count("case", distinct=True))
        }

    def _facet(self, name: str, options: Any, counts: dict[str, int], *, single: bool = False) -> Facet:
        on = set(self.data.getlist(name))
        choices = [
            Choice(value, label, counts.get(value, 0), value in on, toggled(self.data, name, value, single=single))
            for value, label in options
            if counts.get(value) or value in on
        ]
        return Facet(name, self.filters[name].label, choices)

    def _district_facet(self) -> Facet:
        chosen: District | None = self.chosen.get("district")
        tree = DistrictCounts(self.narrowed(without="district").count_by_district())
        below = [
            Choice(d.public_code, d.name, count, False, placed(self.data, "district", d.public_code))
            for d, count in tree.below(chosen)
        ]
        above = [*chosen.ancestors(), chosen] if chosen else []
        path = [
            Choice(d.public_code, d.name, 0, d == chosen, placed(self.data, "district", d.public_code)) for d in above
        ]
        return Facet("district", "区划", below, path)
