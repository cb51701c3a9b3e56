"""What is found: copied runs, the same in both scripts, judged queries, questions of CMRC 2018."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

import yaml
from django.utils import timezone
from opencc import OpenCC

from cases import search
from cases.models import Case, Citation, Credit, Organisation, Sector, Source
from districts.models import District
from tests.bench import stock
from tests.bench.queries import HAN, text_of
from tests.bench.rows import Row, counting, share, tell

LENGTHS = range(2, 9)
JUDGED = Path(__file__).parent.parent / "judged_queries.yaml"
JUDGED_FIRST, JUDGED_LEAST = 0.95, 80
CMRC_BAR, CMRC_DEPTH = 0.95, 10


def ours(words: str) -> list[int]:
    """Return what our index finds; what the database finds in its place is not to be judged."""
    found = search.search(words, Case.objects.visible_to(None))
    if found.degraded:
        raise RuntimeError(f"there is no usable index: {search.status().problem}")
    return found.ids


def copied_run(chance: random.Random, text: str, length: int) -> str:
    """A run of a text as a reader's mouse would take it, with at least one letter, digit or Han character."""
    while True:
        start = chance.randrange(max(1, len(text) - length))
        if any(map(str.isalnum, run := text[start : start + length])):
            return run


def recall(chance: random.Random, cases: int, with_stock: bool) -> list[Row]:
    """The share of runs of 2 to 8 characters, copied from a case, that find it."""
    numbers = list(Case.objects.visible_to(None).order_by("pk").values_list("number", flat=True))
    tried = []
    for case in Case.objects.filter(number__in=chance.sample(numbers, min(cases, len(numbers)))):
        tried += [(length, copied_run(chance, text_of(case), length), case) for length in LENGTHS]
    hits: dict[str, dict[str, list[bool]]] = {"ours": defaultdict(list), "stock": defaultdict(list)}
    progress = counting("copied runs")
    for done, (length, run, case) in enumerate(tried):
        progress(done, len(tried))
        answers = {"ours": case.pk in ours(run)} | ({"stock": stock.finds(run, case)} if with_stock else {})
        if not answers["ours"]:
            tell(f"  not found: {run!r} of {case.number}")
        for who, found in answers.items():
            for group in ("all", f"{length}", "Han" if HAN.fullmatch(run) else "mixed"):
                hits[who][group].append(found)
    named = [(f"runs of {length} characters find their case", f"{length}") for length in LENGTHS]
    named.append(("runs of 2 to 8 Han characters, no punctuation", "Han"))
    rows = [_recall_row(measure, hits, group) for measure, group in named]
    whole = _recall_row("runs of 2 to 8 characters find their case", hits, "all")
    whole.bar, whole.holds = "100 %", all(hits["ours"]["all"])
    return [whole, *rows]


def _recall_row(measure: str, hits: dict[str, dict[str, list[bool]]], group: str) -> Row:
    cells = {who: share(sum(found[group]), len(found[group])) if found[group] else "" for who, found in hits.items()}
    numbers = {f"{who}_found": sum(found[group]) for who, found in hits.items()}
    return Row(measure, cells["ours"], cells["stock"], numbers=numbers | {"runs": len(hits["ours"][group])})


def same_in_both_scripts(queries: Iterable[str]) -> Row:
    """Ask in Simplified and in Traditional: the same cases in the same order."""
    convert = OpenCC("s2t").convert
    tried = same = 0
    for query in queries:
        if (other := convert(query)) != query:
            tried += 1
            same += (alike := ours(query) == ours(other))
            if not alike:
                tell(f"  not the same: {query!r} and {other!r}")
    return Row(
        "the same query in Simplified and Traditional, identical results",
        share(same, tried),
        bar="100 %",
        holds=same == tried > 0,
        numbers={"queries": tried, "identical": same},
    )


