"""Two to four cases side by side: which are asked for, and what stands in each row."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from cases.charts import shortened
from cases.compare_figures import FigureRow, figure_rows
from cases.duplicates.redirecting import kept_numbers
from cases.filters import CaseFilter
from cases.models import Case, Citation, Credit
from cases.models.case import label_of
from cases.related import related_cases

if TYPE_CHECKING:
    from cases.models.case_queryset import CaseQuerySet

MOST = 4
MARKS = "甲乙丙丁"
CANDIDATES = 6
# An address can hold thousands of numbers; so many are looked at, and so many are named in a message.
LOOKED_AT = 20
NAMED = 5
NUMBER = re.compile(r"[0-9]{4}-[0-9]{4,8}")
SHORT = 14
# What is longer does not fit the three lines that a column's head may take while it stays in sight.
LONG_TITLE = 36


def address(numbers: Iterable[str]) -> str:
    """Return where these cases stand side by side, in this order."""
    return f"{reverse('cases:compare')}?{urlencode([('case', number) for number in numbers])}"


@dataclass(frozen=True)
class Asked:
    """The numbers in an address: those that can be shown, in order, and in words what became of the others."""

    numbers: list[str]
    faults: list[str]

    @classmethod
    def read(cls, written: Iterable[str], cases: CaseQuerySet) -> Asked:
        """Sort the numbers of an address; an unpublished one is told from an unknown one by nothing."""
        typed = [text for text in (unicodedata.normalize("NFKC", text).strip() for text in written) if text]
        distinct = list(dict.fromkeys(typed))
        formed = [text for text in distinct if NUMBER.fullmatch(text)]
        looked_at = formed[:LOOKED_AT]
        known = set(cases.numbered(looked_at).values_list("number", flat=True))
        if lacking := [number for number in looked_at if number not in known]:
            instead = kept_numbers(lacking)
            there = set(cases.numbered(instead.values()).values_list("number", flat=True)) if instead else set()
            known |= there
            looked_at = list(dict.fromkeys(new if (new := instead.get(n)) in there else n for n in looked_at))
        shown = [number for number in looked_at if number in known]
        problems = (
            ("{}不是案例编号。编号写作 2020-0007 的样子，请核对。", [t for t in distinct if t not in formed]),
            ("没有编号为{}的公开案例。请核对编号，或按标题搜索后加入。", [n for n in looked_at if n not in known]),
            ("编号{}写了不止一次，已合为一个。", [text for text in shown if typed.count(text) > 1]),
            (f"一次最多对比 {MOST} 个案例，没有显示{{}}。要看的话，请先移出一个。", shown[MOST:]),
            (f"编号太多，只看了前 {LOOKED_AT} 个，没有看{{}}。请分几次对比。", formed[LOOKED_AT:]),
        )
        return cls(shown[:MOST], [words.format(_named(texts)) for words, texts in problems if texts])


def _named(texts: Sequence[str]) -> str:
    """“甲”、“乙”, or the first few of many, shortened."""
    quoted = (f"“{text if len(text) <= SHORT else text[:SHORT] + '…'}”" for text in texts[:NAMED])
    return "、".join(quoted) + (f"等 {len(texts)} 个" if len(texts) > NAMED else "")


@dataclass(frozen=True)
class Column:
    """One case, what it is called where there is little room, and where its links lead."""

    mark: str
    case: Case
    without: str
    to_left: str
    to_right: str

    @property
    def short(self) -> str:
        return shortened(self.case.brand_name or self.case.title, SHORT)


@dataclass(frozen=True)
class Item:
    """One thing that is said of a case; `is_common` when all the cases share it but not all the rest of the row."""

    text: str
    url: str = ""
    is_common: bool = False


@dataclass(frozen=True)
class Row:
    """What is said of each case in one respect, in the order of the columns."""

    label: str
    cells: list[list[Item]]
    is_same: bool = False


@dataclass(frozen=True)
class Section:
    """The texts of one section, in the order of the columns."""

    name: str
    label: str
    texts: list[str]


@dataclass(frozen=True)
class Candidate:
    case: Case
    url: str


class Comparison:
    """Everything that the page shows, read from the address alone."""

    def __init__(self, params: QueryDict, cases: CaseQuerySet, user: Any) -> None:
        """Take the address's parameters, the cases that the reader may see, and the reader."""
        self.visible = cases
        self.user = user
        self.words = params.get("q", "").strip()
        self.asked = Asked.read(params.getlist("case"), cases)

    @cached_property
    def cases(self) -> list[Case]:
        rows = self.visible.for_page().in_bulk(self.asked.numbers, field_name="number") if self.asked.numbers else {}
        return [rows[number] for number in self.asked.numbers if number in rows]

    @property
    def numbers(self) -> list[str]:
        return [case.number for case in self.cases]

    @property
    def query(self) -> str:
        """The cases that are shown, as an address has them."""
        return urlencode([("case", number) for number in self.numbers])

    @property
    def has_room(self) -> bool:
        return len(self.cases) < MOST

    @cached_property
    def columns(self) -> list[Column]:
        def moved(place: int, step: int) -> str:
            other = place + step
            if not 0 <= other < len(self.cases):
                return ""
            numbers = list(self.numbers)
            numbers[place], numbers[other] = numbers[other], numbers[place]
            return address(numbers)

        return [
            Column(mark, case, address(n for n in self.numbers if n != case.number), moved(place, -1), moved(place, 1))
            for place, (mark, case) in enumerate(zip(MARKS, self.cases, strict=False))
        ]

    @cached_property
    def facts(self) -> list[Row]:
        return fact_rows(self.cases)

    @cached_property
    def sections(self) -> list[Section]:
        return [Section(name, label_of(name), [case.text_of(name) for case in self.cases]) for name in Case.SECTIONS]

    @cached_property
    def figures(self) -> list[FigureRow]:
        return figure_rows([list(case.figures.all()) for case in self.cases])

    @cached_property
    def sources(self) -> Row:
        return row("来源", [[_cited(citation) for citation in case.citations.all()] for case in self.cases])

    @cached_property
    def search(self) -> CaseFilter | None:
        """What the reader searches for to add; the same search as everywhere."""
        if not self.words or not self.has_room:
            return None
        query = QueryDict(mutable=True)
        query["q"] = self.words
        return CaseFilter(query, self.visible)

    @cached_property
    def candidates(self) -> list[Candidate]:
        """Cases to add: what the words find, else what is like the first case."""
        found: Iterable[Case] = []
        if self.search:
            found = self.search.found[: CANDIDATES + MOST] if not self.search.errors_in_words else []
        elif self.cases and self.has_room:
            found = related_cases(self.cases[0], self.user, without=self.cases[1:])
        others = [case for case in found if case.number not in self.numbers]
        return [Candidate(case, address([*self.numbers, case.number])) for case in others[:CANDIDATES]]


