"""One export worker for each gunicorn: started with it, started again when it ends, stopped with it."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterable
from contextlib import suppress
from threading import Event, Thread
from time import monotonic

from django.conf import settings

from cases.exports.worker import PATIENCE, stop

# Seconds before a worker that ended is started again, doubled each time that it ended soon.
PAUSE, LONGEST_PAUSE, SOON = 1.0, 60.0, 30.0


class Keeper:
    """Lives in gunicorn's first process, which serves nobody, forks at any time and may reap the worker before we do.

    So the worker is spawned in one call. `subprocess` would wait for a pipe to close, which a process that gunicorn
    forks meanwhile holds open.
    """

    def __init__(self, closed: Iterable[int]) -> None:
        """Take the open files that the worker must not have, lest it keeps the port of a gunicorn that was killed."""
        self.closed = list(closed)
        self.is_over = Event()
        self.pid: int | None = None
        self.thread = Thread(target=self._keep, name="export-keeper", daemon=True)

    def start(self) -> None:
        self.thread.start()

    def stop(self) -> None:
        self.is_over.set()
        with suppress(ProcessLookupError):
            if self.pid:
                stop(self.pid)
            self.thread.join(PATIENCE)
            if self.pid:
                os.kill(self.pid, signal.SIGKILL)

    def _keep(self) -> None:
        pause = PAUSE
        while not self.is_over.is_set():
            started_at = monotonic()
            self.pid = self._spawn()
            with suppress(ChildProcessError):
                os.waitpid(self.pid, 0)
            self.pid = None
            pause = min(pause * 2, LONGEST_PAUSE) if monotonic() - started_at < SOON else PAUSE
            self.is_over.wait(pause)

    def _spawn(self) -> int:
        """Start the worker in a group of its own: Ctrl+C is for gunicorn, which then says when to end."""
        manage = str(settings.BASE_DIR / "manage.py")
        return os.posix_spawn(
            sys.executable,
            [sys.executable, manage, "export_worker", "--parent", str(os.getpid())],
            os.environ,
            file_actions=[(os.POSIX_SPAWN_CLOSE, number) for number in self.closed],
            setpgroup=0,
        )
