"""Fixtures that many tests share."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client


@pytest.fixture(autouse=True)
def own_folders(settings: Any, tmp_path: Path) -> None:
    """Every test has an index and an upload folder of its own."""
    settings.SEARCH_ROOT = tmp_path / "search"
    settings.MEDIA_ROOT = tmp_path / "uploads"


def is_transactional(request: pytest.FixtureRequest) -> bool:
    marker = request.node.get_closest_marker("django_db")
    asked = bool(marker and marker.kwargs.get("transaction"))
    return asked or bool({"transactional_db", "live_server"} & set(request.fixturenames))


@pytest.fixture(autouse=True)
def leave_nothing_published(request: pytest.FixtureRequest) -> Iterator[None]:
    """Unpublish before a transactional test's tables are emptied: the guards forbid to orphan a published case."""
    if not is_transactional(request):
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    from cases.models import Case

    Case.objects.update(status=Case.Status.DRAFT)


@pytest.fixture
def draining(transactional_db: None) -> Iterator[None]:
    """Run the thread that brings changes into the index, as a web process does."""
    from cases import search

    search.wake()
    yield
    search.stop()


@pytest.fixture
def entry(db: None) -> Client:
    from tests.desk import signed_in

    return signed_in("录入员", "luru")


@pytest.fixture
def checker(db: None) -> Client:
    from tests.desk import signed_in

    return signed_in("审核员", "shenhe")


@pytest.fixture
def administrator(db: None) -> Client:
    from tests.desk import signed_in

    return signed_in("管理员", "guanli")
