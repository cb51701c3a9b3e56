"""Look for words worth a term, aside from any request: in the public texts, and in what readers search for in vain."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from threading import Lock, Thread
from typing import Any

from django.db import connections, transaction
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from cases.models import Case, Organisation, ProposedWord, SearchCount, Term, WordSurvey
from cases.models.term import LONGEST
from cases.search import coined, corrections, fold, is_question, lexicon_has
from districts.models import District

log = logging.getLogger(__name__)

State, Origin, Found = ProposedWord.State, ProposedWord.Origin, SearchCount.Found

# More than anybody goes through; the next look brings what comes after.
MOST_FROM_TEXTS, MOST_FROM_SEARCHES = 200, 100
LONGEST_SEARCHED = 12
NEAREST = 3
READ_AT_A_TIME = 200
# How long one look holds, at which hours of the night the next begins, and when it is overdue whatever the hour.
EVERY, NIGHT, OVERDUE = timedelta(hours=20), range(1, 6), timedelta(hours=48)
# What has been under way for longer was broken off.
LONGEST_LOOK = timedelta(hours=2)
KEPT = 10


def ask_for_survey() -> None:
    """Have the process in the background look now; one is enough."""
    if not _coming().exists():
        WordSurvey.objects.create()


def _coming() -> QuerySet[WordSurvey]:
    return WordSurvey.objects.filter(done_at=None, asked_at__gt=timezone.now() - LONGEST_LOOK)


def is_due() -> bool:
    """Whether somebody asked for a look, or a night has come since the last."""
    if _coming().filter(begun_at=None).exists():
        return True
    now, last = timezone.now(), WordSurvey.objects.exclude(begun_at=None).first()
    if last is None or last.begun_at is None:
        return True
    since = now - last.begun_at
    return since > OVERDUE or (since > EVERY and timezone.localtime(now).hour in NIGHT)


_at_it = Lock()


def survey_aside() -> None:
    """Look in a thread of its own if it is time; what else is due does not wait for it."""
    if is_due() and _at_it.acquire(blocking=False):
        Thread(target=_survey_aside, name="word-survey", daemon=True).start()


def _survey_aside() -> None:
    try:
        survey()
    except Exception:
        log.exception("looking for new words failed")
    finally:
        connections.close_all()
        _at_it.release()


def survey() -> WordSurvey:
    """Read all public cases and put what they propose in the place of what was proposed before."""
    look = _coming().filter(begun_at=None).order_by("pk").first() or WordSurvey()
    look.begun_at, look.total = timezone.now(), Case.objects.visible_to(None).count()
    look.save()

    def tell(done: int, steps: int) -> None:
        look.done = look.total * done // steps
        look.save(update_fields=["done"])

    proposals = {proposal.word: proposal for proposal in _from_searches()}
    proposals |= {proposal.word: proposal for proposal in _from_texts(tell)}
    with transaction.atomic():
        dismissed = set(ProposedWord.objects.filter(state=State.DISMISSED).values_list("word", flat=True))
        fresh = [proposal for word, proposal in proposals.items() if word not in dismissed]
        ProposedWord.objects.filter(state=State.PROPOSED).delete()
        ProposedWord.objects.bulk_create(fresh, batch_size=READ_AT_A_TIME)
        look.found, look.done, look.done_at = len(fresh), look.total, timezone.now()
        look.save()
        WordSurvey.objects.filter(pk__lt=look.pk - KEPT).delete()
        WordSurvey.objects.filter(done_at=None, pk__lt=look.pk).delete()
    return look


def _from_texts(tell: Any) -> Iterator[ProposedWord]:
    for one in coined(_texts(), _known(), tell)[:MOST_FROM_TEXTS]:
        yield ProposedWord(
            word=one.word[:LONGEST],
            origin=Origin.TEXTS,
            times=one.times,
            case_count=one.texts,
            weight=one.weight,
            examples=list(one.examples),
        )


def _texts() -> Iterator[tuple[int, str]]:
    public = Case.objects.visible_to(None).order_by("pk")
    rows = public.values_list("pk", "title", "brand_name", *Case.PLAIN)
    for pk, *parts in rows.iterator(READ_AT_A_TIME):
        yield pk, "\n".join(filter(None, parts))


def _known() -> set[str]:
    """What is found by its name already, or was decided about."""
    known = {spelling for term in Term.objects.all() for spelling in (term.word, *term.synonyms)}
    known.update(ProposedWord.objects.filter(state=State.DISMISSED).values_list("word", flat=True))
    known.update(District.objects.values_list("name", flat=True))
    for body in Organisation.objects.only("name", "short_name", "former_names"):
        known.update((body.name, body.short_name, *body.earlier_names))
    return known


def _from_searches() -> Iterator[ProposedWord]:
    """Words that readers searched for often enough, and that no case has; with those near them that cases have."""
    known = {fold(word) for word in _known()}
    public = Case.objects.visible_to(None)
    in_vain = SearchCount.objects.shown().filter(~Q(found=Found.SOME)).order_by().values("words")
    rows = in_vain.annotate(searches=Sum("times")).order_by("-searches", "words")
    kept = [row for row in rows[: 3 * MOST_FROM_SEARCHES] if _may_be_word(row["words"], known)]
    for row in kept[:MOST_FROM_SEARCHES]:
        words, searches = row["words"], row["searches"]
        nearest = corrections(words, public, NEAREST)
        yield ProposedWord(
            word=words, origin=Origin.SEARCHES, searches=searches, weight=1000.0 + searches, nearest=nearest
        )


def _may_be_word(words: str, known: set[str]) -> bool:
    stream = fold(words)
    is_single = " " not in words and 1 < len(stream) <= LONGEST_SEARCHED
    return is_single and stream not in known and not lexicon_has(stream) and not is_question(words)
