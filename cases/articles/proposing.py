"""From a text as it was given to what a curator is asked about: repaired, read, and put in terms of the library."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from cases.articles.knowledge import Knowledge
from cases.articles.proposals import Keys, Proposals, codes_in, proposed
from cases.articles.reading import read
from cases.models import ArticleImport, Sector, Source, Theme
from cases.repair import Repaired, repair
from cases.repair.words import words_kept
from districts.models import District


def repaired(text: str) -> Repaired:
    """What can be put right in a text, what is offered, and what is only marked."""
    return repair(text, words_kept())


def read_anew(article: ArticleImport, user: Any) -> Proposals:
    """What is proposed for the repaired text; in a number of queries that does not grow with it."""
    found = read(article.text, Knowledge.of(user))
    districts = District.objects.filter(code__in=codes_in(found)).values_list("code", "pk")
    sectors, themes = (model.objects.values_list("slug", "pk") for model in (Sector, Theme))
    proposals = proposed(found, article.text, Keys(dict(districts), dict(sectors), dict(themes)), article.told)
    recognise(proposals["source"], user)
    return proposals


def recognise(source: dict[str, Any], user: Any) -> None:
    """Take the source that the library has: of the same address, or title and publisher; else offer those so titled."""
    same = Q(title=source["title"]) if source["title"] else Q(pk__in=[])
    same |= Q(url=source["url"]) if source["url"] else Q(pk__in=[])
    alike = list(Source.objects.visible_to(user, preview=True).filter(same)[:5])
    sure = [
        one
        for one in alike
        if (source["url"] and one.url == source["url"])
        or (one.title == source["title"] and one.publisher == source["publisher"])
    ]
    if len(sure) == 1:
        source["existing"] = str(sure[0].pk)
    why = "库里已有这个来源" if len(sure) == 1 else "库里有标题相同的来源"
    if alike:
        source["found"]["existing"] = {"at": [], "why": why, "choices": [str(one.pk) for one in alike]}
