"""What a case as typed still lacks, or may have wrong: told while typing and after a save, never in the way of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from typing import Any

from django.urls import reverse
from django.utils.html import strip_tags

from cases.models import Case, Credit, Organisation
from cases.models.case import label_of
from cases.models.case_queryset import columns

# Customary lengths in characters, as Word counts them.
SUMMARY, SECTIONS = 500, 5000
MOST_ROWS = 1000
# So many likely doubles are named.
TOLD = 3
# A sentence of so many characters is not the same by chance.
COPIED = 20
# What is alike in two titles, in shared pairs of characters.
ALIKE = 0.6
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
    leads: int
    sources: int
    figures: list[Number]


def typed(data: Any) -> Typed:
    """Read the fields of a form as they were sent, whatever they are."""
    names = ("title", "district", "sector", *Case.SECTIONS)
    credits = [row for row in _rows(data, "credits") if row("organisation")]
    numbers = [Number(row("indicator"), row("value"), row("unit"), row("year")) for row in _rows(data, "figures")]
    return Typed(
        {name: data.get(name, "").strip() for name in names},
        sum(row("role") == Credit.Role.LEAD for row in credits),
        sum(bool(row("source")) for row in _rows(data, "citations")),
        [number for number in numbers if number.indicator or number.value],
    )


def stored(case: Case) -> Typed:
    """Read a case with its credits, figures and citations; three queries."""
    fields = {name: str(getattr(case, name) or "") for name in ("title", *Case.SECTIONS)}
    fields |= {name: str(getattr(case, f"{name}_id") or "") for name in ("district", "sector")}
    numbers = [Number(row.indicator, str(row.value), row.unit, str(row.year or "")) for row in case.figures.all()]
    leads = case.credits.filter(role=Credit.Role.LEAD).count()
    return Typed(fields, leads, case.citations.count(), numbers)


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


# What is probably there already


def similar_cases(title: str, user: Any, without: int | None = None) -> list[Link]:
    """Cases that this curator may see with a title like this one, the most alike first: title and address."""
    own = pairs_of(title)
    if len(own) < 3:
        return []
    visible = Case.objects.visible_to(user, preview=True)
    alike = [
        (likeness, number, other)
        for pk, number, other in zip(*columns(visible, "pk", "number", "title"), strict=True)
        if pk != without and (likeness := _likeness(own, pairs_of(other))) >= ALIKE
    ]
    alike.sort(key=lambda one: (-one[0], one[1]))
    return [(f"{number} {other}", reverse("cases:detail", args=[number])) for _, number, other in alike[:TOLD]]


@lru_cache(maxsize=50_000)
def pairs_of(title: str) -> frozenset[str]:
    from cases.search import fold

    folded = fold(title)
    return frozenset(folded[place : place + 2] for place in range(len(folded) - 1))


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0


def similar_organisations(name: str, known: Any, without: int | None = None) -> list[Organisation]:
    """Organisations among `known` that are probably the one of this name, under whatever name they have or had."""
    wanted = core(name)
    if len(wanted) < 3:
        return []
    found = [
        pk
        for pk, *names in zip(*columns(known, "pk", "name", "short_name", "former_names"), strict=True)
        if pk != without and any(_is_same(wanted, core(one)) for text in names for one in text.splitlines())
    ]
    return list(known.filter(pk__in=found[:50]).order_by("name")[:TOLD])


# Longest first: what follows is part of what stands before.
TITLES = [
    ("中国共产党", ""),
    ("中共", ""),
    ("工作委员会", "工委"),
    ("党工委", "工委"),
    ("总支部委员会", "总支"),
    ("党总支部", "总支"),
    ("党总支", "总支"),
    ("支部委员会", "支部"),
    ("党支部", "支部"),
    ("居民委员会", "居委会"),
    ("村民委员会", "村委会"),
    ("管理委员会", "管委会"),
    ("委员会", "委"),
    ("党委", "委"),
    ("办事处", ""),
    ("有限责任公司", "公司"),
    ("股份有限公司", "公司"),
    ("有限公司", "公司"),
]
PLACE = re.compile(r"\w{1,8}[省市区县州盟旗]$")


@lru_cache(maxsize=50_000)
def core(name: str) -> str:
    """A name without what is written or left out at will: 中共甲街道工作委员会 and 甲街道党工委 are 甲街道工委."""
    from cases.search import fold

    folded = fold(name)
    for written, short in TITLES:
        folded = folded.replace(written, short)
    return folded


def _is_same(one: str, other: str) -> bool:
    """Whether two cores are one, or differ only by the places above that one of them begins with."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    return len(short) >= 4 and long.endswith(short) and bool(PLACE.fullmatch(long.removesuffix(short)))
