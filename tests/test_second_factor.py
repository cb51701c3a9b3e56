"""The second step: set up, asked for at both doors, required of some, lost and replaced."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from portal.accounts import second_factor
from tests.accounts import CODE, DOORS, PASSWORD, code_of, fault, is_in, knock, make_device
from tests.builders import make_user
from tests.desk import told
from tests.pages import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

SET_UP = "/accounts/second-factor/"


def entering(user: User, door: str = DOORS[0]) -> Client:
    client = Client()
    assert knock(client, door, user.username)["Location"] == CODE
    assert not is_in(client)
    return client


@pytest.mark.parametrize("door", DOORS)
def test_a_code_is_asked_for_at_both_doors_and_leads_where_one_was_going(door: str) -> None:
    user = make_user("li", group="录入员")
    device = make_device(user)
    client = Client()
    sent = {"username": "li", "password": PASSWORD, "next": "/cases/?q=网格"}

    asked = client.post(door, sent)
    closed = client.get("/admin/")
    entered = client.post(CODE, {"code": code_of(device)})

    assert (asked.status_code, asked["Location"]) == (302, CODE)
    assert closed["Location"].startswith("/admin/login/")
    assert (entered.status_code, entered["Location"]) == (302, "/cases/?q=%E7%BD%91%E6%A0%BC")
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize("typed", ["{} {}", "\u3000{}{}", "{}-{}"])
def test_a_code_may_be_typed_as_it_is_read(typed: str) -> None:
    device = make_device(make_user("li"))
    client = entering(device.user)
    code = code_of(device)
    wide = str.maketrans("0123456789", "０１２３４５６７８９")

    client.post(CODE, {"code": typed.format(code[:3], code[3:]).translate(wide)})

    assert is_in(client)


@pytest.mark.parametrize(("steps", "enters"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_half_a_minute_off(steps: int, enters: bool) -> None:
    device = make_device(make_user("li"))

    assert (second_factor.check(device.user, code_of(device, steps)) is not None) is enters


def test_a_code_works_once() -> None:
    device = make_device(make_user("li"))
    code = code_of(device)
    first, second = entering(device.user), entering(device.user)
    first.post(CODE, {"code": code})
    again = second.post(CODE, {"code": code})

    assert is_in(first)
    assert "已经用过" in fault(again)
    assert not is_in(second)


def test_wrong_codes_make_one_wait_and_then_lock_like_wrong_passwords() -> None:
    device = make_device(make_user("li"))
    client = entering(device.user)
    statuses = []
    for _ in range(5):
        TOTPDevice.objects.update(throttling_failure_timestamp=timezone.now() - timedelta(hours=1))
        statuses.append(client.post(CODE, {"code": "000000"}, REMOTE_ADDR="10.0.0.1").status_code)
    waiting = Client()
    knock(waiting, DOORS[0], "li", address="10.0.0.2")
    hurried = waiting.post(CODE, {"code": code_of(device)}, REMOTE_ADDR="10.0.0.2")
    TOTPDevice.objects.update(throttling_failure_count=0)
    locked = client.post(CODE, {"code": code_of(device)}, REMOTE_ADDR="10.0.0.1")

    assert statuses == [200] * 4 + [429]
    assert re.search(r"请等 \d+ 秒", fault(hurried))
    assert locked.status_code == 429
    assert not is_in(client)
    assert knock(Client(), DOORS[0], "li").status_code == 429


def test_the_second_step_is_nobodys_without_the_first(client: Client) -> None:
    user = make_user("li")
    device = make_device(user)
    assert client.post(CODE, {"code": code_of(device)})["Location"] == "/accounts/login/"

    late, changed, off = entering(user), entering(user), entering(user)
    session = late.session
    session["second_step"] = session["second_step"] | {"at": 0}
    session.save()
    user.set_password("another-password-now")
    user.save()
    for stopped in (late, changed):
        assert stopped.post(CODE, {"code": code_of(device)})["Location"] == "/accounts/login/"
    User.objects.update(password=make_user("x").password, is_active=False)
    assert off.post(CODE, {"code": code_of(device)})["Location"] == "/accounts/login/"


def set_up(client: Client) -> list[str]:
    """Set it up as the page tells; return the recovery codes."""
    page = client.get(SET_UP)
    device = TOTPDevice.objects.get(confirmed=False)
    assert second_factor.key_text(device) in text_of(page)
    answer = client.post(SET_UP, {"code": code_of(device)})
    codes = re.findall(r"\b[A-Z2-9]{5}-[A-Z2-9]{5}\b", text_of(answer))
    assert len(set(codes)) == 8
    return codes


def test_it_is_set_up_with_a_picture_and_a_key_and_ends_other_sessions() -> None:
    user, here, elsewhere = make_user("li"), Client(), Client()
    for client in (here, elsewhere):
        knock(client, DOORS[0], "li")
    page = here.get(SET_UP).content.decode()
    wrong = here.post(SET_UP, {"code": "000000"})
    TOTPDevice.objects.update(throttling_failure_count=0)
    assert "验证码不对" in fault(wrong)
    assert not second_factor.is_set_up(user)
    picture = re.search(r"(?s)<svg.*?</svg>", page)
    assert picture
    assert "style=" not in picture[0]
    assert 'role="img"' in picture[0]

    codes = set_up(here)

    assert second_factor.is_set_up(user)
    assert is_in(here)
    assert here.get("/accounts/").status_code == 200
    assert elsewhere.get("/accounts/").status_code == 302
    assert not any(code in here.get(SET_UP).content.decode() for code in codes)  # shown once
    kept = " ".join(StaticToken.objects.values_list("token", flat=True))
    assert not any(code.replace("-", "") in kept for code in codes)


def test_a_recovery_code_works_once_instead_of_a_code() -> None:
    user = make_user("li")
    make_device(user)
    code = second_factor.new_recovery_codes(user)[0]
    client, again = entering(user), entering(user)

    shown = client.post(CODE, {"code": code.lower()}, follow=True)
    again.post(CODE, {"code": code})

    assert "还剩 7 个" in told(shown)
    assert (is_in(client), is_in(again)) == (True, False)


def test_codes_are_replaced_and_the_factor_removed_with_the_password_alone() -> None:
    user = make_user("li")
    device = make_device(user)
    client = entering(user)
    client.post(CODE, {"code": code_of(device)})
    old = second_factor.new_recovery_codes(user)

    for act in ("codes/", "remove/"):
        assert "密码不对" in client.post(f"{SET_UP}{act}", {"password": "wrong"}).content.decode()
    assert second_factor.is_set_up(user)
    client.post(f"{SET_UP}codes/", {"password": PASSWORD})
    assert second_factor.check(user, old[0]) is None
    client.post(f"{SET_UP}remove/", {"password": PASSWORD})
    assert not second_factor.is_set_up(user)
    assert second_factor.recovery_codes_left(user) == 0
    assert knock(Client(), DOORS[0], "li")["Location"] == "/"


@pytest.mark.parametrize(
    ("required", "led"),
    [
        ("off", []),
        ("administrators", ["管理员", "superuser"]),
        ("curators", ["录入员", "只读", "管理员", "superuser"]),
    ],
)
def test_who_must_have_one_is_led_to_it_before_anything_else_opens(
    settings: Any, required: str, led: list[str]
) -> None:
    settings.REQUIRE_TOTP = required
    users = {name: make_user(group=name) for name in ("录入员", "只读", "管理员")}
    users["superuser"] = make_user(is_superuser=True)
    users["superuser"].is_staff = True
    users["superuser"].save()
    users["reader"] = make_user()
    stopped = []
    for name, user in users.items():
        client = Client()
        knock(client, DOORS[0], user.username)
        answers = [client.get(path) for path in ("/admin/", "/admin/cases/case/", "/cases/")]
        answers.append(client.post("/admin/cases/case/add/", {"title": "x"}))
        if all(answer.status_code == 302 and answer["Location"] == SET_UP for answer in answers):
            stopped.append(name)
            assert client.get(SET_UP).status_code == 200
            set_up(client)
            assert client.get("/admin/").status_code == 200
        else:
            assert client.get("/cases/").status_code == 200
    assert stopped == led


def test_a_session_from_before_must_begin_again_with_the_code(settings: Any) -> None:
    settings.REQUIRE_TOTP = "curators"
    user = make_user(group="录入员")
    client = Client()
    client.force_login(user)
    make_device(user)

    assert client.get("/admin/")["Location"] == "/accounts/login/"
    assert not is_in(client)


def test_an_administrator_resets_the_factor_of_another_but_not_their_own(administrator: Client) -> None:
    user = make_user("li", group="录入员")
    device = make_device(user)
    second_factor.new_recovery_codes(user)
    client = entering(user)
    client.post(CODE, {"code": code_of(device)})
    act = f"/admin/auth/user/{user.pk}/act/reset-second-factor/"

    asked = administrator.get(act)
    assert "请先当面或用电话确认是本人" in text_of(asked)
    assert second_factor.is_set_up(user)
    assert "已重置" in told(administrator.post(act, follow=True))
    assert not second_factor.is_set_up(user)
    assert client.get("/accounts/").status_code == 302
    assert "重置第二步验证" in text_of(administrator.get(f"/admin/auth/user/{user.pk}/history/"))

    own = User.objects.get(username="guanli")
    make_device(own)
    own_act = f"/admin/auth/user/{own.pk}/act/reset-second-factor/"
    assert administrator.post(own_act).status_code == 403
    assert own_act not in administrator.get(f"/admin/auth/user/{own.pk}/change/").content.decode()
    superuser = make_user("root", is_superuser=True)
    make_device(superuser)
    assert administrator.post(f"/admin/auth/user/{superuser.pk}/act/reset-second-factor/").status_code == 403
    assert second_factor.is_set_up(superuser)


def test_an_operator_resets_a_factor_from_the_shell(capsys: pytest.CaptureFixture[str]) -> None:
    user = make_user("li")
    make_device(user)

    call_command("reset_second_factor", "li")

    assert "已重置" in capsys.readouterr().out
    assert not second_factor.is_set_up(user)
