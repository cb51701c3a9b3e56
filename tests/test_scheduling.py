"""Publication at a time: nothing before it, nothing lost after it, checked again when it comes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from cases import search, workflow
from cases.edition import Edition
from cases.models import Case, IndexChange, Notice, Remit
from cases.scheduling import publish_due
from tests.builders import make_case, make_draft, make_user
from tests.desk import opened, page_of, told
from tests.test_visibility import leaks, secret_draft

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def scheduled(by: User, case: Case | None = None, **when: int) -> Case:
    case = case or make_draft("定时的")
    case.submit(by=None)
    workflow.make(case, "schedule", by=by, at=timezone.now() + timedelta(**when or {"hours": 1}))
    return case


def come(case: Case) -> None:
    """Let its time come."""
    Case.objects.filter(pk=case.pk).update(publish_at=timezone.now() - timedelta(seconds=1))


def test_a_checker_sets_changes_and_cancels_the_time_on_the_form(checker: Client) -> None:
    case = make_draft()
    case.submit(by=None)
    at = timezone.localtime() + timedelta(days=3)
    at = at.replace(second=0, microsecond=0)

    def move(name: str, when: datetime | None = None) -> str:
        typed = f"{when:%Y-%m-%dT%H:%M}" if when else ""
        data = opened(checker, case, _move=name, publish_at=typed)
        words = told(checker.post(page_of(case), data, follow=True))
        case.refresh_from_db()
        return words

    assert f"将在 {at.year}年{at.month}月{at.day}日 {at:%H:%M} 发布" in move("schedule", at)
    assert (case.publish_at, case.scheduled_by.username) == (at, "shenhe")  # type: ignore[union-attr]
    page = checker.get(page_of(case)).content.decode()
    assert f'value="{at:%Y-%m-%dT%H:%M}"' in page
    assert f"定时发布，{at.year}年{at.month}月{at.day}日 {at:%H:%M}" in page
    move("schedule", at + timedelta(days=1))
    assert case.publish_at == at + timedelta(days=1)
    assert "已取消定时发布" in move("unschedule")
    assert (case.publish_at, case.scheduled_by, case.status) == (None, None, "review")
    assert "没有定时，不能取消定时" in move("unschedule")
    assert "请选定发布的日期和时间" in move("schedule")
    assert "已经过去" in move("schedule", at - timedelta(days=9))
    assert "最多在一年以后" in move("schedule", at + timedelta(days=400))
    assert DBTaskResult.objects.filter(task_path="cases.scheduling.publish_when_due").count() == 2


def test_a_time_that_cannot_be_read_is_refused_in_words(checker: Client) -> None:
    case = make_draft()
    case.submit(by=None)

    data = opened(checker, case, summary="新写的摘要", _move="schedule", publish_at="明天")
    assert "日期和时间有误" in told(checker.post(page_of(case), data, follow=True))
    assert Case.objects.get().summary == "新写的摘要"


def test_readers_see_it_at_its_time_and_nowhere_before(client: Client) -> None:
    make_case("公开案例", number="2020-0001")
    case = scheduled(make_user(group="审核员"), secret_draft())
    search.rebuild()
    assert publish_due() == 0
    assert leaks(client) == []
    before = Edition.current()
    IndexChange.objects.all().delete()

    come(case)
    assert client.get(case.get_absolute_url()).status_code == 404
    assert publish_due() == 1

    case.refresh_from_db()
    assert (case.status, case.publish_at, case.scheduled_by) == ("published", None, None)
    assert client.get(case.get_absolute_url()).status_code == 200
    assert Edition.current() != before
    assert IndexChange.objects.filter(case_id=case.pk).exists()
    change = case.status_changes.all()[0]
    assert (change.move, change.reason, change.by.pk) == ("publish", "定时发布", User.objects.get().pk)  # type: ignore[union-attr]
    assert publish_due() == 0


def test_the_queue_publishes_and_a_command_does_what_was_missed(capsys: Any) -> None:
    user = make_user(group="审核员")
    first = scheduled(user)
    task = DBTaskResult.objects.get()
    assert task.run_after == Case.objects.get(pk=first.pk).publish_at
    come(first)
    task.task.call()
    assert Case.objects.get(pk=first.pk).is_published

    second = scheduled(user, make_draft("错过的"))
    DBTaskResult.objects.all().delete()  # the queue was lost
    Case.objects.filter(pk=second.pk).update(publish_at=timezone.now() - timedelta(days=30))
    call_command("publish_due")
    assert "已发布 1 个案例" in capsys.readouterr().out
    assert Case.objects.get(pk=second.pk).is_published


def _drop_role(user: User) -> None:
    user.groups.set([Group.objects.get(name="录入员")])


SPOILT: dict[str, tuple[Callable[[Case, User], Any], str]] = {
    "no source": (lambda case, user: case.citations.all().delete(), "缺少：来源"),
    "no lead": (lambda case, user: case.credits.all().delete(), "缺少：主办组织"),
    "no right": (lambda case, user: _drop_role(user), "定时的人已经不能发布它"),
    "other remit": (lambda case, user: Remit.objects.filter(user=user).delete(), "定时的人已经不能发布它"),
    "barred": (lambda case, user: User.objects.filter(pk=user.pk).update(is_active=False), "定时的人已经不能发布它"),
}


@pytest.mark.parametrize("reason", SPOILT)
def test_what_may_not_be_published_any_more_becomes_a_notice(reason: str) -> None:
    user, other = make_user("ding", group="审核员"), make_user("ling", group="审核员")
    foreign = make_user("wai", group="审核员", districts=["2207"])
    case, whole = scheduled(user), scheduled(other, make_draft("没有问题的"))
    Notice.objects.all().delete()
    spoil, said = SPOILT[reason]
    spoil(case, user)
    come(case)
    come(whole)

    assert publish_due() == 1

    case.refresh_from_db()
    assert (case.status, case.publish_at) == ("review", None)
    failed = Notice.objects.filter(kind="not-published")
    # Who set the time, unless they may not see the case any more: then who may publish it.
    is_told = {"no right": {"ding"}}.get(reason, {"ding"} if reason.startswith("no ") else {"ling"})
    assert {notice.user.username for notice in failed} == is_told
    assert all(said in notice.text and notice.case == case for notice in failed)
    assert not Notice.objects.filter(user=foreign).exists()
    change = case.status_changes.all()[0]
    assert (change.move, change.by) == ("unschedule", None)
    assert said in change.reason


def test_a_move_takes_the_time_away() -> None:
    user = make_user(group="审核员")
    case = scheduled(user)
    workflow.make(case, "send_back", by=user, reason="再改")
    case.submit(by=None)

    assert Case.objects.get().publish_at is None
    assert publish_due() == 0
    assert Case.objects.get().status == "review"


def test_the_worker_publishes_at_its_start(monkeypatch: pytest.MonkeyPatch) -> None:
    from cases.exports import worker

    case = scheduled(make_user(group="审核员"))
    come(case)
    parent = iter([1])
    monkeypatch.setattr(worker.os, "getppid", lambda: next(parent, 2))
    monkeypatch.setattr(worker, "stop", lambda process: None)
    monkeypatch.setattr(worker.os, "_exit", lambda code: None)
    monkeypatch.setattr(worker, "PATIENCE", 0)
    monkeypatch.setattr(worker, "WATCH", 0)
    monkeypatch.setattr(worker.connections, "close_all", lambda: None)

    worker._look_around(1)

    assert Case.objects.get().is_published
