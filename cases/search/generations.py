"""Where indexes lie: each in a folder of its own under SEARCH_ROOT, with `current` pointing at the one in use.

A generation is built in a new folder and becomes current by one rename. Its `meta.json` says by which rules it was
made; `checks.json` holds a checksum of every file, so that a damaged index is noticed when it is opened; a file
`broken` marks one that turned out unusable.
"""

from __future__ import annotations

import json
import logging
import os
import re
import secrets
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone
from filelock import FileLock, Timeout

from cases.search import segments
from cases.search.documents import INDEX_VERSION
from cases.search.postings import Damaged

log = logging.getLogger(__name__)

LOCK_POLL = 0.02
CHUNK = 1 << 20
# How `begin` names the folders.
GENERATION = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}")
INDEX_FILES = (".toc", ".seg")
# How long a rebuild waits for its lock: longer than `is_rebuilding` holds it to look, shorter than a rebuild.
REBUILD_PATIENCE = 1.0
# How long a page waits to find out whether the index is damaged.
DIAGNOSIS_PATIENCE = 2.0


class Unusable(Exception):
    """There is no index to answer from; the message says why, in Chinese."""


class AlreadyRebuilding(Exception):
    """Another process or thread is making an index."""


def root() -> Path:
    """Return the folder of all generations, made if need be."""
    folder = Path(settings.SEARCH_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def current() -> Path | None:
    """Return the folder of the index in use."""
    link = Path(settings.SEARCH_ROOT) / "current"
    try:
        return link.parent / os.readlink(link)
    except OSError:
        return None


def written_at() -> datetime | None:
    """Return when the index in use was last written to, marked, or replaced by another."""
    times = []
    for folder in (Path(settings.SEARCH_ROOT), current()):
        with suppress(OSError):
            times.append(folder.stat().st_mtime if folder else 0)
    return datetime.fromtimestamp(max(times), UTC) if times else None


def usable() -> Path:
    """Return the folder of the index in use; raise `Unusable` when it is missing, out of date or known to be broken."""
    path = current()
    try:
        if path is None or not path.is_dir():
            raise Unusable("索引尚未建立")
        if (path / "broken").exists():
            raise Unusable("索引文件已损坏")
    except OSError as error:
        raise Unusable("索引无法读取") from error
    if meta(path).get("version") != INDEX_VERSION:
        raise Unusable("索引由另一版本的规则建立")
    return path


def problem() -> str:
    """Say in Chinese what keeps the index from being used; empty when nothing does."""
    try:
        usable()
    except Unusable as reason:
        return str(reason)
    return ""


def knows(terms: str) -> bool:
    """Whether the current index was made with this version of the curators' terms."""
    path = current()
    return path is not None and meta(path).get("terms") == terms


def meta(path: Path) -> dict[str, Any]:
    """Return what is known about a generation; nothing when its file is unreadable."""
    try:
        found = json.loads((path / "meta.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def built_at(path: Path) -> datetime | None:
    try:
        return datetime.fromisoformat(meta(path)["built_at"])
    except (KeyError, TypeError, ValueError):
        return None


def mark_broken(path: Path, reason: str) -> None:
    """Keep every process from using a generation, so that it is rebuilt."""
    log.error("search index %s is unusable: %s", path.name, reason)
    try:
        (path / "broken").write_text(reason, encoding="utf-8")
    except OSError:
        log.exception("cannot mark search index %s as broken", path.name)


@contextmanager
def drain_lock(patience: float = -1) -> Iterator[None]:
    """Be the one that writes into the current index; waits for others, or raises filelock's `Timeout` in the end."""
    with FileLock(root() / "drain.lock", timeout=patience, poll_interval=LOCK_POLL):
        yield


@contextmanager
def rebuild_lock() -> Iterator[None]:
    """Be the one that makes a new index; raise `AlreadyRebuilding` when another is."""
    try:
        with FileLock(root() / "rebuild.lock", timeout=REBUILD_PATIENCE, poll_interval=LOCK_POLL):
            yield
    except Timeout as busy:
        raise AlreadyRebuilding("另一个进程正在重建索引") from busy


def is_rebuilding() -> bool:
    """Whether a new index is being made, in any process."""
    lock = FileLock(root() / "rebuild.lock")
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return True
    lock.release()
    return False


def begin() -> Path:
    """Make a folder with an empty index, and clear away what a crash left; hold the rebuild lock."""
    here = current()
    for link in root().glob(".current-*"):
        link.unlink()
    for folder in _folders():
        if folder != here and not (folder / "meta.json").exists():
            shutil.rmtree(folder, ignore_errors=True)
    path = root() / f"{timezone.now():%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
    path.mkdir()
    segments.create(path)
    return path


def sign(path: Path, count: int, terms: str) -> None:
    """Note that a new generation of so many documents is complete, and with which of the curators' terms."""
    built_at = timezone.now().isoformat(timespec="seconds")
    _write_json(path / "meta.json", {"version": INDEX_VERSION, "terms": terms, "count": count, "built_at": built_at})


def swap(path: Path) -> None:
    """Make a complete generation the current one; keep the one before it, remove the others."""
    former = current()
    link = root() / f".current-{secrets.token_hex(3)}"
    link.symlink_to(path.name)
    here = root() / "current"
    if not here.is_symlink() and here.is_dir():
        # Whoever copied the folder followed the link; a folder cannot be replaced at one stroke.
        shutil.rmtree(here)
    os.replace(link, here)
    for folder in _folders():
        if folder not in {path, former}:
            shutil.rmtree(folder, ignore_errors=True)


def _folders() -> list[Path]:
    """All generations; what others put beside them is none of our business."""
    return [folder for folder in root().iterdir() if GENERATION.fullmatch(folder.name) and folder.is_dir()]


def write_checks(path: Path) -> None:
    """Note the checksums of an index's files after a commit; files noted before are not read again."""
    known = _read_json(path / "checks.json")
    files = [file for file in path.iterdir() if file.suffix in INDEX_FILES]
    _write_json(path / "checks.json", {file.name: known.get(file.name) or checksum(file) for file in files})


def verify(path: Path, names: list[str]) -> None:
    """Compare files with what was written; raise `Damaged`. A file of this very moment may not be noted yet."""
    noted = _read_json(path / "checks.json")
    if not noted:
        raise Damaged("checks.json is missing or unreadable")
    for name in names:
        if name in noted and noted[name] != checksum(path / name):
            raise Damaged(f"{name} is not what was written")


def damage(path: Path) -> str:
    """Read all of an index and say what in it is not as it was written; hold the drain lock."""
    noted = _read_json(path / "checks.json")
    wrong = [name for name in noted if not (path / name).exists() or checksum(path / name) != noted[name]]
    return ", ".join(wrong) if noted else "checks.json"


def mark_if_damaged(path: Path) -> None:
    """Find out whether an index that failed is damaged, and if so keep everybody from using it."""
    try:
        # While somebody writes into it, its files come and go.
        with drain_lock(DIAGNOSIS_PATIENCE):
            if wrong := damage(path):
                mark_broken(path, wrong)
    except (Timeout, OSError):
        log.warning("search index %s: could not look for damage now", path.name, exc_info=True)


def checksum(file: Path) -> int:
    value = 0
    with file.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            value = zlib.crc32(chunk, value)
    return value


def _read_json(file: Path) -> dict[str, int]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write_json(file: Path, content: dict[str, Any]) -> None:
    """Write a small file at one stroke, so that a reader finds the old or the new."""
    aside = file.with_suffix(f".{secrets.token_hex(3)}")
    aside.write_text(json.dumps(content), encoding="utf-8")
    os.replace(aside, file)
