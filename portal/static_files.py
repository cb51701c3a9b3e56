"""Static files are compressed when one of them has changed, not at every start: that takes ten seconds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

# What of the outcome does not come from the files themselves.
MADE_BY = "django", "whitenoise", "brotli"


def collect() -> bool:
    """Collect them if what is there was made of something else; return whether."""
    root = Path(settings.STATIC_ROOT)
    note = root.with_name(f"{root.name}.made-of")
    made_of = _fingerprint()
    if (root / "staticfiles.json").exists() and note.exists() and note.read_text(encoding="ascii") == made_of:
        return False
    call_command("collectstatic", interactive=False, verbosity=0)
    note.write_text(made_of, encoding="ascii")
    return True


def _fingerprint() -> str:
    digest = hashlib.sha256(f"{settings.STORAGES['staticfiles']} {[version(name) for name in MADE_BY]}".encode())
    for name, content in sorted(_files()):
        digest.update(f"{name} {hashlib.sha256(content).hexdigest()}\n".encode())
    return digest.hexdigest()


def _files() -> Iterator[tuple[str, bytes]]:
    """Every file by the name it is served under; of those of one name the first is served."""
    known = set()
    for finder in get_finders():
        for path, storage in finder.list([]):
            name = "/".join(filter(None, [getattr(storage, "prefix", ""), path]))
            if name not in known:
                known.add(name)
                with storage.open(path) as file:
                    yield name, file.read()
