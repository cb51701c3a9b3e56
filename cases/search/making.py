"""Make the documents of all public cases, a batch at a time; in a large library with the help of other processes."""

from __future__ import annotations

import logging
import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from cases.models import Case
from cases.processes import helpers
from cases.search import thesaurus
from cases.search.analysis import lexicon
from cases.search.documents import Document, Prepared, make_document, prepare, searchable

log = logging.getLogger(__name__)

BATCH = 50
# Below so many cases the helpers take longer to start than the work takes.
WORTH_HELPERS = 1000
# This process reads the database and writes the index; one more for the words uses a second processor, and has some
# 130 MB of dictionaries of its own.
HELPERS = 1
# Batches that are under way at a time: enough to keep the helpers busy, few enough for the memory.
AHEAD = HELPERS + 1

# Called with how many cases are done, and how many there are.
Progress = Callable[[int, int], None]

Batch = list[Prepared]


def every_document(progress: Progress | None = None) -> Iterator[Document]:
    """Yield the document of every public case by primary key; no query stays open meanwhile."""
    thesaurus.current()
    total = Case.objects.visible_to(None).count()
    made = _made_by_helpers() if total >= WORTH_HELPERS and (os.cpu_count() or 1) > 1 else map(_make, _batches())
    done = 0
    for documents in made:
        yield from documents
        done += len(documents)
        if progress:
            progress(done, max(done, total))


def _batches() -> Iterator[Batch]:
    last = 0
    while cases := list(searchable().filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield list(prepare(cases))
        last = cases[-1].pk


def _make(batch: Batch) -> list[Document]:
    return list(map(make_document, batch))


def _make_with(words: frozenset[str], batch: Batch) -> list[Document]:
    """Make documents in a helper, which must know the words of the process that asks."""
    lexicon.learn(words)
    return _make(batch)


def _made_by_helpers() -> Iterator[list[Document]]:
    try:
        pool = helpers(HELPERS)
    except OSError:
        log.warning("no helper process for the rebuild: going on without", exc_info=True)
        yield from map(_make, _batches())
        return
    words = frozenset(lexicon.learnt)
    waiting: deque[tuple[Batch, Future[list[Document]] | None]] = deque()
    try:
        for batch in _batches():
            waiting.append((batch, _handed_over(pool, words, batch)))
            if len(waiting) > AHEAD:
                yield _taken_back(*waiting.popleft())
        while waiting:
            yield _taken_back(*waiting.popleft())
    finally:
        pool.shutdown(cancel_futures=True)


def _handed_over(pool: Any, words: frozenset[str], batch: Batch) -> Future[list[Document]] | None:
    try:
        return pool.submit(_make_with, words, batch)
    except (BrokenProcessPool, OSError):
        return None


def _taken_back(batch: Batch, future: Future[list[Document]] | None) -> list[Document]:
    """Wait for a batch; make it here if the helpers were killed, for want of memory perhaps."""
    try:
        return future.result() if future else _make(batch)
    except BrokenProcessPool:
        log.warning("helper processes of the rebuild died: going on without them")
        return _make(batch)
