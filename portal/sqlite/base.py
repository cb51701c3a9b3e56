"""Writers wait for their turn at one door.

SQLite's own waiting asks again after ever longer pauses, so that whoever has waited long is passed by whoever has just
come; with twenty curators saving at once some would wait until they are told that the database is locked. Here only one
of them asks SQLite, and the others wait behind a lock of the system, in whatever processes they are. Readers do not
wait, nor do single statements outside of a transaction, which ask SQLite by themselves.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    def _start_transaction_under_autocommit(self) -> None:
        with self._turn():
            super()._start_transaction_under_autocommit()  # type: ignore[misc]

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Hold the door while one asks for the database; whoever writes in it already does not hold it.

        The door is the database's folder: there is no file that whoever runs a command as root would leave closed to
        the portal, and the system opens it when a process dies. The database's own file it cannot be: to close that
        gives up all the locks that SQLite has on it.
        """
        if self.is_in_memory_db():
            yield
            return
        door = os.open(Path(self.settings_dict["NAME"]).parent, os.O_RDONLY)
        try:
            # Where the file system has no such locks, there is no turn to wait for: SQLite alone keeps writers apart.
            with suppress(OSError):
                fcntl.flock(door, fcntl.LOCK_EX)
            yield
        finally:
            os.close(door)
