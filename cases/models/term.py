"""Words of the field that curators teach the search, each with what else it is called."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models

from cases.models.versioned import Versioned

MAX_SYNONYMS = 20
LONGEST = 40
SEPARATORS = re.compile(r"[，,；;=＝|｜]")


class TermQuerySet(models.QuerySet["Term"]):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def visible_to(self, user: Any) -> Self:
        """Terms in use are public, as the vocabularies are; the others are a curator's work in progress."""
        return self.active()


class Term(Versioned):
    """A word that search keeps whole, and its synonyms: each finds what the others find.

    Spellings are compared as search compares them, by their streams. A spelling belongs to one active term only, so
    that the groups of synonyms never overlap.
    """

    word = models.CharField("词", max_length=LONGEST, unique=True, help_text="如：两新组织。搜索时作为一个词，不拆开")
    synonyms_text = models.TextField(
        "同义说法",
        blank=True,
        help_text="每行一个，如：新经济组织和新社会组织。搜其中一个，写着另一个的案例也会找到；没有可以不填",
    )
    is_active = models.BooleanField("启用", default=True, help_text="停用后不再参与搜索，内容保留")
    note = models.CharField(
        "说明", max_length=200, blank=True, help_text="给其他录入人员看，如出处、为什么不收某个说法"
    )
    changed_at = models.DateTimeField("最后修改", auto_now=True)

    objects = TermQuerySet.as_manager()

    class Meta:
        verbose_name = "词条"
        verbose_name_plural = "词条"
        ordering = ["word"]

    def __str__(self) -> str:
        return self.word

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.tidy()
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "changed_at"}
        super().save(*args, **kwargs)

    @property
    def synonyms(self) -> list[str]:
        """What else the word is called: each spelling once, whatever was stored."""
        from cases.search import fold

        seen, found = {"", fold(self.word)}, []
        for line in _lines(self.synonyms_text):
            if (stream := fold(line)) not in seen:
                seen.add(stream)
                found.append(line)
        return found

    def tidy(self) -> None:
        """Take out what nobody sees: odd blanks, invisible characters, empty and repeated lines."""
        self.word = _tidied(self.word)
        self.synonyms_text = "\n".join(line for line in _lines(self.synonyms_text) if line != self.word)

    def clean(self) -> None:
        self.tidy()
        faults = self.faults(Term.objects.exclude(pk=self.pk))
        if faults:
            raise ValidationError(faults)

    def faults(self, others: Iterable[Term]) -> dict[str, list[str]]:
        """Say by field what is wrong with a tidied term beside `others`, in Chinese; nothing for an empty word."""
        others = list(others)
        found = {
            "word": [*self._faults_of_word(), *self._overlaps_of_word(others)] if self.word else [],
            "synonyms_text": [*self._faults_of_synonyms(), *self._overlaps_of_synonyms(others)],
        }
        return {name: messages for name, messages in found.items() if messages}

    def _faults_of_word(self) -> Iterator[str]:
        if SEPARATORS.search(self.word):
            yield "这里只填一个词，不用逗号、分号或等号；其他说法写进“同义说法”，每行一个"
        if _is_too_short(self.word):
            yield "词至少要有两个汉字、字母或数字"

    def _faults_of_synonyms(self) -> Iterator[str]:
        from cases.search import fold

        lines = _lines(self.synonyms_text)
        if len(lines) > MAX_SYNONYMS:
            yield f"同义说法最多 {MAX_SYNONYMS} 个，现有 {len(lines)} 个"
        seen = {fold(self.word): self.word}
        for line in lines:
            if SEPARATORS.search(line):
                yield f"“{line}”里有逗号、分号或等号：同义说法请每行一个，说法本身的停顿用顿号"
            if len(line) > LONGEST:
                yield f"“{line}”过长：最多 {LONGEST} 个字，现有 {len(line)} 个"
            if _is_too_short(line):
                yield f"“{line}”过短：至少要有两个汉字、字母或数字"
            elif (first := seen.setdefault(fold(line), line)) != line:
                yield f"“{line}”与“{first}”只差繁简、大小写、全半角或标点，搜索时不加区分，请删去"

    def _overlaps_of_word(self, others: list[Term]) -> Iterator[str]:
        from cases.search import fold

        same = next((other for other in others if fold(other.word) == fold(self.word)), None)
        if same:
            advice = "请修改那个词条" if same.is_active else "它已停用，请改为启用那个词条"
            yield f"已有词条“{same}”，与“{self.word}”在搜索中是同一个词（不分繁简、大小写、全半角和标点）。{advice}"
        elif self.is_active and (owner := _owners(others).get(fold(self.word))):
            yield f"“{self.word}”已是词条“{owner}”的同义说法。请使用那个词条，或先从它的同义说法中删去"

    def _overlaps_of_synonyms(self, others: list[Term]) -> Iterator[str]:
        from cases.search import fold

        owners = _owners(others) if self.is_active else {}
        for text in self.synonyms:
            if owner := owners.get(fold(text)):
                is_word = fold(owner.word) == fold(text)
                what = f"本身就是词条“{owner}”" if is_word else f"已是词条“{owner}”的同义说法"
                yield f"“{text}”{what}。一个说法只能属于一个词条：请从这里删去，或把两个词条并成一个，停用另一个"


def _owners(others: list[Term]) -> dict[str, Term]:
    """Which active term each spelling belongs to, by its stream."""
    from cases.search import fold

    return {fold(text): other for other in others if other.is_active for text in (other.word, *other.synonyms)}


def _is_too_short(text: str) -> bool:
    from cases.search import fold

    return len(fold(text)) < 2


def _tidied(text: str) -> str:
    visible = (sign for sign in text if sign.isspace() or unicodedata.category(sign)[0] != "C")
    return " ".join("".join(visible).split())


def _lines(text: str) -> list[str]:
    """Return the tidied lines that hold anything, each once."""
    return list(dict.fromkeys(line for line in map(_tidied, text.splitlines()) if line))
