"""Static files are compressed again when one of them changed, and only then."""

from pathlib import Path
from typing import Any

import pytest

from portal import static_files

pytestmark = pytest.mark.any_database


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    """Where the only static file is."""
    source = tmp_path / "source"
    (source / "css").mkdir(parents=True)
    (source / "css" / "a.css").write_text("p { color: black }")
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATICFILES_DIRS = [source]
    settings.STATIC_ROOT = tmp_path / "static"
    backend = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": backend}}
    return source / "css"


def collected(settings: Any) -> set[str]:
    folder = Path(settings.STATIC_ROOT) / "css"
    return {path.read_text() for path in folder.glob("*.css")}


def test_they_are_collected_once_and_again_when_one_changed_came_or_went(settings: Any, folder: Path) -> None:
    assert [static_files.collect(), static_files.collect()] == [True, False]
    assert collected(settings) == {"p { color: black }"}

    (folder / "a.css").write_text("p { color: white }")
    assert [static_files.collect(), static_files.collect()] == [True, False]
    assert "p { color: white }" in collected(settings)
    (folder / "b.css").write_text("h1 { color: red }")
    assert [static_files.collect(), static_files.collect()] == [True, False]
    (folder / "b.css").unlink()
    assert [static_files.collect(), static_files.collect()] == [True, False]


def test_they_are_collected_again_when_they_were_lost_or_are_to_be_stored_otherwise(
    settings: Any, folder: Path
) -> None:
    assert static_files.collect()
    (Path(settings.STATIC_ROOT) / "staticfiles.json").unlink()
    assert [static_files.collect(), static_files.collect()] == [True, False]

    backend = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": backend}}
    assert [static_files.collect(), static_files.collect()] == [True, False]
