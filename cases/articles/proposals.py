"""What a curator makes of an article: what was read from it, as plain data that a form fills and JSON holds.

`{"shape", "source", "list", "cases"}`. Values are strings as a form sends them, so that nothing typed is lost, right or
wrong. `found` says of each field where in the text it was read (`at`: pairs of characters), by which rule (`why`) and
between what the reader could not decide (`choices`). Records and districts are primary keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cases.articles.found import (
    ArticleFound,
    BodyFound,
    CaseFound,
    FigureFound,
    Found,
    HonourFound,
    ListFound,
    Passage,
    SourceFound,
)

Proposals = dict[str, Any]
MOST_CASES = 100
SOURCE = ("title", "publisher", "published", "authors", "page", "url", "kind")
CASE = ("title", "brand_name", "kind", "district", "sector", "year", "start_year")
SECTIONS = ("background", "approach", "results", "lessons")
LONGEST_TITLE = 120
MOST_VALUE = 10**14


class Keys:
    """Primary keys of districts, sectors and themes by what the reader calls them."""

    def __init__(self, districts: Mapping[str, int], sectors: Mapping[str, int], themes: Mapping[str, int]) -> None:
        self.districts, self.sectors, self.themes = districts, sectors, themes

    def district(self, code: str | None) -> str:
        return str(self.districts.get(code or "", ""))

    def sector(self, slug: str | None) -> str:
        return str(self.sectors.get(slug or "", ""))

    def theme(self, slug: str | None) -> str:
        return str(self.themes.get(slug or "", ""))


def codes_in(found: ArticleFound) -> set[str]:
    """The codes of all districts that an article's proposals name."""
    codes: set[str] = set()
    for case in found.cases:
        codes |= {case.district.value or "", *case.district.choices, *(body.district for body in case.leads)}
    if found.award_list and found.award_list.organiser:
        codes.add(found.award_list.organiser.district)
    return codes - {""}


def proposed(found: ArticleFound, text: str, keys: Keys, told: Mapping[str, str]) -> Proposals:
    """Turn what was read into what a curator corrects; `told` is what the file says of itself."""
    return {
        "shape": found.shape,
        "source": _source(found.source, told),
        "list": _list(found.award_list, keys) if found.award_list else _no_list(),
        "cases": [_case(one, str(place), text, keys) for place, one in enumerate(found.cases[:MOST_CASES], start=1)],
        "next": min(len(found.cases), MOST_CASES) + 1,
        "left_out": max(0, len(found.cases) - MOST_CASES),
    }


def _note(found: Found[Any], choices: Iterable[str] = ()) -> dict[str, Any]:
    given = [str(one) for one in choices or found.choices]
    return {"at": [list(one) for one in found.passages], "why": found.why, "choices": given}


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _source(found: SourceFound, told: Mapping[str, str]) -> dict[str, Any]:
    values = {name: _text(getattr(found, name).value) or told.get(name, "") for name in SOURCE}
    notes = {name: _note(getattr(found, name)) for name in SOURCE}
    return values | {"existing": "", "found": notes}


def _no_list() -> dict[str, Any]:
    return {"take": "", "title": "", "organiser": "", "year": "", "level": "", "order": "", "funnel": [], "found": {}}


def _list(found: ListFound, keys: Keys) -> dict[str, Any]:
    organiser = found.organiser
    notes = {name: _note(getattr(found, name)) for name in ("title", "year", "level")}
    if organiser:
        notes["organiser"] = {
            "at": [list(organiser.passage)],
            "why": organiser.why or f"文中写作“{organiser.name}”",
            "choices": [str(one) for one in organiser.choices],
        }
    return {
        "take": "on",
        "title": _text(found.title.value)[:LONGEST_TITLE],
        "organiser": _text(organiser.organisation if organiser else None),
        "year": _text(found.year.value),
        "level": _text(found.level.value),
        "order": _text(found.order.value),
        "funnel": [
            {"take": "on", "stage": one.stage, "qualifier": one.qualifier, "count": str(one.count)}
            | {"at": [list(one.passage)], "why": ""}
            for one in found.funnel
        ],
        "found": notes,
    }


def _case(found: CaseFound, key: str, text: str, keys: Keys) -> dict[str, Any]:
    return {
        "key": key,
        "take": "on",
        "passage": list(found.passage),
        "title": _text(found.title.value),
        "brand_name": _text(found.brand_name.value),
        "kind": _text(found.kind.value),
        "district": keys.district(found.district.value),
        "sector": keys.sector(found.sector.value),
        "tier": found.tier[:20],
        "themes": [key for one in found.themes if (key := keys.theme(one.value))],
        "year": _text(found.year.value),
        "start_year": _text(found.start_year.value),
        "leads": [_lead(one, keys) for one in found.leads],
        "figures": _figures(found.figures, text),
        "honours": [_honour(one) for one in found.honours],
        "paragraphs": [{"at": [list(one.passage)], "section": one.section, "why": one.why} for one in found.paragraphs],
        "found": {
            "title": _note(found.title),
            "brand_name": _note(found.brand_name),
            "kind": _note(found.kind),
            "district": _note(found.district, filter(None, map(keys.district, found.district.choices))),
            "sector": _note(found.sector, filter(None, map(keys.sector, found.sector.choices))),
            "themes": {
                "at": [list(at) for one in found.themes for at in one.passages],
                "why": "；".join(dict.fromkeys(one.why for one in found.themes if one.why)),
                "choices": [],
            },
            "year": _note(found.year),
            "start_year": _note(found.start_year),
        },
    }


