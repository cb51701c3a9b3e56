"""How long one stays signed in, where, and what ends it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from cases.models import Shortlist
from portal.accounts.sessions import BEGAN, SEEN
from portal.models import SignIn
from tests.accounts import DOORS, PASSWORD, is_in, knock
from tests.builders import make_case, make_user
from tests.desk import told
from tests.pages import queries_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def signed_in_as(username: str, **headers: Any) -> Client:
    client = Client(headers=headers)
    assert knock(client, DOORS[0], username).status_code == 302
    return client


def earlier(client: Client, **seconds: int) -> None:
    session = client.session
    for name, ago in seconds.items():
        session[name] -= ago
    session.save()


@pytest.mark.parametrize(
    ("ago", "reason"),
    [({SEEN: 3590}, ""), ({SEEN: 3601}, "您有 60 分钟没有操作"), ({BEGAN: 43201}, "登录时间已满")],
)
def test_who_stays_away_too_long_is_signed_out_and_told(ago: dict[str, int], reason: str) -> None:
    make_user("li", group="录入员")
    client = signed_in_as("li")
    earlier(client, **ago)

    answer = client.get("/admin/")

    assert (answer.status_code == 302) is bool(reason)
    assert is_in(client) is not bool(reason)
    if reason:
        assert f"{reason}，已自动退出。请重新登录。" in told(client.get(answer["Location"]))


def test_who_works_stays_signed_in_and_is_written_down_once_a_minute() -> None:
    make_user("li", group="录入员")
    client = signed_in_as("li")
    before = client.session[SEEN]
    client.get("/admin/")
    assert client.session[SEEN] == before
    earlier(client, **{SEEN: 61})

    client.get("/admin/")

    assert client.session[SEEN] >= before


def test_the_limits_leave_a_readers_list_alone(client: Client) -> None:
    case = make_case()
    client.post("/shortlist/collect/", {"add": case.number})

    assert client.get("/shortlist/").status_code == 200
    assert BEGAN not in client.session
    assert client.cookies["sessionid"]["max-age"] == 90 * 86400
    assert Shortlist.objects.count() == 1


def test_switching_an_account_off_ends_its_sessions_for_good(administrator: Client) -> None:
    from tests.desk import filled

    user = make_user("li", group="录入员")
    client = signed_in_as("li")
    change = f"/admin/auth/user/{user.pk}/change/"
    sent = filled(administrator.get(change))

    administrator.post(change, {name: value for name, value in sent.items() if name != "is_active"})
    assert client.get("/admin/").status_code == 302
    administrator.post(change, sent | {"is_active": "on"})

    user.refresh_from_db()
    assert user.is_active
    assert client.get("/admin/").status_code == 302


def test_other_sessions_are_shown_and_ended() -> None:
    user = make_user("li")
    here = signed_in_as("li", **{"user-agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36"})
    phone = signed_in_as("li", **{"user-agent": "Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0"})
    other = make_user("wang")
    stranger = signed_in_as("wang")
    stale = signed_in_as("li")
    earlier(stale, **{SEEN: 4000})

    page = text_of(here.get("/accounts/"))
    assert "Chrome，Windows（这里）" in page
    assert "微信，安卓" in page
    assert len(here.get("/accounts/").context["sessions"]) == 2
    here.post("/accounts/sessions/end/")

    assert [is_in(one) for one in (here, stranger)] == [True, True]
    assert phone.get("/accounts/").status_code == 302
    assert list(SignIn.objects.open(user).values_list("session_id", flat=True)) == [here.session.session_key]
    assert SignIn.objects.open(other).count() == 1


def test_a_new_password_ends_the_other_sessions() -> None:
    user = make_user("li")
    here, elsewhere = signed_in_as("li"), signed_in_as("li")

    new = "a-brand-new-password"
    answer = here.post("/accounts/password/", {"password": PASSWORD, "new": new, "again": new}, follow=True)

    assert "密码已修改" in told(answer)
    assert elsewhere.get("/accounts/").status_code == 302
    assert [one.is_this for one in here.get("/accounts/").context["sessions"]] == [True]
    assert Session.objects.filter(signin__user=user).count() == 1


def test_only_so_many_sessions_where_there_is_a_limit(settings: Any) -> None:
    settings.SESSIONS_PER_ACCOUNT = 2
    make_user("li")
    clients = [signed_in_as("li") for _ in range(3)]

    assert [client.get("/accounts/").status_code for client in clients] == [302, 200, 200]


def test_old_sign_ins_are_forgotten_and_the_page_costs_no_more_with_many() -> None:
    user = make_user("li")
    client = signed_in_as("li")
    client.get("/accounts/")
    before = queries_of(client, "/accounts/")
    SignIn.objects.bulk_create(SignIn(user=user, address="10.0.0.1") for _ in range(80))
    assert queries_of(client, "/accounts/") == before

    signed_in_as("li")

    assert SignIn.objects.filter(user=user).count() <= 52
    assert text_of(client.get("/accounts/")).count("其他浏览器") == 12


def test_signing_out_leaves_the_record(settings: Any) -> None:
    user = make_user("li")
    client = signed_in_as("li")
    client.post("/accounts/logout/")

    assert not is_in(client)
    assert list(SignIn.objects.filter(user=user).values_list("session", flat=True)) == [None]


def test_a_session_lasts_as_long_as_the_settings_say(settings: Any) -> None:
    settings.SESSION_LIFETIME = timedelta(hours=2)
    make_user("li")

    assert signed_in_as("li").cookies["sessionid"]["max-age"] == 7200
