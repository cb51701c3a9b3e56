"""Make the index anew, compare it with the database, say how it is."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic

from django.db import DatabaseError, transaction
from django.db.models import Count

from cases.models import Case, IndexChange
from cases.search import drainer, generations, live, outbox, segments, thesaurus
from cases.search.making import Progress, every_document
from cases.search.matching import find
from cases.search.postings import Damaged
from cases.search.query import parse
from cases.search.reading import OpenIndex

BATCH = 200


@dataclass(frozen=True)
class Rebuilt:
    count: int
    seconds: float
    path: Path


@dataclass(frozen=True)
class Reconciled:
    """How many cases were not in the index, were there as they no longer are, or should not have been there."""

    missing: int
    stale: int
    extra: int


@dataclass(frozen=True)
class Status:
    """`waiting` counts changed cases; `problem` says in Chinese why the database answers instead, if it does.

    `knows_terms`: the index was made with the terms of today; one that was not answers as well, and is made anew.
    """

    documents: int
    version: str
    built_at: datetime | None
    waiting: int
    is_current: bool
    problem: str
    knows_terms: bool = False


def rebuild(progress: Progress | None = None) -> Rebuilt:
    """Make a new index aside and put it in the place of the current one, which answers until then.

    Raises `AlreadyRebuilding` when another process is at it.
    """
    started = monotonic()
    with generations.rebuild_lock():
        terms = thesaurus.current().version
        # What these rows stand for was committed before the first case is read below.
        known = set(IndexChange.objects.values_list("pk", flat=True))
        path = generations.begin()
        try:
            count = segments.write(path, every_document(progress))
            generations.write_checks(path)
            _check(path, count)
            with generations.drain_lock():
                rows = dict(IndexChange.objects.values_list("pk", "case_id"))
                _catch_up(path, {case_id for pk, case_id in rows.items() if pk not in known})
                generations.sign(path, count, terms)
                generations.swap(path)
                _forget(list(rows))
        except BaseException:
            if generations.current() != path:
                shutil.rmtree(path, ignore_errors=True)
            raise
    return Rebuilt(count, monotonic() - started, path)


def _check(path: Path, count: int) -> None:
    """Raise `Damaged` unless a new index opens, holds what was written, and finds its last case by number."""
    index = OpenIndex(path)
    try:
        index.refresh()
        if index.size != count:
            raise Damaged(f"{index.size} documents instead of {count}")
        newest = Case.objects.filter(pk__in=index.cases[-1:]).first()
        if newest and newest.pk not in find(parse(newest.number), index).ranked:
            raise Damaged(f"does not find {newest.number}")
    finally:
        index.close()


def _catch_up(path: Path, case_ids: set[int]) -> None:
    """Take over what changed while the new index was made."""
    waiting = sorted(case_ids)
    for start in range(0, len(waiting), BATCH):
        drainer.apply(path, waiting[start : start + BATCH])


def _forget(rows: list[int]) -> None:
    for start in range(0, len(rows), BATCH):
        IndexChange.objects.filter(pk__in=rows[start : start + BATCH]).delete()


def reconcile() -> Reconciled:
    """Compare the index with the database, case by case, and mend what differs; rebuild what cannot be read."""
    try:
        path = generations.usable()
        drainer.drain()
        with live.opened(path) as index:
            indexed = index.digests()
    except DatabaseError:
        raise
    except Exception:
        # Missing, out of date, damaged in whatever way: a new index is the cure of all.
        return Reconciled(missing=rebuild().count, stale=0, extra=0)
    missing, stale = [], []
    for document in every_document():
        if document.pk not in indexed:
            missing.append(document.pk)
        elif indexed.pop(document.pk) != document.digest:
            stale.append(document.pk)
    with transaction.atomic():
        outbox.record([*missing, *stale, *indexed])
    drainer.drain()
    return Reconciled(len(missing), len(stale), len(indexed))


def status() -> Status:
    """Say how the current index is; one that this process has not opened yet is read through for damage."""
    path = generations.current()
    waiting = IndexChange.objects.aggregate(cases=Count("case_id", distinct=True))["cases"]
    if path is None:
        return Status(0, "", None, waiting, False, generations.problem())
    size = 0
    problem = generations.problem()
    if not problem:
        try:
            with live.opened(path) as index:
                size = index.size
        except Exception:
            generations.mark_if_damaged(path)
            problem = generations.problem() or "索引无法读取"
    meta = generations.meta(path)
    return Status(
        documents=size,
        version=str(meta.get("version", "")),
        built_at=generations.built_at(path),
        waiting=waiting,
        is_current=not problem,
        problem=problem,
        knows_terms=generations.knows(thesaurus.current().version),
    )
