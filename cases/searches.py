"""Count what readers search for and which of the cases found they open, without a word about who they are.

A page of results carries a signed token of its words and of what they found. The reader's browser sends it back once,
without cookies; programs that run no script are not counted, nor are curators, who may be asking for drafts. What came
is added up in memory and written by the thread that tends the index, so that no search waits for the database: a crash
loses half a minute.
"""

from __future__ import annotations

import logging
import os
import re
from collections import Counter
from datetime import date
from threading import Lock
from time import monotonic
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db import DatabaseError, IntegrityError, models, transaction
from django.db.models import F, Max, Sum
from django.utils import timezone

from cases.models import OpenedCount, SearchCount
from cases.models.search_count import KEPT_FOR, LONGEST, WORDS_KEPT_FOR

log = logging.getLogger(__name__)

Found = SearchCount.Found

# Seconds between two writes of one process, how much waits at most, and how much one transaction takes.
INTERVAL = 30.0
MOST_WAITING = 5000
BATCH = 200
# The last place that is counted; nobody compares what comes after fifty pages.
LAST_PLACE = 1000
# What may be somebody's: numbers of identity cards, telephones, accounts, parcels; mail addresses. Numbers of cases,
# years and quantities are shorter.
PERSONAL = re.compile(r"[@＠]|\d{7}|(?:\d[\s\-—–_.·,，()（）+]*){10}\d")

_signer = Signer(salt="cases.searches")


def countable(text: str) -> str:
    """Return a text as it is counted: in one script, width and case; empty where it is too long or may be personal."""
    from cases.search import plain

    words = " ".join(plain(text).split())
    return "" if len(words) > LONGEST or PERSONAL.search(words) else words


def token_of(browse: Any, user: Any) -> str:
    """Return what the browser may send back for a list of cases; empty where the search is not to be counted."""
    if user.is_staff or not browse.words or browse.errors_in_words or browse.answer.degraded:
        return ""
    found = Found.SOME if browse.answer.certain else Found.NEAR if browse.answer.ids else Found.NONE
    return _signer.sign_object([countable(browse.words), found.value])


def note(token: str, place: str = "") -> bool:
    """Count a search, or the opening of the case in a place of its list; False if the token is not one of ours."""
    try:
        words, found = _signer.unsign_object(token)
    except (BadSignature, ValueError):
        return False
    if not place:
        _buffer.add((SearchCount, timezone.localdate(), words, found))
    elif re.fullmatch("[1-9][0-9]{0,3}", place) and int(place) <= LAST_PLACE and found != Found.NONE:
        _buffer.add((OpenedCount, timezone.localdate(), words, int(place)))
    else:
        return False
    return True


# The kind of count, the day, the words, and what was found or which place was opened.
Key = tuple[type[models.Model], date, str, Any]
# What tells one count of a kind from another, besides day and words.
BY = {SearchCount: "found", OpenedCount: "place"}


class _Buffer:
    """What was counted in this process and is not written yet."""

    def __init__(self) -> None:
        self._renew()
        os.register_at_fork(after_in_child=self._renew)

    def _renew(self) -> None:
        self.lock = Lock()
        self.waiting: Counter[Key] = Counter()
        self.written_at = monotonic()

    def add(self, key: Key) -> None:
        with self.lock:
            if key in self.waiting or len(self.waiting) < MOST_WAITING:
                self.waiting[key] += 1

    def is_due(self) -> bool:
        return bool(self.waiting) and monotonic() - self.written_at > INTERVAL

    def take(self) -> Counter[Key]:
        with self.lock:
            taken, self.waiting = self.waiting, Counter()
            self.written_at = monotonic()
        return taken

    def put_back(self, counts: Counter[Key]) -> None:
        with self.lock:
            self.waiting.update(counts)


_buffer = _Buffer()


def forget() -> None:
    """Begin anew with nothing counted."""
    _buffer.take()


def flush_if_due() -> None:
    if _buffer.is_due():
        flush()


def flush() -> None:
    """Write what was counted; what cannot be written now waits for the next time."""
    taken = _buffer.take()
    # Others write the same rows: each in the same order, lest two wait for each other.
    keys = sorted(taken, key=lambda key: (key[0].__name__, *key[1:3], str(key[3])))
    for start in range(0, len(keys), BATCH):
        batch = {key: taken.pop(key) for key in keys[start : start + BATCH]}
        try:
            with transaction.atomic():
                for key, times in batch.items():
                    _add(*key, times)
        except DatabaseError:
            log.warning("counts of searches could not be written now", exc_info=True)
            _buffer.put_back(taken + Counter(batch))
            return


def _add(kind: type[models.Model], day: date, words: str, what: Any, times: int) -> None:
    values = {"day": day, "words": words, BY[kind]: what}
    same = kind._default_manager.filter(**values)
    if same.update(times=F("times") + times):
        return
    try:
        with transaction.atomic():
            kind._default_manager.create(**values, times=times)
    except IntegrityError:  # another process was first
        same.update(times=F("times") + times)


def clear(today: date | None = None) -> int:
    """Remove counts older than they are kept; forget words that were searched for too rarely. Returns rows removed."""
    today = today or timezone.localdate()
    removed = sum(kind._default_manager.filter(day__lt=today - KEPT_FOR).delete()[0] for kind in BY)
    before = today - WORDS_KEPT_FOR
    searched = SearchCount.objects.exclude(words="").order_by().values("words").annotate(last=Max("day"))
    often = SearchCount.objects.often().values("words")
    rare = list(searched.filter(last__lt=before).exclude(words__in=often).values_list("words", flat=True))
    for start in range(0, len(rare), BATCH):
        _forget(rare[start : start + BATCH])
    return removed


def _forget(words: list[str]) -> None:
    """Count these words among those without words."""
    with transaction.atomic():
        for kind, by in BY.items():
            rows = kind._default_manager.filter(words__in=words).order_by()
            sums = list(rows.values_list("day", by).annotate(sum=Sum("times")))
            rows.delete()
            for day, what, times in sums:
                _add(kind, day, "", what, times)
