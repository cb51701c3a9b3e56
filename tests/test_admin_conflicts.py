"""Two curators at one case: nothing is overwritten in silence."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin import ModelAdmin
from django.test import Client

from cases.admin.conflict import StaleSave
from cases.models import Case
from tests.builders import (
    make_draft,
)
from tests.desk import (
    CASES,
    errors,
    filled,
    opened,
    page_of,
)

pytestmark = pytest.mark.django_db


def test_a_stale_save_is_refused_with_both_texts_and_who_changed_what(checker: Client, administrator: Client) -> None:
    case = make_draft(summary="最初的摘要", approach="最初的做法")
    mine = opened(checker, case, summary="我写的摘要", lessons="我写的启示")
    theirs = opened(administrator, case, summary="对方写的摘要", **{"credits-0-role": "partner"})
    assert administrator.post(page_of(case), theirs).status_code == 302

    answer = checker.post(page_of(case), mine)

    conflict = answer.context["conflict"]
    assert "没有保存" in errors(answer)
    assert [(edit.by, edit.fields) for edit in conflict.edits] == [("guanli", {"摘要", "署名"})]
    assert [(d.label, d.stored, d.typed, d.is_theirs) for d in conflict.differences] == [
        ("摘要", "对方写的摘要", "我写的摘要", True),
        ("经验启示", "", "我写的启示", False),
        ("署名", "中共广州市越秀区委组织部 · 协办", "中共广州市越秀区委组织部 · 主办", True),
    ]
    page = answer.content.decode()
    assert "对方写的摘要" in page
    assert page.count("我写的摘要") == 2
    case.refresh_from_db()
    assert (case.summary, case.lessons) == ("对方写的摘要", "")

    # What is shown after the refusal is up to date: sent again, it is a decision.
    again = checker.post(page_of(case), filled(answer))
    assert again.status_code == 302, errors(again)
    case.refresh_from_db()
    assert (case.summary, case.lessons_text, case.credits.get().role) == ("我写的摘要", "我写的启示", "lead")


def test_a_save_that_does_not_say_what_it_started_from_is_refused(checker: Client) -> None:
    case = make_draft()
    data = opened(checker, case, title="改过")
    del data["version"]

    assert "没有保存" in errors(checker.post(page_of(case), data))


def test_every_save_and_every_move_takes_a_version(checker: Client) -> None:
    case = make_draft()
    checker.post(page_of(case), opened(checker, case, title="一"))
    checker.post(page_of(case), opened(checker, case, _move="submit"))
    data = {"action": "publish_selected", "_selected_action": [case.pk], "index": "0"}
    checker.post(CASES, data)

    case.refresh_from_db()
    assert (case.version, case.status) == (5, "published")


def test_a_save_begun_before_a_move_is_refused(checker: Client, administrator: Client) -> None:
    case = make_draft()
    mine = opened(checker, case, title="改过")
    administrator.post(page_of(case), opened(administrator, case, _move="publish"))

    answer = checker.post(page_of(case), mine)

    assert "没有保存" in errors(answer)
    assert "草稿 → 已发布" in answer.content.decode()


def test_of_two_saves_that_both_passed_the_check_only_one_is_taken(checker: Client, monkeypatch: Any) -> None:
    case = make_draft(summary="最初")
    mine = opened(checker, case, summary="我的")
    claim, view = Case.claim_version, ModelAdmin.changeform_view

    def too_late(self: Case, started_from: int) -> bool:
        assert claim(self, started_from)
        return claim(self, started_from)

    def overtaken(self: ModelAdmin, *args: Any, **kwargs: Any) -> Any:
        try:
            return view(self, *args, **kwargs)
        except StaleSave:
            monkeypatch.undo()
            Case.objects.filter(pk=case.pk).update(summary="抢先的", version=2)
            raise

    monkeypatch.setattr(Case, "claim_version", too_late)
    monkeypatch.setattr(ModelAdmin, "changeform_view", overtaken)
    answer = checker.post(page_of(case), mine)

    assert "没有保存" in errors(answer)
    assert [(d.stored, d.typed) for d in answer.context["conflict"].differences] == [("抢先的", "我的")]
    case.refresh_from_db()
    assert (case.summary, case.version) == ("抢先的", 2)


def test_a_save_that_began_before_a_move_is_refused_and_leaves_the_status(checker: Client) -> None:
    case = make_draft("原题")
    mine = opened(checker, case, title="改过")
    case.submit(by=None)

    answer = checker.post(page_of(case), mine)

    assert "没有保存" in errors(answer)
    assert "改过" in answer.content.decode()
    case.refresh_from_db()
    assert (case.title, case.status) == ("原题", "review")


def test_rows_removed_by_somebody_else_are_told(checker: Client, administrator: Client) -> None:
    case = make_draft()
    mine = opened(checker, case, lessons="我的启示")
    gone = opened(administrator, case, **{"citations-0-DELETE": "on"})
    administrator.post(page_of(case), gone)

    answer = checker.post(page_of(case), mine)

    assert "已被别人删除" in errors(answer)
    assert "我的启示" in answer.content.decode()
