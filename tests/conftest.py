"""Fixtures that many tests share."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def own_folders(settings: Any, tmp_path: Path) -> None:
    """Every test has an index and an upload folder of its own."""
    settings.SEARCH_ROOT = tmp_path / "search"
    settings.MEDIA_ROOT = tmp_path / "uploads"


@pytest.fixture(autouse=True)
def leave_nothing_published(request: pytest.FixtureRequest) -> Iterator[None]:
    """Unpublish before a transactional test's tables are emptied: the guards forbid to orphan a published case."""
    if "transactional_db" in request.fixturenames or "live_server" in request.fixturenames:
        request.getfixturevalue("transactional_db")
        yield
        from cases.models import Case

        Case.objects.update(status=Case.Status.DRAFT)
    else:
        yield
