"""Find words in chosen fields of many cases, and put others in their place, each place by itself."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from cases.bulk.texts import Looking, Place

NEAR = 30
TAG = re.compile(r"(<[^>]*>)")


@dataclass
class Search(Looking):
    """What is looked for, literally, and what comes in its place."""

    words: str
    by: str
    act = "替换"

    def places(self, where: str, label: str, text: str, *, is_rich: bool) -> Iterator[Place]:
        number = 0
        for stretch in _stretches(text, is_rich=is_rich):
            start = stretch.find(self.words)
            while start >= 0:
                end = start + len(self.words)
                before, after = stretch[max(0, start - NEAR) : start], stretch[end : end + NEAR]
                yield Place(f"{where}:{number}", label, before, after)
                number += 1
                start = stretch.find(self.words, end)

    def changed(self, text: str, numbers: Collection[int], *, is_rich: bool) -> str:
        return replaced(text, self.words, self.by, numbers, is_rich=is_rich)


def _stretches(text: str, *, is_rich: bool) -> list[str]:
    """The texts between tags; a plain text is one stretch."""
    return [html.unescape(part) for part in TAG.split(text)[::2]] if is_rich else [text]


def replaced(text: str, words: str, by: str, numbers: Collection[int], *, is_rich: bool = False) -> str:
    """Put `by` in the places with these numbers, counted from nought; tags stay as they are."""
    count = -1

    def one(match: re.Match[str]) -> str:
        nonlocal count
        count += 1
        return by if count in numbers else match[0]

    literal = re.compile(re.escape(words))
    if not is_rich:
        return literal.sub(one, text)
    parts = TAG.split(text)
    for place in range(0, len(parts), 2):
        plain = html.unescape(parts[place])
        if words in plain:
            parts[place] = html.escape(literal.sub(one, plain), quote=False)
    return "".join(parts)
