"""What changes in a text, in pieces that a page marks; long stretches that stay are left out."""

from __future__ import annotations

from dataclasses import dataclass

from cases.differences import Piece
from cases.differences import pieces as compared

NEAR, SHORT = 24, 60
# Seconds after which a comparison is taken as it is by then: a page has many.
PATIENCE = 0.2


@dataclass
class Shown:
    """One field of a preview."""

    label: str
    pieces: list[Piece]


def shown(changes: list[list[str]]) -> list[Shown]:
    return [Shown(label, pieces(old, new)) for label, old, new in changes]


def pieces(old: str, new: str) -> list[Piece]:
    """What changes between two texts. A short text, or one that is all new, is told whole."""
    if not old or not new or max(len(old), len(new)) <= SHORT:
        whole = Piece("removed", old), Piece("added", new)
        return [Piece(kind, _cut(text)) for kind, text in whole if text]
    found = compared(old, new, PATIENCE)
    last = len(found) - 1
    return [
        Piece(kind, _near(text, is_first=place == 0, is_last=place == last) if kind == "same" else _cut(text))
        for place, (kind, text) in enumerate(found)
    ]


def _near(text: str, *, is_first: bool, is_last: bool) -> str:
    """As much of a stretch that stays as one needs to see where it is."""
    if is_first:
        return text if len(text) <= NEAR else f"…{text[-NEAR:]}"
    if is_last:
        return text if len(text) <= NEAR else f"{text[:NEAR]}…"
    return text if len(text) <= 2 * NEAR + 2 else f"{text[:NEAR]}……{text[-NEAR:]}"


def _cut(text: str, most: int = 600) -> str:
    return text if len(text) <= most else f"{text[:most]}……（共 {len(text):,} 字）"
