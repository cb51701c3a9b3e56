"""Accounts by invitation: a link that works once, for a week, for whoever has it and nobody else."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core import mail
from django.test import Client
from django.utils import timezone

from cases.models import Remit
from portal.logs import WithoutKeys
from portal.models import Invitation
from tests.accounts import CODE, DOORS, code_of, is_in, knock, make_device
from tests.builders import make_district, make_user
from tests.desk import errors, filled, told
from tests.pages import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

ADD = "/admin/auth/user/add/"
NEW = "a-password-of-my-own"
SENT = {"new": NEW, "again": NEW}


def link_in(response: Any) -> str:
    found = re.search(
        r'<code id="link">http://testserver(/accounts/invitation/[-\w]{43}/)</code>', response.content.decode()
    )
    assert found
    return found[1]


def invite(administrator: Client, user: User) -> str:
    return link_in(administrator.post(f"/admin/auth/user/{user.pk}/act/invite/"))


def accept(link: str, client: Client | None = None, **sent: str) -> Any:
    client = client or Client()
    opened = client.get(link)
    assert opened["Location"] == "/accounts/invitation/"
    return client.post("/accounts/invitation/", SENT | sent)


def added(administrator: Client, **changes: Any) -> Any:
    page = administrator.get(ADD)
    role = Group.objects.get(name="录入员").pk
    fields = {"username": "li", "last_name": "李四", "groups": [role], "remits-0-district": make_district("440104").pk}
    return administrator.post(ADD, filled(page, **fields | changes))


def test_a_person_is_added_with_role_and_district_and_comes_in_by_the_link(administrator: Client) -> None:
    shown = added(administrator)
    user = User.objects.get(username="li")
    assert not user.has_usable_password()
    assert [str(remit.district.code) for remit in Remit.objects.filter(user=user)] == ["440104"]
    assert [group.name for group in user.groups.all()] == ["录入员"]
    assert "链接只在这里显示一次" in text_of(shown)
    link, client = link_in(shown), Client()

    page = client.get(link, follow=True)
    assert (page.status_code, is_in(client)) == (200, False)
    assert "李四，您好" in text_of(page)
    assert link not in page.content.decode()
    entered = client.post("/accounts/invitation/", SENT)

    assert entered["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200
    assert knock(Client(), DOORS[1], "li", NEW).status_code == 302
    assert accept_fails(link)


def accept_fails(link: str) -> bool:
    page = Client().get(link)
    return page.status_code == 404 and "链接已失效" in text_of(page)


def test_a_link_ends_by_use_by_time_by_revoking_by_another_and_with_the_account(administrator: Client) -> None:
    user = make_user("li", group="录入员")
    used = invite(administrator, user)
    accept(used)
    renewed = invite(administrator, user)
    revoked = invite(administrator, user)
    assert accept_fails(renewed)
    assert "邀请链接已撤销" in told(
        administrator.post(f"/admin/auth/user/{user.pk}/act/revoke-invitation/", follow=True)
    )
    late = invite(administrator, user)
    Invitation.objects.filter(revoked_at=None, used_at=None).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert accept_fails(late)
    off = invite(administrator, user)
    waiting = Client()
    waiting.get(off)
    User.objects.filter(pk=user.pk).update(is_active=False)

    assert [accept_fails(link) for link in (used, revoked, off)] == [True] * 3
    assert waiting.post("/accounts/invitation/", SENT).status_code == 404
    assert accept_fails("/accounts/invitation/unheard-of/")


def test_a_link_opened_in_two_browsers_sets_one_password(administrator: Client) -> None:
    user = make_user("li")
    link, first, second = invite(administrator, user), Client(), Client()
    for client in (first, second):
        client.get(link)

    first.post("/accounts/invitation/", SENT)
    late = second.post("/accounts/invitation/", {"new": "somebody-elses-word", "again": "somebody-elses-word"})

    assert late.status_code == 404
    user.refresh_from_db()
    assert user.check_password(NEW)


def test_a_weak_password_is_refused_and_uses_nothing_up(administrator: Client) -> None:
    link, client = invite(administrator, make_user("li")), Client()

    refused = accept(link, client, new="short", again="short")

    assert "密码太短" in text_of(refused)
    assert not is_in(client)
    assert client.post("/accounts/invitation/", SENT).status_code == 302


def test_a_link_does_not_go_round_the_second_factor(administrator: Client, settings: Any) -> None:
    device = make_device(make_user("li", group="录入员"))
    client = Client()

    answer = accept(invite(administrator, device.user), client)

    assert (answer["Location"], is_in(client)) == (CODE, False)
    client.post(CODE, {"code": code_of(device)})
    assert is_in(client)
    settings.REQUIRE_TOTP = "curators"
    wang = Client()
    accept(invite_as_set(make_user("wang", group="录入员")), wang)
    assert wang.get("/admin/")["Location"] == "/accounts/second-factor/"


def invite_as_set(user: User) -> str:
    return f"/accounts/invitation/{Invitation.objects.invite(user, by=None)[1]}/"


def test_who_is_signed_in_already_is_told_and_becomes_the_invited(administrator: Client) -> None:
    user = make_user("li")
    link = invite(administrator, user)

    page = administrator.get(link, follow=True)
    administrator.post("/accounts/invitation/", SENT)

    assert "这个浏览器现在以“guanli”登录" in text_of(page)
    assert int(administrator.session["_auth_user_id"]) == user.pk


def test_the_token_is_in_no_table_and_no_log(administrator: Client) -> None:
    user = make_user("li")
    link = invite(administrator, user)
    token = link.split("/")[3]
    client = Client()
    client.get(link)

    assert token not in str(list(Invitation.objects.values()))
    assert token not in str(client.session.items())
    record = logging.LogRecord("x", logging.WARNING, "", 0, "Not Found: %s", (link,), None)
    WithoutKeys().filter(record)
    assert token not in record.getMessage()


def test_the_link_is_sent_where_mail_is_set_up(administrator: Client, settings: Any) -> None:
    added(administrator, email="li@example.cn")
    assert mail.outbox == []
    settings.NOTICES_BY_MAIL = True

    shown = added(administrator, username="wang", email="wang@example.cn")
    added(administrator, username="zhao")

    assert [message.to for message in mail.outbox] == [["wang@example.cn"]]
    assert link_in(shown) in mail.outbox[0].body
    assert "链接已寄到 wang@example.cn" in text_of(shown)


def test_only_administrators_invite_and_superusers_are_not_theirs(administrator: Client, checker: Client) -> None:
    user, superuser = make_user("li"), make_user("root", is_superuser=True)

    assert checker.post(f"/admin/auth/user/{user.pk}/act/invite/").status_code == 403
    assert administrator.post(f"/admin/auth/user/{superuser.pk}/act/invite/").status_code == 403
    assert administrator.get(f"/admin/auth/user/{user.pk}/act/nonsense/").status_code == 404
    assert administrator.get(f"/admin/auth/user/{user.pk}/act/invite/").status_code == 200
    assert not Invitation.objects.exists()


def test_a_name_that_is_taken_is_refused_with_what_was_typed(administrator: Client) -> None:
    make_user("li")

    refused = added(administrator)

    assert "已存在" in errors(refused)
    assert 'value="李四"' in refused.content.decode()
    assert not Invitation.objects.exists()
