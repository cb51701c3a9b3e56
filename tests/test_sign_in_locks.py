"""Wrong tries lock a name at an address, and in the end an address, at both doors; nothing tells which names exist."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from portal.models import SignInLock
from tests.accounts import DOORS, fault, is_in, knock
from tests.builders import make_user
from tests.desk import told
from tests.pages import text_of, without_token
from tests.test_admin_pages import english

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def fail(client: Client, door: str, username: str, times: int = 5, **fields: Any) -> Any:
    for _ in range(times):
        answer = knock(client, door, username, "wrong", **fields)
    return answer


@pytest.mark.parametrize("door", DOORS)
def test_five_wrong_tries_lock_a_name_at_an_address_and_nowhere_else(client: Client, door: str) -> None:
    make_user("li", group="录入员")
    make_user("wang", group="录入员")

    assert fail(client, door, "li", 4).status_code == 200
    locked = fail(client, door, "li", 1)
    right = knock(client, door, "li")

    assert (locked.status_code, right.status_code, is_in(client)) == (429, 429, False)
    assert re.fullmatch(
        r"登录失败次数过多，已暂停登录。请在 15 分钟后再试（\d\d:\d\d 以后）；急需使用的，请联系管理员解除锁定。",
        fault(right),
    )
    assert right["Retry-After"] == "900"
    assert knock(Client(), DOORS[door == DOORS[0]], "li").status_code == 429  # the other door is no way round
    assert knock(Client(), door, "wang").status_code == 302
    assert knock(Client(), door, "li", address="10.0.0.2").status_code == 302


@pytest.mark.parametrize("door", DOORS)
def test_no_answer_tells_whether_a_name_exists(door: str) -> None:
    make_user("known", group="录入员")
    make_user("silent", group="录入员", is_active=False)
    invited = make_user("invited", group="录入员")
    invited.set_unusable_password()
    invited.save()
    if door == "/admin/login/":
        make_user("reader")  # whose right password is as good as a wrong one here

    def answers(username: str, password: str) -> list[tuple[int, str]]:
        tries = [knock(Client(), door, username, password, f"10.0.1.{len(username)}") for _ in range(6)]
        pages = [re.sub(r"\d\d:\d\d", "", without_token(one).replace(username, "X")) for one in tries]
        return [(one.status_code, page) for one, page in zip(tries, pages, strict=True)]

    expected = answers("nobody", "wrong")
    assert [status for status, _ in expected] == [200] * 4 + [429] * 2
    assert answers("known", "wrong") == expected
    assert answers("silent", "correct-horse-battery") == expected
    assert answers("invited", "wrong") == expected
    if door == "/admin/login/":
        assert answers("reader", "correct-horse-battery") == expected


def test_a_name_costs_the_same_work_whether_it_exists_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.contrib.auth.hashers import MD5PasswordHasher

    made: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(self: Any, password: str, salt: str) -> str:
        made.append(salt)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    make_user("known")
    invited = make_user("invited")
    invited.set_unusable_password()
    invited.save()
    costs = []
    for username in ("known", "nobody", "invited"):
        made.clear()
        knock(Client(), DOORS[0], username, "wrong")
        costs.append(len(made))

    assert costs == [1, 1, 1]


def test_many_names_from_one_address_lock_the_address(client: Client, settings: Any) -> None:
    settings.SIGN_IN_TRIES_OF_ADDRESS = 8
    make_user("li")
    for number in range(8):
        knock(Client(), DOORS[0], f"name{number}", "wrong", "10.0.0.9")

    assert knock(client, DOORS[0], "li", address="10.0.0.9").status_code == 429
    assert knock(client, DOORS[0], "li", address="10.0.0.8").status_code == 302


def test_a_lock_ends_by_itself_and_tries_meanwhile_do_not_prolong_it(client: Client) -> None:
    make_user("li")
    fail(client, DOORS[0], "li")
    SignInLock.objects.update(attempt_time=timezone.now() - timedelta(minutes=14, seconds=50))
    assert knock(client, DOORS[0], "li").status_code == 429
    SignInLock.objects.update(attempt_time=timezone.now() - timedelta(minutes=15, seconds=1))

    assert fail(client, DOORS[0], "li", 1).status_code == 200  # counted from one again
    assert knock(client, DOORS[0], "li").status_code == 302
    assert not SignInLock.objects.exists()


@pytest.mark.parametrize(("proxies", "seen"), [(0, "10.9.9.9"), (1, "203.0.113.7"), (2, "198.51.100.1")])
def test_a_forwarded_address_is_believed_from_our_own_proxies_alone(settings: Any, proxies: int, seen: str) -> None:
    settings.PROXIES = proxies
    Client(headers={"x-forwarded-for": "8.8.8.8, 198.51.100.1, 203.0.113.7"}).post(
        DOORS[0], {"username": "li", "password": "x"}, REMOTE_ADDR="10.9.9.9"
    )

    assert SignInLock.objects.get().ip_address == seen


def test_what_is_kept_of_a_failure_is_no_form(client: Client) -> None:
    client.post(f"{DOORS[0]}?next=/x", {"username": "li", "password": "secret-word", "code": "123456"})

    kept = SignInLock.objects.values().get()
    assert (kept["get_data"], kept["post_data"], kept["user_agent"]) == ("", "", "")
    assert "secret-word" not in str(kept)


def test_an_administrator_sees_the_locks_and_unlocks_a_person(administrator: Client, entry: Client) -> None:
    user = make_user("li", group="录入员")
    client = Client()
    fail(client, DOORS[0], "li")
    fail(client, DOORS[0], "my-Password-typed-as-name", 1)

    page = administrator.get("/admin/portal/signinlock/")
    assert re.search(r"li 10\.0\.0\.1 5 次 已锁定，\d\d:\d\d 自动解除", text_of(page))
    assert re.search(r"（没有这个账号） 10\.0\.0\.1 1 次 未锁定，仍在计数", text_of(page))
    assert "my-Password" not in page.content.decode()
    assert english(page) <= {"li"}
    assert entry.get("/admin/portal/signinlock/").status_code == 403
    row = SignInLock.objects.get(username="li").pk
    assert administrator.get(f"/admin/portal/signinlock/{row}/change/").status_code == 403

    act = f"/admin/auth/user/{user.pk}/act/unlock/"
    assert act in administrator.get(f"/admin/auth/user/{user.pk}/change/").content.decode()
    assert entry.post(act).status_code == 403
    assert "登录锁定已解除" in told(administrator.post(act, follow=True))
    assert knock(client, DOORS[0], "li").status_code == 302


def test_the_list_unlocks_what_is_ticked_and_whole_addresses(administrator: Client) -> None:
    for name, address in (("a", "10.0.0.1"), ("b", "10.0.0.1"), ("c", "10.0.0.2")):
        fail(Client(), DOORS[0], name, 1, address=address)

    def act(action: str, name: str) -> list[str]:
        ticked = [SignInLock.objects.get(username=name).pk]
        administrator.post("/admin/portal/signinlock/", {"action": action, "_selected_action": ticked})
        return sorted(SignInLock.objects.values_list("username", flat=True))

    assert act("delete_selected", "c") == ["a", "b", "c"]
    assert act("unlock", "c") == ["a", "b"]
    assert act("unlock_addresses", "a") == []


def test_an_operator_unlocks_from_the_shell(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    make_user("li")
    fail(client, DOORS[0], "li")
    fail(client, DOORS[0], "wang", 1, address="10.0.0.7")

    call_command("unlock_sign_in", "--user", "li")

    assert "已解除" in capsys.readouterr().out
    assert knock(client, DOORS[0], "li").status_code == 302
    assert SignInLock.objects.get().username == "wang"
    call_command("unlock_sign_in", "--address", "10.0.0.7")
    assert not SignInLock.objects.exists()
