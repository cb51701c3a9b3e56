"""The description of a list of cases: its form, choices, chips, counts, order and exports all read from here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.urls import reverse

from cases.choices import Address, Choice, Facet, place_choice, written
from cases.district_counts import Branch, DistrictCounts, named
from cases.facets import Tally
from cases.filters.fields import DistrictFilter, SlugsFilter, ValuesFilter, YearsFilter, words_of_errors
from cases.models import AwardList, Case, Sector, Theme
from cases.models.case_queryset import CaseQuerySet
from cases.search import Found, corrections, search
from districts.models import District

BATCH = 500
# A facet with more choices than this begins with the first so many.
MOST_CHOICES, FIRST_CHOICES = 12, 10
# What is longer and finds something near is a question, not a slip of the pen.
LONGEST_SLIP = 12


class CasesInOrder:
    """Cases of which only the ids are known: their number costs nothing, and a page of them is read by its ids."""

    def __init__(self, ids: Sequence[int] | QuerySet[Case, int], count: int, cases: CaseQuerySet) -> None:
        self.ids = ids
        self.count = count
        self.cases = cases

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, part: slice) -> Sequence[Case]:
        ids = list(self.ids[part])
        rows = self.cases.order_by().in_bulk(ids)  # an order would lead SQLite past the primary key
        return [rows[pk] for pk in ids if pk in rows]


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
        values = self.form.cleaned_data if self.is_valid() else {}
        return {name: value for name, value in values.items() if name in self.data and value}

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

    def narrowed(self) -> CaseQuerySet:
        """Cases that match everything chosen but the words."""
        cases = self.queryset.all()
        for name, value in self.chosen.items():
            cases = self.filters[name].filter(cases, value)
        return cases

    @cached_property
    def visible(self) -> CaseQuerySet:
        """What to read of the cases that the reader may see: with words that few cases have, only those."""
        return self.queryset.few_among(self.answer.ids) if self.answer else self.queryset.all()

    @cached_property
    def tally(self) -> Tally:
        return Tally(self.queryset.all(), self.chosen, self.answer.ids if self.answer else None)

    @cached_property
    def certain(self) -> int:
        """How many of the cases found have all the words."""
        return len(self.tally.cases.intersection(self.answer.certain)) if self.answer else len(self.tally.cases)

    @cached_property
    def corrections(self) -> Sequence[Choice]:
        """What the reader may have meant instead of words that nothing found has."""
        if not self.words or self.errors_in_words or self.certain:
            return []
        if self.tally.cases and len(self.words) > LONGEST_SLIP:
            return []
        others = corrections(self.words, self.narrowed())
        return [Choice(other, other, 0, False, self.address.placed("q", other)) for other in others]

    @property
    def order(self) -> str:
        return self.chosen.get("sort") or ("relevance" if self.words else "newest")

    @property
    def is_by_relevance_alone(self) -> bool:
        """Whether the places of the list are search's own: nothing but words was chosen."""
        return bool(self.words) and self.order == "relevance" and self.chosen.keys() <= {"q", "sort"}

    @cached_property
    def found(self) -> CasesInOrder:
        """The cases in the order of the page."""
        if not self.is_valid():
            return CasesInOrder([], 0, self.queryset.none())
        matching, order = self.tally.cases, self.SORTS[self.order][1] or self.SORTS["newest"][1]
        if self.answer is None:
            ids = self.narrowed().order_by(*order).values_list("pk", flat=True)
            return CasesInOrder(ids, len(matching), self.queryset.for_list().in_brief())
        ranked: Iterable[int] = self.answer.ids
        if self.order != "relevance":
            ranked = self.visible.order_by(*order).values_list("pk", flat=True)
        cases = self.queryset.for_list().prefetch_related("figures")
        return CasesInOrder([pk for pk in ranked if pk in matching], len(matching), cases)

    def in_order(self) -> Iterator[Case]:
        """Every case found, complete, in the order of the page and in batches."""
        ids = list(self.found.ids)
        for start in range(0, len(ids), BATCH):
            yield from self._complete(ids[start : start + BATCH])

    def part(self, part: slice) -> Sequence[Case]:
        """Some of the cases found, complete, in the order of the page; the others are not read."""
        return self._complete(list(self.found.ids[part]))

    def latest(self, count: int) -> Sequence[Case]:
        """Those of the cases found that were published last, complete."""
        cases = self.queryset.among(list(self.tally.cases)) if self.words else self.narrowed()
        return list((cases if self.is_valid() else cases.none()).for_page().order_by("-published_at", "number")[:count])

    def _complete(self, ids: Sequence[int]) -> Sequence[Case]:
        rows = self.queryset.for_page().in_bulk(ids)
        return [rows[pk] for pk in ids if pk in rows]

    @cached_property
    def address(self) -> Address:
        return Address(self.data, self.filters)

    def branches(self, typed: str = "") -> Sequence[Branch]:
        """The tree of districts with the cases found, counted as if no district were chosen; those called so if any."""
        if self.errors_in_words:
            return []
        branches = DistrictCounts(self.tally.counts("district").items()).branches()
        return named(branches, typed) if typed else branches

    @property
    def tree_query(self) -> str:
        """The address of the tree of districts from which one is chosen for this list."""
        return self.address.placed("choose", "1")

    @property
    def before_district(self) -> str:
        """The address of this list up to the code of the district that is yet to be chosen."""
        return f"{reverse('cases:list')}?{'&'.join(filter(None, [self.address.placed('district', ''), 'district=']))}"

    @cached_property
    def sorts(self) -> Sequence[Choice]:
        """The orders to choose from; relevance only where there are words."""
        return [
            Choice(name, label, 0, name == self.order, self.address.placed("sort", name))
            for name, (label, _) in self.SORTS.items()
            if self.words or name != "relevance"
        ]

    @cached_property
    def chips(self) -> Sequence[Choice]:
        """What is chosen, each with the address that takes it off."""
        return [chip for _, chip in self._chips()]

    @property
    def conditions(self) -> Sequence[str]:
        """What is chosen besides words, for the notes of files."""
        return [chip.label for name, chip in self._chips() if name != "q"]

    def _chips(self) -> Iterator[tuple[str, Choice]]:
        """Pairs of a parameter and one thing chosen for it."""
        if self.words:
            yield "q", Choice(self.words, f"“{self.words}”", 0, True, self.address.placed("q", ""))
        if district := self.chosen.get("district"):
            yield "district", Choice(district.code, str(district), 0, True, self.address.placed("district", ""))
        if award_list := self.chosen.get("list"):
            yield "list", Choice(award_list.slug, award_list.title, 0, True, self.address.placed("list", ""))
        for facet in self.facets:
            if facet.name not in {"district", "list"}:
                yield from ((facet.name, choice) for choice in facet.choices if choice.is_on)

    @cached_property
    def ways_out(self) -> Sequence[Choice]:
        """Where nothing is found: what to give up, each with the cases there would be, most first; none that has none.

        One thing chosen, with all its values, or everything but the words.
        """
        labels: dict[str, list[str]] = {}
        for name, chip in self._chips():
            labels.setdefault(name, []).append(chip.label)
        ways = []
        for name, values in labels.items():
            count = self.narrowed().count() if name == "q" else len(self.tally.without(name))
            ways.append(Choice(name, f"去掉{'、'.join(values)}", count, False, self.address.placed(name, "")))
        if self.answer and len(labels) > 2:
            query = written("q", [self.words])
            ways.append(Choice("", f"只留“{self.words}”", self.answer.count, False, query))
        return sorted((way for way in ways if way.count), key=lambda way: -way.count)

    @property
    def kept(self) -> Sequence[tuple[str, str]]:
        """What other words are searched for among: name and value of all that is chosen but words and order."""
        names = [name for name in self.chosen if name not in {"q", "sort"}]
        return [(name, value) for name in names for value in self.data.getlist(name)]

    @cached_property
    def facets(self) -> Sequence[Facet]:
        """All facets that have something to choose; each counts as if its own choice were open."""
        if self.errors_in_words:
            return []
        years = sorted({*self.tally.counts("year"), *self.chosen.get("year", ())}, reverse=True)
        facets = [
            self._district_facet(),
            self._facet("sector", Sector.objects.visible_to(None).values_list("pk", "slug", "name")),
            self._facet("year", [(year, str(year), f"{year}年") for year in years]),
            self._facet("kind", [(value, value, label) for value, label in Case.Kind.choices]),
            self._facet("level", [(value, value, label) for value, label in AwardList.Level.choices]),
            self._facet("theme", Theme.objects.visible_to(None).values_list("pk", "slug", "name")),
            self._facet("list", visible_lists(self.request).values_list("pk", "slug", "title"), single=True),
        ]
        return [facet for facet in facets if facet.choices or facet.above]

    def _facet(self, name: str, options: Iterable[tuple[Any, str, str]], *, single: bool = False) -> Facet:
        """Take the options as triples: what is counted, how the address writes it, and its label."""
        on, counts = set(self.data.getlist(name)), self.tally.counts(name)
        options = [option for option in options if counts[option[0]] or option[1] in on]
        is_open, is_long = name in self.data.getlist("more"), len(options) > MOST_CHOICES
        shown = options
        if is_long and not is_open:
            shown = [option for place, option in enumerate(options) if place < FIRST_CHOICES or option[1] in on]
        label = "收起" if is_open else f"其余 {len(options) - len(shown)} 个"
        rest = Choice(name, label, 0, is_open, self.address.toggled("more", name)) if is_long else None
        choices = [
            Choice(value, label, counts[key], value in on, self.address.toggled(name, value, single=single))
            for key, value, label in shown
        ]
        return Facet(name, self.filters[name].label, choices, rest=rest)

    def _district_facet(self) -> Facet:
        chosen: District | None = self.chosen.get("district")
        tree = DistrictCounts(self.tally.counts("district").items())
        above = [*chosen.ancestors(), chosen] if chosen else []
        below = tree.below(chosen)
        if len(below) > MOST_CHOICES:
            below = below[:FIRST_CHOICES]
        return Facet(
            "district",
            "区划",
            [place_choice(place, count, self.address) for place, count in below],
            [place_choice(place, 0, self.address, is_on=place == chosen) for place in above],
        )
