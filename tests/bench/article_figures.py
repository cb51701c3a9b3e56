"""How well figures and honours are read out of articles, against what curators would enter by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from cases.articles.figures import figures_in
from cases.articles.found import FigureFound, HonourFound
from cases.articles.honours import honours_in
from cases.search import fold

GOLD = Path(__file__).parent.parent / "gold" / "articles"
Key = tuple[Decimal, str, str]


@dataclass
class Score:
    """What was right of what was found and of what there is, with what was missed and what was found wrongly."""

    name: str
    right: int = 0
    found: int = 0
    wanted: int = 0
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 1.0

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0


def gold_of(document: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((GOLD / f"{document}.figures.yaml").read_text(encoding="utf-8"))
    return loaded


def key_of(gold: dict[str, Any]) -> Key:
    return Decimal(str(gold["value"])), gold["unit"], gold.get("qualifier", "")


def match_figures(
    found: tuple[FigureFound, ...], gold: list[dict[str, Any]]
) -> list[tuple[FigureFound, dict[str, Any]]]:
    """Pairs of what was found and what there is with the same value, unit and qualifier, each used once, in order."""
    left = sorted(gold, key=lambda one: bool(one.get("optional")))
    pairs = []
    for figure in found:
        for one in left:
            if key_of(one) == (figure.value, figure.unit, figure.qualifier):
                pairs.append((figure, one))
                left = [other for other in left if other is not one]
                break
    return pairs


def score(document: str, text: str) -> list[Score]:
    """Rows on figures, their indicators and years, and honours, of one repaired document."""
    gold = gold_of(document)
    found = figures_in(text, year=gold.get("year"), spoken=gold.get("published"))
    pairs = match_figures(found, gold["figures"])
    counted = [(figure, one) for figure, one in pairs if not one.get("optional")]
    figures = Score("数字", right=len(counted), wanted=sum(not one.get("optional") for one in gold["figures"]))
    matched = [figure for figure, _ in pairs]
    figures.wrong = [figure.printed(text) for figure in found if not any(figure is one for one in matched)]
    figures.found = len(counted) + len(figures.wrong)
    paired = [one for _, one in pairs]
    figures.missed = [
        one["printed"] for one in gold["figures"] if not one.get("optional") and not any(one is two for two in paired)
    ]
    return [
        figures,
        *_naming(counted),
        _years(counted, gold),
        honours_score(honours_in(text, year=gold.get("year")), gold),
    ]


def _naming(pairs: list[tuple[FigureFound, dict[str, Any]]]) -> list[Score]:
    """How many indicators are one of the names by hand, and how many share half of their pairs of characters."""
    exact, near = Score("指标（相同）"), Score("指标（相近）")
    for figure, one in pairs:
        best = max(likeness(figure.indicator, name) for name in one["indicator"])
        for row, bar in ((exact, 1.0), (near, 0.5)):
            row.found += 1
            row.wanted += 1
            row.right += best >= bar
            if best < bar:
                row.wrong.append(f"{figure.indicator}≠{one['indicator'][0]}")
    return [exact, near]


def likeness(one: str, other: str) -> float:
    """Dice of the pairs of characters of two names, 1 where they are the same but for punctuation."""
    first, second = fold(one), fold(other)
    if first == second:
        return 1.0
    pairs = {first[i : i + 2] for i in range(len(first) - 1)}, {second[i : i + 2] for i in range(len(second) - 1)}
    total = len(pairs[0]) + len(pairs[1])
    return min(0.99, 2 * len(pairs[0] & pairs[1]) / total) if total else 0.0


def _years(pairs: list[tuple[FigureFound, dict[str, Any]]], gold: dict[str, Any]) -> Score:
    row = Score("年份")
    for figure, one in pairs:
        wanted = one.get("year", gold.get("year"))
        row.wanted += wanted is not None
        row.found += figure.year is not None
        row.right += wanted is not None and figure.year == wanted
        if figure.year != wanted:
            row.wrong.append(f"{figure.indicator} {figure.year}≠{wanted}")
    return row


def honours_score(found: tuple[HonourFound, ...], gold: dict[str, Any]) -> Score:
    """Honours with name and, where the gold tells them, level and tier."""
    row = Score("荣誉", wanted=sum(not one.get("optional") for one in gold["honours"]))
    left = list(gold["honours"])
    for honour in found:
        one = next((one for one in left if is_honour(honour, one)), None)
        if one is None:
            row.wrong.append(f"{honour.name}|{honour.level}|{honour.tier}")
            continue
        left = [other for other in left if other is not one]
        row.right += not one.get("optional")
    row.found = row.right + len(row.wrong)
    row.missed = [str(one["name"]) for one in left if not one.get("optional")]
    return row


def is_honour(honour: HonourFound, gold: dict[str, Any]) -> bool:
    names = gold["name"] if isinstance(gold["name"], list) else [gold["name"]]
    return (
        fold(honour.name) in {fold(name) for name in names}
        and gold.get("level", honour.level) == honour.level
        and gold.get("tier", honour.tier) == honour.tier
    )
