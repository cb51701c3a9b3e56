"""A text with its passages marked: paragraphs of pieces, each piece with the names of what was read from it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

Places = Sequence[Sequence[int]]


@dataclass(frozen=True)
class Marked:
    """A piece of a paragraph; `names` are those of the fields that were read from it."""

    text: str
    names: tuple[str, ...] = ()

    @property
    def joined(self) -> str:
        return " ".join(self.names)

    @property
    def is_link(self) -> bool:
        """Whether it leads to its field: not a single sign, nor what a section takes as it is, most of an article."""
        is_whole = all(name.startswith("paragraphs-") for name in self.names)
        return not is_whole and sum(map(str.isalnum, self.text)) > 1

    @property
    def first(self) -> str:
        return self.names[0] if self.names else ""


@dataclass(frozen=True)
class Paragraph:
    """One line of the text; `number` counts from 1, `begins` names the case that starts here."""

    number: int
    pieces: list[Marked]
    begins: str = ""
    is_within: bool = True


@dataclass
class Lines:
    """Where the lines of a text begin."""

    text: str
    starts: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.starts = [0, *(place + 1 for place, sign in enumerate(self.text) if sign == "\n")]

    def number(self, place: int) -> int:
        """The number of the line that this character is in."""
        return bisect_right(self.starts, place)

    def each(self) -> Iterator[tuple[int, int, int]]:
        """Number, start and end of each line that says something."""
        for number, start in enumerate(self.starts, start=1):
            end = self.starts[number] - 1 if number < len(self.starts) else len(self.text)
            if self.text[start:end].strip():
                yield number, start, end


def marked(
    lines: Lines,
    passages: Mapping[str, Places],
    *,
    within: Sequence[int] | None = None,
    beginnings: Mapping[int, str] | None = None,
) -> list[Paragraph]:
    """All paragraphs, or those `within` a range and those with a passage; the smallest passages are named first."""
    places = sorted((start, end, name) for name, at in passages.items() for start, end in at)
    found, upcoming = [], 0
    open_now: list[tuple[int, int, str]] = []
    begun: dict[int, str] = {}
    for place, name in sorted((beginnings or {}).items()):
        begun.setdefault(lines.number(place), name)
    for number, start, end in lines.each():
        while upcoming < len(places) and places[upcoming][0] < end:
            open_now.append(places[upcoming])
            upcoming += 1
        open_now = [one for one in open_now if one[1] > start]
        is_within = within is None or (start < within[1] and end > within[0])
        if is_within or open_now:
            pieces = _pieces(lines.text, start, end, open_now)
            found.append(Paragraph(number, pieces, begun.get(number, ""), is_within))
    return found


def _pieces(text: str, start: int, end: int, places: Sequence[tuple[int, int, str]]) -> list[Marked]:
    borders = sorted({start, end, *(min(max(place, start), end) for one in places for place in one[:2])})
    pieces = []
    for left, right in pairwise(borders):
        over = sorted((last - first, name) for first, last, name in places if first < right and last > left)
        pieces.append(Marked(text[left:right], tuple(dict.fromkeys(name for _, name in over))))
    return pieces
