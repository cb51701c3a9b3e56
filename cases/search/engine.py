"""The library's engine as Haystack knows it: the same index and the same rules, behind Haystack's names.

Haystack's own commands and `SearchQuerySet` thereby do what the product does. Its writes go through the outbox, and
`clear` empties nothing: a new index takes the place of the old one at one stroke (see `upkeep.rebuild`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from haystack.backends import BaseEngine, BaseSearchBackend, BaseSearchQuery, log_query
from haystack.models import SearchResult
from haystack.utils import get_identifier

from cases.models import Case


class CaseSearchBackend(BaseSearchBackend):
    def update(self, index: Any, iterable: Iterable[Case], commit: bool = True) -> None:
        self._look_again(case.pk for case in iterable)

    def remove(self, obj_or_string: Case | str, commit: bool = True) -> None:
        self._look_again([int(get_identifier(obj_or_string).rsplit(".", 1)[-1])])

    def clear(self, models: Any = None, commit: bool = True) -> None:
        """Do nothing: readers are searching."""

    def _look_again(self, case_ids: Iterable[int]) -> None:
        from cases.search import drain, record

        record(case_ids)
        drain()

    @log_query
    def search(self, query_string: str, start_offset: int = 0, end_offset: int | None = None, **kwargs: Any) -> Any:
        """Return Haystack's results of a query in the library's own grammar; `hits` counts all of them."""
        from cases.search import search

        found = search(query_string, Case.objects.visible_to(None))
        shown = enumerate(found.ids[start_offset:end_offset], start_offset)
        results = [SearchResult("cases", "case", str(pk), found.count - place) for place, pk in shown]
        return {"results": results, "hits": found.count, "facets": {}, "spelling_suggestion": None}


class CaseSearchQuery(BaseSearchQuery):
    def build_query_fragment(self, field: str, filter_type: str, value: Any) -> str:
        """Hand the words through: the grammar is the library's own."""
        return str(getattr(value, "query_string", value))


class CaseSearchEngine(BaseEngine):
    backend = CaseSearchBackend
    query = CaseSearchQuery
