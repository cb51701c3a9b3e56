"""How well articles are read: what is proposed against gold files written by hand, field by field.

A gold file says for each case what an attentive reader would enter. A list of values means that any of them is right,
`null` among them that nothing need be proposed; a field that the file leaves out is not judged.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from cases.articles import Body, Knowledge, read
from cases.articles.found import ArticleFound, CaseFound
from cases.articles.lines import lines_of
from districts.gazetteer import Gazetteer
from tests.bench import article_figures
from tests.bench.rows import Row, tell

PROJECT = Path(__file__).parent.parent.parent
GOLD = PROJECT / "tests" / "gold" / "articles"
LIBRARY = PROJECT / "fixtures" / "library"
LETTERS = {"background": "B", "approach": "A", "results": "R", "lessons": "L", "": "."}
SINGLE = ("title", "brand_name", "kind", "district", "sector", "year", "start_year", "tier")
OF_SOURCE = ("title", "publisher", "published", "authors", "page")
OF_LIST = ("title", "organiser", "year", "level", "order")


@dataclass
class Score:
    """How many values were proposed, how many of them are right, and how many there are to find."""

    found: int = 0
    right: int = 0
    gold: int = 0

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.gold if self.gold else 1.0

    def add(self, found: int, right: int, gold: int) -> None:
        self.found, self.right, self.gold = self.found + found, self.right + right, self.gold + gold


class Scores(dict[str, Score]):
    """One score for each field, and what was wrong, for people."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []

    def __missing__(self, field: str) -> Score:
        return self.setdefault(field, Score())

    def one(self, field: str, found: Any, gold: Any, told: str = "") -> None:
        """A field that has one value or none; `told` is what it is called where several are counted as one."""
        accepted = gold if isinstance(gold, list) else [gold]
        is_right = found in accepted
        wanted = any(value not in (None, "") for value in accepted) and None not in accepted
        has = found not in (None, "")
        self[field].add(int(has), int(is_right and has), int(wanted or (has and is_right)))
        if not is_right:
            self.wrong.append(f"{told or field}: {found!r}, not {gold!r}")

    def several(self, field: str, found: Iterable[Any], gold: Iterable[Any]) -> None:
        """A field that has any number of values, the order being nothing."""
        found, gold = list(found), list(gold)
        right = sum(min(found.count(value), gold.count(value)) for value in set(found))
        self[field].add(len(found), right, len(gold))
        if sorted(map(str, found)) != sorted(map(str, gold)):
            self.wrong.append(f"{field}: {found!r}, not {gold!r}")


def shipped_knowledge(bodies: bool = True) -> Knowledge:
    """What the library as it ships would know, read from its files: no database is needed."""
    from cases.models import Organisation

    with gzip.open(PROJECT / "fixtures" / "districts.csv.gz", "rt", encoding="utf-8") as file:
        places = [(row["code"], row["name"]) for row in csv.DictReader(file)]
    kinds = {str(label): value for value, label in Organisation.Kind.choices}
    known: dict[str, Body] = {}
    for file_name in sorted(LIBRARY.glob("*.yaml")) if bodies else ():
        for told in load(file_name).get("organisations") or ():
            district = str(told.get("district", "")).partition(" ")[0]
            body = Body(len(known) + 1, told["name"], told.get("short_name", ""), (), kinds[told["kind"]], district)
            known.setdefault(told["name"], body)
    words = load(LIBRARY / "vocabulary.yaml")
    sectors, themes = ({word["slug"]: word["name"] for word in words[part]} for part in ("sectors", "themes"))
    return Knowledge(tuple(known.values()), Gazetteer(places), sectors, themes)


def load(file: Path) -> dict[str, Any]:
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def value_of(case: CaseFound, field: str) -> Any:
    value = getattr(case, field)
    return value if isinstance(value, str) else value.value


def letters_of(case: CaseFound, text: str) -> str:
    """The sections of the paragraphs, one letter each; headings and captions left out."""
    told = []
    for paragraph in case.paragraphs:
        lines = lines_of(paragraph.passage.of(text))
        if lines and not lines[0].is_heading:
            told.append(LETTERS[paragraph.section])
    return "".join(told)


def score(article: ArticleFound, gold: dict[str, Any], text: str) -> Scores:
    """Hold what was read against a gold file."""
    scores = Scores()
    for field, wanted in (gold.get("source") or {}).items():
        scores.one("source", getattr(article.source, field).value, wanted, f"source: {field}")
    _score_list(scores, article, gold)
    wanted_cases = gold["cases"]
    scores["cases"].add(len(article.cases), min(len(article.cases), len(wanted_cases)), len(wanted_cases))
    if len(article.cases) != len(wanted_cases):
        scores.wrong.append(f"cases: {len(article.cases)}, not {len(wanted_cases)}")
    for place, wanted in enumerate(wanted_cases):
        case = article.cases[place] if place < len(article.cases) else CaseFound(article.cases[0].passage)
        for field in SINGLE:
            if field in wanted:
                scores.one(field, value_of(case, field), wanted[field])
        if "leads" in wanted:
            scores.several("leads", [body.name for body in case.leads], wanted["leads"])
        if "themes" in wanted:
            scores.several("themes", [theme.value for theme in case.themes], wanted["themes"])
        if "sections" in wanted:
            _score_letters(scores, letters_of(case, text), wanted["sections"])
    return scores


