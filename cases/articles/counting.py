"""The figures and honours of one case: its own text is read alone, and what is found put back to its place."""

from __future__ import annotations

from dataclasses import replace

from cases.articles.context import Context
from cases.articles.figures import figures_in
from cases.articles.found import FigureFound, Found, HonourFound, Passage
from cases.articles.honours import honours_in


def counted(
    body: Passage, year: int | None, spoken: int | None, context: Context
) -> tuple[tuple[FigureFound, ...], tuple[HonourFound, ...]]:
    """Read a case's paragraphs; `year` is what numbers are of where they name none, `spoken` when it was written.

    Only this stretch is handed on, so that reading a thousand cases goes through the article once and not a thousand
    times.
    """
    text, start = body.of(context.text), body.start
    figures = tuple(
        replace(one, passage=_moved(one.passage, start), sentence=_moved(one.sentence, start))
        for one in figures_in(text, year=year, spoken=spoken)
    )
    honours = tuple(
        replace(one, passage=_moved(one.passage, start)) for one in honours_in(text, year=year, spoken=spoken)
    )
    return figures, honours


def spoken_in(published: Found[str]) -> int | None:
    return int(published.value[:4]) if published.value else None


def _moved(passage: Passage, by: int) -> Passage:
    return Passage(passage.start + by, passage.end + by)
