"""Which acts leave an entry in the audit, and what of them it tells."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.test import Client

from cases.models import AuditEntry, AwardList, CaseVersion, Correction, Discarded
from tests.builders import make_case, make_draft, make_list, make_user
from tests.desk import CASES, colleague, filled, opened, page_of

BIN = "/admin/cases/discarded/"
pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

USERS, ROLES, LISTS = "/admin/auth/user/", "/admin/auth/group/", "/admin/cases/awardlist/"
PASSWORD = "correct-horse-battery"


def recorded(act: Callable[[], Any]) -> list[tuple[Any, ...]]:
    """What an act wrote down: action, who, about what, details."""
    last = AuditEntry.objects.values_list("number", flat=True).first() or 0
    act()
    entries = AuditEntry.objects.filter(number__gt=last).order_by("number")
    return [(one.action, one.username, one.about_name, json.loads(one.details)) for one in entries]


def post(client: Client, address: str, **changes: Any) -> Callable[[], Any]:
    """Fill in the form at an address and send it."""

    def act() -> None:
        answer = client.post(address, filled(client.get(address), **changes))
        assert answer.status_code == 302, answer.context["errors"]

    return act


@pytest.mark.parametrize("door", ["/admin/login/", "/accounts/login/"])
def test_signing_in_and_out_by_either_door_is_recorded_once(client: Client, door: str) -> None:
    make_user("lihua", group="录入员")

    def try_with(username: str, password: str) -> list[tuple[Any, ...]]:
        return recorded(lambda: client.post(door, {"username": username, "password": password}))

    assert try_with("lihua", "wrong") == [("sign-in-failed", "", "lihua", {"is_known": True})]
    assert try_with("lihua", PASSWORD) == [("signed-in", "lihua", "lihua", {})]
    out = {"/admin/login/": "/admin/logout/"}.get(door, "/accounts/logout/")
    assert recorded(lambda: client.post(out)) == [("signed-out", "lihua", "lihua", {})]


@pytest.mark.parametrize("typed", ["MyPassword!2026", "LIHUA", ""])
def test_what_was_typed_for_a_name_is_kept_only_where_an_account_has_it(client: Client, typed: str) -> None:
    make_user("lihua")

    entries = recorded(lambda: client.login(username=typed, password="secret-of-lihua"))

    assert entries == [("sign-in-failed", "", "", {"is_known": False})]
    stored = str(list(AuditEntry.objects.values()))
    assert "MyPassword" not in stored
    assert "secret-of-lihua" not in stored


def test_every_move_of_a_case_is_recorded_without_its_reason(checker: Client) -> None:
    case = make_draft(number="2020-0007")

    def move(name: str) -> list[tuple[Any, ...]]:
        case.refresh_from_db()
        return recorded(post(checker, page_of(case), _move=name, reason="张三的电话 13800000000"))

    assert move("submit") == [("submitted", "shenhe", "2020-0007", {"before": "草稿"})]
    assert move("send_back") == [("sent-back", "shenhe", "2020-0007", {"before": "待审"})]
    assert move("publish") == [("published", "shenhe", "2020-0007", {"before": "草稿"})]
    assert move("withdraw") == [("withdrawn", "shenhe", "2020-0007", {"before": "已发布"})]
    assert "13800000000" not in str(list(AuditEntry.objects.values()))


def test_a_move_that_fails_is_not_recorded(checker: Client) -> None:
    case = make_draft(summary="")

    assert recorded(lambda: checker.post(page_of(case), opened(checker, case, _move="publish"))) == []


def test_corrections_and_what_is_deleted_are_recorded(administrator: Client) -> None:
    case, drafts = make_case(number="2020-0001"), [make_draft(number="2020-0002"), make_draft(number="2020-0003")]
    chosen = {"action": "delete_selected", "_selected_action": [draft.pk for draft in drafts], "post": "yes"}
    third = make_draft(number="2020-0004")

    assert recorded(lambda: Correction.objects.create(case=case, text="改了")) == [
        ("corrected", "", "2020-0001", {"is_new": True})
    ]
    assert sorted(recorded(lambda: administrator.post(CASES, chosen))) == [
        ("discarded", "guanli", "2020-0002", {}),
        ("discarded", "guanli", "2020-0003", {}),
    ]
    assert recorded(lambda: administrator.post(f"{CASES}{third.pk}/delete/", {"post": "yes"})) == [
        ("discarded", "guanli", "2020-0004", {})
    ]
    kept = Discarded.objects.get(title__startswith="2020-0002")
    assert recorded(lambda: administrator.post(f"{BIN}{kept.pk}/restore/")) == [
        ("undiscarded", "guanli", "2020-0002", {})
    ]
    assert sorted(recorded(lambda: administrator.post(f"{BIN}empty/"))) == [
        ("deleted", "guanli", "2020-0003", {}),
        ("deleted", "guanli", "2020-0004", {}),
    ]


def test_an_earlier_version_restored_is_recorded_with_its_number() -> None:
    case, user = make_draft(title="原题", number="2020-0007"), make_user("lihua")
    first = CaseVersion.objects.record(case)
    case.title = "新题"
    case.save()
    CaseVersion.objects.record(case)

    assert recorded(lambda: case.restore(first, by=user, why="张三说的")) == [
        ("restored", "lihua", "2020-0007", {"version": 1})
    ]


def test_publishing_a_list_is_recorded(checker: Client) -> None:
    award = make_list(slug="top10", status=AwardList.Status.DRAFT, created_by=colleague())
    address = f"{LISTS}{award.pk}/change/"

    assert recorded(post(checker, address, status="published")) == [("published", "shenhe", "top10", {})]
    assert recorded(post(checker, address, description="改")) == []
    assert recorded(post(checker, address, status="draft")) == [("withdrawn", "shenhe", "top10", {})]


def test_an_account_is_recorded_from_its_beginning(administrator: Client) -> None:
    entry, checking = (Group.objects.get(name=name).pk for name in ("录入员", "审核员"))
    new = filled(administrator.get(f"{USERS}add/"), username="lihua", last_name="李华", groups=[entry])
    assert recorded(lambda: administrator.post(f"{USERS}add/", new)) == [
        ("account-added", "guanli", "lihua", {}),
        ("roles-changed", "guanli", "lihua", {"added": ["录入员"], "removed": []}),
        ("invited", "guanli", "lihua", {}),
    ]
    user = User.objects.get(username="lihua")
    address = f"{USERS}{user.pk}/"

    changed = recorded(post(administrator, f"{address}change/", groups=[checking], email="lihua@example.cn"))
    off = recorded(post(administrator, f"{address}change/", is_active=""))
    on = recorded(post(administrator, f"{address}change/", is_active="on"))
    passwords = {"password1": "another-long-horse", "password2": "another-long-horse", "set-password": "1"}
    reset = recorded(lambda: administrator.post(f"{address}password/", passwords))

    assert changed == [
        ("account-changed", "guanli", "lihua", {"fields": ["email"]}),
        ("roles-changed", "guanli", "lihua", {"added": ["审核员"], "removed": ["录入员"]}),
    ]
    assert off == [("account-switched-off", "guanli", "lihua", {})]
    assert on == [("account-switched-on", "guanli", "lihua", {})]
    assert reset == [("password-set", "guanli", "lihua", {})]
    stored = str(list(AuditEntry.objects.values()))
    assert [secret for secret in ("horse", "example.cn") if secret in stored] == []


def test_a_password_of_ones_own_and_one_set_at_the_machine_are_told_apart(administrator: Client) -> None:
    own = {"password": PASSWORD, "new": "another-long-horse", "again": "another-long-horse"}
    user = make_user("lihua")

    def at_the_machine() -> None:
        user.set_password("another-long-horse")
        user.save()

    assert recorded(lambda: administrator.post("/accounts/password/", own)) == [
        ("password-changed", "guanli", "guanli", {})
    ]
    assert recorded(at_the_machine) == [("password-set", "", "lihua", {})]


def test_what_a_role_may_do_is_recorded(administrator: Client) -> None:
    view = [Group.objects.get(name="录入员").permissions.get(codename="view_case").pk]

    assert recorded(post(administrator, f"{ROLES}add/", name="观察员", permissions=view)) == [
        ("role-added", "guanli", "观察员", {"added": ["view_case"], "removed": []})
    ]
    role = Group.objects.get(name="观察员")
    assert recorded(post(administrator, f"{ROLES}{role.pk}/change/", permissions=[])) == [
        ("role-changed", "guanli", "观察员", {"added": [], "removed": ["view_case"]})
    ]
    assert recorded(lambda: administrator.post(f"{ROLES}{role.pk}/delete/", {"post": "yes"})) == [
        ("role-removed", "guanli", "观察员", {})
    ]


def test_a_file_with_what_is_not_public_is_recorded_and_one_without_is_not(checker: Client) -> None:
    make_draft(title="秘密草稿")
    make_case()
    asked = {"form": "csv", "column": ["number"]}

    taken = recorded(lambda: checker.post(f"{CASES}export/", asked | {"scope": "whole"}))

    [(action, who, _, details)] = taken
    assert (action, who) == ("exported", "shenhe")
    assert details == {"subject": "案例", "form": "CSV", "count": 2, "unpublished": 1}
    assert recorded(lambda: checker.post(f"{CASES}export/", asked | {"scope": "public"})) == []


def test_loading_the_library_is_recorded(shipped_districts: None) -> None:
    *moves, last = recorded(lambda: call_command("load_library", verbosity=0))

    assert {action for action, *_ in moves} == {"published"}
    assert last == ("imported", "", "", {"cases": 92, "lists": 24, "is_update": False})
    assert recorded(lambda: call_command("load_library", verbosity=0)) == []
