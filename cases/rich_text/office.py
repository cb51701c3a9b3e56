"""What Word and WPS put on the clipboard: how they say bold and italic, and the paragraphs that they show as items."""

from __future__ import annotations

import re
from dataclasses import dataclass

MSO_LIST = re.compile(r"mso-list\s*:\s*[^;]*?\blevel(\d{1,2})", re.IGNORECASE)
MARKER = re.compile(r"mso-list\s*:\s*ignore", re.IGNORECASE)
HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
WEIGHT = re.compile(r"(?:^|;)\s*font-weight\s*:\s*(\w+)", re.IGNORECASE)
SLANT = re.compile(r"(?:^|;)\s*font-style\s*:\s*(\w+)", re.IGNORECASE)
# WPS names its styles p, 15, 16 …; Word's begin with Mso.
STYLED = re.compile(r"(?:^|\s)(?:mso\w+|p\d*|\d+)(?:\s|$)", re.IGNORECASE)
HEADING = re.compile(r"(?:^|\s)mso(?:heading|title|subtitle)(\d?)", re.IGNORECASE)
OUTLINE = re.compile(r"mso-outline-level\s*:\s*([1-6])", re.IGNORECASE)
# What stands before items: letters are those of Symbol and Wingdings that look like bullets.
BULLETS = "·•●○■□◆◇▪▫◦➢➤✓✔–—-*"
LETTERS = "lnuvqwoØüÃ§Þ"
TYPED = re.compile(rf"([{re.escape(BULLETS[:12])}])[\s\xa0\u3000]+(?=\S)")
NUMBER = re.compile(r"(\d{1,3})\s*[.．、)）]?")


@dataclass(frozen=True)
class Item:
    """A paragraph that is shown as an item: how deep from 1, and its number; none where it has a bullet."""

    level: int
    number: int | None


def is_bold(style: str, otherwise: bool) -> bool:
    """Whether a `style` says bold; as it was where it says nothing."""
    if found := WEIGHT.search(style):
        weight = found[1].lower()
        return int(weight) >= 600 if weight.isdecimal() else weight in {"bold", "bolder"}
    return otherwise


def is_slanted(style: str, otherwise: bool) -> bool:
    found = SLANT.search(style)
    return found[1].lower() in {"italic", "oblique"} if found else otherwise


def level_of_heading(name: str, style: str) -> int:
    """The level that a paragraph's class or style gives it as a heading; 0 for none."""
    if found := HEADING.search(name):
        return int(found[1] or 1)
    found = OUTLINE.search(style)
    return int(found[1]) if found else 0


def item_of(style: str, marker: str) -> Item | None:
    """Read what a paragraph of a list says of itself; None where its marker must stay in the text.

    Only plain numbers are given up, which lists count by themselves: 一、 and （1） are how the author counts.
    """
    found = MSO_LIST.search(style)
    if not found:
        return None
    level, marker = int(found[1]), marker.strip()
    if not marker or (len(marker) == 1 and marker in BULLETS + LETTERS) or not marker.isprintable():
        return Item(level, None)
    if number := NUMBER.fullmatch(marker):
        return Item(level, int(number[1]))
    return None
