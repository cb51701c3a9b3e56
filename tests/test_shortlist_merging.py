"""Signing in and out, and what becomes of what was collected before."""

import pytest
from django.test import Client

from cases.models import Case, Shortlist
from tests.builders import make_case, make_shortlist, make_user
from tests.pages import text_of
from tests.shortlists import collect, form_of, kept, taken, titles, told

pytestmark = pytest.mark.django_db

DOORS = ["/accounts/login/", "/admin/login/"]
PASSWORD = "correct-horse-battery"


def sign_in(client: Client, door: str = DOORS[0], name: str = "reader", **sent: str) -> str:
    """Sign in as a reader does; return where that leads."""
    response = client.post(door, {"username": name, "password": PASSWORD, **sent})
    assert response.status_code == 302
    return str(response["Location"])


def lists() -> dict[str, list[tuple[str, str]]]:
    """What every list holds; all of them are the user's."""
    assert not Shortlist.objects.filter(owner=None).exists()
    return {shortlist.name: kept(shortlist) for shortlist in Shortlist.objects.order_by("pk")}


def noted(client: Client, **notes: str) -> None:
    """Collect a new case for each title, with its note."""
    found = {case.title: case for case in Case.objects.all()}
    collect(client, *(found.get(title) or make_case(title) for title in notes))
    shortlist = Shortlist.objects.get(owner=None)
    client.post(f"/shortlist/{shortlist.pk}/save/", form_of(shortlist, **notes))


@pytest.mark.parametrize("door", DOORS)
def test_what_was_collected_goes_along(client: Client, door: str) -> None:
    user = make_user("reader", group="录入员")
    noted(client, 甲="记一", 乙="")

    sign_in(client, door)

    assert lists() == {"我的清单": [("甲", "记一"), ("乙", "")]}
    assert Shortlist.objects.get().owner == user
    assert taken(client) == [("甲", "记一"), ("乙", "")]
    assert "登录前收集的案例已放进您的清单“我的清单”" in told(client.get("/shortlist/"))
    assert client.cookies["sessionid"]["max-age"] == 12 * 3600  # as long as for any user, not as for a list


@pytest.mark.parametrize("door", DOORS)
def test_a_failed_attempt_moves_nothing(client: Client, door: str) -> None:
    make_user("reader", group="录入员")
    noted(client, 甲="")

    response = client.post(door, {"username": "reader", "password": "wrong"})

    assert response.status_code == 200
    assert Shortlist.objects.get().owner is None
    assert titles(client) == ["甲"]


def test_the_lists_are_merged_with_both_notes_in_both_orders(client: Client) -> None:
    own = make_shortlist(
        make_case("甲"), make_case("乙"), make_case("丙"), owner=make_user("reader"), notes=["旧", "同", ""]
    )
    noted(client, 丁="新", 乙="同", 甲="新", 丙="补")

    sign_in(client)

    assert lists() == {"我的清单": [("甲", "旧\n新"), ("乙", "同"), ("丙", "补"), ("丁", "新")]}
    assert Shortlist.objects.get() == own


def test_an_empty_list_takes_in_what_comes_and_keeps_its_name(client: Client) -> None:
    make_shortlist(owner=make_user("reader"), name="会议用")
    noted(client, 甲="")

    sign_in(client)

    assert lists() == {"会议用": [("甲", "")]}


def test_a_list_with_a_name_is_left_alone_and_what_comes_is_added_to_next(client: Client) -> None:
    make_shortlist(make_case("甲"), owner=make_user("reader"), name="会议用")
    noted(client, 乙="")

    sign_in(client)

    assert lists() == {"会议用": [("甲", "")], "登录前的清单": [("乙", "")]}
    assert titles(client) == ["乙"]
    assert Shortlist.objects.filter(is_current=True).count() == 1


def test_nothing_is_lost_when_a_limit_is_reached(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    make_shortlist(make_case("甲"), make_case("乙"), owner=make_user("reader"), notes=["旧" * 300])
    noted(client, 甲="新" * 300, 丙="", 丁="")
    monkeypatch.setattr("cases.shortlist_merging.MOST_ITEMS", 3)
    monkeypatch.setattr("cases.collecting.MOST_LISTS", 1)

    sign_in(client)

    assert lists() == {
        "我的清单": [("甲", "旧" * 300), ("乙", ""), ("丙", "")],
        "登录前的清单": [("甲", "新" * 300), ("丁", "")],
    }


def test_a_shared_list_keeps_its_link_and_the_link_shows_no_more_than_before(client: Client) -> None:
    make_shortlist(make_case("秘而不宣"), owner=make_user("reader"))
    noted(client, 甲="")
    client.post(f"/shortlist/{Shortlist.objects.get(owner=None).pk}/share/")
    link = Shortlist.objects.get(owner=None).get_shared_url()

    sign_in(client)

    assert titles(Client(), link) == ["甲"]
    assert lists() == {"我的清单": [("秘而不宣", "")], "登录前的清单": [("甲", "")]}


def test_without_anything_collected_nothing_is_made(client: Client) -> None:
    make_user("reader")
    noted(client, 甲="")
    client.post(f"/shortlist/{Shortlist.objects.get().pk}/empty/")

    sign_in(client)
    sign_in(Client())

    assert Shortlist.objects.count() == 0


def test_after_signing_out_nothing_of_the_user_is_shown(client: Client) -> None:
    make_user("reader", last_name="某主任")
    noted(client, 甲="记一")
    sign_in(client)
    assert "某主任 退出" in text_of(client.get("/"))

    assert client.get("/accounts/logout/").status_code == 405
    assert client.post("/accounts/logout/")["Location"] == "/"

    for address in ("/", "/cases/", "/shortlist/", "/shortlist/export.json"):
        text = client.get(address).content.decode()
        assert "某主任" not in text
        assert "记一" not in text
        assert "移出清单" not in text
    assert titles(client) == []
    assert lists() == {"我的清单": [("甲", "记一")]}
    sign_in(client)
    assert titles(client) == ["甲"]


@pytest.mark.parametrize(
    ("asked", "led_to"),
    [
        ("/cases/?q=网格", "/cases/?q=%E7%BD%91%E6%A0%BC"),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
        ("", "/"),
    ],
)
def test_signing_in_leads_back_and_to_no_other_host(client: Client, asked: str, led_to: str) -> None:
    make_user("reader")

    assert sign_in(client, next=asked) in {asked, led_to} - {"https://evil.example/", "//evil.example", ""}
    assert client.get("/accounts/login/?next=/shortlist/")["Location"] == "/shortlist/"


def test_the_page_says_in_chinese_what_is_wrong_and_keeps_the_name(client: Client) -> None:
    response = client.post("/accounts/login/", {"username": "张三", "password": "不对"})

    assert "用户名或密码不对" in text_of(response)
    assert 'value="张三"' in response.content.decode()
    assert "不对" not in response.content.decode().split("<form", 2)[2]
    assert "请填写用户名和密码" in text_of(client.post("/accounts/login/", {}))


def test_every_page_leads_to_signing_in_and_back(client: Client) -> None:
    html = client.get("/cases/", {"q": "网格", "year": "2020"}).content.decode()

    assert 'href="/accounts/login/?next=%2Fcases%2F%3Fq%3D%25E7%25BD%2591%25E6%25A0%25BC%26year%3D2020"' in html
