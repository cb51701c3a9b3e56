"""Who makes which move from which status: the whole table, role by role."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.test import Client
from django.utils import timezone

from cases import workflow
from cases.models import Case, Credit
from cases.workflow import MOVES, Status
from tests.builders import make_district, make_draft, make_user
from tests.desk import CASES, opened, page_of, told

pytestmark = pytest.mark.django_db

Done = set[tuple[str, str]]
# Every role, status and move: what is not here is refused.
ENTERS = {("draft", "submit"), ("review", "take_back"), ("scheduled", "take_back")}
CHECKS = ENTERS | {
    ("draft", "publish"),
    ("review", "publish"),
    ("scheduled", "publish"),
    ("review", "send_back"),
    ("scheduled", "send_back"),
    ("review", "schedule"),
    ("scheduled", "schedule"),
    ("scheduled", "unschedule"),
    ("published", "withdraw"),
    ("withdrawn", "republish"),
    ("withdrawn", "send_back"),
    ("withdrawn", "publish"),
    ("published", "polish"),
    ("published", "correct"),
}
ALLOWED: dict[str, Done] = {"录入员": ENTERS, "审核员": CHECKS, "管理员": CHECKS, "只读": set(), "": set()}
EDITED: dict[str, set[str]] = {"录入员": {"draft"}, "审核员": {*Status}, "管理员": {*Status}, "只读": set(), "": set()}
STATES = (*Status, "scheduled")
LEADS_TO = {
    "submit": Status.REVIEW,
    "take_back": Status.DRAFT,
    "send_back": Status.DRAFT,
    "publish": Status.PUBLISHED,
    "republish": Status.PUBLISHED,
    "withdraw": Status.WITHDRAWN,
}


def put(case: Case, state: str) -> Case:
    """A case in a status, or waiting for its time."""
    for move in {"review": ["submit"], "scheduled": ["submit"], "published": ["publish"]}.get(state, []):
        getattr(case, move)(by=None)
    if state == "withdrawn":
        case.publish(by=None)
        case.withdraw(by=None)
    if state == "scheduled":
        Case.objects.filter(pk=case.pk).update(publish_at=timezone.now() + timedelta(days=1))
        case.refresh_from_db()
    return case


def attempt(user: User, case: Case, name: str) -> bool:
    """Whether the move is made, and then leads where it should and is recorded under its name."""
    case = Case.objects.get(pk=case.pk)
    before = case.status
    try:
        made = workflow.make(case, name, by=user, reason="理由", at=timezone.now() + timedelta(days=2))
    except ValidationError:
        assert Case.objects.get(pk=case.pk).status == before
        return False
    assert Case.objects.get(pk=case.pk).status == LEADS_TO.get(made.name, before)
    assert case.status_changes.all()[0].move == made.name
    return True


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("group", ALLOWED)
def test_the_whole_table(group: str, state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # What a save was is recorded with more than a reason.
    monkeypatch.setattr(Case, "correct", lambda self, by: self._record("correct", by))
    user, case = make_user(group=group), put(make_draft(), state)
    foreign = put(make_draft(district=make_district("2207")), state)
    fresh = User.objects.get(pk=user.pk)
    made: Done = set()
    elsewhere: Done = set()
    for name in MOVES:
        for one, found in ((case, made), (foreign, elsewhere)):
            _roll_back(lambda one=one, found=found, name=name: attempt(fresh, one, name) and found.add((state, name)))

    assert made == {key for key in ALLOWED[group] if key[0] == state}
    assert elsewhere == (made if group == "管理员" else set())
    case = Case.objects.get(pk=case.pk)
    offered = {(state, move.name) for move in workflow.moves_open_to(fresh, case)}
    assert offered == made - {("published", "polish"), ("published", "correct"), ("withdrawn", "publish")}
    status = "review" if state == "scheduled" else state
    assert workflow.may_edit(fresh, case) == (status in EDITED[group])
    assert workflow.may_discard(fresh, case) == (status in EDITED[group] and status != "published")
    assert not workflow.may_discard(fresh, foreign) or group == "管理员"


def _roll_back(act: Any) -> None:
    with transaction.atomic():
        act()
        transaction.set_rollback(True)


def test_statuses_follow_from_the_moves() -> None:
    follow = {
        "draft": {"review", "published"},
        "review": {"draft", "published"},
        "published": {"withdrawn"},
        "withdrawn": {"draft", "published"},
    }
    assert follow == Case.MOVES


def test_a_case_without_a_district_is_not_handed_in_and_one_handed_in_keeps_it(entry: Client, checker: Client) -> None:
    user = User.objects.get(username="luru")
    case = make_draft(district=None, created_by=user)
    answer = entry.post(page_of(case), opened(entry, case, _move="submit"), follow=True)
    assert "还不能提交审核，缺少：区划" in told(answer)

    case = put(make_draft(), "review")
    answer = checker.post(page_of(case), opened(checker, case, district=""))
    assert "待审的案例要有区划" in answer.content.decode()
    assert Case.objects.get(pk=case.pk).district


def test_who_handed_a_case_in_takes_it_back_from_its_page(entry: Client, checker: Client) -> None:
    case, foreign = put(make_draft(), "review"), put(make_draft(district=make_district("2207")), "review")
    page = entry.get(page_of(case)).content.decode()
    assert f'formaction="{CASES}{case.pk}/move/">撤回提交</button>' in page
    assert entry.get(f"{CASES}{case.pk}/move/").status_code == 405

    answer = entry.post(f"{CASES}{case.pk}/move/", {"_move": "take_back"}, follow=True)
    assert entry.post(f"{CASES}{foreign.pk}/move/", {"_move": "take_back"}).status_code == 403
    refused = entry.post(f"{CASES}{case.pk}/move/", {"_move": "publish"}, follow=True)

    assert "已撤回提交" in told(answer)
    assert "没有“发布”的权限" in told(refused)
    assert [Case.objects.get(pk=one.pk).status for one in (case, foreign)] == ["draft", "review"]


def test_a_stale_case_is_not_moved() -> None:
    user, case = make_user(group="审核员"), put(make_draft(), "review")
    Case.objects.filter(pk=case.pk).update(version=99)

    with pytest.raises(ValidationError, match="刚被别人修改"):
        workflow.make(case, "publish", by=user)


def test_a_returned_case_tells_its_author_why_by_whom_and_when(entry: Client) -> None:
    case, checker = put(make_draft(), "review"), make_user("chen", group="审核员", last_name="陈审")
    workflow.make(case, "send_back", by=checker, reason="请补 2020 年的数据")

    page = entry.get(page_of(case)).content.decode()
    shown = page[page.index("returned-heading") : page.index("returned-heading") + 600]
    for words in ("退回修改", "请补 2020 年的数据", "陈审", f"{timezone.localtime():%Y年}"):
        assert words in shown

    case.submit(by=None)
    case.take_back(by=None)
    assert "returned-heading" not in entry.get(page_of(case)).content.decode()


def test_a_lead_taken_away_meanwhile_stops_a_publication() -> None:
    user, case = make_user(group="审核员"), put(make_draft(), "review")
    Credit.objects.all().delete()

    with pytest.raises(ValidationError, match="还不能定时发布，缺少：主办组织"):
        workflow.make(case, "schedule", by=user, at=timezone.now() + timedelta(hours=1))


def test_a_reason_keeps_no_character_that_no_database_keeps(checker: Client) -> None:
    case = make_draft()
    case.submit(by=None)

    checker.post(f"{CASES}{case.pk}/move/", {"_move": "send_back", "reason": "请\0补充"})

    assert case.status_changes.get(move="send_back").reason == "请补充"
