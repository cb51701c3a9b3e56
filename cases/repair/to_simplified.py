"""Traditional characters, where a text or a line is written in them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from cases.repair.draft import SEALED, Edit
from cases.repair.found import Kind
from cases.repair.signs import HAN, lines
from cases.search import fold, script

# What the mainland writes otherwise than OpenCC makes of a Taiwanese text.
MAINLAND = {
    "甚么": "什么",
    "凭藉": "凭借",
    "藉此": "借此",
    "藉由": "借由",
    "藉助": "借助",
    "藉以": "借以",
    "答覆": "答复",
    "回覆": "回复",
}
_MAINLAND = re.compile("|".join([*MAINLAND, "(?<!神)祇"]))
# A stretch of what is to be kept or converted as one.
WORDS = re.compile(f"[{HAN}]+")
# A word that Simplified has and OpenCC takes for Traditional.
NEVER = re.compile("么")
WHY = "繁体字改为简体字"


def edits(text: str, kept: Iterable[str] = (), seams: Collection[int] = ()) -> Iterator[Edit]:
    """Runs of characters to convert, none across `seams`, where something else was taken out.

    `kept`: words, in Simplified, that stay as they are or become just that.
    """
    traditional = script.traditional_only()
    if traditional.keys().isdisjoint(text):
        return
    found = list(Words.of(tuple(kept)).places(text))
    covered = _covered(text, found)
    is_all = _is_traditional(covered)
    made = [one if (one := _simplified(line, is_all=is_all)) is not None else line for _, line in lines(covered)]
    simple = list("\n".join(made))
    for start, word in found:
        simple[start : start + len(word)] = word
    yield from _runs(text, simple, seams)


def _covered(text: str, found: Iterable[tuple[int, str]]) -> str:
    parts, done = [], 0
    for start, word in found:
        parts += [text[done:start], SEALED * len(word)]
        done = start + len(word)
    return "".join([*parts, text[done:]])


def _simplified(line: str, *, is_all: bool) -> str | None:
    """What becomes of a line; None where nothing does."""
    traditional = script.traditional_only()
    has_any = not traditional.keys().isdisjoint(line)
    if not has_any and not (is_all and script.simplified_only().isdisjoint(line)):
        return None
    if not is_all and not _is_traditional(line):
        return "".join(traditional.get(one, one) for one in line)
    simple = script.to_simplified(line)
    simple = _MAINLAND.sub(lambda match: MAINLAND.get(match[0], "只"), simple)
    simple = "".join(traditional.get(one, one) for one in simple)
    for match in NEVER.finditer(line):
        simple = simple[: match.start()] + match[0] + simple[match.end() :]
    return simple


def _is_traditional(text: str) -> bool:
    traditional, simplified = script.traditional_only(), script.simplified_only()
    return sum(map(traditional.__contains__, text)) > sum(map(simplified.__contains__, text))


def _runs(before: str, after: Sequence[str], seams: Collection[int]) -> Iterator[Edit]:
    first = None
    for place, (old, new) in enumerate(zip(before, after, strict=True)):
        if first is not None and (old == new or place in seams):
            yield Edit(first, place, "".join(after[first:place]), Kind.SCRIPT, WHY)
            first = None
        if old != new and first is None:
            first = place
    if first is not None:
        yield Edit(first, len(before), "".join(after[first:]), Kind.SCRIPT, WHY)


class Words:
    """Words that conversion would break, and where they are in a text, in whatever script."""

    def __init__(self, words: Iterable[str]) -> None:
        self.by_stream = {fold(word): word for word in words}
        longest_first = sorted(self.by_stream, key=len, reverse=True)
        self.pattern = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    @classmethod
    @lru_cache(maxsize=8)
    def of(cls, words: tuple[str, ...]) -> Words:
        return cls(word for word in words if WORDS.fullmatch(word) and len(fold(word)) == len(word) and breaks(word))

    def places(self, text: str) -> Iterator[tuple[int, str]]:
        """Each place where one of the words begins, and the word; they do not overlap."""
        if self.pattern is None:
            return
        for stretch in WORDS.finditer(text):
            stream = fold(stretch[0])
            if len(stream) == len(stretch[0]):
                for match in self.pattern.finditer(stream):
                    yield stretch.start() + match.start(), self.by_stream[match[0]]


def breaks(word: str) -> bool:
    """Whether a Simplified word would be changed, alone or on its way back from Traditional."""
    back = script.to_simplified(script.to_traditional(word))
    return word not in {script.to_simplified(word)} or back != word


DICTIONARY = Path(script.__file__).with_name("dictionary.txt")


@lru_cache(maxsize=1)
def shipped_words() -> tuple[str, ...]:
    return tuple(DICTIONARY.read_text(encoding="utf-8").split())
