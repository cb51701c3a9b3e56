"""Words of the field that curators teach the search, each with what else it is called."""

from __future__ import annotations

from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models

MAX_SYNONYMS = 20
LONGEST = 40


class TermQuerySet(models.QuerySet["Term"]):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def visible_to(self, user: Any) -> Self:
        """Terms in use are public, as the vocabularies are; the others are a curator's work in progress."""
        return self.active()


class Term(models.Model):
    """A word that search keeps whole, and its synonyms: each finds what the others find."""

    word = models.CharField("词", max_length=LONGEST, unique=True, help_text="如：两新组织")
    synonyms_text = models.TextField(
        "同义说法", blank=True, help_text="每行一个，如：新经济组织和新社会组织。搜其中一个，写着另一个的案例也会找到"
    )
    is_active = models.BooleanField("启用", default=True, help_text="停用后不再参与搜索，内容保留")
    note = models.CharField("说明", max_length=200, blank=True)
    changed_at = models.DateTimeField("最后修改", auto_now=True)

    objects = TermQuerySet.as_manager()

    class Meta:
        verbose_name = "词条"
        verbose_name_plural = "词条"
        ordering = ["word"]

    def __str__(self) -> str:
        return self.word

    @property
    def synonyms(self) -> list[str]:
        lines = (line.strip() for line in self.synonyms_text.splitlines())
        return list(dict.fromkeys(line for line in lines if line and line != self.word))

    def clean(self) -> None:
        """Refuse what could never match or would match nearly everything."""
        from cases import search

        wrong: dict[str, str] = {}
        if len(search.fold(self.word)) < 2:
            wrong["word"] = "词至少要有两个汉字、字母或数字"
        problems = []
        if len(self.synonyms) > MAX_SYNONYMS:
            problems.append(f"同义说法最多 {MAX_SYNONYMS} 个，现有 {len(self.synonyms)} 个")
        problems += [f"“{text}”过长：最多 {LONGEST} 个字" for text in self.synonyms if len(text) > LONGEST]
        problems += [
            f"“{text}”过短：至少要有两个汉字、字母或数字" for text in self.synonyms if len(search.fold(text)) < 2
        ]
        if problems:
            wrong["synonyms_text"] = "；".join(problems)
        if wrong:
            raise ValidationError(wrong)
