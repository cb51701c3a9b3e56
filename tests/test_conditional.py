"""Conditional requests: who has a page already is told that it is still the same, and never when it is not."""

import os
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone
from django.utils.http import http_date, parse_http_date

from cases import search
from cases.edition import TABLE
from cases.models import Case, Organisation
from portal import middleware, release
from portal.middleware import UNDER_WAY, conditional_get, day_began, second_after, tag
from tests.builders import figure, make_case, make_draft, make_list, make_organisation, make_user
from tests.desk import filled

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

# One address of each kind of answer. What readers and machines get at a new address stands here, too.
ANSWERS = [
    "/",
    "/cases/",
    "/cases/?q=党群&district=440100",
    "/cases/2020-0001/",
    "/cases/export.csv",
    "/cases/export.json",
    "/compare/?case=2020-0001&case=2020-0002",
    "/districts/",
    "/districts/440104/",
    "/organisations/",
    "/organisations/{organisation}/",
    "/awards/",
    "/awards/top10/",
    "/awards/top10/export.csv",
    "/statistics/",
    "/statistics/export.csv?table=year",
    "/download/library.csv",
    "/download/library.json",
    "/cases/2020-0001/cite.bib",
    "/organisations/export.csv",
    "/api/",
    "/api/cases/",
    "/api/cases/2020-0001/",
    "/api/schema/",
    "/download/",
    "/feed.xml",
    "/sitemap.xml",
    "/sitemap-cases.xml",
    "/robots.txt",
]
OLD = datetime(2026, 3, 1, 8, 0, 0, 250_000, UTC)


@pytest.fixture
def library() -> None:
    first = make_case("党群服务", figures=[figure(5)])
    make_list(cases=[first, make_case("加装电梯")], slug="top10", title="十佳")
    search.rebuild()


@pytest.fixture
def rested(library: None, monkeypatch: Any) -> None:
    """The library as it is long after the last change of anything."""
    let_rest(monkeypatch)


def let_rest(monkeypatch: Any, at: datetime = OLD) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {TABLE} SET changed_at = %s", [int(at.timestamp() * 1000)])
    for folder in (settings.SEARCH_ROOT, (settings.SEARCH_ROOT / "current").resolve()):
        os.utime(folder, (at.timestamp(), at.timestamp()))
    monkeypatch.setattr(middleware, "released_at", lambda: at)
    monkeypatch.setattr(middleware, "day_began", lambda: at)


def address(form: str) -> str:
    return form.format(organisation=Organisation.objects.values_list("pk", flat=True)[0])


def asked(client: Client, form: str, etag: str, **headers: str) -> int:
    return client.get(address(form), headers={"if-none-match": etag, **headers}).status_code


