"""The current index, kept open in this process from one query to the next."""

from __future__ import annotations

import logging
import os
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import TypeVar

from cases.search import generations
from cases.search.generations import Unusable
from cases.search.matching import Matches, find
from cases.search.query import Query
from cases.search.reading import OpenIndex
from cases.search.thesaurus import Thesaurus

Answer = TypeVar("Answer")

log = logging.getLogger(__name__)

# A reader turns pages and opens facets on one query: remember the last answers, unless they are long.
REMEMBERED = 16
REMEMBERED_HITS = 20_000


class _Shelf:
    """At most one index, by its folder, with the answers it gave since its last commit."""

    def __init__(self) -> None:
        self.forget()
        os.register_at_fork(after_in_child=self.forget)

    def forget(self) -> None:
        """Open the index anew at the next query. A child process must not share the positions of open files."""
        self.lock = Lock()
        self.index: OpenIndex | None = None
        self.answers: OrderedDict[tuple[Path, int, str, Query], Matches] = OrderedDict()

    def index_at(self, path: Path) -> OpenIndex:
        with self.lock:
            if self.index is None or self.index.path != path:
                self.index = OpenIndex(path)
                self.answers.clear()
            return self.index

    def answer(self, query: Query, index: OpenIndex, thesaurus: Thesaurus) -> Matches:
        key = (index.path, index.toc, thesaurus.version, query)
        if key in self.answers:
            self.answers.move_to_end(key)
            return self.answers[key]
        matches = find(query, index, thesaurus)
        if len(matches.ranked) <= REMEMBERED_HITS:
            self.answers[key] = matches
            if len(self.answers) > REMEMBERED:
                self.answers.popitem(last=False)
        return matches


_shelf = _Shelf()


@contextmanager
def opened(path: Path) -> Iterator[OpenIndex]:
    """Give a generation's index as of its latest commit, for this thread alone."""
    index = _shelf.index_at(path)
    with index.lock:
        index.refresh()
        yield index


def warm() -> None:
    """Open the index and gather its names now, lest the first reader wait for them; says nothing if that fails."""
    with suppress(Exception):
        with opened(generations.usable()) as index:
            segments = list(index.segments)
        # Outside the lock: it reads without moving the positions that readers share.
        for segment in segments:
            _ = segment.names


def ask(query: Query, thesaurus: Thesaurus) -> Matches:
    """Say which cases match, best first; raise `Unusable` when there is no index to ask."""
    return reading(lambda index: _shelf.answer(query, index, thesaurus))


def reading(look: Callable[[OpenIndex], Answer]) -> Answer:
    """Look something up in the current index; raise `Unusable` when that is not possible."""
    for last in (False, True):
        path = generations.usable()
        try:
            with opened(path) as index:
                return look(index)
        except Exception as error:
            # A writer removed a file between our reading its name and opening it, or a new generation came: try again.
            _shelf.forget()
            if last:
                log.exception("search index %s failed", path.name)
                generations.mark_if_damaged(path)
                raise Unusable("索引无法读取") from error
    raise AssertionError("unreachable")