def judged(file: Path, with_stock: bool) -> list[Row]:
    """Queries that people judged over the shipped library: is the case they expect the first, or among three?"""
    if not file.exists():
        return [Row("judged queries", f"{file.name} is not there", bar=f"≥ {JUDGED_LEAST}", holds=False)]
    entries = yaml.safe_load(file.read_text(encoding="utf-8"))
    numbers = dict(Case.objects.visible_to(None).values_list("pk", "number"))
    places: dict[str, list[int]] = {"ours": [], "stock": []}
    missed = []
    for entry in entries:
        query, right = str(entry["query"]), {entry["first"], *entry.get("or", [])}
        answers = {"ours": ours(query)[:3]} | ({"stock": stock.ids(query, 3)} if with_stock else {})
        for who, found in answers.items():
            named = [numbers.get(pk, "") for pk in found]
            places[who].append(next((place for place, number in enumerate(named, 1) if number in right), 0))
            if who == "ours" and places[who][-1] != 1:
                missed.append(f"{query}: {' '.join(named)}, not {' '.join(sorted(right))}")
    for miss in missed:
        tell(f"  judged otherwise: {miss}")
    return _judged_rows(places, missed)


def _judged_rows(places: dict[str, list[int]], missed: list[str]) -> list[Row]:
    """Take where the expected case stands: 1 to 3, or 0 if further down."""
    count = len(places["ours"])
    first = {who: places[who].count(1) for who in places}
    among = {who: sum(map(bool, places[who])) for who in places}
    theirs = [share(counted["stock"], count) if places["stock"] else "" for counted in (first, among)]
    enough, numbers = first["ours"] >= JUDGED_FIRST * count, {"first": first, "missed": missed}
    return [
        Row("judged queries", f"{count}", bar=f"≥ {JUDGED_LEAST}", holds=count >= JUDGED_LEAST),
        Row("judged, right first", share(first["ours"], count), theirs[0], "≥ 95 %", enough, numbers),
        Row("judged, in the first three", share(among["ours"], count), theirs[1], "all", among["ours"] == count),
    ]


def load_cmrc(file: Path) -> list[tuple[str, str]]:
    """Make every paragraph a published case of an empty library; return each question with its case's number.

    The title says nothing, so that nothing but the paragraph answers.
    """
    sector, source = Sector.objects.get_or_create(name="阅读", slug="reading")[0], Source.objects.first()
    source = source or Source.objects.create(key="cmrc-2018", kind="document", publisher="CMRC", title="CMRC 2018")
    district, body = District.objects.get(code="44"), Organisation.objects.create(name="阅读组", kind="other")
    articles = json.loads(file.read_text(encoding="utf-8"))["data"]
    paragraphs = [paragraph for article in articles for paragraph in article["paragraphs"]]
    cases, questions = [], []
    for serial, paragraph in enumerate(paragraphs, 1):
        number = f"2018-{serial:04}"
        cases.append(Case(number=number, title=f"段落{serial}", year=2018, district=district, sector=sector))
        cases[-1].approach, cases[-1].published_at = paragraph["context"], timezone.now()
        questions += [(answer["question"], number) for answer in paragraph["qas"]]
    Case.objects.bulk_create(cases)
    Credit.objects.bulk_create(Credit(case=case, organisation=body) for case in cases)
    Citation.objects.bulk_create(Citation(case=case, source=source) for case in cases)
    Case.objects.update(status=Case.Status.PUBLISHED)
    return questions


def reciprocal_rank(questions: list[tuple[str, str]], ask: Callable[[str], list[int]]) -> float:
    """MRR@10: the mean of 1, 1/2, 1/3 … by the place of the paragraph that a question was asked about."""
    numbers = dict(Case.objects.values_list("pk", "number"))
    progress, total = counting("questions"), 0.0
    for done, (question, number) in enumerate(questions):
        progress(done, len(questions))
        found = [numbers.get(pk) for pk in ask(question)[:CMRC_DEPTH]]
        total += 1 / (found.index(number) + 1) if number in found else 0
    return total / len(questions)


def cmrc(questions: list[tuple[str, str]], with_stock: bool) -> list[Row]:
    score = reciprocal_rank(questions, ours)
    row = Row("question → paragraph, MRR@10", f"{score:.4f}", bar=f"≥ {CMRC_BAR}", holds=score >= CMRC_BAR)
    row.numbers = {"questions": len(questions), "ours": score}
    rows = [row]
    if with_stock:
        theirs = reciprocal_rank(questions, lambda words: stock.ids(words, CMRC_DEPTH))
        row.stock, row.numbers["stock"] = f"{theirs:.4f}", theirs
        stock.match_any_word()
        loose = reciprocal_rank(questions, lambda words: stock.ids(words, CMRC_DEPTH))
        rows.append(Row("the same, stock's parser set to any word", "", f"{loose:.4f}", numbers={"stock": loose}))
    return rows
