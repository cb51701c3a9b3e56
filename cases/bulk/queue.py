"""Bring a file in: kept privately, read and carried out at once if it is small, else by the worker of the exports."""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Callable
from threading import Event, Thread
from time import monotonic
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, connections, transaction
from django.db.models import F
from django.utils import timezone
from django_tasks import task

from cases.bulk import rights
from cases.bulk.carrying import Planned, Step, carry_out
from cases.bulk.preparing import Preview, prepare
from cases.bulk.readers import READERS
from cases.bulk.records import Stale
from cases.bulk.repairing import AS_IS
from cases.bulk.tables import check, opened
from cases.edition import Edition
from cases.models import BulkChange, Import, ImportRow
from cases.models.imported import KEPT, folder

log = logging.getLogger(__name__)

# Before the exports: whoever imports waits for it.
PRIORITY = 10
AT_ONCE = 200
MOST_EACH, MOST_ATTEMPTS = 3, 2
# Seconds between two notes of how far it is, and between signs of life.
STEP, BEAT = 0.5, 10.0

State = Import.State
BROKEN = "处理时出错，已经记录下来，库里没有任何改动。请再试一次；仍不成功时，请告知管理员时间和文件名"
INTERRUPTED = "处理中断了两次，库里没有任何改动。请把文件分成几个再导入"
BARRED = "账号已停用，或不再有导入的权限"


