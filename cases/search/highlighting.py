"""Mark in a text what a query matched, in the text's own script; nothing is cut into words but the query."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from cases.search.analysis import DROPPED, parts, spread
from cases.search.matching import significant_words
from cases.search.query import Refused, parse

SENTENCE_ENDS = "。！？!?；;\n"
CLAUSE_ENDS = SENTENCE_ENDS + "，、：,:…—）)”」』"
# How much of a snippet may stand before the first match, and how far its end may move to a border, in characters.
LEAD = 30
SLACK = 40
# Punctuation that a match may reach across; more is another sentence.
GAP = 4


class Span(NamedTuple):
    start: int
    end: int
    run: str


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
    best: tuple[str, int, list[Span]] = "", 0, []
    best_score = -1.0
    for passage in (" ".join(passage.split()) for passage in passages):
        if not passage:
            continue
        spans = _spans(passage, marks)
        start, score = _best_window(spans, length)
        if score > best_score:
            best, best_score = (passage, start, spans), score
    passage, first, spans = best
    start, end = _cut(passage, first, length)
    shown = [span for span in spans if start <= span.start and span.end <= end]
    shifted = [Span(span.start - start, span.end - start, span.run) for span in shown]
    before, after = "…" if start else "", "…" if end < len(passage) else ""
    return mark_safe(f"{before}{_render(passage[start:end], shifted)}{after}")  # noqa: S308 (rendered is escaped)


@lru_cache(maxsize=256)
def _marks(query: str) -> _Marks:
    try:
        terms = list(parse(query).terms)
    except Refused:
        return NO_MARKS
    runs = {run for term in terms for run in term.runs}
    words = {word for term in terms if not term.quoted for word in significant_words(term) if len(word) > 1}
    return _Marks(_pattern(runs), _pattern(words.union(*map(parts, words))))


def _pattern(runs: set[str]) -> re.Pattern[str] | None:
    """Match any of the runs in a spread text, the longest first, across a little dropped punctuation."""
    gap = f"{DROPPED}{{0,{GAP}}}"
    branches = [gap.join(map(re.escape, run)) for run in sorted(runs, key=lambda run: (-len(run), run))]
    return re.compile("|".join(branches)) if branches else None


def _spans(text: str, marks: _Marks) -> list[Span]:
    if not marks.wholes or not text:
        return []
    return _spans_of(marks.wholes, text) or (_spans_of(marks.words, text) if marks.words else [])


def _spans_of(pattern: re.Pattern[str], text: str) -> list[Span]:
    """Look line by line: a mark across paragraphs would tear the page apart."""
    spans, place = [], 0
    for line in text.splitlines(keepends=True):
        stream, origins = spread(line)
        for match in pattern.finditer(stream):
            start, end = match.span()
            if origins is not None:
                start, end = origins[start], origins[end - 1] + 1
            spans.append(Span(place + start, place + end, match[0]))
        place += len(line)
    return spans


def _render(text: str, spans: list[Span]) -> SafeString:
    pieces, place = [], 0
    for start, end, _ in spans:
        if start < place:
            continue
        pieces += [escape(text[place:start]), "<mark>", escape(text[start:end]), "</mark>"]
        place = end
    pieces.append(escape(text[place:]))
    return mark_safe("".join(pieces))  # noqa: S308 (every piece of the text is escaped)


def _best_window(spans: list[Span], length: int) -> tuple[int, float]:
    """Return where the window with the most different runs begins, and how much it has; (0, 0) without spans."""
    best, best_score = 0, 0.0
    for number, first in enumerate(spans):
        inside = [span for span in spans[number:] if span.end <= first.start + length]
        score = sum(len(run) for run in {span.run for span in inside}) + len(inside) / 100
        if score > best_score:
            best, best_score = first.start, score
    return best, best_score


def _cut(passage: str, first: int, length: int) -> tuple[int, int]:
    """Return the borders of a stretch with the match at `first`, at ends of sentences or clauses if such are near."""
    start = 0
    if first > LEAD:
        start = _border_before(passage, first, SENTENCE_ENDS) or _border_before(passage, first, CLAUSE_ENDS) or first
    end = min(start + length, len(passage))
    if end < len(passage):
        for ends in (SENTENCE_ENDS, CLAUSE_ENDS):
            border = max(passage.rfind(mark, first, end) for mark in ends) + 1
            if border > max(first, end - SLACK):
                return start, border
    return start, end


def _border_before(passage: str, first: int, ends: str) -> int:
    """Return the place after the last of these marks within reach before a match; 0 if there is none."""
    return max(passage.rfind(mark, first - LEAD, first) for mark in ends) + 1
