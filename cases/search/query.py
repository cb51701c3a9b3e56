"""The query grammar, read into a small tree: words (all must match), "短语", -排除, OR, 标题：. No engine's syntax.

Any text at all is either a tree or a `Refused` with a message to the reader.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from cases.search.analysis import fold

MAX_LENGTH = 256
MAX_TERMS = 16

# Readers mix them up (”党建“), so every quotation mark both opens and closes.
QUOTES = '"“”„‟＂「」『』﹁﹂'
MINUS = "-－−﹣"
COLONS = ":：﹕︰"
# The fields that may be named, in either script, and what the index calls them.
FIELDS = {
    "标题": "title",
    "標題": "title",
    "单位": "organisations",
    "單位": "organisations",
    "地区": "district",
    "地區": "district",
    "榜单": "awards",
    "榜單": "awards",
}
TERM = re.compile(
    rf"(?P<minus>(?<!\S)[{MINUS}](?=\S))?"
    rf"(?:(?<![^{MINUS}\s])(?P<field>{'|'.join(FIELDS)})[{COLONS}]\s*)?"
    rf"(?:[{QUOTES}](?P<phrase>[^{QUOTES}]*)(?:[{QUOTES}]|$)|(?P<word>[^\s{QUOTES}]+))"
)
# Within a word these part what need not stand side by side: 垃圾分类、小游戏. Dots, commas and dashes of ASCII do not.
CLAUSE_MARKS = re.compile(r"[，、；。！？：…—（）《》【】!?;:()\[\]{}<>|/\\~～]+")


class Refused(Exception):
    """The text cannot be searched for; the message says why, to the reader."""


@dataclass(frozen=True)
class Term:
    """A word or, if quoted, a phrase, as the reader typed it; `label` is the name of the field that was asked for."""

    text: str
    quoted: bool = False
    label: str = ""

    @property
    def field(self) -> str:
        """The field of the index that must have it; empty for any."""
        return FIELDS.get(self.label, "")

    @property
    def verbatim(self) -> str:
        """The stream of label and text: a reader may have copied “单位：区委” out of a text, and finds that too."""
        return fold(self.label + self.text) if self.label else ""

    @property
    def is_strict(self) -> bool:
        """Whether nothing near it will do: whoever writes quotation marks or a field means them."""
        return self.quoted or bool(self.label)

    @cached_property
    def runs(self) -> tuple[str, ...]:
        """The streams that a case must contain: one for a phrase, one for each part of a word between clause marks."""
        return tuple(dict.fromkeys(map(fold, self.parts)))

    @property
    def joined(self) -> str:
        """The stream of a word of several parts, which may be one of the curators': 新经济组织、新社会组织."""
        return fold(self.text) if not self.quoted and len(self.runs) > 1 else ""

    @property
    def parts(self) -> list[str]:
        """The text of each run."""
        parts = [self.text] if self.quoted else CLAUSE_MARKS.split(self.text)
        return [part for part in parts if fold(part)]


@dataclass(frozen=True)
class AnyOf:
    """At least one of these."""

    parts: tuple[Term, ...]


@dataclass(frozen=True)
class Query:
    """All of `wanted`, none of `excluded`."""

    wanted: tuple[AnyOf, ...]
    excluded: tuple[Term, ...] = ()

    @cached_property
    def whole(self) -> str:
        """The stream of everything wanted, in the order typed, as a title or brand may read; empty with a field."""
        terms = list(self.terms)
        return "" if any(term.label for term in terms) else "".join(run for term in terms for run in term.runs)

    @property
    def terms(self) -> Iterator[Term]:
        """Every word and phrase that a case may be found by."""
        for choice in self.wanted:
            yield from choice.parts


@lru_cache(maxsize=256)
def parse(text: str) -> Query:
    """Read what a reader typed; raise `Refused`."""
    text = text.strip()
    if len(text) > MAX_LENGTH:
        raise Refused(f"搜索词过长：最多 {MAX_LENGTH} 个字符，现有 {len(text)} 个。请只留关键的词")
    choices: list[list[Term]] = []
    excluded: list[Term] = []
    joining = False
    for minus, term in _terms(text):
        if term is None:
            pass
        elif minus:
            excluded.append(term)
        elif joining and choices:
            choices[-1].append(term)
        else:
            choices.append([term])
        joining = term is None
    if sum(map(len, choices)) + len(excluded) > MAX_TERMS:
        raise Refused(f"搜索词过多：最多 {MAX_TERMS} 个，请减少一些")
    if not choices:
        # Nothing but exclusions: a reader copied “-20” out of “2018-20”, and means it as it stands.
        choices, excluded = [[term] for term in excluded], []
    if not choices:
        raise Refused("没有可以搜索的文字，请输入汉字、字母或数字")
    return Query(tuple(AnyOf(tuple(parts)) for parts in choices), tuple(excluded))


def _terms(text: str) -> Iterator[tuple[bool, Term | None]]:
    """Yield each term with whether it is excluded, and None for an OR after a term; empty terms are left out."""
    for match in TERM.finditer(text):
        minus, label, phrase, word = match.groups()
        if word is not None and match.start() and not label and unicodedata.normalize("NFKC", word) == "OR":
            yield False, None
            continue
        term = Term(word or phrase or "", quoted=phrase is not None, label=label or "")
        if label and not term.runs:
            term = Term(match[0].removeprefix(minus or ""))
        if term.runs:
            yield bool(minus), term
