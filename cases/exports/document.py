"""What an export is on paper: a chapter for each row, or one table where a row has no text to read."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.conf import settings

from cases.exports.description import Cell, Column, Export, Part, Progress, Row, cleaned, in_words
from cases.models.source import chinese_date

# With more chapters than this there is a table of contents.
WITHOUT_CONTENTS = 5
# Two facts stand in one line where neither is longer; where one has more characters, it has the line to itself.
SHORT_FACT = 12
# A table that is wider, in half-width characters, lies on its side.
UPRIGHT = 96
# One that is not wider takes half of a page that lies on its side: across all of it a number is far from its name.
HALF = 60
BETWEEN = 4
# How many half-width characters a line across the page has, upright and on its side in smaller letters.
ACROSS, ACROSS_SIDEWAYS = 74, 132
# A row of so many lines is not broken over pages.
KEPT = 12
ADDRESS = re.compile(r"https?://[^\s\"\\<>，。、；：！？（）《》“”]+")


Fact = tuple[str, str]


@dataclass(frozen=True)
class Piece:
    """A run of text; `url` where it is an address."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Text:
    """Paragraphs and items; in `groups`, pairs of whether these are items and their texts."""

    label: str
    groups: Sequence[tuple[bool, Sequence[str]]]
    kind = "text"


@dataclass(frozen=True)
class Listing:
    """Items that are numbered from 1."""

    label: str
    items: Sequence[str]
    kind = "listing"


