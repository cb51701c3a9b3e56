"""Make drafts of an article: its cases, new organisations, its source and its list, all of them or nothing."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError

from cases.bulk.carrying import Planned, Step, carry_out_in_turn
from cases.bulk.kinds import KINDS
from cases.models import ArticleImport, AwardList, BulkChange, Case, Credit
from cases.rich_text import from_plain

LIST, CASE, ORGANISATION, SOURCE = "cases.awardlist", "cases.case", "cases.organisation", "cases.source"


class Moved(Exception):
    """Somebody stored or took over this article since the page was opened."""


@dataclass(frozen=True)
class Body:
    """An organisation of the library, or one to be made."""

    organisation: int | None
    name: str = ""
    kind: str = ""
    district: int | None = None


@dataclass(frozen=True)
class Honour:
    """An honour as an entry of a list: one that there is, or a new draft."""

    award_list: int | None
    name: str = ""
    year: int | None = None
    level: str = ""
    tier: str = ""


@dataclass(frozen=True)
class TakenCase:
    """A case as the curator left it; `sections` has the article's paragraphs."""

    values: dict[str, Any]
    leads: Sequence[Body]
    announced: str
    tier: str = ""  # as announced: 一等奖, 第二名
    figures: Sequence[dict[str, Any]] = ()
    honours: Sequence[Honour] = ()
    sections: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class TakenList:
    values: dict[str, Any]
    funnel: Sequence[list[Any]] = ()


@dataclass(frozen=True)
class Taken:
    """What is to be made; `source` is the key of one that there is, or the values of a new one."""

    source: int | dict[str, Any]
    cases: Sequence[TakenCase]
    award_list: TakenList | None = None


def take_over(article: ArticleImport, taken: Taken, by: Any) -> BulkChange:
    """Make all of it in one transaction; raise Moved, Stale or ValidationError and leave everything as it was."""
    started_from = article.version

    def finish(change: BulkChange) -> None:
        open_now = ArticleImport.objects.filter(pk=article.pk, state=ArticleImport.State.REVIEWING)
        if not (open_now.exists() and article.claim_version(started_from)):
            raise Moved
        article.state, article.change = ArticleImport.State.TAKEN, change
        article.save(update_fields=["state", "change", "updated_at"])

    title = f"从文章导入：{article.title}"
    step = Step(BulkChange.Kind.ARTICLE, "文章", title, by, title)
    return carry_out_in_turn(step, _in_turn(taken), finish)


def _in_turn(taken: Taken) -> Iterator[list[Planned]]:
    """What refers to something comes after it is made."""
    bodies = [_new_body(one) for one in _new_bodies(taken.cases)]
    yield bodies
    made = {one.label: one.made for one in bodies}
    source = taken.source if isinstance(taken.source, int) else None
    if isinstance(taken.source, dict):
        planned = Planned(SOURCE, taken.source["title"], taken.source)
        yield [planned]
        source = planned.made
    cases = [Planned(CASE, one.values["title"], _state(one, made, source)) for one in taken.cases]
    yield cases
    yield _lists(taken, cases, made, source)


def _new_bodies(cases: Sequence[TakenCase]) -> list[Body]:
    fresh = {body.name: body for case in cases for body in case.leads if body.organisation is None}
    return list(fresh.values())


def _new_body(body: Body) -> Planned:
    values = {"name": body.name, "kind": body.kind, "district": body.district}
    return Planned(ORGANISATION, body.name, values)


def _keys(case: TakenCase, made: dict[str, int | None]) -> list[int]:
    keys = (one.organisation if one.organisation is not None else made[one.name] for one in case.leads)
    return list(dict.fromkeys(key for key in keys if key is not None))


def _state(case: TakenCase, made: dict[str, int | None], source: int | None) -> dict[str, Any]:
    return {
        **case.values,
        **{name: section(name, paragraphs) for name, paragraphs in case.sections.items()},
        "credits": [[key, Credit.Role.LEAD.value] for key in _keys(case, made)],
        "figures": [figure | {"source": source} for figure in case.figures],
        "citations": [[source, ""]],
    }


def section(name: str, paragraphs: Sequence[str]) -> str:
    """The article's paragraphs as the working text of a section; raise ValidationError when they are too long."""
    model_field: Any = Case._meta.get_field(name)
    lines = [line for paragraph in paragraphs for line in paragraph.splitlines()]
    return str(model_field.clean(from_plain("\n".join([Case.MATERIAL, *lines])), None)) if lines else ""


# Lists


def _lists(taken: Taken, cases: Sequence[Planned], made: dict[str, int | None], source: int | None) -> list[Planned]:
    planned: list[Planned] = []
    entries = [_entry(case, one, _keys(case, made)) for case, one in zip(taken.cases, cases, strict=True)]
    if taken.award_list:
        values = taken.award_list.values
        placed = [_placed(entry, one, values) for entry, one in zip(entries, taken.cases, strict=True)]
        planned.append(_new_list(values, placed, source, taken.award_list.funnel))
    fresh: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    known: dict[int, list[dict[str, Any]]] = {}
    for case, entry in zip(taken.cases, entries, strict=True):
        for honour in case.honours:
            own = entry | {"tier": honour.tier}
            if honour.award_list is not None:
                known.setdefault(honour.award_list, []).append(own)
            else:
                fresh.setdefault((honour.name, honour.year, honour.level), []).append(own)
    for (title, year, level), own_entries in fresh.items():
        planned.append(_new_list({"title": title, "year": year, "level": level}, own_entries, source))
    return planned + _longer_lists(known)


def _entry(case: TakenCase, planned: Planned, bodies: list[int]) -> dict[str, Any]:
    return {
        "title": case.values["title"],
        "organisations_as_announced": case.announced[:300],
        "rank": None,
        "tier": "",
        "note": "",
        "organisations": sorted(bodies),
        "district": case.values["district"],
        "case": planned.made,
    }


def _placed(entry: dict[str, Any], case: TakenCase, values: dict[str, Any]) -> dict[str, Any]:
    """An entry with its rank where the list has ranks, else with its tier."""
    rank = re.fullmatch(r"第?(\d{1,4})名?", case.tier)
    if values["order"] == AwardList.Order.RANKED and rank:
        return entry | {"rank": int(rank[1])}
    return entry | {"tier": case.tier}


def _new_list(
    values: dict[str, Any], entries: list[dict[str, Any]], source: int | None, funnel: Sequence[list[Any]] = ()
) -> Planned:
    slug = f"list-{values['year']}-{secrets.token_hex(4)}"
    own = {"slug": slug, **values, "entries": entries, "funnel": list(funnel), "sources": [source]}
    return Planned(LIST, values["title"], own)


def _longer_lists(known: dict[int, list[dict[str, Any]]]) -> list[Planned]:
    """Lists that there are, with entries of these cases after their own."""
    kind = KINDS[LIST]
    rows = kind.load(known, lock=True)
    if len(rows) < len(known):
        raise ValidationError("要记入的榜单已经不在，请另选")
    return [
        Planned(LIST, row.title, {"entries": kind.state(row)["entries"] + known[pk]}, pk, kind.stamp(row))
        for pk, row in rows.items()
    ]
