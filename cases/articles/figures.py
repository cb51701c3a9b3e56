"""Figures in a text: numbers that state a result or scale, each with what it counts and the sentence that says so."""

from __future__ import annotations

from decimal import Decimal

from cases.articles.found import FigureFound, Passage
from cases.articles.indicators import indicator_of
from cases.articles.numerals import NUMBER, Number, number_at
from cases.articles.sentences import Sentences
from cases.articles.stated import is_stated
from cases.articles.years import year_of
from cases.models.qualifier import Qualifier

# More than any article has: a text of nothing but numbers shall not keep a request waiting.
MOST = 2000
MOST_TRIED = 20_000


def figures_in(
    text: str, within: Passage | None = None, year: int | None = None, *, spoken: int | None = None
) -> tuple[FigureFound, ...]:
    """Figures in a repaired text, in its order.

    `year` is what the context says that numbers are of; it is taken where the sentence names none. `spoken` is when
    the text was written, from which 去年 and 目前 are counted; `year` where it is not given.
    """
    within = within or Passage(0, len(text))
    sentences = Sentences(text)
    found: list[FigureFound] = []
    last: Number | None = None
    place = within.start
    tried = 0
    while len(found) < MOST and tried < MOST_TRIED and (match := NUMBER.search(text, place, within.end)):
        place = match.end()
        number = number_at(text, match)
        if number is None or number.end > within.end or number.start < within.start:
            continue
        place, tried = number.end, tried + 1
        sentence = sentences.around(number.passage)
        if sentences.is_in_name(number.digits) or not is_stated(text, number, sentence):
            continue
        qualifier = number.qualifier or _shared_qualifier(text, number, last)
        last = number
        named = None if number.is_continued else year_of(text, sentence, number.start, year, spoken)
        found.append(
            FigureFound(
                indicator=indicator_of(text, number, sentence),
                value=_plain(number.value),
                unit=number.unit,
                passage=number.passage,
                sentence=sentence,
                qualifier=qualifier,
                year=named or year,
                why=_why(number),
            )
        )
    return tuple(found)


def _plain(value: Decimal) -> Decimal:
    """Without idle zeros and without an exponent, so that it reads as it compares."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def _shared_qualifier(text: str, number: Number, last: Number | None) -> str:
    """分别不低于250平方米、400平方米: what stands before the first is said of both."""
    is_next = last is not None and text[last.end : number.start] in {"、", "和", "与"} and last.unit == number.unit
    if last is None or not is_next or not last.qualifier:
        return ""
    is_shared = text[max(0, last.start - 2) : last.start] == "分别"
    return last.qualifier if is_shared and last.qualifier not in {Qualifier.MORE, Qualifier.ODD} else ""


def _why(number: Number) -> str:
    if number.is_continued:
        return "“连续”后的年数或届数"
    return "中文数字和量词" if number.is_in_words else "数字和量词"
