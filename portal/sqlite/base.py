"""Writers wait for their turn at one door.

SQLite's own waiting asks again after ever longer pauses, so that whoever has waited long is passed by whoever has just
come; with twenty curators saving at once some would wait until they are told that the database is locked. Here only one
of them asks SQLite, and the others wait behind a lock of the system, in whatever processes they are.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    def _start_transaction_under_autocommit(self) -> None:
        with self._turn():
            super()._start_transaction_under_autocommit()  # type: ignore[misc]

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Hold the door while one asks for the database; whoever writes in it already does not hold it."""
        path = Path(str(self.settings_dict["NAME"]))
        if not path.is_absolute():  # in memory
            yield
            return
        door = os.open(f"{path}-door", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(door, fcntl.LOCK_EX)
            yield
        finally:
            os.close(door)
