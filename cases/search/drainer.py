"""Bring the waiting changes into the index: by hand with `drain`, or by a thread of this process.

One at a time drains, in all processes. A row of the outbox is removed once the index has what it stands for; if writing
fails it stays. While a new index is being made, rows stay too, for that one (see `upkeep.rebuild`).
"""

from __future__ import annotations

import atexit
import logging
import os
from collections.abc import Collection, Iterable
from contextlib import suppress
from itertools import islice
from pathlib import Path
from threading import Event, Lock, Thread
from time import monotonic

from django.db import connections
from django.db.models import Max

from cases import edition, searches
from cases.models import IndexChange
from cases.search import generations, live, segments, thesaurus
from cases.search.analysis import lexicon
from cases.search.documents import documents, searchable

log = logging.getLogger(__name__)

BATCH = 200
# Rows of other processes, or of a process that died, are found by looking: seconds between looks.
POLL = 1.0
# After a failure the thread waits longer each time, up to so many seconds.
LONGEST_WAIT = 60.0
# Seconds between two indexes that the thread makes by itself, lest a failing disk keep it at nothing else.
REBUILD_PAUSE = 5.0
# Synonyms count at once. That a new word is kept whole only betters the order, and waits until no term was changed for
# so many seconds.
TERMS_PAUSE = 15.0
STOP_PATIENCE = 10.0

# Rows that are already in the current index but kept for the one that is being made.
_kept: set[int] = set()


def drain() -> int:
    """Bring the current index up to every change that waits; return how many changes were handled.

    Without a usable index nothing is done: the rebuild that is due reads everything anyway.
    """
    with generations.drain_lock():
        if not generations.is_rebuilding():
            # Kept for an index that was never finished: do them again, and remove them this time.
            _kept.clear()
        # Not what comes meanwhile: while changes keep coming, whoever waits for the lock would wait for ever.
        last = IndexChange.objects.aggregate(last=Max("pk"))["last"] or 0
        handled = 0
        while path := _path():
            rows = [row for row in islice(_waiting(), BATCH) if row[0] <= last]
            if not rows:
                break
            _apply(path, {case_id for _, case_id in rows})
            _release([pk for pk, _ in rows])
            handled += len(rows)
        return handled


def _path() -> Path | None:
    try:
        return generations.usable()
    except generations.Unusable:
        return None


def _waiting() -> Iterable[tuple[int, int]]:
    rows = IndexChange.objects.order_by("pk").values_list("pk", "case_id")
    return (row for row in rows.iterator(BATCH) if row[0] not in _kept)


def _apply(path: Path, case_ids: Collection[int]) -> None:
    try:
        apply(path, case_ids)
    except Exception:
        if damage := generations.damage(path):
            generations.mark_broken(path, damage)
        raise


def apply(path: Path, case_ids: Collection[int]) -> None:
    """Look at cases again: put into an index those that are public now, take out the others. Hold the drain lock."""
    thesaurus.current()  # else this process may not know the curators' words
    segments.write(path, documents(searchable().filter(pk__in=case_ids)), removed=case_ids)
    generations.write_checks(path)


def _release(rows: list[int]) -> None:
    """Remove rows that the index now has. An index whose making began after they were read has them as well."""
    if generations.is_rebuilding():
        _kept.update(rows)
    else:
        IndexChange.objects.filter(pk__in=rows).delete()


class _Worker:
    """The draining thread of this process. Threads do not outlive a fork: the child starts its own when it needs to."""

    def __init__(self) -> None:
        self.wanted = False
        self._renew()
        os.register_at_fork(after_in_child=self._renew)
        atexit.register(self.stop)

    def _renew(self) -> None:
        self.lock = Lock()
        self.woken, self.stopping = Event(), Event()
        self.thread: Thread | None = None
        self.rebuilt_at = -REBUILD_PAUSE

    def wake(self) -> None:
        self.wanted = True
        self.notify()

    def notify(self) -> None:
        if not self.wanted:
            return
        with self.lock:
            if self.thread is None or not self.thread.is_alive():
                self.stopping.clear()
                self.thread = Thread(target=self._run, name="search-drainer", daemon=True)
                self.thread.start()
        self.woken.set()

    def stop(self) -> None:
        """End the thread after what it is doing now."""
        self.wanted = False
        self.stopping.set()
        self.woken.set()
        if self.thread is not None:
            self.thread.join(STOP_PATIENCE)

    def _run(self) -> None:
        # Read the dictionaries here, lest the first reader wait for them.
        _ = lexicon.tokenizer
        failures = 0
        while not self.stopping.is_set():
            try:
                self._tend()
                failures = 0
            except Exception:
                log.exception("search index is behind: draining failed")
                failures += 1
            finally:
                connections.close_all()
            if failures:
                self.stopping.wait(min(POLL * 2**failures, LONGEST_WAIT))
            else:
                self.woken.wait(POLL)
                self.woken.clear()
        searches.flush()
        connections.close_all()

    def _tend(self) -> None:
        """Make an index if there is none to use, then bring it up to date."""
        from cases.search import upkeep

        known = thesaurus.current()
        due = generations.problem() or (not generations.knows(known.version) and known.rests_since(TERMS_PAUSE))
        if due and monotonic() - self.rebuilt_at > REBUILD_PAUSE:
            with suppress(generations.AlreadyRebuilding):
                upkeep.rebuild()
            self.rebuilt_at = monotonic()
        if IndexChange.objects.exists():
            drain()
        live.warm()
        edition.fold()
        searches.flush_if_due()


_worker = _Worker()


def wake() -> None:
    """Start the draining thread of this process, or have it look now if it waits."""
    _worker.wake()


def notify() -> None:
    """Have the thread look now, if this process has one; processes without leave their rows to those that have."""
    _worker.notify()


def stop() -> None:
    """End the thread of this process; `wake` starts it again."""
    _worker.stop()
