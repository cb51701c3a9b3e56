"""What curators teach the search: words to keep whole, and spellings that stand for each other."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from hashlib import blake2b
from itertools import islice, product
from threading import Lock
from time import monotonic

from cases import models
from cases.search.analysis import fold, lexicon
from cases.search.query import Term

# A run with several such words has as many variants as there are combinations; so many are looked for.
MAX_VARIANTS = 12


class Thesaurus:
    """The active terms: `words` as curators wrote them; `version` changes when any spelling does."""

    def __init__(self, groups: Iterable[list[str]] = ()) -> None:
        """Take, for each term, its word and then its synonyms."""
        groups = [group for group in groups if group]
        self.words = [group[0] for group in groups]
        self.others: dict[str, list[str]] = {}
        for group in groups:
            spellings = list(dict.fromkeys(map(fold, group)))
            for spelling in spellings:
                self.others[spelling] = [other for other in spellings if other != spelling]
        self.read_at = monotonic()
        self.version = blake2b(repr(sorted(self.others.items())).encode(), digest_size=8).hexdigest()

    def rests_since(self, seconds: float) -> bool:
        """Whether this process has seen no change for so long."""
        return monotonic() - self.read_at > seconds

    @cached_property
    def _spelling(self) -> re.Pattern[str] | None:
        with_others = [spelling for spelling, others in self.others.items() if others]
        longest_first = sorted(with_others, key=lambda spelling: (-len(spelling), spelling))
        return re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def variants(self, run: str) -> list[str]:
        """Return the run with the spellings in it replaced by others of theirs; without the run itself."""
        if self._spelling is None:
            return []
        pieces: list[list[str]] = []
        place = 0
        for match in self._spelling.finditer(run):
            pieces += [[run[place : match.start()]], [match[0], *self.others[match[0]]]]
            place = match.end()
        if not pieces:
            return []
        combined = map("".join, product(*pieces, [run[place:]]))
        return list(dict.fromkeys(islice(combined, 1, MAX_VARIANTS + 1)))

    def alternatives(self, term: Term) -> list[str]:
        """Return the runs that stand for a run of a term, or for all of it; a phrase means its very characters."""
        if term.quoted:
            return []
        return list(dict.fromkeys(other for run in (*term.runs, term.joined) for other in self.variants(run)))


class _Desk:
    """The thesaurus as this process read it last, with the state of the table that it was read from."""

    def __init__(self) -> None:
        self.state: list[tuple[int, datetime]] | None = None
        self.thesaurus = Thesaurus()
        self._renew()
        os.register_at_fork(after_in_child=self._renew)

    def _renew(self) -> None:
        self.lock = Lock()


_desk = _Desk()


def current() -> Thesaurus:
    """Return what curators have taught by now; one small query unless something changed."""
    active = models.Term.objects.active()
    # All of them: one that was dated before another may have been committed after it.
    state = list(active.order_by("pk").values_list("pk", "changed_at"))
    with _desk.lock:
        if state != _desk.state:
            _desk.thesaurus = Thesaurus([term.word, *term.synonyms] for term in active.order_by("word"))
            lexicon.learn(_desk.thesaurus.others)
            _desk.state = state
        return _desk.thesaurus


def latest() -> Thesaurus:
    """Return what this process knows without asking the database."""
    return _desk.thesaurus
