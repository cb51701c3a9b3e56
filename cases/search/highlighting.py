"""Mark in a text what a query matched, in the text's own script; nothing is cut into words but the query."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from cases.search import thesaurus
from cases.search.analysis import DROPPED, parts, spread
from cases.search.matching import significant_words
from cases.search.query import Refused, parse
from cases.search.thesaurus import Thesaurus

SENTENCE_ENDS = "。！？!?；;\n"
CLAUSE_ENDS = SENTENCE_ENDS + "，、：,:…—）)”」』"
# How much of a snippet may stand before the first match, and how far its end may move to a border, as shares of it.
LEAD = 1 / 4
SLACK = 1 / 3
# Punctuation that a match may reach across; more is another sentence.
GAP = 4


class Span(NamedTuple):
    start: int
    end: int
    run: str


class Window(NamedTuple):
    """From the beginning of one match to the end of another, and how much of the query is between."""

    first: int
    last: int
    score: float


class _Marks(NamedTuple):
    """What to look for: the runs as typed, and the words they are made of, for where a run is not found as a whole."""

    wholes: re.Pattern[str] | None
    words: re.Pattern[str] | None


NO_MARKS = _Marks(None, None)


def highlight(text: str, query: str) -> SafeString:
    """Return the text, escaped, with <mark> around what the query matches."""
    return _render(text, _spans(text, _marks(query)))


def snippet(query: str, passages: Iterable[str], length: int = 120) -> SafeString:
    """Return the stretch of the passages with most of the query, about `length` characters, highlighted.

    Without a match it is the beginning of the first passage. Cut at ends of sentences or clauses if such are near.
    """
    marks = _marks(query)
    best, window, marked = "", Window(0, 0, -1.0), list[Span]()
    for passage in (" ".join(passage.split()) for passage in passages):
        if not passage:
            continue
        spans = _spans(passage, marks)
        candidate = _best_window(spans, length - int(length * LEAD))
        if candidate.score > window.score:
            best, window, marked = passage, candidate, spans
    start, end = _cut(best, window, length)
    shown = [Span(s.start - start, s.end - start, s.run) for s in marked if start <= s.start and s.end <= end]
    before, after = "…" if start else "", "…" if end < len(best) else ""
    return mark_safe(f"{before}{_render(best[start:end], shown)}{after}")  # noqa: S308 (rendered is escaped)


def _marks(query: str) -> _Marks:
    # What was matched was matched by the terms that this process read for it.
    return _marks_by(query, thesaurus.latest())


@lru_cache(maxsize=256)
def _marks_by(query: str, known: Thesaurus) -> _Marks:
    try:
        terms = list(parse(query).terms)
    except Refused:
        return NO_MARKS
    runs = {run for term in terms for run in term.runs}
    runs |= {other for term in terms for other in known.alternatives(term)}
    words = {word for term in terms if not term.quoted for word in significant_words(term) if len(word) > 1}
    return _Marks(_pattern(runs), _pattern(words.union(*map(parts, words))))


def _pattern(runs: set[str]) -> re.Pattern[str] | None:
    """Match any of the runs in a spread text, the longest first, across a little dropped punctuation."""
    gap = f"{DROPPED}{{0,{GAP}}}"
    branches = [gap.join(map(re.escape, run)) for run in sorted(runs, key=lambda run: (-len(run), run))]
    return re.compile("|".join(branches)) if branches else None


def _spans(text: str, marks: _Marks) -> list[Span]:
    """Look line by line: a mark across paragraphs would tear the page apart."""
    if not marks.wholes or not text:
        return []
    places, place = [], 0
    for line in text.splitlines(keepends=True):
        places.append((place, *spread(line)))
        place += len(line)
    for pattern in filter(None, marks):
        if spans := [span for place, stream, origins in places for span in _spans_of(pattern, place, stream, origins)]:
            return spans
    return []


def _spans_of(pattern: re.Pattern[str], place: int, stream: str, origins: list[int] | None) -> Iterator[Span]:
    for match in pattern.finditer(stream):
        start, end = match.span()
        if origins is not None:
            start, end = origins[start], origins[end - 1] + 1
        yield Span(place + start, place + end, match[0].replace(DROPPED, ""))


def _render(text: str, spans: list[Span]) -> SafeString:
    pieces, place = [], 0
    for start, end, _ in spans:
        if start < place:
            continue
        pieces += [escape(text[place:start]), "<mark>", escape(text[start:end]), "</mark>"]
        place = end
    pieces.append(escape(text[place:]))
    return mark_safe("".join(pieces))  # noqa: S308 (every piece of the text is escaped)


def _best_window(spans: list[Span], length: int) -> Window:
    """Return the window of at most this length (or of one match) with most different runs, of equals the first."""
    best = Window(0, 0, 0.0)
    inside: Counter[str] = Counter()
    different, end = 0, 0
    for number, first in enumerate(spans):
        while end < len(spans) and (end == number or spans[end].end <= first.start + length):
            run = spans[end].run
            different += 0 if inside[run] else len(run)
            inside[run] += 1
            end += 1
        if (score := different + (end - number) / 100) > best.score:
            best = Window(first.start, spans[end - 1].end, score)
        inside[first.run] -= 1
        different -= 0 if inside[first.run] else len(first.run)
    return best


def _cut(passage: str, window: Window, length: int) -> tuple[int, int]:
    """Return the borders of a stretch with the window in it, at ends of sentences or clauses if such are near."""
    start, lead = 0, int(length * LEAD)
    if window.first > lead:
        start = _border_before(passage, window.first, lead) or window.first
    end = min(start + length, len(passage))
    if end < len(passage):
        for ends in (SENTENCE_ENDS, CLAUSE_ENDS):
            border = max(passage.rfind(mark, window.first, end) for mark in ends) + 1
            if border >= window.last and border > max(window.first, end - int(length * SLACK)):
                return start, border
    return start, end


def _border_before(passage: str, first: int, reach: int) -> int:
    """Return the place after the last end of a sentence, or else of a clause, this near before a match; or 0."""
    for ends in (SENTENCE_ENDS, CLAUSE_ENDS):
        if border := max(passage.rfind(mark, first - reach, first) for mark in ends) + 1:
            return border
    return 0
