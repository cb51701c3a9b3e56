"""What a case as typed still lacks, or may have wrong: told while typing and after a save, never in the way of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from django.utils.html import strip_tags

from cases.models import Case, Credit
from cases.models.case import label_of

# Customary lengths in characters, as Word counts them.
SUMMARY, SECTIONS = 500, 5000
MOST_ROWS = 1000
# So many figures without a year are named.
TOLD = 3
# A sentence of so many characters is not the same by chance.
COPIED = 20
WIDE = re.compile(
    r"[\u2e80-\u2fff\u3001-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\u2014\u2018-\u201d\u2026\U00020000-\U0003ffff]"
)
NUMBER = re.compile(r"\d|[一二三四五六七八九十百千万亿两]{2,}[余多]?[个名人家次件户万元项]")
Link = tuple[str, str]


@dataclass(frozen=True)
class Remark:
    """One thing to look at, in one part of the form; links name what it may be confused with."""

    part: str
    text: str
    links: list[Link] = field(default_factory=list)


@dataclass(frozen=True)
class Number:
    indicator: str
    value: str
    unit: str
    year: str


@dataclass(frozen=True)
class Typed:
    """A case as it stands in a form, or in the database."""

    fields: Mapping[str, str]
    leads: list[int]
    sources: int
    figures: list[Number]


def typed(data: Any) -> Typed:
    """Read the fields of a form as they were sent, whatever they are."""
    names = ("title", "brand_name", "district", "sector", *Case.SECTIONS)
    credits = [row for row in _rows(data, "credits") if row("organisation")]
    numbers = [Number(row("indicator"), row("value"), row("unit"), row("year")) for row in _rows(data, "figures")]
    return Typed(
        {name: data.get(name, "").strip() for name in names},
        [_key(row("organisation")) for row in credits if row("role") == Credit.Role.LEAD],
        sum(bool(row("source")) for row in _rows(data, "citations")),
        [number for number in numbers if number.indicator or number.value],
    )


def stored(case: Case) -> Typed:
    """Read a case with its credits, figures and citations; three queries."""
    fields = {name: str(getattr(case, name) or "") for name in ("title", "brand_name", *Case.SECTIONS)}
    fields |= {name: str(getattr(case, f"{name}_id") or "") for name in ("district", "sector")}
    numbers = [Number(row.indicator, str(row.value), row.unit, str(row.year or "")) for row in case.figures.all()]
    leads = list(case.credits.filter(role=Credit.Role.LEAD).values_list("organisation", flat=True))
    return Typed(fields, leads, case.citations.count(), numbers)


def _key(typed: str) -> int:
    return int(typed) if re.fullmatch("[0-9]{1,18}", typed) else 0


def _rows(data: Any, prefix: str) -> Iterator[Any]:
    total = data.get(f"{prefix}-TOTAL_FORMS", "")
    count = int(total) if total.isascii() and total.isdigit() and len(total) < 6 else 0
    for number in range(min(count, MOST_ROWS)):
        if not data.get(f"{prefix}-{number}-DELETE"):
            yield lambda name, number=number: data.get(f"{prefix}-{number}-{name}", "").strip()


def as_text(written: str) -> str:
    """The words of a section, whether it is plain or rich."""
    return unescape(strip_tags(written)) if re.match(r"\s*<\w", written) else written


def length(text: str) -> int:
    """Count as Word does: every Chinese character or sign for itself, every run of other characters as one."""
    return len(WIDE.findall(text)) + len(WIDE.sub(" ", text).split())


def remarks(case: Typed) -> list[Remark]:
    """What can be told from the form alone."""
    return [*_lacking(case), *_lengths(case), *_figures(case), *_material(case)]


def _lacking(case: Typed) -> Iterator[Remark]:
    if not case.fields["title"]:
        yield Remark("what", "还没有标题")
    if not case.fields["sector"]:
        yield Remark("what", "还没有选领域")
    if not case.fields["district"]:
        yield Remark("who", "还没有选区划")
    if not case.leads:
        yield Remark("who", "还没有主办组织")
    if not as_text(case.fields["summary"]).strip():
        yield Remark("texts", "还没有摘要")
    if not any(as_text(case.fields[name]).strip() for name in Case.SECTIONS[1:]):
        yield Remark("texts", "还没有正文")
    if not case.sources:
        yield Remark("sources", "还没有来源，发布前至少要有一个")


def _lengths(case: Typed) -> Iterator[Remark]:
    summary = length(as_text(case.fields["summary"]))
    whole = sum(length(as_text(case.fields[name])) for name in Case.SECTIONS[1:])
    if summary > SUMMARY:
        yield Remark("texts", f"摘要 {summary} 字，通常不超过 {SUMMARY} 字")
    if whole > SECTIONS:
        yield Remark("texts", f"正文共 {whole} 字，通常不超过 {SECTIONS} 字")


def _material(case: Typed) -> Iterator[Remark]:
    named = [label_of(name) for name in Case.RICH if Case.MATERIAL in case.fields[name]]
    if named:
        told = f"“{'”“'.join(named)}”里还是文章的原文：请用自己的话改写，删去开头的“{Case.MATERIAL}”，然后才能发布"
        yield Remark("texts", told)


def copied(case: Typed, articles: Iterable[str]) -> list[Remark]:
    """Say how many sentences are still those of the articles that a case was made from."""
    originals = ["".join(text.split()) for text in articles]
    words = "。".join(as_text(case.fields[name]) for name in Case.RICH)
    sentences = {"".join(one.split()) for one in re.split("[。！？；\n]", words)}
    same = [one for one in sentences if len(one) >= COPIED and any(one in original for original in originals)]
    return [Remark("texts", f"正文还有 {len(same)} 句与文章原文相同，请改写：“{min(same, key=len)}”")] if same else []


def _figures(case: Typed) -> Iterator[Remark]:
    undated = [number.indicator or number.value for number in case.figures if not number.year]
    if undated:
        more = f"等 {len(undated)} 项" if len(undated) > TOLD else ""
        yield Remark("figures", f"成效数据没有写年份：{'、'.join(undated[:TOLD])}{more}")
    if not case.figures and NUMBER.search(as_text(case.fields["results"])):
        yield Remark("figures", "“工作成效”里写了数字，成效数据还一行都没有：请把数字逐行填上，读者才能筛选和比较")
