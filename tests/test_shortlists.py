"""Collecting cases, noting and ordering them, without an account and with one."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.models import Case, Shortlist, ShortlistItem
from cases.models.shortlist import KEPT_FOR, MOST_ITEMS
from tests.builders import make_case, make_draft, make_list, make_shortlist, make_user
from tests.pages import queries_of, text_of
from tests.shortlists import COLLECT, collect, kept, signed_in, taken, titles, told

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


# Collecting


def test_nothing_is_stored_before_the_first_thing_is_added(client: Client) -> None:
    make_case(number="2020-0001")

    for address in ("/", "/cases/", "/cases/2020-0001/", "/shortlist/", "/shortlist/export.json"):
        assert client.get(address).status_code == 200

    assert "sessionid" not in client.cookies
    assert Shortlist.objects.count() == 0
    assert taken(client) == []


def test_a_reader_without_an_account_collects_in_order_and_the_header_counts(client: Client) -> None:
    one, two, other = make_case("甲"), make_case("乙"), make_case("不该出现")

    collect(client, two, one)
    collect(client, two)

    assert titles(client) == ["乙", "甲"]
    assert taken(client) == [("乙", ""), ("甲", "")]
    assert "清单 2 个案例" in text_of(client.get("/"))
    assert 'id="collected"' in client.get("/").content.decode()
    html = client.get("/cases/").content.decode()
    assert html.count('name="remove"') == 2
    assert f'name="add" value="{other.number}"' in html
    assert Client().get("/shortlist/").context["shortlist"] is None


def test_the_button_takes_off_and_leads_back_to_its_place(client: Client) -> None:
    case = make_case("甲", number="2020-0001")
    collect(client, case)

    response = client.post(COLLECT, {"remove": "2020-0001", "back": "/cases/?sort=title&page=1#top"})

    assert response["Location"] == "/cases/?sort=title&page=1#collect-2020-0001"
    assert titles(client) == []
    assert client.post(COLLECT, {"remove": "2020-0001"})["Location"] == "/shortlist/#collect-2020-0001"


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "", "cases/"]
)
def test_no_other_host_is_led_to(client: Client, back: str) -> None:
    make_case(number="2020-0001")

    response = client.post(COLLECT, {"add": "2020-0001", "back": back})

    assert response["Location"] == "/shortlist/#collect-2020-0001"


@pytest.mark.parametrize("number", ["2020-0002", "2020-9999", "", "x", "2020-0001\0", "２０２０-0001"])
def test_a_draft_and_an_unknown_number_are_not_there_to_add(client: Client, number: str) -> None:
    make_draft(number="2020-0002")

    assert client.post(COLLECT, {"add": number}).status_code == 404
    assert ShortlistItem.objects.count() == 0


@pytest.mark.parametrize("number", ["2020-0002", "2020-9999"])
def test_taking_off_tells_a_draft_from_an_unknown_number_by_nothing(client: Client, number: str) -> None:
    make_draft(number="2020-0002")

    assert client.post(COLLECT, {"remove": number})["Location"] == f"/shortlist/#collect-{number}"


def test_collecting_needs_the_token_of_the_form() -> None:
    make_case(number="2020-0001")

    assert Client(enforce_csrf_checks=True).post(COLLECT, {"add": "2020-0001"}).status_code == 403
    assert Shortlist.objects.count() == 0


def test_a_full_list_says_so_and_takes_no_more(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cases.models.shortlist.MOST_ITEMS", 1)
    one, two = make_case("甲"), make_case("乙")
    collect(client, one)

    response = client.post(COLLECT, {"add": two.number, "back": "/cases/"}, follow=True)

    assert f"没有加入“乙”：一个清单最多放 {MOST_ITEMS} 个案例，这个清单已经满了" in told(response)
    assert titles(client) == ["甲"]


def test_all_cases_of_a_query_are_added_in_its_order_as_far_as_there_is_room(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [make_case(f"案例{number}", year=2021) for number in range(4)]
    make_case("不该出现", year=2020)
    collect(client, cases[2])
    monkeypatch.setattr("cases.models.shortlist.MOST_ITEMS", 3)

    response = client.post("/shortlist/collect-found/?year=2021&sort=title", {"back": "/cases/"}, follow=True)

    assert titles(client) == ["案例2", "案例0", "案例1"]
    assert told(response) == (
        f"已把 2 个案例加入清单，1 个原来就在清单里，1 个没有加入，因为一个清单最多放 {MOST_ITEMS} 个案例。"
    )


def test_a_query_that_is_wrong_adds_nothing_and_says_why(client: Client) -> None:
    make_case()

    response = client.post("/shortlist/collect-found/?district=999999", follow=True)

    assert "没有代码为“999999”的区划" in told(response)
    assert Shortlist.objects.count() == 0


def test_every_page_with_cases_offers_to_collect_them(client: Client) -> None:
    case = make_case("甲", number="2020-0001")
    make_draft("草稿案例", number="2020-0002")
    make_list(slug="top", cases=[case, Case.objects.get(number="2020-0002")])
    body = case.leads[0]

    for address in ("/", "/cases/", "/cases/2020-0001/", "/compare/?case=2020-0001", "/awards/top/",
                    body.get_absolute_url(), "/districts/440104/"):  # fmt: skip
        html = client.get(address).content.decode()
        assert 'form="collect" type="submit" name="add" value="2020-0001"' in html, address
        assert 'value="2020-0002"' not in html, address
        assert html.count('<form id="collect"') == 1, address


@pytest.mark.django_db(transaction=True)
def test_clicks_at_the_same_moment_make_one_list_and_each_case_stands_on_it_once() -> None:
    user = make_user("reader")
    numbers = [make_case(title).number for title in "甲乙丙"]

    def click(number: str) -> int:
        reader = Client()
        reader.force_login(user)
        try:
            return reader.post(COLLECT, {"add": number}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as clicking:
        answers = list(clicking.map(click, numbers * 4))

    assert answers == [302] * 12
    shortlist = Shortlist.objects.get()
    assert sorted(title for title, _ in kept(shortlist)) == ["丙", "乙", "甲"]
    assert list(shortlist.items.values_list("position", flat=True)) == [1, 2, 3]


# On PostgreSQL two who change several lists at once would lock each other out; with SQLite one waits for the other.
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["new", "choose", "copy", "delete"])
def test_lists_are_made_chosen_and_deleted_at_the_same_moment(act: str) -> None:
    user = make_user("reader")

    def press(shortlist: Shortlist) -> int:
        reader = Client()
        reader.force_login(user)
        address = "/shortlist/new/" if act == "new" else f"/shortlist/{shortlist.pk}/{act}/"
        try:
            return reader.post(address, {"name": "新清单"}).status_code
        finally:
            connection.close()

    for _ in range(4):
        lists = [make_shortlist(owner=user, name=name, is_current=name == "甲") for name in "甲乙丙丁戊己"]
        with ThreadPoolExecutor(5) as pressing:
            answers = list(pressing.map(press, lists[:5]))

        assert answers == [302] * 5
        assert user.shortlists.filter(is_current=True).count() == 1
        user.shortlists.all().delete()


# Cost and upkeep


def test_taking_a_case_off_a_longer_list_costs_no_more_queries() -> None:
    def queries_to_remove_last_of(count: int) -> int:
        client, cases = signed_in(f"reader of {count}"), [make_case() for _ in range(count)]
        collect(client, *cases)
        with CaptureQueriesContext(connection) as captured:
            client.post(COLLECT, {"remove": cases[-1].number})
        return len(captured)

    assert queries_to_remove_last_of(9) == queries_to_remove_last_of(3)


def test_a_longer_list_costs_no_more_queries_on_any_page(client: Client) -> None:
    pages = ["/", "/cases/", "/shortlist/", "/shortlist/export.json", "/shortlist/export.csv"]
    cases = [make_case(f"案例{number}") for number in range(8)]
    without = queries_of(client, "/", "/cases/")
    collect(client, *cases[:2])
    few = queries_of(client, *pages)
    collect(client, *cases)

    assert queries_of(client, *pages) == few
    assert {page: few[page] - count for page, count in without.items()} == {"/": 1, "/cases/": 1}
    # Session and list are asked for, and the edition no more: the page has no date.


def test_readers_with_another_cookie_pay_nothing_for_lists(client: Client) -> None:
    make_case()
    before = queries_of(client, "/", "/cases/")
    client.cookies["csrftoken"] = "a" * 32

    assert queries_of(client, "/", "/cases/") == before


def test_lists_of_readers_who_did_not_come_back_are_cleared(capsys: pytest.CaptureFixture[str]) -> None:
    old, new, owned = make_shortlist(make_case()), make_shortlist(), make_shortlist(owner=make_user())
    long_ago = timezone.now() - KEPT_FOR - timedelta(minutes=1)
    Shortlist.objects.filter(pk__in=[old.pk, owned.pk]).update(changed_at=long_ago)

    call_command("clear_shortlists")

    assert set(Shortlist.objects.all()) == {new, owned}
    assert ShortlistItem.objects.count() == 0
    assert capsys.readouterr().out == "已清除 1 个清单\n"


def test_the_session_lasts_as_long_as_the_list(client: Client) -> None:
    collect(client, make_case())

    assert client.cookies["sessionid"]["max-age"] == KEPT_FOR.total_seconds()
