"""Files that were written: whether one may still be handed out, and what is done with those that nobody needs."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import timedelta

from django.core.management import call_command
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from cases.edition import Edition
from cases.exports.asked import ExportRefused
from cases.exports.kinds import KINDS
from cases.exports.writing import INTERRUPTED, MOST_ATTEMPTS, asked_again, columns_of, put_back, write_export
from cases.models import AwardList, Case, ExportFile
from cases.models.export_file import PATIENCE, REMEMBERED, UNTOLD, folder

# Parts of files that nobody writes any more, in seconds.
STRAY = 3600
LOST = "做好的文件已经不在服务器上"


def look_after(file: ExportFile) -> ExportFile:
    """Bring a file's row up to what is true now: its writer may have died, what it tells may have been withdrawn."""
    if file.state == file.State.WRITING and ExportFile.objects.dead().filter(pk=file.pk).exists():
        _take_up(file)
        file.refresh_from_db()
    if file.state == file.State.DONE and not file.path.is_file():
        file.give_up(fault=LOST)
    if file.state == file.State.DONE and not is_good(file):
        file.give_up(is_outdated=True, **UNTOLD)
    return file


def is_good(file: ExportFile) -> bool:
    """Whether whoever asked for the file may see all that it tells.

    A busy library changes every minute. So a file is not refused because of any change, but when something it tells of
    was withdrawn; texts that were edited since are as old as the page says. What is one reader's alone, or what a link
    led to, must still be theirs to describe, column by column.
    """
    if KINDS[file.what].is_private and not _is_describable(file):
        return False
    if file.edition == Edition.current().stamp:
        return True
    if file.cases is None:
        return False
    cases = Case.objects.visible_to(file.user).among(file.cases).count()
    lists = AwardList.objects.visible_to(file.user).filter(pk__in=file.lists).count()
    return cases == len(file.cases) and lists == len(file.lists)


def _is_describable(file: ExportFile) -> bool:
    try:
        export = KINDS[file.what].describe(asked_again(file))
    except (ExportRefused, Http404):
        return False
    return set(file.columns) <= set(columns_of(export))


def _take_up(file: ExportFile) -> None:
    """Have a file written again whose writer died; one that outlived no writer is given up."""
    begun = ExportFile.objects.dead().filter(pk=file.pk, begun_at=file.begun_at)
    if file.attempts < MOST_ATTEMPTS:
        put_back(begun, file.pk)
    else:
        begun.update(fault=INTERRUPTED)


def tend() -> None:
    """Take up what dead processes left."""
    for file in ExportFile.objects.dead().defer("cases"):
        _take_up(file)
    with transaction.atomic():
        # A process may die between taking a task and beginning its file.
        old = ExportFile.objects.waiting().filter(asked_at__lt=timezone.now() - PATIENCE)
        if old.exists() and not DBTaskResult.objects.ready().exists() and not ExportFile.objects.alive().exists():
            for pk in old.order_by("pk").values_list("pk", flat=True):
                write_export.enqueue(pk)


def clear() -> int:
    """Delete expired files, and in time their rows and those of their tasks; return how many files were deleted."""
    expired = ExportFile.objects.filter(expires_at__lte=timezone.now())
    count = 0
    for file in expired.exclude(name="").defer("cases"):
        file.give_up(cases=None, lists=[])
        count += 1
    ExportFile.objects.filter(expires_at__lte=timezone.now() - REMEMBERED).delete()
    count += _clear_strays()
    days = REMEMBERED // timedelta(days=1)
    call_command("prune_db_task_results", min_age_days=days, queue_name="*", verbosity=0)
    return count


def _clear_strays() -> int:
    """Delete what no row knows: parts that a killed process left, files of users who were deleted."""
    known, count = set(ExportFile.objects.exclude(name="").values_list("name", flat=True)), 0
    for path in folder().glob("*"):
        with suppress(OSError):
            if path.name not in known and path.stat().st_mtime < time.time() - STRAY:
                path.unlink()
                count += 1
    return count