@pytest.mark.parametrize("form", ANSWERS)
def test_an_answer_that_the_reader_has_is_not_sent_again(library: None, form: str) -> None:
    first = Client().get(address(form))
    again = Client().get(address(form), headers={"if-none-match": first["ETag"]})

    assert first.status_code == 200
    assert re.fullmatch(r'W/"[0-9a-f]{32}"', first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    for name in ("ETag", "Cache-Control", "Vary"):
        assert again[name] == first[name]
    assert asked(Client(), form, 'W/"another"') == 200


@pytest.mark.parametrize("form", ANSWERS)
def test_a_date_does_for_readers_who_send_no_tag(rested: None, form: str) -> None:
    first = Client().get(address(form))
    dated = parse_http_date(first["Last-Modified"])

    assert datetime.fromtimestamp(dated, UTC) == OLD.replace(microsecond=0) + timedelta(seconds=1)
    for seconds, status in ((-1, 200), (0, 304), (1, 304)):
        headers = {"if-modified-since": http_date(dated + seconds)}
        assert Client().get(address(form), headers=headers).status_code == status
    # A tag that does not fit outweighs a date that does.
    assert asked(Client(), form, 'W/"another"', **{"if-modified-since": first["Last-Modified"]}) == 200


@pytest.mark.parametrize("form", ANSWERS)
def test_asking_for_the_head_tells_the_same(rested: None, form: str) -> None:
    # Compression adds some bytes by chance, which for short answers decide whether it is worth it.
    by_chance = {"Content-Length", "Content-Encoding"}
    for headers, but in (({}, set()), ({"accept-encoding": "gzip"}, by_chance)):
        whole, head = Client().get(address(form), headers=headers), Client().head(address(form), headers=headers)
        told = [{name: value for name, value in one.items() if name not in but} for one in (whole, head)]
        assert told[0] == told[1]
        assert head.content == b""
    assert Client().head(address(form), headers={"if-none-match": whole["ETag"]}).status_code == 304


def by_raw_sql() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_case SET title = %s WHERE number = %s", ["另一题目", "2020-0001"])


def by_admin() -> None:
    organisation = Organisation.objects.get()
    client = Client()
    client.force_login(make_user(group="管理员"))
    address = f"/admin/cases/organisation/{organisation.pk}/change/"
    client.post(address, filled(client.get(address), name="中共广州市越秀区委组织人事部"))
    assert Organisation.objects.get().name == "中共广州市越秀区委组织人事部"


CHANGES: dict[str, Callable[[], Any]] = {
    "update": lambda: Case.objects.filter(number="2020-0001").update(title="另一题目"),
    "raw sql": by_raw_sql,
    "admin": by_admin,
    "withdrawal": lambda: Case.objects.get(number="2020-0001").withdraw(by=None),
    "renaming": lambda: Organisation.objects.update(name="新名"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_after_a_change_the_page_is_sent_by_tag_and_by_date(rested: None, monkeypatch: Any, change: str) -> None:
    forms = ["/cases/2020-0001/", "/cases/", "/cases/export.json"]
    before = {form: Client().get(form) for form in forms}
    CHANGES[change]()

    for form, page in before.items():
        by_tag = Client().get(form, headers={"if-none-match": page["ETag"]})
        by_date = Client().get(form, headers={"if-modified-since": page["Last-Modified"]})
        assert by_tag.status_code == by_date.status_code != 304
        assert by_tag.content != page.content


def test_two_changes_of_one_second_are_not_taken_for_one(library: None) -> None:
    seen = []
    for title in ("甲", "乙", "丙"):
        Case.objects.filter(number="2020-0001").update(title=title)
        page = Client().get("/cases/2020-0001/")
        seen.append(page["Last-Modified"])
        for told in seen:
            headers = {"if-modified-since": told}
            assert Client().get("/cases/2020-0001/", headers=headers).status_code == 200


def test_a_date_is_told_only_when_nothing_else_can_be_dated_so() -> None:
    now = datetime.now(UTC)

    assert second_after(datetime(2026, 5, 1, 8, 30, 12, 345, UTC)) == datetime(2026, 5, 1, 8, 30, 13, 0, UTC)
    assert second_after(datetime(2026, 5, 1, 8, 30, 12, 0, UTC)) == datetime(2026, 5, 1, 8, 30, 13, 0, UTC)
    assert second_after(now - UNDER_WAY - timedelta(seconds=1)) is not None
    assert second_after(now - UNDER_WAY + timedelta(seconds=1)) is None
    assert second_after(now + timedelta(days=1)) is None


def test_the_date_is_that_of_the_last_of_library_index_and_program(rested: None, monkeypatch: Any) -> None:
    def dated() -> str:
        return Client().get("/cases/?q=党群")["Last-Modified"]

    assert dated() == http_date(OLD.timestamp() + 1)
    later = OLD + timedelta(days=1)
    os.utime(settings.SEARCH_ROOT, (later.timestamp(), later.timestamp()))
    assert dated() == http_date(later.timestamp() + 1)
    later += timedelta(days=1)
    monkeypatch.setattr(middleware, "released_at", lambda: later)
    assert dated() == http_date(later.timestamp() + 1)


def test_what_is_written_into_the_index_or_swapped_in_is_dated(rested: None, monkeypatch: Any) -> None:
    for write in (lambda: make_case("新的") and search.drain(), search.rebuild):
        let_rest(monkeypatch)
        before = time.time() - 0.1
        write()
        written_at = search.written_at()
        assert written_at is not None
        assert written_at.timestamp() >= before
    let_rest(monkeypatch)
    Client().get("/cases/?q=党群")
    assert search.written_at() == OLD


def test_a_release_is_dated_by_its_start_or_by_its_files() -> None:
    assert release.STARTED_AT <= release.released_at() <= datetime.now(UTC)


@pytest.fixture
def signed_in(rested: None) -> Client:
    client = Client()
    client.force_login(make_user("读者"))
    return client


def test_readers_with_a_session_are_told_no_date_and_their_pages_are_theirs(signed_in: Client) -> None:
    signed_in.get("/")  # which gives the cookie of the forms
    page = signed_in.get("/cases/2020-0001/")
    headers = {"if-modified-since": http_date(time.time())}

    assert "Last-Modified" not in page
    assert page["Cache-Control"] == "private, no-cache"
    assert signed_in.get("/cases/2020-0001/", headers=headers).status_code == 200
    assert asked(signed_in, "/cases/2020-0001/", page["ETag"]) == 304


def test_a_page_of_one_reader_is_never_taken_for_that_of_another(rested: None) -> None:
    draft = make_draft("没有发布")
    clients = []
    for group in ("录入员", "审核员"):
        client = Client()
        client.force_login(make_user(group=group))
        clients.append(client)
    pages = [client.get(f"/cases/{draft.number}/") for client in clients]

    assert [page.status_code for page in pages] == [200, 200]
    assert ["ETag" in page for page in pages] == [False, False]
    assert asked(Client(), f"/cases/{draft.number}/", "*") == 404
    public, own = Client().get("/cases/2020-0001/"), clients[0].get("/cases/2020-0001/")
    assert (own.content == public.content) == (own["ETag"] == public["ETag"])


def test_previews_the_desk_and_errors_carry_no_tag(library: None, administrator: Client) -> None:
    for form in (
        "/admin/",
        f"/cases/{make_draft('草稿').number}/",
        "/cases/2020-0001/nope/",
        "/cases/?district=x&page=no",
        "/healthz",
        "/suggest/?q=党",
        "/cases/export.xlsx",
    ):
        response = administrator.get(form)
        if response.status_code == 200 and form.startswith("/cases/?"):
            continue
        assert "ETag" not in response, form
        assert "Last-Modified" not in response, form


def test_a_file_that_was_made_later_and_says_the_same_is_the_same() -> None:
    def made(at: str, words: str) -> str:
        return tag(RequestFactory().get("/"), f'{{"exported_at": "{at}", "cases": ["{words}"]}}'.encode())

    assert made("2026-03-01T08:00:00+08:00", "甲") == made("2026-03-01T08:00:07+08:00", "甲")
    assert made("2026-03-01T08:00:00+08:00", "甲") != made("2026-03-01T08:00:00+08:00", "乙")


def form_page(secret: str, words: str = "收藏", token: str = "") -> tuple[Any, bytes]:
    request = RequestFactory().get("/")
    if secret:
        request.COOKIES[settings.CSRF_COOKIE_NAME] = secret
    token = token or f"{time.perf_counter_ns()}"
    return request, f'<input type="hidden" name="csrfmiddlewaretoken" value="{token}"><p>{words}'.encode()


def test_a_form_s_token_makes_no_other_page_but_another_bearer_does() -> None:
    assert tag(*form_page("a" * 32)) == tag(*form_page("a" * 32))
    assert tag(*form_page("")) == tag(*form_page(""))
    assert len({tag(*form_page("a" * 32)), tag(*form_page("b" * 32)), tag(*form_page(""))}) == 3
    assert tag(*form_page("", "移出")) != tag(*form_page(""))
    plain = RequestFactory().get("/")
    plain.COOKIES[settings.CSRF_COOKIE_NAME] = "a" * 32
    assert tag(plain, b"x") == tag(RequestFactory().get("/"), b"x")


@pytest.mark.parametrize(
    ("cookies", "sets", "words", "dated"),
    [
        ({}, "", "", True),
        ({"csrftoken": "a" * 32}, "", "", True),
        ({"csrftoken": "a" * 32}, "", '<input name="csrfmiddlewaretoken" value="t">', False),
        ({}, "csrftoken", '<input name="csrfmiddlewaretoken" value="t">', True),
        ({"messages": "已移出"}, "", "", False),
        ({"sessionid": "x"}, "", "", False),
        ({}, "sessionid", "", False),
    ],
)
def test_only_what_is_the_same_for_all_is_dated(
    rested: None, cookies: dict[str, str], sets: str, words: str, dated: bool
) -> None:
    def view(request: Any) -> HttpResponse:
        response = HttpResponse(words)
        if sets:
            response.set_cookie(sets, "b")
        return response

    request = RequestFactory().get("/")
    request.COOKIES.update(cookies)

    assert ("Last-Modified" in conditional_get(view)(request)) is dated


def test_the_date_is_read_before_the_page_is_made(rested: None, monkeypatch: Any) -> None:
    def view(request: Any) -> HttpResponse:
        make_organisation("在页面生成时加入")
        return HttpResponse("此前读到的内容")

    told = conditional_get(view)(RequestFactory().get("/"))["Last-Modified"]
    let_rest(monkeypatch, OLD + timedelta(seconds=2))

    assert Client().get("/cases/", headers={"if-modified-since": told}).status_code == 200


@pytest.mark.parametrize("form", ANSWERS)
def test_what_a_proxy_keeps_is_kept_apart_by_what_it_depends_on(library: None, form: str) -> None:
    curator = Client()
    curator.force_login(make_user(group="管理员"))
    public, own = Client().get(address(form)), curator.get(address(form))

    assert "Accept-Encoding" in public["Vary"]
    assert public["Cache-Control"] == ("private, no-cache" if public.cookies else "no-cache")
    assert own["Cache-Control"] == "private, no-cache"
    assert own["ETag"] == public["ETag"] or "Cookie" in public["Vary"]


def test_a_reference_that_was_read_another_day_is_not_the_same(rested: None, monkeypatch: Any) -> None:
    address = "/cases/2020-0001/cite.txt"
    first = Client().get(address)
    headers = {"if-modified-since": first["Last-Modified"]}
    assert Client().get(address, headers=headers).status_code == 304

    tomorrow = timezone.now() + timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: tomorrow)
    monkeypatch.setattr(middleware, "day_began", day_began)
    again = Client().get(address, headers={"if-modified-since": http_date(datetime.now(UTC).timestamp())})

    assert again.status_code == 200
    assert timezone.localdate(tomorrow).isoformat() in again.content.decode()
