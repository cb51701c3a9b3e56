"""One export worker for each gunicorn: started with it, started again when it ends, stopped with it."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from os import getpid
from threading import Event, Thread

from django.conf import settings

from cases.exports.worker import PATIENCE, stop

# Seconds before a worker that ended is started again, doubled each time that it ended at once.
PAUSE, LONGEST_PAUSE, SOON = 1.0, 60.0, 30.0


class Keeper:
    """Lives in gunicorn's first process, which serves nobody. gunicorn may reap the worker before we do."""

    def __init__(self) -> None:
        self.is_over = Event()
        self.process: subprocess.Popen[bytes] | None = None
        self.thread = Thread(target=self._keep, name="export-keeper", daemon=True)

    def start(self) -> None:
        self.thread.start()

    def stop(self) -> None:
        self.is_over.set()
        process = self.process
        if process and process.poll() is None:
            with suppress(ProcessLookupError):
                stop(process.pid)
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()

    def _keep(self) -> None:
        pause = PAUSE
        while not self.is_over.is_set():
            # In a session of its own: Ctrl+C is for gunicorn, which then says when to end.
            self.process = subprocess.Popen(  # noqa: S603  (nothing of it comes from outside)
                [sys.executable, "manage.py", "export_worker", "--parent", str(getpid())],
                cwd=settings.BASE_DIR,
                start_new_session=True,
            )
            try:
                self.process.wait(SOON)
                pause = min(pause * 2, LONGEST_PAUSE)
            except subprocess.TimeoutExpired:
                pause = PAUSE
                self.process.wait()
            self.is_over.wait(pause)
