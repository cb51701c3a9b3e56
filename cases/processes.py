"""Helper processes: each begins with Django set up and ends with the process that started it.

This module is read before Django is ready, so it imports nothing of the library.
"""

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from threading import Thread

# What helpers do can wait; readers of the site cannot.
NICENESS = 5


def helpers(count: int) -> ProcessPoolExecutor:
    """Start so many processes, afresh and not by fork: the process that asks may have threads and open files."""
    return ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn"), initializer=_begin)


def _begin() -> None:
    import django

    os.nice(NICENESS)
    Thread(target=_end_with_parent, daemon=True).start()
    django.setup()


def _end_with_parent() -> None:
    """A pool's processes hold each other's pipes open, and would wait for work of a killed parent for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
