"""How often one address may ask: held across processes, told clearly, and never in the way of anything else."""

import concurrent.futures
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as portal_settings
from django.core.exceptions import ImproperlyConfigured
from django.test import Client, RequestFactory

from cases import throttle
from cases.throttle import Rate, address_of, wait_of
from portal.environment import read_count, read_rate
from tests.builders import make_case, make_list
from tests.pages import text_of

pytestmark = pytest.mark.any_database

COUNT = """
import sqlite3, sys, time
from pathlib import Path
from cases.throttle import Rate, _take
path = Path(sys.argv[1])
print(sum(_take(path, "api 10.0.0.1", Rate(100, 3600), time.time()) == 0 for _ in range(60)))
"""


@pytest.fixture
def limited(settings: Any, tmp_path: Path) -> Any:
    settings.THROTTLE_FILE = tmp_path / "throttle.sqlite3"
    settings.RATES = {"api": (3, 60), "export": (2, 60)}
    return settings


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time as the counter reads it; change it to let time pass."""
    now = [1_600_000_000.0]
    monkeypatch.setattr(throttle.time, "time", lambda: now[0])
    return now


def waits(count: int, address: str = "10.0.0.1", scope: str = "api") -> list[int]:
    request = RequestFactory().get("/", REMOTE_ADDR=address)
    return [wait_of(scope, request) for _ in range(count)]


def test_so_many_at_once_then_evenly(limited: Any, clock: list[float]) -> None:
    assert waits(5) == [0, 0, 0, 20, 20]
    clock[0] += 19
    assert waits(1) == [1]
    clock[0] += 1
    assert waits(2) == [0, 20]
    clock[0] += 3600
    assert waits(4) == [0, 0, 0, 20]


def test_each_address_and_each_kind_is_counted_for_itself(limited: Any, clock: list[float]) -> None:
    assert waits(4)[-1] == 20
    assert waits(1, "10.0.0.2") == [0]
    assert waits(3, scope="export") == [0, 0, 30]


def test_a_clock_that_is_put_back_locks_nobody_out(limited: Any, clock: list[float]) -> None:
    waits(4)
    clock[0] -= 86_400
    assert waits(1) == [20]
    clock[0] += 20
    assert waits(1) == [0]


@pytest.mark.parametrize("scope", ["api", "export"])
def test_without_a_limit_nothing_is_counted(limited: Any, scope: str) -> None:
    limited.RATES = {"api": None, "export": None}

    assert waits(50, scope=scope) == [0] * 50
    assert not limited.THROTTLE_FILE.exists()


def test_processes_count_together_and_none_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "throttle.sqlite3"
    command = [sys.executable, "-c", f"import django; django.setup(){COUNT}", str(path)]
    environment = {"DJANGO_SETTINGS_MODULE": "portal.settings", "DATA_DIR": str(tmp_path), "PATH": "/usr/bin:/bin"}
    running = [
        subprocess.Popen(command, cwd=portal_settings.BASE_DIR, env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]

    # In the hour of the limit hardly anything is paid back while they run.
    assert 100 <= sum(int(one.communicate(timeout=60)[0]) for one in running) <= 101


def test_threads_count_together(limited: Any) -> None:
    limited.RATES = {"api": (40, 86_400)}
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        found = [wait for part in pool.map(lambda _: waits(10), range(8)) for wait in part]

    assert found.count(0) == 40


def test_a_damaged_counter_is_made_anew(limited: Any) -> None:
    limited.THROTTLE_FILE.write_bytes(b"no database at all" * 100)

    assert waits(1) == [0]
    assert waits(4)[-1] > 0


def test_a_counter_that_cannot_be_written_stops_nobody(limited: Any, tmp_path: Path) -> None:
    limited.THROTTLE_FILE = tmp_path / "nowhere" / "throttle.sqlite3"

    assert waits(5) == [0] * 5


def test_quiet_addresses_are_forgotten(limited: Any, clock: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    import sqlite3

    for index in range(20):
        waits(1, f"10.0.1.{index}")
    clock[0] += 3600
    monkeypatch.setattr(throttle, "TIDY_EVERY", 1)
    waits(1)

    with sqlite3.connect(limited.THROTTLE_FILE) as counter:
        assert counter.execute("SELECT key FROM taken").fetchall() == [("api 10.0.0.1",)]


@pytest.mark.parametrize(
    ("proxies", "remote", "forwarded", "counted"),
    [
        (0, "10.0.0.1", "1.2.3.4", "10.0.0.1"),
        (1, "127.0.0.1", "1.2.3.4", "1.2.3.4"),
        (1, "127.0.0.1", "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (2, "127.0.0.1", "6.6.6.6, 1.2.3.4, 10.0.0.9", "1.2.3.4"),
        (2, "127.0.0.1", "1.2.3.4", "1.2.3.4"),
        (1, "127.0.0.1", "", "127.0.0.1"),
        (0, "2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        (0, "::ffff:1.2.3.4", "", "1.2.3.4"),
        (1, "127.0.0.1", "x" * 500, "x" * 64),
        (0, "", "", ""),
    ],
)
def test_only_own_proxies_are_believed(settings: Any, proxies: int, remote: str, forwarded: str, counted: str) -> None:
    settings.PROXIES = proxies

    assert address_of(RequestFactory().get("/", REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR=forwarded)) == counted


@pytest.mark.django_db
def test_the_api_answers_429_and_says_when_to_come_back(limited: Any, clock: list[float], client: Client) -> None:
    for address in ("/api/cases/", "/api/", "/api/cases/?year=x"):
        assert client.get(address).status_code != 429

    refused = client.get("/api/vocabulary/")

    assert (refused.status_code, refused["Retry-After"]) == (429, "20")
    assert refused.json() == {
        "error": {
            "code": "throttled",
            "message": "请求过于频繁，请在 20 秒后再试。需要大量案例时，请一次下载全部资料。",
            "fields": {},
        }
    }
    page = client.get("/api/", headers={"accept": "text/html"})
    assert page.status_code == 429
    assert "请在 20 秒后再试" in text_of(page)
    assert client.get("/cases/").status_code == 200
    clock[0] += 20
    assert client.get("/api/vocabulary/").status_code == 200


@pytest.mark.django_db
def test_files_are_limited_together_and_pages_are_not(limited: Any, clock: list[float], client: Client) -> None:
    make_list(slug="top", cases=[make_case()])
    assert client.get("/cases/export.csv").status_code == 200
    assert client.get("/awards/top/export.json").status_code == 200

    for file in ("/cases/export.json", "/statistics/export.csv?table=year", "/download/library.csv"):
        refused = client.get(file)
        assert (refused.status_code, refused["Retry-After"]) == (429, "30")
        assert "请求过于频繁" in text_of(refused)
        assert "30 秒 后再试" in text_of(refused)
        assert "no-store" in refused["Cache-Control"]
    assert {client.get(page).status_code for page in ("/cases/", "/api/", "/feed.xml", "/download/")} == {200}


@pytest.mark.django_db
def test_counting_asks_the_database_of_the_library_nothing(limited: Any, client: Client) -> None:
    from tests.pages import queries_of

    counted = queries_of(client, "/api/vocabulary/")
    assert counted == {"/api/vocabulary/": 1}  # the edition, for the date of the answer


@pytest.mark.parametrize(
    ("written", "rate"),
    [("", (120, 60)), ("5/second", (5, 1)), (" 1000/HOUR ", (1000, 3600)), ("1/day", (1, 86_400)), ("off", None)],
)
def test_a_rate_is_read_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, written: str, rate: tuple[int, int] | None
) -> None:
    monkeypatch.setenv("API_RATE", written)

    assert read_rate("API_RATE", "120/minute") == rate


@pytest.mark.parametrize("written", ["120", "0/minute", "a/minute", "1/week", "-1/day", "1.5/hour", "1000000/day"])
def test_a_rate_that_is_none_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    monkeypatch.setenv("API_RATE", written)

    with pytest.raises(ImproperlyConfigured, match="API_RATE=120/minute"):
        read_rate("API_RATE", "120/minute")


@pytest.mark.parametrize("written", ["-1", "x", "10", "1.5"])
def test_a_number_of_proxies_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    monkeypatch.setenv("PROXIES", written)

    with pytest.raises(ImproperlyConfigured, match="PROXIES=1"):
        read_count("PROXIES", most=9)


def test_a_rate_is_told_in_words() -> None:
    assert [Rate(5, 1).label, Rate(120, 60).label, Rate(9, 86_400).label] == [
        "每秒 5 次",
        "每分钟 120 次",
        "每天 9 次",
    ]
