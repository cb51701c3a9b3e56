"""The process that works in the background: the worker of django-tasks, with what has to be done from time to time."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Callable
from datetime import date, datetime, timedelta
from threading import Event, Thread
from time import monotonic

from django.core.management import call_command
from django.db import DatabaseError, connections
from django.utils import timezone

from cases import notices, searches, word_proposals
from cases.bulk import queue as imports
from cases.duplicates.listing import find_all
from cases.exports.keeping import clear, tend
from cases.scheduling import publish_due

log = logging.getLogger(__name__)

# Readers of the site come first.
NICENESS = 10
# Seconds between looks at the queue, at the parent, for what is due or was left undone, and for what expired.
INTERVAL, WATCH, TEND, CLEAR = 0.5, 1.0, 15.0, 600.0
# The hour at which work for a whole night begins.
QUIET = 3
# Seconds between the signal to stop after this file and the one to stop at once; a file that is broken off is begun
# anew by the next worker.
GRACE, PATIENCE = 0.5, 10.0


def work(parent: int | None = None) -> None:
    """Write files as they are asked for; end with the process `parent` if one is named."""
    os.nice(NICENESS)
    Thread(target=_look_around, args=[parent], name="export-upkeep", daemon=True).start()
    call_command("db_worker", interval=INTERVAL, startup_delay=False, reload=False, verbosity=0)


def _look_around(parent: int | None) -> None:
    tended_at = cleared_at = float("-inf")
    looked_for_doubles = None
    waiting = Event()
    while parent is None or os.getppid() == parent:
        if monotonic() - tended_at > TEND:
            _try(publish_due)
            _try(tend)
            _try(imports.tend)
            tended_at = monotonic()
        if (today := night_of(timezone.localtime())) != looked_for_doubles:
            _try(find_all)
            looked_for_doubles = today
        if monotonic() - cleared_at > CLEAR:
            _try(clear)
            _try(imports.clear)
            _try(notices.clear)
            _try(searches.clear)
            _try(word_proposals.survey_aside)
            cleared_at = monotonic()
        waiting.wait(WATCH)
    stop(os.getpid())
    waiting.wait(PATIENCE)
    os._exit(1)


def night_of(moment: datetime) -> date:
    """The day to which a moment counts whose nights are for long work: a day begins at three."""
    return (moment - timedelta(hours=QUIET)).date()


def stop(process: int) -> None:
    """Tell a worker to end at once, whatever it is doing."""
    for _ in range(2):
        os.kill(process, signal.SIGTERM)
        Event().wait(GRACE)


def _try(act: Callable[[], object]) -> None:
    try:
        act()
    except DatabaseError:
        log.warning("cannot look after what is due now", exc_info=True)
    except Exception:
        log.exception("looking after what is due failed")
    finally:
        connections.close_all()
