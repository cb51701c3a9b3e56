"""Two sets of rules for passwords, in words that say what is right."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from portal.models import PasswordRecord
from portal.passwords import COMMON, Classes, Common, Earlier, Length, OwnName
from tests.accounts import DOORS, PASSWORD, knock
from tests.builders import make_user
from tests.commands import manage
from tests.desk import told
from tests.pages import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

MODERN: list[Any] = [Length(10), Common(), OwnName(), Earlier(1)]
DENGBAO: list[Any] = [Length(8), Classes(), Common(), OwnName(), Earlier(5)]


def refusals(password: str, rules: Any, user: Any = None) -> list[str]:
    try:
        validate_password(password, user, rules)
    except ValidationError as refused:
        return [re.split("：", message)[0] for message in refused.messages]
    return []


@pytest.mark.parametrize(
    ("password", "modern", "dengbao"),
    [
        ("correct-horse-battery", [], ["密码的字符种类不够"]),
        ("一句自己记得住的话就行", [], ["密码的字符种类不够"]),
        ("Xk3-pq9z", ["密码太短"], []),
        ("Xk3-pq9zAb", [], []),
        ("Xk3-p", ["密码太短"], ["密码太短"]),
        ("Admin@123", ["密码太短", "这个密码很多人在用，容易被猜到"], ["这个密码很多人在用，容易被猜到"]),
        ("woaini1314520", ["这个密码很多人在用，容易被猜到"], ["密码的字符种类不够", "这个密码很多人在用，容易被猜到"]),
        (
            "2020111620201116",
            ["这个密码很多人在用，容易被猜到"],
            ["密码的字符种类不够", "这个密码很多人在用，容易被猜到"],
        ),
        ("Zhangwei-1987", ["密码与您的用户名、姓名或邮箱太像"], ["密码与您的用户名、姓名或邮箱太像"]),
    ],
)
def test_each_profile_refuses_what_it_is_there_to_refuse(password: str, modern: list[str], dengbao: list[str]) -> None:
    user = User(username="zhangwei", last_name="张伟", email="zw@example.cn")

    assert (refusals(password, MODERN, user), refusals(password, DENGBAO, user)) == (modern, dengbao)


def test_every_refusal_says_in_chinese_what_is_right() -> None:
    with pytest.raises(ValidationError) as refused:
        validate_password("abc", None, DENGBAO)

    assert refused.value.messages == [
        "密码太短：至少 8 个字符。",
        "密码的字符种类不够：大写字母、小写字母、数字、符号四种，至少要有三种。",
        *[message for message in refused.value.messages if message.startswith("这个密码很多人在用")],
    ]
    told = "".join(rule.get_help_text() for rule in MODERN + DENGBAO)
    assert set(re.findall("[A-Za-z]{2,}", told)) == {"woaini", "Admin"}


def test_the_list_of_common_ones_is_of_what_the_rules_would_else_let_through() -> None:
    lines = [line for line in COMMON.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]

    assert len(lines) == len({line.lower() for line in lines}) > 200
    assert min(map(len, lines)) >= 8


def test_the_last_five_are_not_taken_again() -> None:
    user = make_user("li")
    words = [f"Word-number-{number}" for number in range(6)]
    for word in words:
        user.set_password(word)
        user.save()

    assert [refusals(word, [Earlier(5)], user) for word in words] == [[]] + [["这个密码用过"]] * 5
    assert [refusals(word, [Earlier(1)], user) for word in words] == [[]] * 5 + [["新密码与原来的相同"]]
    assert PasswordRecord.objects.filter(user=user).count() == 5
    assert not PasswordRecord.objects.filter(password_hash__contains="Word").exists()


@pytest.mark.parametrize("door", DOORS)
def test_a_password_that_ran_out_is_changed_before_anything_else(client: Client, settings: Any, door: str) -> None:
    settings.PASSWORD_DAYS = 90
    user = make_user("li", group="录入员")
    PasswordRecord.objects.of(user)
    PasswordRecord.objects.update(set_at=timezone.now() - timedelta(days=89))
    in_time = Client()
    knock(in_time, door, "li")
    assert in_time.get("/admin/").status_code == 200
    PasswordRecord.objects.update(set_at=timezone.now() - timedelta(days=91))

    knock(client, door, "li")
    answers = [client.get(path) for path in ("/admin/", "/cases/", "/admin/cases/case/add/")]
    answers.append(client.post("/admin/cases/case/add/", {}))
    assert [answer["Location"] for answer in answers] == ["/accounts/password/"] * 4
    assert "密码已经到期" in text_of(client.get("/accounts/password/"))
    same = client.post("/accounts/password/", {"password": PASSWORD, "new": PASSWORD, "again": PASSWORD})
    assert "新密码与原来的相同" in text_of(same)
    new = "a-brand-new-password"
    client.post("/accounts/password/", {"password": PASSWORD, "new": new, "again": new})

    assert client.get("/admin/").status_code == 200
    user.refresh_from_db()
    assert user.check_password(new)


def test_a_password_set_by_somebody_else_is_for_one_sign_in(administrator: Client) -> None:
    user = make_user("li", group="录入员")
    was_in = Client()
    knock(was_in, DOORS[0], "li")
    new = "told-on-the-telephone"
    sent = {"password1": new, "password2": new, "usable_password": "true", "set-password": "1"}
    assert administrator.post(f"/admin/auth/user/{user.pk}/password/", sent).status_code == 302
    client = Client()

    knock(client, DOORS[0], "li", new)

    assert was_in.get("/accounts/").status_code == 302
    assert client.get("/admin/")["Location"] == "/accounts/password/"
    assert "别人替您设的" in text_of(client.get("/accounts/password/"))


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"password": "wrong", "new": "a-brand-new-password", "again": "a-brand-new-password"}, "密码不对"),
        ({"password": PASSWORD, "new": "a-brand-new-password", "again": "another"}, "两次输入的新密码不一样"),
        ({"password": PASSWORD, "new": "short", "again": "short"}, "密码太短"),
        ({"password": PASSWORD, "new": "", "again": ""}, "请填写新密码"),
    ],
)
def test_a_password_that_is_not_changed_says_why(client: Client, sent: dict[str, str], words: str) -> None:
    user = make_user("li")
    client.force_login(user)

    assert words in text_of(client.post("/accounts/password/", sent))
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_an_open_browser_is_no_place_to_guess_a_password(client: Client) -> None:
    client.force_login(make_user("li"))
    sent = {"password": "wrong", "new": "a-brand-new-password", "again": "a-brand-new-password"}
    answers = [client.post("/accounts/password/", sent) for _ in range(5)]
    right = client.post("/accounts/password/", sent | {"password": PASSWORD})

    assert [answer.status_code for answer in [*answers, right]] == [200] * 4 + [429] * 2
    assert "登录失败次数过多" in text_of(right)


def test_the_profile_is_chosen_by_the_environment(tmp_path: Path) -> None:
    show = "from django.conf import settings as s; print(s.PASSWORD_DAYS, [v['NAME'].split('.')[-1] for v in s.AUTH_PASSWORD_VALIDATORS[:-1]])"  # fmt: skip  # noqa: E501
    found = {
        profile: manage("shell", "-v0", "-c", show, data_dir=tmp_path, PASSWORD_PROFILE=profile).stdout.strip()
        for profile in ("", "dengbao")
    }

    assert found == {
        "": "0 ['Length', 'Common', 'OwnName', 'Earlier']",
        "dengbao": "90 ['Length', 'Classes', 'Common', 'OwnName', 'Earlier']",
    }


def test_the_message_after_a_change_is_shown_once(client: Client) -> None:
    client.force_login(make_user("li"))
    new = "a-brand-new-password"

    changed = client.post("/accounts/password/", {"password": PASSWORD, "new": new, "again": new}, follow=True)

    assert told(changed) == "密码已修改，其他浏览器上的登录都已退出。"
