"""An article on its way to cases: as it was given, as it was repaired, and what a curator made of it so far."""

from __future__ import annotations

import hashlib
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cases.models.bulk_change import BulkChange
from cases.models.versioned import Versioned
from cases.remits import remit_of

# Titles of no more characters are those of many articles.
SHORT = 5


class ArticleImportQuerySet(models.QuerySet["ArticleImport"]):
    def visible_to(self, user: Any) -> Self:
        """An article is its bringer's; whoever works everywhere sees all."""
        return self if remit_of(user).is_everywhere else self.filter(created_by=user.pk)

    def open_of(self, user: Any) -> Self:
        """The articles that this curator brought and is not done with."""
        return self.filter(created_by=user.pk, state__in=ArticleImport.OPEN)

    def in_brief(self) -> Self:
        """Without the columns that grow with the article."""
        return self.defer("original", "text", "proposals")

    def telling(self, case: Any) -> Self:
        """The articles that a case was made from."""
        return self.filter(change__records__model="cases.case", change__records__object_id=case.pk)

    def like(self, article: ArticleImport) -> Self:
        """Other imports of the same words, or under the same title; the latest first."""
        same = Q(digest=article.digest) | (Q(title_digest=article.title_digest) if article.title_digest else Q())
        return self.filter(same).exclude(pk=article.pk).exclude(state=ArticleImport.State.DROPPED)


class ArticleImport(Versioned):
    """Nothing of it is lost: what was given stays as it came, and what is typed is stored at every step."""

    class State(models.TextChoices):
        REPAIRING = "repairing", "核对文字"
        REVIEWING = "reviewing", "核对案例"
        TAKEN = "taken", "已存为草稿"
        DROPPED = "dropped", "已放弃"

    OPEN = (State.REPAIRING, State.REVIEWING)

    title = models.CharField("文章", max_length=200)
    file_name = models.CharField("文件名", max_length=200, blank=True)
    original = models.TextField("原文")
    # What the file says of itself besides its text: title, authors, published, publisher, url.
    told = models.JSONField("文件信息", default=dict)
    digest = models.CharField("文字摘要", max_length=64, db_index=True)
    title_digest = models.CharField("标题摘要", max_length=64, blank=True, db_index=True)
    # Numbers of the changes that were `refused`, and of the offers that were `accepted`.
    refused = models.JSONField("修复的取舍", default=dict)
    text = models.TextField("修复后的文字", blank=True)
    proposals = models.JSONField("核对到的内容", default=dict)
    state = models.CharField("状态", max_length=10, choices=State, default=State.REPAIRING)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="导入人", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    by_name = models.CharField("导入人姓名", max_length=310)
    created_at = models.DateTimeField("导入时间", auto_now_add=True)
    updated_at = models.DateTimeField("修改时间", auto_now=True)
    change = models.ForeignKey(
        BulkChange, verbose_name="批量操作", null=True, on_delete=models.SET_NULL, related_name="articles"
    )

    objects = ArticleImportQuerySet.as_manager()

    class Meta:
        verbose_name = "文章导入"
        verbose_name_plural = "文章导入"
        ordering = ["-updated_at", "-pk"]
        default_permissions = ()
        indexes = [models.Index(fields=["created_by", "-updated_at"], name="article_newest")]

    def __str__(self) -> str:
        return self.title

    def get_admin_url(self) -> str:
        return reverse("admin:cases_articleimport_change", args=[self.pk])

    def call_by_its_title(self) -> None:
        """Take the title that was read; what stood in the first line need not be it."""
        title = self.proposals.get("source", {}).get("title", "").strip()
        self.title = title[:200] or self.title
        self.title_digest = digest_of_words(title) if len(title) > SHORT else ""

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def is_undone(self) -> bool:
        """Whether what was made of it was taken back since."""
        return self.state == self.State.TAKEN and (self.change is None or self.change.undone_at is not None)

    @property
    def standing(self) -> str:
        return "已撤销" if self.is_undone else str(self.State(self.state).label)


def digest_of_words(text: str) -> str:
    """What two copies of an article have in common, whatever script, width, punctuation and spacing they are in."""
    from cases.search import fold

    words = "".join(filter(str.isalnum, fold(text)))
    return hashlib.sha256(words.encode()).hexdigest() if words else ""
