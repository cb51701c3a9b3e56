"""A case as it is cut out of an article."""

from __future__ import annotations

from dataclasses import dataclass

from cases.articles.found import Passage
from cases.articles.lines import Line


@dataclass
class Piece:
    """One case as cut: where its heading stands, and its lines from `first` to before `last`."""

    start: int
    first: int
    last: int
    title: tuple[Passage, ...] = ()
    bodies: tuple[Passage, ...] = ()
    place: Passage | None = None
    signed: Line | None = None
    tier: str = ""
    is_inline: bool = False  # one of several that stand in one line
