"""What changes in a text, in pieces that a page marks; long stretches that stay are left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from diff_match_patch import diff_match_patch

KEPT, REMOVED, ADDED = "kept", "removed", "added"
NEAR, SHORT = 24, 60
MARKS = {-1: REMOVED, 0: KEPT, 1: ADDED}
# Seconds after which a comparison is taken as it is by then.
PATIENCE = 0.2


@dataclass
class Shown:
    """One field of a preview."""

    label: str
    pieces: list[tuple[str, str]]


def shown(changes: list[list[str]]) -> list[Shown]:
    return [Shown(label, pieces(old, new)) for label, old, new in changes]


def pieces(old: str, new: str) -> list[tuple[str, str]]:
    """Pairs of a mark and a stretch of text. A short text, or one that is all new, is told whole."""
    if not old or not new or max(len(old), len(new)) <= SHORT:
        whole = [(REMOVED, old), (ADDED, new)]
        return [(mark, _cut(text)) for mark, text in whole if text]
    comparer: Any = diff_match_patch()
    comparer.Diff_Timeout = PATIENCE
    found = comparer.diff_main(old, new)
    comparer.diff_cleanupSemantic(found)
    last = len(found) - 1
    return [
        (MARKS[mark], _near(text, is_first=place == 0, is_last=place == last) if mark == 0 else _cut(text))
        for place, (mark, text) in enumerate(found)
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
