"""An article with what its reader knows: its places, and which of them stand near to a place of the text."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from functools import cached_property

from cases.articles.knowledge import Knowledge
from cases.articles.lines import plain
from districts.gazetteer import Mention, Places

NEAR = 12
# A number and a letter or number apart in quotation marks: “1 N”, “4 X模式”.
LOST_IN_FORMULA = re.compile(r"[“\"]\d+(?: [\dA-Z]+)+[^“”\"]{0,8}[”\"]")


class Context:
    """One article while it is read; `plain` is its text in half width, character for character."""

    def __init__(self, text: str, knowledge: Knowledge) -> None:
        self.text = text
        self.plain = plain(text)
        self.knowledge = knowledge
        self.places = Places(knowledge.gazetteer, self.plain)
        self._ends = {mention.end: mention for mention in self.places.mentions}
        self._decided = [mention for mention in self.places.mentions if mention.code]
        self._starts = [mention.start for mention in self._decided]

    def mention_ending_at(self, place: int) -> Mention | None:
        return self._ends.get(place)

    def around(self, place: int) -> tuple[str, ...]:
        """Codes of the divisions that the article names beyond doubt, nearest first, then those named most often."""
        middle = bisect_left(self._starts, place)
        near = self._decided[max(0, middle - NEAR) : middle + NEAR]
        near = sorted(near, key=lambda mention: abs(mention.start - place))
        return tuple(dict.fromkeys((*(mention.code for mention in near), *self.most_named)))

    @cached_property
    def loses_plus(self) -> bool:
        """Whether the article shows itself that its copy lost the sign +: “1 N” stands there, and no + anywhere."""
        return "+" not in self.plain and bool(LOST_IN_FORMULA.search(self.plain))

    @cached_property
    def most_named(self) -> tuple[str, ...]:
        return tuple(code for code, _ in Counter(mention.code for mention in self._decided).most_common(8))
