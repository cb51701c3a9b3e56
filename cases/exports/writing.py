"""Write a file that was put in the queue: the task, its signs of life, and what happens when it is broken off."""

from __future__ import annotations

import errno
import logging
import os
import secrets
from contextlib import suppress
from threading import Event, Thread
from time import monotonic
from typing import IO, Any

from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, connections, transaction
from django.db.models import F
from django.http import Http404, QueryDict
from django.utils import timezone
from django_tasks import task

from cases.edition import Edition
from cases.exports.asked import Asked, ExportRefused
from cases.exports.description import Export
from cases.exports.forms import FORMS
from cases.exports.kinds import KINDS
from cases.models import ExportFile
from cases.models.export_file import UNTOLD, ExportFileQuerySet, folder

log = logging.getLogger(__name__)

# Behind every other task that there may be.
PRIORITY = -10
MOST_ATTEMPTS = 2
# Seconds between two notes of how far it is, and between signs of life while no row is finished.
STEP, BEAT = 0.5, 10.0

GONE = "要导出的内容已经撤下，或者不再对您开放"
NO_ROOM = "服务器的存储空间不足，请告知管理员"
BROKEN = "制作时出错，已经记录下来。可以重新制作；仍不成功时，请告知管理员导出的时间和内容"
INTERRUPTED = "制作中断了两次，可能是内容过多。请缩小范围，或分几次导出"


class TakenOver(Exception):
    """Another process writes this file now, or nobody wants it any more."""


def asked_again(file: ExportFile) -> Asked:
    """Return the question of a file as who asked it would ask it now."""
    user = file.user or AnonymousUser()
    if file.user and not file.user.is_active:
        raise Http404
    return Asked(file.what, file.form, QueryDict(file.query), user, file.base, file.about)


@task(priority=PRIORITY)
def write_export(pk: int) -> None:
    """Write the file with this primary key, unless it is being written or was."""
    file = _claimed(pk)
    if file is None:
        return
    try:
        _write(file)
    except TakenOver:
        log.warning("export file %s is no longer this process's", file.pk)
    except ExportRefused as refused:
        _fail(file, "；".join(refused.faults), **UNTOLD)
    except Http404:
        _fail(file, GONE, **UNTOLD)
    except Exception as error:
        log.exception("export file %s failed", file.pk)
        is_full = isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}
        _fail(file, NO_ROOM if is_full else BROKEN)
        raise
    except BaseException:  # this process is told to stop: the next one begins anew
        put_back(_mine(file), file.pk, attempts=F("attempts") - 1)
        raise


def put_back(begun: ExportFileQuerySet, pk: int, **fields: Any) -> None:
    """Have a file begun again, if it is among these; whoever writes it now notices."""
    with transaction.atomic():
        if begun.filter(pk=pk).update(begun_at=None, touched_at=None, done=0, **fields):
            write_export.enqueue(pk)


def _claimed(pk: int) -> ExportFile | None:
    now = timezone.now()
    begun = {"begun_at": now, "touched_at": now, "attempts": F("attempts") + 1}
    if not ExportFile.objects.waiting().filter(pk=pk).update(**begun):
        return None
    return ExportFile.objects.select_related("user").get(pk=pk)


def _mine(file: ExportFile) -> ExportFileQuerySet:
    return ExportFile.objects.filter(pk=file.pk, begun_at=file.begun_at, done_at=None, fault="")


def _fail(file: ExportFile, fault: str, **fields: Any) -> None:
    _mine(file).update(fault=fault, **fields)


def _write(file: ExportFile) -> None:
    edition = Edition.current().stamp  # before anything is read: what changes meanwhile makes another
    with Pulse(file) as pulse:
        export = KINDS[file.what].describe(asked_again(file))
        _mine(file).update(total=export.count + sum(part.count for part in export.more), edition=edition)
        name = f"{secrets.token_hex(16)}.{file.form}"
        draft = folder() / f"{name}.part"
        try:
            with _private(draft) as opened:
                FORMS[file.form].write(export, opened, pulse)
                size = opened.seek(0, os.SEEK_END)
            export.finish()
            pulse.beat()
            draft.rename(folder() / name)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
    told = export.told
    finished = _mine(file).update(
        name=name,
        stem=export.stem,
        size=size,
        done=F("total"),
        cases=sorted(told.cases) if told else None,
        lists=sorted(told.lists) if told else [],
        columns=columns_of(export),
        done_at=timezone.now(),
    )
    if not finished:
        (folder() / name).unlink(missing_ok=True)
        raise TakenOver


def columns_of(export: Export[Any]) -> list[str]:
    return [column.name for column in export.columns]


def _private(path: Any) -> IO[bytes]:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b")


class Pulse:
    """Notes how many rows are written, and that the process is alive while a row takes long."""

    def __init__(self, file: ExportFile) -> None:
        self.file = file
        self.before = self.last = 0
        self.told_at = monotonic()
        self.is_over = Event()
        self.thread = Thread(target=self._keep_beating, name="export-pulse", daemon=True)

    def __enter__(self) -> Pulse:
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.is_over.set()
        self.thread.join()

    def __call__(self, done: int) -> None:
        """Take note; a further table of the same file counts from one again."""
        if done < self.last:
            self.before += self.last
        self.last = done
        if monotonic() - self.told_at >= STEP:
            self.beat()

    def beat(self) -> None:
        self.told_at = monotonic()
        if not _mine(self.file).update(done=self.before + self.last, touched_at=timezone.now()):
            raise TakenOver

    def _keep_beating(self) -> None:
        while not self.is_over.wait(BEAT):
            # The writer itself notices that the file is not its own, or that the database is gone.
            with suppress(TakenOver, DatabaseError):
                self.beat()
            connections.close_all()