@dataclass(frozen=True)
class Table:
    """Rows of texts under headings; `widths` are shares of the whole, `numeric` the places of columns of numbers."""

    label: str
    headings: Sequence[str]
    widths: Sequence[int]
    rows: Sequence[Sequence[str]]
    numeric: Collection[int] = ()
    kind = "table"

    @property
    def is_wide(self) -> bool:
        return sum(self.widths) > UPRIGHT

    @property
    def is_narrow(self) -> bool:
        return sum(self.widths) <= HALF

    @property
    def shares(self) -> list[float]:
        """The widths as parts of the whole, with room for what stands between the columns."""
        whole = sum(self.widths) + BETWEEN * len(self.widths)
        return [(width + BETWEEN) / whole for width in self.widths]

    @property
    def told_rows(self) -> Iterator[tuple[Sequence[str], bool]]:
        """The rows, with whether each is so high that it may be broken over pages."""
        across = ACROSS_SIDEWAYS if self.is_wide else ACROSS
        room = [max(1, int(share * across) // 2) for share in self.shares]
        for row in self.rows:
            yield row, max(map(_lines_in, row, room)) > KEPT


@dataclass(frozen=True)
class Chapter:
    """One row; `mark` is how it is referred to, the number of a case."""

    title: str
    mark: str
    facts: Sequence[Fact]
    parts: Sequence[Text | Listing | Table]

    @property
    def lines(self) -> list[Sequence[Fact]]:
        return lines_of(self.facts)


class Paper:
    """An export as a document: what stands before the rows, and these as chapters or tables."""

    def __init__(self, export: Export[Any], progress: Progress) -> None:
        self.export = export
        self.progress = progress
        self.title = cleaned(export.title)
        self.author = settings.SITE["owner"] or settings.SITE["name"]
        self.size = f"共 {export.count:,} {export.subject.measure}{export.subject.name}"
        notes = ((label, told(value)) for label, value in export.notes)
        self.notes: list[Fact] = [(label, text) for label, text in notes if text not in {"", self.title}]

    @property
    def note_lines(self) -> list[Sequence[Fact]]:
        return lines_of(self.notes)

    @property
    def has_chapters(self) -> bool:
        return self.export.subject.has_chapters

    @property
    def has_cover(self) -> bool:
        """One chapter alone begins the document; how it was chosen is told after it."""
        return self.has_chapters and self.export.count != 1

    @property
    def has_contents(self) -> bool:
        return self.has_chapters and self.export.count > WITHOUT_CONTENTS

    @property
    def running_title(self) -> str:
        return self.title if self.has_cover or not self.has_chapters else str(settings.SITE["name"])

    def chapters(self) -> Iterator[Chapter]:
        """Make the chapters, once, as the rows arrive."""
        for row in self.export.counted(self.progress):
            yield self._chapter(row)

    def tables(self) -> list[Table]:
        parts = (self.export, *self.export.more)
        return [_table(part, part.subject.name if self.export.more else "", self.progress) for part in parts]

    def _chapter(self, row: Any) -> Chapter:
        facts, parts = [], []
        for column in self.export.columns:
            if column.name in self.export.subject.identity:
                continue
            if column.part is Part.FACT:
                if text := told(column.cell(row, self.export.absolute)):
                    facts.append((column.heading, text))
            elif part := self._part(column, row):
                parts.append(part)
        # Title and number stand there whether they are chosen or not: a chapter without them helps nobody.
        return Chapter(self._called(row, True), self._called(row, False), facts, parts)

    def _called(self, row: Any, by_title: bool) -> str:
        columns = [column for column in self.export.identifying if (column.part is Part.HEADING) == by_title]
        return " ".join(told(column.cell(row, self.export.absolute)) for column in columns)

    def _part(self, column: Column[Any], row: Any) -> Text | Listing | Table | None:
        if column.part is Part.TABLE and column.detail:
            detail = column.detail
            rows = [[told(cell) for cell in line] for line in detail.told(row)]
            return _without_empty(detail.title, detail.told_headings, _widths_of(rows), rows) if rows else None
        if column.part not in {Part.TEXT, Part.LIST, Part.TABLE}:
            return None
        cell: Any = column.cell(row, self.export.absolute)
        if column.part is Part.TEXT:
            groups = groups_of(told(cell))
            return Text(column.heading, groups) if groups else None
        items = [told(item) for item in ([cell] if isinstance(cell, str) else cell) if told(item)]
        return Listing(column.heading, items) if items else None


def _table(export: Export[Row], label: str, progress: Progress) -> Table:
    columns = [column for column in export.columns if column.part is not Part.ABSENT] or export.columns
    cells = [[column.cell(row, export.absolute) for column in columns] for row in export.counted(progress)]
    rows = [[f"{cell:,}" if _is_number(cell) else told(cell) for cell in line] for line in cells]
    numeric = {place for place in range(len(columns)) if any(_is_number(line[place]) for line in cells)}
    return _without_empty(label, [c.heading for c in columns], [c.width for c in columns], rows, numeric)


def _is_number(cell: Any) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _without_empty(
    label: str,
    headings: Sequence[str],
    widths: Sequence[int],
    rows: Sequence[Sequence[str]],
    numeric: Collection[int] = (),
) -> Table:
    """Make a table of the columns in which any row has something: paper is narrow."""
    every = range(len(headings))
    kept: Sequence[int] = [place for place in every if any(row[place] for row in rows)] or every
    return Table(
        label,
        [cleaned(headings[place]) for place in kept],
        [widths[place] for place in kept],
        [[row[place] for place in kept] for row in rows],
        {new for new, place in enumerate(kept) if place in numeric},
    )


def _lines_in(text: str, room: int) -> int:
    """How many lines a text takes where `room` Hanzi are one."""
    return sum(math.ceil(len(line) / room) or 1 for line in text.splitlines())


def _widths_of(rows: Sequence[Sequence[str]]) -> list[int]:
    """Widths for what the cells hold, in bounds that leave room for the others."""
    return [max(12, min(48, 2 * max(len(row[place]) for row in rows))) for place in range(len(rows[0]))]


def told(cell: Cell) -> str:
    """Return a cell as readers write it, without characters that files cannot hold."""
    if isinstance(cell, date):
        return chinese_date(cell)
    return cleaned(in_words(cell)).strip()


def lines_of(facts: Sequence[Fact]) -> list[Sequence[Fact]]:
    """Return the facts line by line, two short ones that follow each other in one."""
    lines: list[Sequence[Fact]] = []
    for fact in facts:
        last = lines[-1] if lines else []
        if len(last) == 1 and all(len(text) <= SHORT_FACT and "\n" not in text for _, text in (*last, fact)):
            lines[-1] = [*last, fact]
        else:
            lines.append([fact])
    return lines


def groups_of(text: str) -> list[tuple[bool, list[str]]]:
    """Split a text as its page does: a paragraph a line, and items where lines begin with `- `.

    Return pairs of whether these are items, and their texts.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    grouped = ((is_item, list(found)) for is_item, found in groupby(lines, key=lambda line: line.startswith("- ")))
    return [(is_item, [line[2:].strip() if is_item else line for line in found]) for is_item, found in grouped]


def pieces_of(text: str) -> Iterator[Piece]:
    """Split a text at the addresses in it."""
    end = 0
    for match in ADDRESS.finditer(text):
        if match.start() > end:
            yield Piece(text[end : match.start()])
        yield Piece(match[0], match[0])
        end = match.end()
    if end < len(text):
        yield Piece(text[end:])
