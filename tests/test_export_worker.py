"""The process that writes files: alone, beside gunicorn, killed and stopped."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as portal_settings
from django.db import connection
from django.test import Client

from cases.exports.forms import FORMS
from cases.models import ExportFile
from tests.bench.processes import PROC, tree
from tests.builders import make_case
from tests.commands import CONFIGURATION
from tests.exporting import asked_for, content_of

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not PROC.is_dir(), reason="this system does not tell which processes there are"),
]

PATIENCE = 40.0


@pytest.fixture(autouse=True)
def shared_folder(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test and the processes that it starts have one folder of files; every file is large."""
    settings.MEDIA_ROOT = portal_settings.DATA_DIR / "uploads"
    monkeypatch.setitem(FORMS, "csv", replace(FORMS["csv"], at_once=0))


@pytest.fixture
def started() -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start processes on the test's database, and end what is left of them."""
    running: list[subprocess.Popen[bytes]] = []

    def start(*command: str, **environment: str) -> subprocess.Popen[bytes]:
        running.append(subprocess.Popen(command, cwd=portal_settings.BASE_DIR, env=surroundings() | environment))
        return running[-1]

    yield start
    for process in running:
        for pid in reversed(tree(process.pid)):
            if alive(pid):
                os.kill(pid, signal.SIGKILL)
        process.wait()


def surroundings() -> dict[str, str]:
    told = connection.settings_dict
    address = f"sqlite:///{told['NAME']}"
    if connection.vendor == "postgresql":
        place = f"{told['HOST'] or 'localhost'}:{told['PORT'] or 5432}"
        address = f"postgres://{told['USER']}:{told['PASSWORD']}@{place}/{told['NAME']}"
    inherited = {name: value for name, value in os.environ.items() if name not in CONFIGURATION}
    return inherited | {
        "DATA_DIR": str(portal_settings.DATA_DIR),
        "DATABASE_URL": address,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }


def alive(pid: int) -> bool:
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def within(happened: Callable[[], Any]) -> Any:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := happened():
            return found
        time.sleep(0.1)
    raise AssertionError(f"did not happen within {PATIENCE} seconds")


def is_done(file: ExportFile) -> bool:
    file.refresh_from_db()
    assert not file.fault
    return file.state == file.State.DONE


def workers_of(pid: int) -> list[int]:
    """The export workers below a process."""
    return [child for child in tree(pid) if "export_worker" in command_of(child)]


def command_of(pid: int) -> str:
    try:
        return (PROC / str(pid) / "cmdline").read_text()
    except OSError:
        return ""


def serve(start: Callable[..., subprocess.Popen[bytes]], **environment: str) -> subprocess.Popen[bytes]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    bin_folder = Path(sys.executable).parent
    arguments = ["portal.wsgi", "--config", "portal/gunicorn.py", "--bind", f"127.0.0.1:{port}"]
    server = start(str(bin_folder / "gunicorn"), *arguments, WEB_CONCURRENCY="1", **environment)

    def answers() -> bool:
        with socket.socket() as knock:
            return knock.connect_ex(("127.0.0.1", port)) == 0

    within(answers)
    return server


def test_the_worker_of_operators_writes_what_waits(client: Client, started: Any) -> None:
    make_case("甲")
    file = asked_for(client, "/cases/export.csv")

    assert started(sys.executable, "manage.py", "db_worker", "--batch").wait(PATIENCE) == 0

    assert is_done(file)
    assert "甲" in content_of(client, file).decode("utf-8-sig")


def test_our_own_worker_writes_gives_way_and_ends_when_told(client: Client, started: Any) -> None:
    make_case("甲")
    file = asked_for(client, "/cases/export.csv")
    worker = started(sys.executable, "manage.py", "export_worker")

    within(lambda: is_done(file))

    assert os.getpriority(os.PRIO_PROCESS, worker.pid) > os.getpriority(os.PRIO_PROCESS, 0)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(PATIENCE) == 0


@pytest.mark.long
@pytest.mark.any_database
def test_gunicorn_has_one_worker_that_comes_back_and_does_not_outlive_it(client: Client, started: Any) -> None:
    make_case("甲")
    server = serve(started)
    (worker,) = within(lambda: workers_of(server.pid))
    file = asked_for(client, "/cases/export.csv")
    within(lambda: is_done(file))

    os.kill(worker, signal.SIGKILL)
    other = within(lambda: [pid for pid in workers_of(server.pid) if pid != worker])
    assert len(other) == 1
    file = asked_for(client, "/cases/export.csv?column=title")
    within(lambda: is_done(file))

    server.kill()
    server.wait()
    within(lambda: not alive(other[0]))


@pytest.mark.long
@pytest.mark.any_database
def test_the_worker_ends_with_gunicorn(started: Any) -> None:
    server = serve(started)
    (worker,) = within(lambda: workers_of(server.pid))

    server.terminate()

    server.wait(PATIENCE)
    assert not alive(worker)


@pytest.mark.any_database
def test_operators_may_run_the_worker_themselves(started: Any) -> None:
    server = serve(started, EXPORT_WORKER="off")
    time.sleep(1)

    assert workers_of(server.pid) == []


def test_upkeep_goes_on_beside_the_work(client: Client, started: Any) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from cases.exports import writing

    make_case("甲")
    file = asked_for(client, "/cases/export.csv")
    writing._claimed(file.pk)
    ExportFile.objects.update(touched_at=timezone.now() - timedelta(seconds=61))
    started(sys.executable, "manage.py", "export_worker")

    within(lambda: is_done(file))

    assert file.attempts == 2