def bring(file: Any, subject: str, user: Any, *, as_is: bool = False) -> Import:
    """Keep a file that was sent and have it read; raise ValidationError where it may not be.

    Its texts are repaired as they are read, but for a file that is to be taken `as_is`.
    """
    if Import.objects.visible_to(user).in_work().count() >= MOST_EACH:
        raise ValidationError(f"您已有 {MOST_EACH} 个文件正在处理，请等其中一个完成再导入")
    check(file)
    name = f"{secrets.token_hex(16)}.part"
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(folder() / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as kept:
        for chunk in file.chunks():
            kept.write(chunk)
    now = timezone.now()
    brought = Import.objects.create(
        user=user,
        subject=subject,
        name=os.path.basename(file.name)[-200:],
        stored=name,
        total=0,
        notices=[AS_IS] if as_is else [],
        asked_at=now,
        expires_at=now + KEPT,
    )
    try:
        is_small = _is_small(brought)
    except ValidationError as error:
        brought.remove_file()
        brought.delete()
        raise ValidationError(error.messages) from error
    _go_on(brought, at_once=is_small)
    return brought


def order(brought: Import) -> None:
    """Have a preview carried out that its curator confirmed."""
    ready = Import.objects.filter(pk=brought.pk, state=State.READY)
    if ready.update(state=State.ORDERED, begun_at=None, touched_at=timezone.now(), attempts=0, is_anew=False):
        brought.refresh_from_db()
        _go_on(brought, at_once=brought.total <= AT_ONCE)


def _go_on(brought: Import, *, at_once: bool) -> None:
    if at_once:
        work_off(brought.pk)
        brought.refresh_from_db()
    else:
        work.enqueue(brought.pk)


def _is_small(brought: Import) -> bool:
    reader = READERS[brought.subject]
    with opened(brought.path, brought.name, reader.sheet, reader.details) as file:
        sheets = [file.main, *file.others.values()]
        return all(_has_at_most(sheet.rows, AT_ONCE) for sheet in sheets)


def _has_at_most(rows: Any, most: int) -> bool:
    return all(count <= most for count, _ in enumerate(rows, start=1))


@task(priority=PRIORITY)
def work(pk: int) -> None:
    """Read or carry out the import with this primary key, unless somebody else does."""
    work_off(pk)


def work_off(pk: int) -> None:
    brought = _claimed(pk)
    if brought is None:
        return
    try:
        with Pulse(brought) as pulse:
            if not (
                brought.user.is_active and rights.may(brought.user, "change", READERS[brought.subject].records.model)
            ):
                raise ValidationError(BARRED)
            if brought.state == State.READING:
                _read(brought, pulse.tell)
            else:
                _write(brought, pulse)
    except ValidationError as error:
        _fail(brought, "；".join(error.messages))
    except Exception:
        log.exception("import %s failed", brought.pk)
        _fail(brought, BROKEN)
    except BaseException:  # this process is told to stop: the next one begins anew
        put_back(brought)
        raise


def _claimed(pk: int) -> Import | None:
    now = timezone.now()
    for before, after in ((State.WAITING, State.READING), (State.ORDERED, State.WRITING)):
        begun = {"state": after, "begun_at": now, "touched_at": now, "attempts": F("attempts") + 1}
        if Import.objects.filter(pk=pk, state=before, expires_at__gt=now).update(**begun):
            return Import.objects.select_related("user").get(pk=pk)
    return None


def put_back(brought: Import) -> None:
    """Have an import taken up again whose worker ended; nothing was written."""
    before = {State.READING: State.WAITING, State.WRITING: State.ORDERED}
    mine = Import.objects.filter(pk=brought.pk, state=brought.state, begun_at=brought.begun_at)
    if brought.state not in before:
        return
    if brought.attempts >= MOST_ATTEMPTS:
        mine.update(state=State.FAILED, fault=INTERRUPTED)
        return
    with transaction.atomic():
        if mine.update(state=before[State(brought.state)], begun_at=None):
            work.enqueue(brought.pk)


def _fail(brought: Import, fault: str) -> None:
    Import.objects.filter(pk=brought.pk).update(state=State.FAILED, fault=fault)
    brought.remove_file()


def _read(brought: Import, progress: Callable[[int, int], None], *, anew: bool = False) -> None:
    edition = Edition.current().stamp  # before anything is read: what changes meanwhile makes another
    _keep(brought, prepare(brought, READERS[brought.subject](brought.user), progress), edition, anew=anew)


def _keep(brought: Import, preview: Preview, edition: str, *, anew: bool) -> None:
    with transaction.atomic():
        brought.rows.all().delete()
        ImportRow.objects.bulk_create(preview.rows, batch_size=200)
        Import.objects.filter(pk=brought.pk).update(
            state=State.READY,
            total=len(preview.rows),
            done=len(preview.rows),
            counts=preview.counts,
            notices=preview.notices,
            digest=preview.digest,
            edition=edition,
            is_anew=anew,
            touched_at=timezone.now(),
        )


def _write(brought: Import, pulse: Pulse) -> None:
    """Carry out what was shown. Whatever changed in the library since: what would be done now has to be the same."""
    edition = Edition.current().stamp
    if brought.edition != edition:
        preview = prepare(brought, READERS[brought.subject](brought.user), pulse.tell)
        if preview.digest != brought.digest:
            _keep(brought, preview, edition, anew=True)
            return
    if brought.wrong or not brought.to_write:
        raise ValidationError("还有错误的行，没有导入" if brought.wrong else "没有需要导入的行")
    found = brought.rows.filter(finding__in=[ImportRow.Finding.ADDED, ImportRow.Finding.CHANGED])
    plan = [Planned(brought.subject, label, **plan) for label, plan in found.values_list("label", "plan")]
    records = READERS[brought.subject].records
    title = f"导入{records.name}：{brought.name}"
    step = Step(BulkChange.Kind.IMPORT, records.name, title, brought.user, title)
    pulse.stop()  # the transaction holds the database; its own note of how far it is would wait for it

    def finish(change: BulkChange) -> None:
        Import.objects.filter(pk=brought.pk).update(state=State.DONE, change=change, touched_at=timezone.now())

    try:
        carry_out(step, plan, finish)
    except Stale:
        _read(brought, lambda done, total: None, anew=True)
        return
    # What was shown is in the record of the step now.
    brought.rows.update(plan={})
    brought.remove_file()


class Pulse:
    """Signs of life while an import is in work, and how far it is."""

    def __init__(self, brought: Import) -> None:
        self.brought = brought
        self.told_at = monotonic()
        self.is_over = Event()
        self.thread = Thread(target=self._keep_beating, name="import-pulse", daemon=True)

    def __enter__(self) -> Pulse:
        self.thread.start()
        return self

    def __exit__(self, *failure: Any) -> None:
        self.stop()

    def stop(self) -> None:
        self.is_over.set()
        self.thread.join()

    def tell(self, done: int, total: int) -> None:
        if done == 0 or monotonic() - self.told_at >= STEP:
            self.told_at = monotonic()
            Import.objects.filter(pk=self.brought.pk).update(done=done, total=total, touched_at=timezone.now())

    def _keep_beating(self) -> None:
        while not self.is_over.wait(BEAT):
            try:
                Import.objects.filter(pk=self.brought.pk).update(touched_at=timezone.now())
            except DatabaseError:
                log.warning("no sign of life of import %s", self.brought.pk, exc_info=True)
            finally:
                connections.close_all()


def tend() -> None:
    """Take up what dead processes left, and what lost its task."""
    for brought in Import.objects.dead():
        put_back(brought)


def clear() -> int:
    """Delete files of a day ago with what was read of them; return how many."""
    expired = Import.objects.filter(expires_at__lte=timezone.now())
    count = 0
    for brought in expired:
        brought.remove_file()
        brought.delete()
        count += 1
    return count
