"""What a file is made of: columns, the kind of row they describe, and one export with its rows and notes."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum, auto
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.utils import timezone

from cases.models.source import chinese_date

# Control characters that no spreadsheet or XML can hold, and halves of surrogate pairs.
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

Row = TypeVar("Row")
# Makes a full address of a path: a file is read where no page is near.
Absolute = Callable[[str], str]
Cell = str | int | float | Sequence[str] | Any
Progress = Callable[[int], None]
Note = tuple[str, Any]


def cleaned(text: str) -> str:
    """Return the text without characters that files cannot hold."""
    return UNWRITABLE.sub("", text)


# So many lines of a table are written while one row with texts is.
LINES_AS_ONE = 20


class Part(Enum):
    """Where a column stands in a document in which each row is a chapter."""

    HEADING = auto()
    FACT = auto()
    TEXT = auto()
    LIST = auto()
    TABLE = auto()
    ABSENT = auto()


@dataclass(frozen=True)
class Detail(Generic[Row]):
    """Rows that hang on a row, the figures of a case: a sheet of their own in a workbook, a table in a document.

    `rows` gives them with numbers as numbers, `told` as readers write them under `told_headings`.
    """

    title: str
    headings: Mapping[str, int]
    rows: Callable[[Row], Iterable[Sequence[Any]]]
    told_headings: Sequence[str]
    told: Callable[[Row], Iterable[Sequence[str]]]


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One thing that a row gives.

    `name` is how an address chooses it, `heading` what readers call it, `width` is in characters. A cell is a text, a
    number, a date, or a list of texts. `keys` are those of the row's JSON that go with it, its name unless given.
    """

    name: str
    heading: str
    width: int
    cell: Callable[[Row, Absolute], Cell]
    part: Part = Part.FACT
    detail: Detail[Row] | None = None
    keys: Sequence[str] | None = None

    @property
    def data_keys(self) -> Sequence[str]:
        return (self.name,) if self.keys is None else self.keys


@dataclass(frozen=True)
class Subject(Generic[Row]):
    """A kind of row: what one is called, its columns, and one row as data under `key`.

    `identity` names the columns that tell of which row a detail is.
    """

    name: str
    measure: str
    key: str
    columns: Sequence[Column[Row]]
    as_data: Callable[[Row, Absolute], dict[str, Any]]
    identity: Sequence[str] = ()

    @property
    def has_chapters(self) -> bool:
        """Whether a document tells of each row by itself; otherwise they are lines of a table."""
        return any(column.part in {Part.HEADING, Part.TEXT} for column in self.columns)


@dataclass
class Told:
    """Ids of the cases and of the award lists of which a file tells."""

    cases: set[int] = field(default_factory=set)
    lists: set[int] = field(default_factory=set)

    def noting(self, cases: Iterable[Row]) -> Iterator[Row]:
        """Hand on cases that were prepared by `for_page()`, and note which they were and on which lists."""
        for case in cases:
            self.note(case)
            yield case

    def note(self, case: Any) -> None:
        self.cases.add(case.pk)
        self.lists.update(entry.award_list_id for entry in case.shown_awards)


@dataclass
class Export(Generic[Row]):
    """One file that is to be written.

    `rows` are read once, in the order of the page, and may arrive in batches; `count` says how many there will be.
    `notes` tell how the rows were chosen. `head` stands before the rows where a format is data. `stem` is the file's
    name in ASCII, without ending. `more` are further tables for formats that hold several.

    `told` are the cases and lists that the file tells of, complete once the rows are read: a file that is kept is not
    handed out after one of them is withdrawn. Where they are not known, it is kept until anything changes. `finish` is
    called when the file is written, before it is handed out.
    """

    title: str
    stem: str
    subject: Subject[Row]
    rows: Iterable[Row]
    count: int
    absolute: Absolute
    notes: Sequence[Note] = ()
    head: Mapping[str, Any] = field(default_factory=dict)
    columns: Sequence[Column[Row]] = ()
    more: Sequence[Export[Any]] = ()
    told: Told | None = None
    finish: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        self.columns = self.columns or self.subject.columns
        self.cuts: list[str] = []

    @property
    def effort(self) -> int:
        """How much work it is, in rows that are chapters; lines of a table are soon written."""
        return self.count if self.subject.has_chapters else math.ceil(self.count / LINES_AS_ONE)

    def counted(self, progress: Progress) -> Iterator[Row]:
        """The rows, telling `progress` how many have been handed out."""
        for number, row in enumerate(self.rows, start=1):
            yield row
            progress(number)

    def cells(self, row: Row) -> list[Cell]:
        return [column.cell(row, self.absolute) for column in self.columns]

    def identity(self, row: Row) -> list[Cell]:
        return [column.cell(row, self.absolute) for column in self.identifying]

    @property
    def identifying(self) -> list[Column[Row]]:
        return [column for column in self.subject.columns if column.name in self.subject.identity]

    @property
    def details(self) -> list[Detail[Row]]:
        return [column.detail for column in self.columns if column.detail]

    @cached_property
    def own_columns(self) -> list[Column[Row]]:
        """Columns that this file has besides those of its subject."""
        common = {column.name for column in self.subject.columns}
        return [column for column in self.columns if column.name not in common]

    @cached_property
    def data_keys(self) -> set[str] | None:
        """The keys of the chosen columns, None where all are chosen."""
        if len(self.columns) - len(self.own_columns) == len(self.subject.columns):
            return None
        return {key for column in self.columns for key in column.data_keys}

    def data(self, row: Row) -> dict[str, Any]:
        """Return the row as programs get it: whole, or the chosen columns; a column of this file alone by its name."""
        data = self.subject.as_data(row, self.absolute)
        if self.data_keys is not None:
            data = {key: value for key, value in data.items() if key in self.data_keys}
        return data | {column.name: column.cell(row, self.absolute) for column in self.own_columns}

    def note_cut(self, row: Row, heading: str, most: int) -> None:
        """Remember that a cell did not fit, for the notes."""
        place = " ".join(str(cell) for cell in self.identity(row))
        self.cuts.append(f"{place}：“{heading}”超过 {most} 个字符，已截断")


class FormatRefused(Exception):
    """A format that cannot hold so much, or that this machine cannot make: says in readers' words what to do."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class NoSuchColumn(Exception):
    """An address names columns that there are not; says so in readers' words."""


def chosen_columns(names: Iterable[str], columns: Sequence[Column[Row]]) -> list[Column[Row]]:
    """Return the columns of these names in the order of the description, all of them if none is named."""
    wanted = dict.fromkeys(names)
    known = {column.name for column in columns}
    if unknown := [name for name in wanted if name not in known]:
        named = "、".join(f"“{cleaned(name)[:20]}”" for name in unknown[:5])
        raise NoSuchColumn(f"没有名为{named}的栏目，请从“选择栏目”中勾选")
    return [column for column in columns if column.name in wanted or not wanted]


def number_of(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def in_words(cell: Cell) -> str:
    """Return a cell as one text, a line for each of several."""
    if cell is None:
        return ""
    return "\n".join(cell) if isinstance(cell, list | tuple) else str(cell)


def now() -> str:
    local = timezone.localtime()
    return f"{chinese_date(local.date())} {local:%H:%M}"
