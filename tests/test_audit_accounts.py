"""What is done with accounts, their second factors, links and locks is in the audit, and no code or token with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from cases.audit_words import details
from cases.models import AuditEntry
from portal.accounts import second_factor
from tests.accounts import CODE, DOORS, PASSWORD, code_of, knock
from tests.builders import make_user
from tests.test_invitations import accept, invite

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def recorded(act: Callable[[], Any]) -> list[tuple[str, str, str]]:
    """What an act wrote down: action, who, about whom."""
    last = AuditEntry.objects.values_list("number", flat=True).first() or 0
    act()
    entries = AuditEntry.objects.filter(number__gt=last).order_by("number")
    return [(one.action, one.username, one.about_name) for one in entries]


def test_a_lock_is_recorded_once_and_its_end(administrator: Client) -> None:
    user = make_user("li", group="录入员")
    wrong = [recorded(lambda: knock(Client(), DOORS[0], "li", "wrong")) for _ in range(6)]

    # Whichever of the two that hear of a failure is told first.
    failed, locked = ("sign-in-failed", "", "li"), ("locked-out", "", "li")
    assert [sorted(one) for one in wrong] == [[failed]] * 4 + [[locked, failed], [failed]]
    act = f"/admin/auth/user/{user.pk}/act/unlock/"
    assert recorded(lambda: administrator.post(act)) == [("unlocked", "guanli", "li")]


def test_a_second_factor_is_recorded_from_beginning_to_end(administrator: Client) -> None:
    user, client = make_user("li"), Client()
    knock(client, DOORS[0], "li")
    client.get("/accounts/second-factor/")
    code = code_of(TOTPDevice.objects.get())
    password = {"password": PASSWORD}

    assert recorded(lambda: client.post("/accounts/second-factor/", {"code": code})) == [("totp-added", "li", "li")]
    renewed = recorded(lambda: client.post("/accounts/second-factor/codes/", password))
    assert renewed == [("recovery-codes-renewed", "li", "li")]
    spare = second_factor.new_recovery_codes(user)[0]
    other = Client()
    assert recorded(lambda: knock(other, DOORS[0], "li")) == []
    entered = recorded(lambda: other.post(CODE, {"code": spare}))
    assert entered == [("signed-in", "li", "li"), ("recovery-code-used", "li", "li")]
    assert recorded(lambda: other.post("/accounts/sessions/end/")) == [("sessions-ended", "li", "li")]
    assert recorded(lambda: other.post("/accounts/second-factor/remove/", password)) == [("totp-removed", "li", "li")]
    stored = json.dumps(list(AuditEntry.objects.values("details", "about_name", "username")))
    assert [secret for secret in (code, spare, spare.replace("-", "")) if secret in stored] == []


def test_an_invitation_is_recorded_from_beginning_to_end(administrator: Client) -> None:
    user = make_user("li")
    links: list[str] = []

    assert recorded(lambda: links.append(invite(administrator, user))) == [("invited", "guanli", "li")]
    assert recorded(lambda: accept(links[0])) == [
        ("password-set", "", "li"),
        ("invitation-accepted", "li", "li"),
        ("signed-in", "li", "li"),
    ]
    invite(administrator, user)
    revoke = f"/admin/auth/user/{user.pk}/act/revoke-invitation/"
    assert recorded(lambda: administrator.post(revoke)) == [("invitation-revoked", "guanli", "li")]
    assert links[0].split("/")[3] not in str(list(AuditEntry.objects.values()))


def test_a_superuser_made_on_the_command_line_is_recorded_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    command = partial(call_command, "createsuperuser", username="root", email="", interactive=False, verbosity=0)

    assert ("account-added", "", "root") in recorded(command)
    added = AuditEntry.objects.get(action="account-added")
    assert details(added) == "字段：超级用户"
