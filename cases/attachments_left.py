"""Stored files that nothing needs any more: neither an attachment nor anything that keeps what one was."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models.functions import Cast

from cases.models import Attachment

# A file is written before the row that names it is committed.
GRACE = 24 * 3600
NAME = re.compile(r"attachments/[^\"/\\]+")


def files_left() -> Iterator[Path]:
    """Yield the files of attachments that no row names, nor any version, bin or record of a change."""
    folder = Path(settings.MEDIA_ROOT) / "attachments"
    old = {f"attachments/{path.name}": path for path in _old_files(folder)}
    unnamed = set(old) - set(Attachment._base_manager.values_list("file", flat=True))
    yield from (old[name] for name in sorted(unnamed - kept(unnamed)))


def _old_files(folder: Path) -> Iterator[Path]:
    now = time.time()
    for path in folder.iterdir() if folder.is_dir() else ():
        with suppress(FileNotFoundError):
            if path.is_file() and now - path.stat().st_mtime > GRACE:
                yield path


def kept(names: set[str]) -> set[str]:
    """Which of these files anything stored as a whole names: what a case was before, or what was removed.

    Every JSON column of the library is read, so that whatever will keep such things is, too.
    """
    found: set[str] = set()
    if not names:
        return found
    for model in apps.get_app_config("cases").get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.JSONField):
                text = Cast(field.name, models.TextField())
                rows = model._base_manager.order_by().annotate(_text=text).filter(_text__contains="attachments/")
                for said in rows.values_list("_text", flat=True).iterator():
                    found |= names.intersection(NAME.findall(said))
    return found


def clear() -> int:
    """Delete them; return how many."""
    removed = 0
    for path in files_left():
        path.unlink(missing_ok=True)
        removed += 1
    return removed
