"""A portal served by gunicorn as operators have it, for programs that look at it from outside."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
# So many seconds it may take to answer.
STARTING = 120


@contextmanager
def served(environment: Mapping[str, str] | None = None) -> Iterator[str]:
    """Serve what the environment's DATA_DIR holds at a free port; yield the address once it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{probe.getsockname()[1]}"
    serve = [sys.executable, "-m", "gunicorn", "portal.wsgi", "--config", "portal/gunicorn.py", "--bind", host]
    server = subprocess.Popen(serve, cwd=PROJECT, env=environment, stdout=sys.stderr)
    try:
        _wait_for(f"http://{host}/healthz")
        yield f"http://{host}"
    finally:
        server.terminate()
        server.wait()


def _wait_for(address: str) -> None:
    end = time.monotonic() + STARTING
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
        else:
            return
