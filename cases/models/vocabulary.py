"""The two vocabularies a case is filed under: one sector, several themes."""

from typing import Any, Self

from django.db import models

from cases.models.versioned import Versioned


class VocabularyQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Vocabularies are public."""
        return self

    def with_case_counts(self, cases: models.QuerySet[Any]) -> Self:
        """Annotate `case_count` over `cases`, leave out words that none of them has, and keep the set order."""
        word = self.model.cases.field.name  # sector or themes
        these = cases.filter(**{word: models.OuterRef("pk")}).order_by().values(word)
        counts = models.Subquery(these.annotate(number=models.Count("pk")).values("number"))
        return self.annotate(case_count=counts).filter(case_count__gt=0).order_by("position", "pk")


class Vocabulary(Versioned):
    name = models.CharField("名称", max_length=40, unique=True)
    slug = models.SlugField("网址代号", max_length=40, unique=True, help_text="小写英文，用于网址；发布后不要更改")
    position = models.PositiveSmallIntegerField("次序", default=0)
    note = models.CharField("说明", max_length=200, blank=True)

    case_count: int  # set by with_case_counts()

    objects = VocabularyQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class Sector(Vocabulary):
    """The field a case happens in. (`Field` means something else in every Django module.)"""

    class Meta(Vocabulary.Meta):
        verbose_name = "领域"
        verbose_name_plural = "领域"


class Theme(Vocabulary):
    """What a case is about."""

    class Meta(Vocabulary.Meta):
        verbose_name = "主题"
        verbose_name_plural = "主题"
