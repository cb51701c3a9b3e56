"""What reading an article proposes: every value with the passages it came from, and why.

Passages are places in the repaired text, in characters, so that a page can show them. Nothing is guessed: where the
reader is unsure the value stays None and `choices` says between what a curator may choose.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")


class Passage(NamedTuple):
    """Characters `start` to `end` (exclusive) of the repaired text."""

    start: int
    end: int

    def of(self, text: str) -> str:
        return text[self.start : self.end]


@dataclass(frozen=True)
class Found(Generic[T]):
    """One proposed value; `why` says in Chinese which rule led to it, for the curator to judge."""

    value: T | None = None
    passages: tuple[Passage, ...] = ()
    why: str = ""
    choices: tuple[T, ...] = ()


@dataclass(frozen=True)
class BodyFound:
    """A body as the article names it: one that the library has, or one to be entered anew."""

    name: str
    passage: Passage
    organisation: int | None = None  # key of the organisation that the library has
    choices: tuple[int, ...] = ()  # keys between which the name does not decide
    kind: str = ""  # a value of Organisation.Kind
    district: str = ""  # code of the district
    why: str = ""


@dataclass(frozen=True)
class FigureFound:
    """One number, in base units as `Figure` has it: 2.3万人次 is 23000 and 人次, printed 2.3万人次."""

    indicator: str
    value: Decimal
    unit: str
    passage: Passage  # qualifier, number and unit as printed
    sentence: Passage  # the evidence: all that one must read to believe it
    qualifier: str = ""  # a value of Qualifier
    year: int | None = None
    why: str = ""

    def printed(self, text: str) -> str:
        return self.passage.of(text)


@dataclass(frozen=True)
class HonourFound:
    """An honour that the text says was won: 入选第九批“全国民主法治示范村”."""

    name: str
    passage: Passage
    level: str = ""  # a value of AwardList.Level
    year: int | None = None
    tier: str = ""  # 三等奖, 优秀组织奖
    granter: str = ""  # who gave it, as named
    why: str = ""


@dataclass(frozen=True)
class ParagraphFound:
    """One paragraph of a case and the section it belongs to; an empty section where the reader is unsure."""

    passage: Passage
    section: str = ""  # background, approach, results, lessons
    why: str = ""


@dataclass(frozen=True)
class CaseFound:
    """One case that an article tells, from its heading to its last paragraph."""

    passage: Passage
    title: Found[str] = field(default_factory=Found)
    brand_name: Found[str] = field(default_factory=Found)
    kind: Found[str] = field(default_factory=Found)  # a value of Case.Kind
    leads: tuple[BodyFound, ...] = ()
    district: Found[str] = field(default_factory=Found)  # the code of a district
    sector: Found[str] = field(default_factory=Found)  # the slug of a sector
    themes: tuple[Found[str], ...] = ()  # slugs of themes
    year: Found[int] = field(default_factory=Found)
    start_year: Found[int] = field(default_factory=Found)
    figures: tuple[FigureFound, ...] = ()
    honours: tuple[HonourFound, ...] = ()
    tier: str = ""  # 一等奖, 第二名: as the list that the article is announces it
    paragraphs: tuple[ParagraphFound, ...] = ()


@dataclass(frozen=True)
class SourceFound:
    """What the article says of itself; `published` is 2020-11-16, 2020-11 or 2020."""

    title: Found[str] = field(default_factory=Found)
    publisher: Found[str] = field(default_factory=Found)
    published: Found[str] = field(default_factory=Found)
    authors: Found[str] = field(default_factory=Found)
    page: Found[str] = field(default_factory=Found)
    url: Found[str] = field(default_factory=Found)
    kind: Found[str] = field(default_factory=Found)  # a value of Source.Kind


@dataclass(frozen=True)
class StageFound:
    """One stage of how a list was made: 征集, 超过, 160."""

    stage: str
    count: int
    passage: Passage
    qualifier: str = ""


@dataclass(frozen=True)
class ListFound:
    """The article as an award list: its cases are the entries, in the order of the article."""

    title: Found[str] = field(default_factory=Found)
    organiser: BodyFound | None = None
    year: Found[int] = field(default_factory=Found)
    level: Found[str] = field(default_factory=Found)  # a value of AwardList.Level
    order: Found[str] = field(default_factory=Found)  # a value of AwardList.Order
    funnel: tuple[StageFound, ...] = ()


@dataclass(frozen=True)
class ArticleFound:
    """All that reading one article proposes."""

    source: SourceFound = field(default_factory=SourceFound)
    cases: tuple[CaseFound, ...] = ()
    award_list: ListFound | None = None
    shape: str = ""  # in Chinese, how the article was cut: “单位、标题、正文”
