"""Where sentences, clauses, quotations and names of documents lie in a text."""

from __future__ import annotations

import re
from bisect import bisect_right

from cases.articles.found import Passage

SENTENCE_END = re.compile(r"[。！？!?\n]+[”’」』）)]*")
# What nobody ends with a full stop is cut, so that a passage stays readable.
LONGEST_SENTENCE = 400
NAMES = re.compile(r"“[^“”。！？\n]{1,16}”|《[^《》\n]{1,120}》|「[^「」\n]{1,16}」|〔[^〔〕\n]{1,16}〕")
CLAUSE_END = re.compile(r"[，,；;。：:！？!?\n]")


class Sentences:
    """The sentences of one text, looked up by place."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.ends = [match.end() for match in SENTENCE_END.finditer(text)]
        self.names = [match.span() for match in NAMES.finditer(text)]
        self.name_starts = [start for start, _ in self.names]

    def around(self, passage: Passage) -> Passage:
        """The sentence that has a passage, without the blanks at its ends."""
        place = bisect_right(self.ends, passage.start)
        start = self.ends[place - 1] if place else 0
        end = self.ends[place] if place < len(self.ends) else len(self.text)
        start = max(start, passage.start - LONGEST_SENTENCE // 2)
        end = max(passage.end, min(end, passage.start + LONGEST_SENTENCE // 2))
        while start < passage.start and self.text[start].isspace():
            start += 1
        while end > passage.end and self.text[end - 1].isspace():
            end -= 1
        return Passage(start, end)

    def is_in_name(self, place: int) -> bool:
        """Whether a place is within 《》 or a short “”, so part of a name and not of what is said."""
        at = bisect_right(self.name_starts, place) - 1
        return at >= 0 and self.names[at][0] <= place < self.names[at][1]
