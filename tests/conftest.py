"""Fixtures that many tests share."""

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from filelock import FileLock
from xdist.scheduler import LoadScopeScheduling

from tests import shipped

# What the modules and jieba's dictionary leave in memory is large and stays: looking through it often finds nothing.
gc.set_threshold(100_000, 50, 100)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-desk-routes", action="store_true", help="write tests/desk_routes.txt anew")


class Together(LoadScopeScheduling):
    """Several workers: a module whose tests share a browser or a library stays on one of them, all others are spread.

    (`--dist loadgroup` would do; xdist 3.8 marks nothing with pytest 9.2.)
    """

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        return module if shares(module) else nodeid


@cache
def shares(module: str) -> bool:
    source = Path(module).read_text(encoding="utf-8")
    return "mark.browser" in source or 'scope="module"' in source


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    return Together(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest begin first, so that no worker waits for one at the end."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(autouse=True)
def own_folders(settings: Any, tmp_path: Path) -> None:
    """Every test has an index and an upload folder of its own."""
    settings.SEARCH_ROOT = tmp_path / "search"
    settings.MEDIA_ROOT = tmp_path / "uploads"


@pytest.fixture(autouse=True)
def remember_nothing() -> None:
    """No test counts with what another one left in memory."""
    from cases import facets, searches

    facets.forget()
    searches.forget()


def is_transactional(request: pytest.FixtureRequest) -> bool:
    marker = request.node.get_closest_marker("django_db")
    asked = bool(marker and marker.kwargs.get("transaction"))
    return asked or bool({"transactional_db", "live_server"} & set(request.fixturenames))


@pytest.fixture(autouse=True)
def leave_nothing_published(request: pytest.FixtureRequest) -> Iterator[None]:
    """Unpublish before a transactional test's tables are emptied: the guards forbid to orphan a published case.

    The audit's guards forbid to empty its tables at all; they come back with the signal that follows.
    """
    if not is_transactional(request):
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    from cases import audit_triggers
    from cases.models import Case

    Case.objects.update(status=Case.Status.DRAFT)
    audit_triggers.drop()


@pytest.fixture
def draining(transactional_db: None) -> Iterator[None]:
    """Run the thread that brings changes into the index, as a web process does."""
    from cases import search

    search.wake()
    yield
    search.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from tests.browser import chromium

    with chromium() as started:
        yield started


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Close a test's windows before its tables are emptied: pages that save or look again would go on asking."""
    browser = getattr(item, "funcargs", {}).get("browser")
    for window in browser.contexts if browser else ():
        window.close()


@pytest.fixture(scope="session")
def pdf_libraries() -> None:
    try:
        import weasyprint  # noqa: F401
    except OSError as lacking:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"the libraries of WeasyPrint are not installed: {lacking}")


@pytest.fixture(scope="session")
def migrated_once(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A data directory as `migrate` leaves it, made by the first worker that asks."""
    from tests.commands import manage

    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "migrated"
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            making = Path(tempfile.mkdtemp(dir=folder.parent))
            for apps in (["districts"], []):  # first the districts alone, then everything
                result = manage("migrate", *apps, "-v0", data_dir=making)
                assert result.returncode == 0, result.stderr
            making.rename(folder)
    return folder


@pytest.fixture
def migrated(migrated_once: Path, tmp_path: Path) -> Path:
    """A data directory of the test's own for commands in processes of their own: all tables, empty."""
    return Path(shutil.copytree(migrated_once, tmp_path / "migrated"))


@pytest.fixture
def shipped_districts(db: None) -> None:
    shipped.districts()


@pytest.fixture
def shipped_library(shipped_districts: None) -> None:
    """The cases that come with the portal, without an index."""
    shipped.library()


@pytest.fixture(scope="session")
def kept_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first test that needs the index of these cases leaves a copy of it."""
    return tmp_path_factory.mktemp("shipped")


@pytest.fixture
def shipped_portal(request: pytest.FixtureRequest, live_server: Any, shipped_library: None, kept_index: Path) -> str:
    """The address at which the cases that come with the portal are served."""
    shipped.index(kept_index)
    request.getfixturevalue("draining")
    return str(live_server.url)


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
