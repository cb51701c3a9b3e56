"""Numbers that a case's own text states and its figures do not have yet, each as a row that could be entered."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from cases.articles.figures import figures_in
from cases.articles.found import FigureFound
from cases.models.qualifier import Qualifier, plain_number

# So many are offered at once; those entered make room for others.
MOST = 50
PRINTED = 100
Recorded = set[tuple[Decimal, str]]


@dataclass(frozen=True)
class Proposal:
    """One row of figures as it would be filled in, and the sentence around what is printed."""

    key: str
    indicator: str
    qualifier: str
    value: str
    unit: str
    year: str
    as_printed: str
    label: str
    section: str
    before: str
    after: str

    def as_data(self) -> dict[str, Any]:
        return asdict(self)


def measured(value: Decimal, unit: str) -> tuple[Decimal, str]:
    """What two figures have in common that say the same number, however the unit was typed."""
    return value.normalize(), unicodedata.normalize("NFKC", unit).strip()


def unrecorded(sections: Mapping[str, str], recorded: Recorded) -> list[Proposal]:
    """Proposals from plain texts by the label of their section, a number once; nothing with a value and unit recorded.

    Years are only what the sentences themselves name: nobody knows when a text in a form was written.
    """
    found: list[Proposal] = []
    known = set(recorded)
    for label, text in sections.items():
        figures = [one for one in figures_in(text) if measured(one.value, one.unit) not in known]
        named: dict[tuple[Any, ...], FigureFound] = {}
        for one in figures:
            named.setdefault((one.indicator, one.year, *measured(one.value, one.unit)), one)
        found += [proposal_of(one, text, label) for one in named.values()]
        known |= {measured(one.value, one.unit) for one in figures}
    return found


def proposal_of(figure: FigureFound, text: str, section: str) -> Proposal:
    passage, sentence = figure.passage, figure.sentence
    value, year = plain_number(figure.value), str(figure.year or "")
    told = (figure.indicator, figure.qualifier, value, figure.unit, year, section)
    return Proposal(
        key=blake2b("\0".join(told).encode(), digest_size=8).hexdigest(),
        indicator=figure.indicator,
        qualifier=figure.qualifier,
        value=value.replace(",", ""),
        unit=figure.unit,
        year=year,
        as_printed=passage.of(text)[:PRINTED],
        label=Qualifier.write(figure.qualifier, value, figure.unit),
        section=section,
        before=text[sentence.start : passage.start],
        after=text[passage.end : sentence.end],
    )


def chosen(proposals: Iterable[Proposal], keys: Iterable[str]) -> list[Proposal]:
    wanted = set(keys)
    return [one for one in proposals if one.key in wanted]
