"""What readers search for, counted without a word about who they are; and what the desk is told of it."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases import search, searches
from cases.models import OpenedCount, SearchCount
from cases.search_report import SearchReport
from tests.builders import make_case, make_draft, make_user
from tests.pages import queries_of, text_of

pytestmark = pytest.mark.django_db

REPORT = "/admin/cases/searchcount/"


def offered(client: Client, query: str) -> tuple[str, str]:
    """The token that a list carries, and the place of its first case; empty where there is none."""
    page = client.get(f"/cases/?{query}").content.decode()
    token, first = re.search(r'data-searched="([^"]+)"', page), re.search(r'data-first="(\d+)"', page)
    return unescape(token[1]) if token else "", first[1] if first else ""


def tell(client: Client, query: str, place: str = "") -> int:
    return client.post("/searched/", {"token": offered(client, query)[0], "place": place}).status_code


def counted() -> list[tuple[str, str, int]]:
    searches.flush()
    return [(one.words, one.found, one.times) for one in SearchCount.objects.order_by("words", "found")]


def opened() -> list[tuple[str, int, int]]:
    searches.flush()
    return [(one.words, one.place, one.times) for one in OpenedCount.objects.order_by("words", "place")]


@pytest.fixture
def library() -> None:
    make_case("加装电梯")
    make_case("红苗工程")
    make_draft("暗哨密令")
    search.rebuild()


# What is counted


def test_a_search_and_what_it_found_are_counted_by_day_and_words(library: None, client: Client) -> None:
    assert [tell(client, f"q={words}") for words in ("電梯", "电梯", "电梯 垃圾分类", "暗哨密令")] == [204] * 4

    assert counted() == [("暗哨密令", "none", 1), ("电梯", "some", 2), ("电梯 垃圾分类", "near", 1)]
    assert set(SearchCount.objects.values_list("day", flat=True)) == {timezone.localdate()}
    tell(client, "q=电梯")
    assert counted()[1] == ("电梯", "some", 3)


def test_the_place_that_was_opened_is_counted(library: None, client: Client) -> None:
    assert [tell(client, "q=电梯", place) for place in ("1", "1", "2")] == [204] * 3

    assert opened() == [("电梯", 1, 2), ("电梯", 2, 1)]
    assert counted() == []
    refused = [tell(client, "q=电梯", place) for place in ("0", "-1", "9999", "1e3", "一", "٣")]
    assert refused == [400] * 6
    assert tell(client, "q=暗哨密令", "1") == 400
    assert len(opened()) == 2


def test_nothing_tells_who_searched_or_when() -> None:
    columns = {field.name for model in (SearchCount, OpenedCount) for field in model._meta.get_fields()}

    assert columns == {"id", "day", "words", "found", "place", "times"}
    kinds = {type(field) for model in (SearchCount, OpenedCount) for field in model._meta.get_fields()}
    assert not kinds & {models.DateTimeField, models.GenericIPAddressField, models.ForeignKey, models.TimeField}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  加裝　 電梯 ", "加装 电梯"),
        ("ＡＩ黨建", "ai党建"),
        ("2020-0007", "2020-0007"),
        ("2019年2020年2021", "2019年2020年2021"),
        ("345工作法", "345工作法"),
        ("11010119900307761X", ""),
        ("１３８００１３８０００", ""),
        ("138 0013 8000", ""),
        ("张三 138-0013-8000", ""),
        ("020-83120000", ""),
        ("zhang@example.cn", ""),
        ("张三＠单位", ""),
        ("长" * 41, ""),
    ],
)
def test_what_may_be_somebodys_is_counted_without_its_words(typed: str, kept: str) -> None:
    assert searches.countable(typed) == kept


def test_such_a_search_counts_and_its_words_are_nowhere(library: None, client: Client) -> None:
    token, _ = offered(client, "q=张三 138 0013 8000")

    assert client.post("/searched/", {"token": token}).status_code == 204

    assert counted() == [("", "none", 1)]
    assert "138" not in token


# What is not


def test_curators_are_not_counted_nor_pages_without_words(library: None, entry: Client, client: Client) -> None:
    assert offered(entry, "q=暗哨密令") == ("", "")
    assert offered(client, "") == ("", "")
    assert offered(client, "q=电梯&year=x") == ("", "")
    assert offered(client, "q=“”") == ("", "")
    reader = Client()
    reader.force_login(make_user("reader"))
    assert offered(reader, "q=电梯") == offered(client, "q=电梯") != ("", "")


def test_places_are_searchs_own_only_where_nothing_else_was_chosen(library: None, client: Client) -> None:
    assert offered(client, "q=电梯")[1] == "1"
    assert offered(client, "q=电梯&sort=relevance")[1] == "1"
    for other in ("sort=newest", "year=2020", "kind=innovation"):
        token, first = offered(client, f"q=电梯&{other}")
        assert (token, first) == (offered(client, "q=电梯")[0], "")


def test_what_was_not_signed_here_counts_nothing(library: None, client: Client) -> None:
    token, _ = offered(client, "q=电梯")

    for forged in ("", "x", token[:-1], token.replace(":", ";"), f"a{token}", token * 9, "\0"):
        assert client.post("/searched/", {"token": forged}).status_code == 400
    assert client.post("/searched/").status_code == 400
    assert client.get("/searched/").status_code == 405
    assert counted() == []


def test_what_is_no_token_is_not_read(library: None, client: Client) -> None:
    token, _ = offered(client, "q=电梯")

    for more in ("x" * 5000, SimpleUploadedFile("x", b"0" * 5000)):
        assert client.post("/searched/", {"token": token, "more": more}).status_code == 413
    assert counted() == []


@pytest.mark.parametrize("wish", ["DNT", "Sec-GPC"])
def test_who_asks_not_to_be_followed_is_not_counted(library: None, client: Client, wish: str) -> None:
    token, _ = offered(client, "q=电梯")

    assert client.post("/searched/", {"token": token}, headers={wish: "1"}).status_code == 204

    assert counted() == []


def test_it_needs_no_cookie_and_sets_none(library: None) -> None:
    token, _ = offered(Client(), "q=电梯")
    strict = Client(enforce_csrf_checks=True)

    answer = strict.post("/searched/", {"token": token})

    assert (answer.status_code, answer.cookies, answer.content) == (204, {}, b"")
    assert "no-store" in answer["Cache-Control"]
    assert counted() == [("电梯", "some", 1)]


def test_who_tells_too_much_is_told_to_stop(settings: Any, tmp_path: Any, library: None, client: Client) -> None:
    settings.RATES = {"searched": (2, 60)}
    settings.THROTTLE_FILE = tmp_path / "throttle.sqlite3"

    assert [tell(client, "q=电梯") for _ in range(3)] == [204, 204, 429]

    assert counted() == [("电梯", "some", 2)]


# In nobody's way


def test_neither_a_search_nor_its_count_costs_a_query(library: None, client: Client) -> None:
    token, _ = offered(client, "q=电梯")

    with CaptureQueriesContext(connection) as made:
        client.post("/searched/", {"token": token})

    assert len(made) == 0
    with CaptureQueriesContext(connection) as made:
        offered(client, "q=电梯")
    assert not [query for query in made.captured_queries if "searchcount" in query["sql"]]


def test_what_cannot_be_written_now_is_written_later(library: None, client: Client, monkeypatch: Any) -> None:
    tell(client, "q=电梯")
    tell(client, "q=电梯", "1")
    write = searches._add

    def broken(*args: Any) -> None:
        raise DatabaseError("database is locked")

    monkeypatch.setattr(searches, "_add", broken)
    searches.flush()
    tell(client, "q=电梯")
    monkeypatch.setattr(searches, "_add", write)

    assert (counted(), opened()) == ([("电梯", "some", 2)], [("电梯", 1, 1)])
    assert (counted(), opened()) == ([("电梯", "some", 2)], [("电梯", 1, 1)])


def test_memory_is_limited(library: None, client: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(searches, "MOST_WAITING", 1)

    for words in ("电梯", "红苗", "电梯"):
        tell(client, f"q={words}")

    assert counted() == [("电梯", "some", 2)]


@pytest.mark.django_db(transaction=True)
def test_the_thread_that_tends_the_index_writes_and_a_search_waits_for_nobody(client: Client, monkeypatch: Any) -> None:
    make_case("加装电梯")
    search.rebuild()
    monkeypatch.setattr(searches, "INTERVAL", 0.0)
    holding, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            SearchCount.objects.create(words="占着", found="none", times=1)
            holding.set()
            go_on.wait(10)
        connection.close()

    other = threading.Thread(target=hold)
    other.start()
    assert holding.wait(5)
    try:
        assert tell(client, "q=电梯") == 204
        assert other.is_alive()  # it still holds what this did not wait for
    finally:
        go_on.set()
        other.join()
    search.wake()
    search.stop()
    assert counted() == [("占着", "none", 1), ("电梯", "some", 1)]


# How long it is kept


def count(words: str, back: int, times: int = 1, found: str = "none") -> None:
    day = timezone.localdate() - timedelta(days=back)
    SearchCount.objects.create(day=day, words=words, found=found, times=times)


def test_counts_go_after_200_days_and_rare_words_after_30() -> None:
    count("太早", 201, 9)
    count("太早", 200, 9)
    count("少见", 31)
    count("少见", 40, found="some")
    count("罕见", 31, 5)
    count("昨天", 1)
    for back in (31, 60):
        count("常见", back, 2)
    OpenedCount.objects.create(day=timezone.localdate() - timedelta(days=40), words="少见", place=2, times=3)
    OpenedCount.objects.create(day=timezone.localdate() - timedelta(days=201), words="太早", place=2, times=3)

    call_command("clear_searches", verbosity=0)

    kept = {
        (one.words, (timezone.localdate() - one.day).days, one.found, one.times) for one in SearchCount.objects.all()
    }
    assert kept == {
        ("", 200, "none", 9),
        ("", 31, "none", 6),
        ("", 40, "some", 1),
        ("昨天", 1, "none", 1),
        ("常见", 31, "none", 2),
        ("常见", 60, "none", 2),
    }
    assert opened() == [("", 2, 3)]
    searches.clear()
    assert SearchCount.objects.count() == 6


# The report


@pytest.fixture
def year() -> None:
    for back in (0, 3):
        count("电梯", back, 4, "some")
        count("红描工程", back, 2)
        count("楼道革命", back, 1, "near")
    count("楼道革命", 20, 5, "near")
    count("只有一天", 0, 50)
    count("张三李四", 1, 1)
    count("张三李四", 2, 1)
    count("", 1, 3)
    count("半年以前", 150, 9)
    count("半年以前", 151, 9)
    today = timezone.localdate()
    for place, times in ((1, 3), (2, 1), (4, 2)):
        OpenedCount.objects.create(day=today, words="电梯", place=place, times=times)


def test_the_report_sums_up_a_period_and_names_no_rare_words(year: None) -> None:
    week, all_of_it = SearchReport(7), SearchReport(200)

    assert [(one.words, one.times, one.opened, round(one.place, 2)) for one in week.top] == [
        ("电梯", 8, 6, 2.17),
        ("红描工程", 4, 0, 0.0),
        ("楼道革命", 2, 0, 0.0),
    ]
    assert [(one.words, one.none, one.near) for one in week.in_vain] == [("红描工程", 4, 0), ("楼道革命", 0, 2)]
    assert [one.words for one in all_of_it.in_vain] == ["半年以前", "楼道革命", "红描工程"]
    assert (week.whole.times, week.whole.none, week.whole.near, week.whole.opened) == (69, 59, 2, 6)
    assert week.untold == 55
    assert {name: round(value, 3) for name, value in week.places.items()} == {
        "first": 0.5,
        "three": 0.667,
        "reciprocal": 0.667,
    }
    assert [len(SearchReport(days).steps) for days in (7, 30)] == [7, 5]
    for report in (week, SearchReport(30), all_of_it):
        assert sum(step.times for step in report.steps) == report.whole.times
    assert SearchReport(30).places == week.places


def test_the_report_is_for_those_who_keep_the_terms(
    year: None, checker: Client, administrator: Client, entry: Client, client: Client
) -> None:
    for curator in (checker, administrator):
        page = curator.get(REPORT)
        assert "电梯" in text_of(page)
        for hidden in ("张三李四", "只有一天"):
            assert hidden not in text_of(page)
        assert "term/add/?word=%E7%BA%A2%E6%8F%8F%E5%B7%A5%E7%A8%8B" in page.content.decode()
        assert "近 7 天" in text_of(page)
    assert entry.get(REPORT).status_code == 403
    assert client.get(REPORT).status_code == 302
    assert checker.post(REPORT).status_code == 405
    for days in ("7", "200", "x", "9" * 30, "７", ""):
        assert checker.get(f"{REPORT}?days={days}").status_code == 200


def test_an_empty_report_says_so(checker: Client) -> None:
    assert "这段时间还没有统计" in text_of(checker.get(REPORT))


@pytest.mark.any_database
def test_a_longer_report_costs_no_more_queries(year: None, checker: Client) -> None:
    queries_of(checker, REPORT)  # what is read once
    few = queries_of(checker, REPORT)
    for number in range(40):
        count(f"词{number}", 0, 5)
        count(f"词{number}", 1, 5)
    assert queries_of(checker, REPORT) == few
