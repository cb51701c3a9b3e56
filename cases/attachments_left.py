"""Stored files that nothing needs any more: neither an attachment nor anything that keeps what one was."""

from __future__ import annotations

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


def files_left() -> Iterator[Path]:
    """Yield the files of attachments that no row names, nor any version, bin or record of a change."""
    folder = Path(settings.MEDIA_ROOT) / "attachments"
    named = set(Attachment._base_manager.values_list("file", flat=True))
    now = time.time()
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        name = f"attachments/{path.name}"
        with suppress(FileNotFoundError):
            if path.is_file() and now - path.stat().st_mtime > GRACE and name not in named and not is_kept(name):
                yield path


def is_kept(name: str) -> bool:
    """Whether anything stored as a whole names a file: what a case was before, or what was removed.

    Every JSON column of the library is asked, so that whatever will keep such things is, too.
    """
    for model in apps.get_app_config("cases").get_models():
        for field in model._meta.concrete_fields:
            if not isinstance(field, models.JSONField):
                continue
            text = Cast(field.name, models.TextField())
            if model._base_manager.annotate(_text=text).filter(_text__contains=name).exists():
                return True
    return False


def clear() -> int:
    """Delete them; return how many."""
    removed = 0
    for path in files_left():
        path.unlink(missing_ok=True)
        removed += 1
    return removed
