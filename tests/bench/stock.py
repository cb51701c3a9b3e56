"""Stock: Haystack's own Whoosh engine with jieba's own analyzer, as the usual Chinese tutorial sets it up.

The tutorial copies `whoosh_backend.py` to `whoosh_cn_backend.py` and puts `ChineseAnalyzer()` where
`StemmingAnalyzer()` stood. Here a subclass does that; everything else is django-haystack 3.4.0's. What a page costs is
what such a site does for it: parse with `AutoQuery`, search the `text` field with the facets counted by Whoosh, load 20
cases from the database, mark the words with `haystack.utils.Highlighter`.

Where tutorials differ, stock gets what is better for it:

- one search a page, from which results, count and facets are all read (`FacetedSearchView` runs several);
- facets are multi-valued fields, which Whoosh keeps whole, not analysed text, which it would count word by word;
- the cases come with what a card shows in a constant number of queries, where tutorials load it row by row;
- no page is rendered from a template, though ours is;
- indexing commits once in 1,000 cases, as `rebuild_index` does by itself, and stores nothing but text and facets.
"""

from __future__ import annotations

import logging
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import jieba
from django.conf import settings
from django.core.management import call_command
from haystack import connections, indexes
from haystack.backends.whoosh_backend import WhooshEngine, WhooshSearchBackend
from haystack.inputs import AutoQuery
from haystack.query import SearchQuerySet
from haystack.utils import Highlighter
from haystack.utils.loading import UnifiedIndex
from jieba.analyse import ChineseAnalyzer
from whoosh.fields import Schema
from whoosh.qparser import OrGroup, QueryParser

from cases.models import Case
from cases.models.case_queryset import CaseQuerySet

ALIAS = "stock"
FACETS = ("district", "sector", "year", "kind", "themes", "levels", "lists")
PER_PAGE = 20
BATCH = 1000


class StockIndex(indexes.SearchIndex, indexes.Indexable):
    """The tutorial's index: one document field made of everything, and the fields to facet by."""

    text = indexes.CharField(document=True)
    district = indexes.MultiValueField(faceted=True)
    sector = indexes.MultiValueField(faceted=True)
    year = indexes.MultiValueField(faceted=True)
    kind = indexes.MultiValueField(faceted=True)
    themes = indexes.MultiValueField(faceted=True)
    levels = indexes.MultiValueField(faceted=True)
    lists = indexes.MultiValueField(faceted=True)

    def get_model(self) -> type[Case]:
        return Case

    def index_queryset(self, using: str | None = None) -> CaseQuerySet:
        return Case.objects.visible_to(None).for_cards()

    def read_queryset(self, using: str | None = None) -> CaseQuerySet:
        return self.index_queryset(using)

    def prepare_text(self, case: Case) -> str:
        bodies = [credit.organisation.name for credit in case.credits.all()]
        sections = [text for _, _, text in case.sections]
        return "\n".join([case.number, case.title, case.brand_name, case.summary, *sections, *bodies])

    def prepare(self, obj: Case) -> dict[str, object]:
        prepared = super().prepare(obj)
        facets = {
            "district": [obj.district.full_name] if obj.district else [],
            "sector": [obj.sector.name] if obj.sector else [],
            "year": [str(obj.year)],
            "kind": [obj.kind],
            "themes": [theme.name for theme in obj.themes.all()],
            "levels": [entry.award_list.level for entry in obj.shown_awards],
            "lists": [entry.award_list.title for entry in obj.shown_awards],
        }
        return prepared | facets | {f"{name}_exact": value for name, value in facets.items()}


class ChineseWhooshBackend(WhooshSearchBackend):
    """The tutorial's one change: `TEXT(stored=True, analyzer=ChineseAnalyzer(), …)` for every text field."""

    def build_schema(self, fields: dict[str, Any]) -> tuple[str, Schema]:
        for declared in fields.values():
            # Haystack 3.4 takes a field's own analyzer before StemmingAnalyzer(), so nothing of it need be copied.
            declared.analyzer = declared.analyzer or ChineseAnalyzer()
        return super().build_schema(fields)


class StockIndexes(UnifiedIndex):
    """Knows the bench's index alone; the product's own belongs to the default connection."""

    def collect_indexes(self) -> list[indexes.SearchIndex]:
        return [StockIndex()]


class ChineseWhooshEngine(WhooshEngine):
    backend = ChineseWhooshBackend
    unified_index = StockIndexes


def connect(folder: Path) -> None:
    """Give Haystack a second connection whose index lies in `folder`."""
    jieba.setLogLevel(logging.WARNING)
    jieba.dt.tmp_dir = str(folder.parent)
    settings.HAYSTACK_CONNECTIONS[ALIAS] = {"ENGINE": f"{__name__}.ChineseWhooshEngine", "PATH": str(folder)}
    connections.reload(ALIAS)


def rebuild(verbosity: int = 0) -> int:
    """Build the index by Haystack's own command, which speaks on stderr here; return how many cases it holds."""
    with redirect_stdout(sys.stderr):
        call_command("rebuild_index", using=[ALIAS], interactive=False, batchsize=BATCH, verbosity=verbosity)
    return connections[ALIAS].get_backend().index.doc_count()


def asked(words: str) -> SearchQuerySet:
    return SearchQuerySet(using=ALIAS).filter(content=AutoQuery(words))


def page(words: str) -> int:
    """Do all that a page of results takes short of its template; return how many cases were found."""
    query = asked(words).load_all()
    for name in FACETS:
        query = query.facet(name)
    results = query[:PER_PAGE]
    _ = query.facet_counts()
    highlighter = Highlighter(words)
    for result in results:
        highlighter.highlight(result.object.title)
        highlighter.highlight(result.text)
    return query.count()


def ids(words: str, count: int) -> list[int]:
    """Return the first `count` cases: the search alone, without facets, database or highlights."""
    return [int(result.pk) for result in asked(words)[:count]]


def finds(words: str, case: Case) -> bool:
    """Whether the case is among all that the words find, however far down."""
    return asked(words).narrow(f"django_id:{case.pk}").count() > 0


def save(case: Case) -> None:
    """Index one case at once, as Haystack's `RealtimeSignalProcessor` does."""
    index = connections[ALIAS].get_unified_index().get_index(Case)
    index.update_object(index.index_queryset().get(pk=case.pk), using=ALIAS)


def match_any_word() -> None:
    """Parse words from now on so that any of them will do; the tutorial leaves it at all of them."""
    backend = connections[ALIAS].get_backend()
    backend.parser = QueryParser(backend.content_field_name, schema=backend.schema, group=OrGroup)
