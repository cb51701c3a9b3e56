"""Who may open, change, move and delete what in the admin."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from cases.models import Case
from cases.roles import ROLES, create_roles
from tests.builders import (
    make_case,
    make_draft,
    make_user,
)
from tests.desk import (
    CASES,
    MODELS,
    opened,
    page_of,
    signed_in,
    told,
)

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.mark.parametrize("group", ROLES)
@pytest.mark.parametrize("model", MODELS)
def test_each_role_opens_the_lists_and_forms_that_are_its_own(group: str, model: str) -> None:
    client = signed_in(group)
    opens, adds = MODELS[model]

    assert client.get(f"/admin/{model}/").status_code == (200 if group in opens else 403)
    assert client.get(f"/admin/{model}/add/").status_code == (200 if group in adds else 403)


def test_the_index_shows_a_role_only_what_it_may_open(entry: Client, administrator: Client) -> None:
    def listed(client: Client) -> list[str]:
        apps = client.get("/admin/").context["app_list"]
        return [model["object_name"] for app in apps for model in app["models"]]

    library = ["Case", "AwardList", "Organisation", "Source", "Theme", "Sector", "Term", "ArticleImport"]
    everybody = ["Notice", "Discarded", "BulkChange"]
    assert listed(entry) == [*library, *everybody, "District"]
    assert listed(administrator) == [
        *library,
        "PossibleDuplicate",
        "ProposedWord",
        "SearchCount",
        *everybody,
        "Merge",
        "ExportRecord",
        "AuditEntry",
        "District",
        "User",
        "Group",
        "SignInLock",
    ]


def test_readers_and_accounts_without_a_role_see_nothing(client: Client) -> None:
    assert client.get(CASES).status_code == 302

    client.force_login(make_user())
    assert client.get(CASES).status_code == 302

    staff = make_user()
    staff.is_staff = True
    staff.save()
    client.force_login(staff)
    assert client.get(CASES).status_code == 403
    assert "还没有任何权限" in client.get("/admin/").content.decode()


@pytest.mark.parametrize("status", ["review", "published", "withdrawn"])
def test_the_entry_role_reads_but_does_not_edit_what_has_left_its_hands(entry: Client, status: str) -> None:
    case = make_draft()
    data = opened(entry, case, title="改过")
    _put(case, status)

    shown = entry.get(page_of(case))
    answer = entry.post(page_of(case), data)

    assert shown.status_code == 200
    assert 'name="_save"' not in shown.content.decode()
    moves = re.findall(r'name="_move" value="(\w+)"', shown.content.decode())
    assert moves == (["take_back"] if status == "review" else [])
    assert answer.status_code == 403
    case.refresh_from_db()
    assert case.title == "党群服务新模式"


def test_text_typed_while_the_case_was_taken_away_is_shown_again(entry: Client, checker: Client) -> None:
    case = make_draft()
    data = opened(entry, case, approach="写了一个上午的做法", **{"credits-0-role": "partner"})
    case.submit(by=None)

    answer = entry.post(page_of(case), data)

    page = re.sub("</?(ins|del)[^>]*>", "", answer.content.decode())  # the marks of what differs, by character
    assert answer.status_code == 403
    assert "写了一个上午的做法" in page
    assert "协办" in page
    assert "待审" in page


def _put(case: Case, status: str) -> None:
    if status == "review":
        case.submit(by=None)
    if status in {"published", "withdrawn"}:
        case.publish(by=None)
    if status == "withdrawn":
        case.withdraw(by=None)


@pytest.mark.parametrize("status", ["draft", "review", "published", "withdrawn"])
def test_the_checking_role_edits_cases_in_every_state(checker: Client, status: str) -> None:
    case = make_draft()
    _put(case, status)

    answer = checker.post(page_of(case), opened(checker, case, title="改过"))

    assert answer.status_code == 302
    case.refresh_from_db()
    assert (case.title, case.status) == ("改过", status)


def test_moves_offered_are_those_possible_for_the_role_and_the_state(entry: Client, checker: Client) -> None:
    def offered(client: Client, case: Case) -> list[str]:
        return re.findall(r'name="_move" value="(\w+)"', client.get(page_of(case)).content.decode())

    case = make_draft()
    assert (offered(entry, case), offered(checker, case)) == (["submit"], ["submit", "publish"])
    case.submit(by=None)
    assert offered(entry, case) == ["take_back"]
    assert offered(checker, case) == ["publish", "take_back", "schedule", "send_back"]
    case.publish(by=None)
    assert (offered(entry, case), offered(checker, case)) == ([], ["withdraw"])
    case.withdraw(by=None)
    assert (offered(entry, case), offered(checker, case)) == ([], ["republish", "send_back"])


def test_what_is_published_is_never_deleted(entry: Client, administrator: Client) -> None:
    draft, published = make_draft("草稿"), make_case("已发布的")
    assert entry.post(f"{CASES}{published.pk}/delete/", {"post": "yes"}).status_code == 302

    offered = [case for case in (draft, published) if "deletelink" in administrator.get(page_of(case)).content.decode()]
    refused = administrator.post(f"{CASES}{published.pk}/delete/", {"post": "yes"}, follow=True)
    both = {"action": "delete_selected", "_selected_action": [draft.pk, published.pk], "post": "yes"}
    refused_both = administrator.post(CASES, both)

    assert offered == [draft]
    assert "请先撤下" in told(refused)
    assert refused_both.status_code == 403
    shown = administrator.post(CASES, {k: v for k, v in both.items() if k != "post"} | {"index": "0"})
    assert "已发布的不能删除，请先撤下" in shown.content.decode()
    assert Case.objects.count() == 2

    administrator.post(f"{CASES}{draft.pk}/delete/", {"post": "yes"})
    assert list(Case.objects.all()) == [published]


def test_roles_are_made_again_exactly_as_they_were() -> None:
    group = Group.objects.get(name="录入员")
    group.permissions.clear()

    create_roles()
    create_roles()

    assert Group.objects.filter(name__in=ROLES).count() == 4
    codes = {f"{p.content_type.app_label}.{p.codename}" for p in group.permissions.select_related("content_type")}
    assert codes == ROLES["录入员"]
    assert "cases.publish_case" not in codes