def _score_letters(scores: Scores, found: str, gold: str) -> None:
    right = sum(one == other for one, other in zip(found, gold, strict=False))
    scores["sections"].add(len(found.replace(".", "")), right, len(gold.replace(".", "")))
    if found != gold:
        scores.wrong.append(f"sections: {found}, not {gold}")


def _score_list(scores: Scores, article: ArticleFound, gold: dict[str, Any]) -> None:
    if "list" not in gold:
        return
    wanted, found = gold["list"], article.award_list
    scores["list"].add(int(found is not None), int(bool(found and wanted)), int(wanted is not None))
    if (found is None) != (wanted is None):
        scores.wrong.append(f"list: {found is not None}, not {wanted is not None}")
    if not (found and wanted):
        return
    for field in OF_LIST:
        if field in wanted:
            value = getattr(found, field)
            told = value.name if field == "organiser" and value else getattr(value, "value", None)
            scores.one("list", told, wanted[field], f"list: {field}")
    if "funnel" in wanted:
        told = [[stage.stage, stage.qualifier, stage.count] for stage in found.funnel]
        scores.several("funnel", map(str, told), map(str, wanted["funnel"]))


def score_figures(scores: Scores, document: str, article: ArticleFound, text: str) -> None:
    """Figures and honours of the whole text; and figures that come with a case, as those of an introduction do not."""
    for one in article_figures.score(document, text):
        if name := FIGURE_FIELDS.get(one.name):
            scores[name].add(one.found, one.right, one.wanted)
            scores.wrong += [f"{name}: {told} missed" for told in one.missed]
            scores.wrong += [f"{name}: {told} wrong" for told in one.wrong]
    gold = article_figures.gold_of(document)["figures"]
    found = tuple(figure for case in article.cases for figure in case.figures)
    pairs = article_figures.match_figures(found, gold)
    optional = sum(bool(wanted.get("optional")) for _, wanted in pairs)
    wanted = sum(not one.get("optional") for one in gold)
    scores["figures with their case"].add(len(found) - optional, len(pairs) - optional, wanted)


FIGURE_FIELDS = {"数字": "figures", "荣誉": "honours"}
# Least recall and precision, of each document and of all.
LEAST = {"figures": (0.90, 0.95), "honours": (0.90, 0.0)}
# Fields that must be right for every case of a document.
ALL_RIGHT = {
    "guangzhou-2020-top10": ("cases", "leads", "title", "district"),
    "baiyun-2023-keywords": ("cases",),
    "four-level-linkage-2020": ("cases", "district"),
}


def documents(folder: Path, mend: Callable[[str], str]) -> list[Row]:
    """Read the documents that have a gold file, `mend` repairing them; a line for each field of each, and of all."""
    knowledge, totals, rows = shipped_knowledge(), Scores(), []
    for document in sorted(file.name.removesuffix(".figures.yaml") for file in GOLD.glob("*.figures.yaml")):
        if not (file := folder / f"{document}.txt").is_file():
            rows.append(Row(f"{document}: not in the folder", "", bar="read", holds=False))
            continue
        text = mend(file.read_text(encoding="utf-8"))
        article = read(text, knowledge)
        scores = score(article, load(GOLD / f"{document}.yaml"), text)
        score_figures(scores, document, article, text)
        for wrong in scores.wrong:
            tell(f"  {document}: {wrong}")
        rows += [_row(document, field, one) for field, one in scores.items() if one.found or one.gold]
        for field, one in scores.items():
            totals[field].add(one.found, one.right, one.gold)
    return rows + [_row("all documents", field, one) for field, one in totals.items() if one.found or one.gold]


def _row(document: str, field: str, one: Score) -> Row:
    bar, holds = "", None
    if field in ALL_RIGHT.get(document, ()):
        bar, holds = "all", one.right == one.found == one.gold
    elif field in LEAST:
        recall, precision = LEAST[field]
        bar = f"recall ≥ {recall:.0%}" + (f", precision ≥ {precision:.0%}" if precision else "")
        holds = one.recall >= recall and one.precision >= precision
    shares = f"precision {one.precision:.0%}, recall {one.recall:.0%}"
    ours = f"{one.right} right of {one.found} found, {one.gold} to find; {shares}"
    numbers = {"found": one.found, "right": one.right, "gold": one.gold}
    return Row(f"{document}: {field}", ours, bar=bar, holds=holds, numbers=numbers)