def _lead(found: BodyFound, keys: Keys) -> dict[str, Any]:
    return {
        "take": "on",
        "organisation": _text(found.organisation),
        "name": "" if found.organisation or found.choices else found.name,
        "kind": "" if found.organisation else found.kind,
        "district": "" if found.organisation else keys.district(found.district),
        "announced": found.name,
        "at": [list(found.passage)],
        "why": found.why,
        "choices": [str(one) for one in found.choices],
    }


def _figures(found: Sequence[FigureFound], text: str) -> list[dict[str, Any]]:
    """Rows of which those are ticked that can be stored: what is counted is known, and it is not said twice."""
    rows, seen = [], set()
    for one in found:
        row = _figure(one, text)
        key = tuple(row[name] for name in ("indicator", "unit", "year", "value"))
        is_good = one.indicator and one.unit and key not in seen and abs(one.value) < MOST_VALUE
        rows.append(row | {"take": "on" if is_good else ""})
        seen.add(key)
    return rows


def _figure(found: FigureFound, text: str) -> dict[str, Any]:
    return {
        "indicator": found.indicator[:60],
        "qualifier": found.qualifier,
        "value": format(found.value.normalize(), "f"),
        "unit": found.unit[:20],
        "year": _text(found.year),
        "as_printed": found.printed(text)[:100],
        "evidence": found.sentence.of(text),
        "at": [list(found.passage)],
        "why": found.why,
    }


def _honour(found: HonourFound) -> dict[str, Any]:
    return {
        "act": "",
        "name": found.name[:120],
        "level": found.level,
        "year": _text(found.year),
        "tier": found.tier[:20],
        "award_list": "",
        "granter": found.granter,
        "at": [list(found.passage)],
        "why": found.why,
    }


# Cutting anew


def place_of(proposals: Proposals, key: str) -> int | None:
    return next((place for place, case in enumerate(proposals["cases"]) if case["key"] == key), None)


def join(proposals: Proposals, key: str) -> bool:
    """Make a case part of the one before it, with all that was read from both; the first one's words win."""
    place = place_of(proposals, key)
    if not place:
        return False
    first, second = proposals["cases"][place - 1], proposals["cases"].pop(place)
    first["passage"] = [min(first["passage"][0], second["passage"][0]), max(first["passage"][1], second["passage"][1])]
    for name in CASE:
        if not first[name] and second[name]:
            first[name] = second[name]
            first["found"][name] = second["found"].get(name, {})
    first["themes"] = list(dict.fromkeys([*first["themes"], *second["themes"]]))
    for name in ("leads", "figures", "honours", "paragraphs"):
        first[name] = first[name] + [one for one in second[name] if one not in first[name]]
    first["take"] = "on" if first["take"] or second["take"] else ""
    return True


def split(proposals: Proposals, key: str, paragraph: int) -> str | None:
    """Make the paragraphs of a case from this one on another case; return its key, None when that cannot be."""
    place = place_of(proposals, key)
    if place is None or len(proposals["cases"]) >= MOST_CASES:
        return None
    first = proposals["cases"][place]
    if not 0 < paragraph < len(first["paragraphs"]):
        return None
    border = first["paragraphs"][paragraph]["at"][0][0]
    fresh = str(proposals["next"])
    proposals["next"] += 1
    end = first["passage"][1]
    second = dict.fromkeys(CASE, "") | {
        "key": fresh,
        "take": first["take"],
        "passage": [border, end],
        "tier": "",
        "themes": [],
        "leads": [],
        "found": {},
        "kind": first["kind"],
        "year": first["year"],
        "district": first["district"],
        "sector": first["sector"],
    }
    first["passage"] = [first["passage"][0], border]
    for name in ("figures", "honours"):
        second[name] = [one for one in first[name] if _begins(one, border)]
        first[name] = [one for one in first[name] if not _begins(one, border)]
    second["paragraphs"] = first["paragraphs"][paragraph:]
    first["paragraphs"] = first["paragraphs"][:paragraph]
    proposals["cases"].insert(place + 1, second)
    return fresh


def _begins(row: Mapping[str, Any], border: int) -> bool:
    return bool(row["at"]) and row["at"][0][0] >= border


def passages_of(case: Mapping[str, Any]) -> dict[str, Sequence[Sequence[int]]]:
    """Where in the text each field and row of a case was read, by the name that the form gives it."""
    found = {name: note.get("at", ()) for name, note in case["found"].items()}
    for name in ("leads", "figures", "honours", "paragraphs"):
        found |= {f"{name}-{place}": row.get("at", ()) for place, row in enumerate(case[name])}
    return {name: at for name, at in found.items() if at}


def quoted(text: str, at: Sequence[Sequence[int]], most: int = 60) -> str:
    """The words of the first passage, in brief."""
    if not at:
        return ""
    words = re.sub(r"\s+", " ", Passage(*at[0]).of(text)).strip()
    return words if len(words) <= most else f"{words[: most - 1]}…"
