"""How often one address may ask: counted for all web processes together, and refused clearly when it is too often.

Neither of Django's caches that processes share counts atomically (`incr` reads, then writes), so a reader who asks many
things at once would slip through. Here one transaction on a small SQLite file of its own does it: no query reaches the
library's database, nothing waits for a disk, and losing the file loses nothing but the counts.
"""

from __future__ import annotations

import ipaddress
import logging
import math
import random
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from functools import wraps
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

logger = logging.getLogger(__name__)

# One call in so many also removes the addresses that have been quiet.
TIDY_EVERY = 500
# A counter that another process holds is not waited for longer: the reader goes before the count.
PATIENCE = 1.0


class Rate(NamedTuple):
    """So many requests in so many seconds, at once if need be, then evenly."""

    times: int
    seconds: int

    @property
    def label(self) -> str:
        units = {1: "每秒", 60: "每分钟", 3600: "每小时", 86400: "每天"}
        return f"{units.get(self.seconds, f'每 {self.seconds} 秒')} {self.times} 次"


def client_address(request: Any) -> str:
    """From where it was asked: the address as the last of our own proxies saw it.

    What a request says of itself in X-Forwarded-For is believed only as far as `PROXIES` tells that our own wrote it.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.PROXIES:
        passed = [part.strip() for part in request.headers.get("x-forwarded-for", "").split(",") if part.strip()]
        address = passed[-min(settings.PROXIES, len(passed))] if passed else address
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    return str(getattr(found, "ipv4_mapped", None) or found)


def address_of(request: Any) -> str:
    """Whom to count: the address, of IPv6 the network that one reader has."""
    address = client_address(request)
    try:
        return str(ipaddress.ip_network((ipaddress.IPv6Address(address), 64), strict=False))
    except ValueError:
        return address


def ip_of(request: Any) -> str | None:
    """The same as an address alone, of a network its first; None for what is none."""
    address = address_of(request).partition("/")[0]
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return None


def rate_of(scope: str) -> Rate | None:
    """Return the limit of a scope, None where there is none."""
    rate = settings.RATES.get(scope)
    return Rate(*rate) if rate else None


def wait_of(scope: str, request: Any) -> int:
    """Count a request; return 0 when it may go on, otherwise in how many seconds the next one may."""
    rate = rate_of(scope)
    if rate is None:
        return 0
    path = Path(settings.THROTTLE_FILE)
    try:
        return _take(path, f"{scope} {address_of(request)}", rate, time.time())
    except sqlite3.OperationalError as error:  # locked, or the disk is full: readers come first
        logger.warning("限速计数不可用，本次不限：%s", error)
    except sqlite3.DatabaseError as error:
        logger.warning("限速计数文件已损坏，重新建立：%s", error)
        path.unlink(missing_ok=True)
    return 0


def _take(path: Path, key: str, rate: Rate, now: float) -> int:
    """The generic cell rate algorithm (ITU-T I.371): `until` is when all that was taken is paid back, evenly."""
    each = rate.seconds / rate.times
    with closing(sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)) as counter:
        counter.execute("PRAGMA journal_mode=MEMORY")
        counter.execute("PRAGMA synchronous=OFF")
        counter.execute("BEGIN IMMEDIATE")
        counter.execute("CREATE TABLE IF NOT EXISTS taken (key TEXT PRIMARY KEY, until REAL NOT NULL) WITHOUT ROWID")
        row = counter.execute("SELECT until FROM taken WHERE key = ?", [key]).fetchone()
        stored = row[0] if row else now
        # Never further ahead than full, should the machine's clock have been put back.
        owed = min(max(stored, now), now + rate.seconds)
        over = owed + each - now - rate.seconds
        if over <= 1e-6 or stored > owed:
            counter.execute("INSERT OR REPLACE INTO taken VALUES (?, ?)", [key, owed if over > 1e-6 else owed + each])
        if random.randrange(TIDY_EVERY) == 0:  # noqa: S311
            counter.execute("DELETE FROM taken WHERE until < ?", [now])
        counter.execute("COMMIT")
    return 0 if over <= 1e-6 else max(1, math.ceil(over))


View = Callable[..., Any]


def throttled(scope: str) -> Callable[[View], View]:
    """Answer 429 with a page that says when to come back, where an address asks for a view too often."""

    def decorate(view: View) -> View:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            wait = wait_of(scope, request)
            return refusal(request, wait) if wait else view(request, *args, **kwargs)

        return counted

    return decorate


def refusal(request: HttpRequest, wait: int) -> HttpResponse:
    response = render(request, "throttled.html", {"wait": wait}, status=429)
    response["Retry-After"] = str(wait)
    add_never_cache_headers(response)
    return response