def row(label: str, cells: Sequence[Sequence[Item]]) -> Row:
    """Make a row; the same is what every case has, in whatever order."""
    texts = [{item.text for item in cell} for cell in cells]
    common = set.intersection(*texts)
    is_same = all(common == said for said in texts) and bool(common)
    marked = [[Item(i.text, i.url, not is_same and i.text in common) for i in cell] for cell in cells]
    return Row(label, marked, is_same)


def fact_rows(cases: Sequence[Case]) -> list[Row]:
    """Everything but texts, figures and sources, one row for each respect in which something is known of any case."""
    browse = reverse("cases:list")

    def credited(role: str) -> Callable[[Case], Iterator[Item]]:
        return lambda case: (
            Item(credit.organisation.name, credit.organisation.get_absolute_url())
            for credit in case.credits.all()
            if credit.role == role
        )

    has_long = any(len(case.title) > LONG_TITLE for case in cases)
    respects: list[tuple[str, Callable[[Case], Iterable[Item | None]]]] = [
        ("标题", lambda case: [Item(case.title) if has_long else None]),
        ("类型", lambda case: [Item(case.get_kind_display())]),
        ("品牌", lambda case: [Item(case.brand_name) if case.brand_name else None]),
        ("区划", lambda case: [Item(str(case.district), case.district.get_absolute_url()) if case.district else None]),
        ("领域", lambda case: [Item(case.sector.name, f"{browse}?sector={case.sector.slug}") if case.sector else None]),
        ("主题", lambda case: [Item(theme.name, f"{browse}?theme={theme.slug}") for theme in case.themes.all()]),
        ("年度", lambda case: [Item(f"{case.year}年")]),
        ("开始年份", lambda case: [Item(f"{case.start_year}年") if case.start_year else None]),
        *((str(role.label), credited(role)) for role in Credit.Role),
        ("入选榜单", lambda case: [_awarded(entry) for entry in case.shown_awards]),
    ]
    rows = [row(label, [[item for item in say(case) if item] for case in cases]) for label, say in respects]
    return [found for found in rows if any(found.cells)]


def _awarded(entry: Any) -> Item:
    told = "，".join(filter(None, [entry.award_list.get_level_display(), entry.standing]))
    return Item(f"{entry.award_list.title}（{told}）", entry.award_list.get_absolute_url())


def _cited(citation: Citation) -> Item:
    return Item(citation.told, citation.source.link)
