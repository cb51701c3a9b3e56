"""Ask for files as readers do, and have them written by a worker of django-tasks in this process."""

import re
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client
from django.utils import timezone
from django_tasks_db.management.commands import db_worker

from cases.models import ExportFile

PAGE = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def saved_as(response: Any) -> tuple[str, str]:
    """Return the names under which a file is saved: that of readers, whose day is today's, and that of programs."""
    found = re.fullmatch(
        r"attachment; filename=\"([\w.-]+)\"; filename\*=UTF-8''([^ ;]+)", response["Content-Disposition"]
    )
    assert found, response["Content-Disposition"]
    return unquote(found[2]).replace(f"{timezone.localdate()}", "今天"), found[1]


def write_waiting() -> None:
    """Write every file that waits, with the worker that operators run; the test's own connection stays open."""
    worker = db_worker.Worker(
        queue_names=["*"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id="test",
        excluded_queue_names=[],
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(db_worker, "close_old_connections", lambda: None)
        worker.run()


def asked_for(client: Client, address: str = "/cases/export.xlsx") -> ExportFile:
    """Ask for a file that is too large to wait for."""
    response = client.get(address)
    assert response.status_code == 303, response.status_code
    return ExportFile.objects.get(key=response["Location"].strip("/").split("/")[1])


def written(client: Client, address: str = "/cases/export.xlsx") -> ExportFile:
    file = asked_for(client, address)
    write_waiting()
    file.refresh_from_db()
    assert file.state == file.State.DONE, file.fault
    return file


def page_of(client: Client, file: ExportFile) -> Any:
    return client.get(file.get_absolute_url(), headers=PAGE)


def content_of(client: Client, file: ExportFile) -> bytes:
    response: Any = client.get(file.get_download_url())
    assert response.status_code == 200
    return b"".join(response.streaming_content)
