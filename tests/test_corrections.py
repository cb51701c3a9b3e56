"""Corrections: told to readers of a published case, written by those who may change it."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from cases.models import Case, Correction
from tests.builders import make_case, make_draft, make_organisation, make_user
from tests.desk import ADD, errors, opened, page_of
from tests.pages import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def correct(case: Case, text: str = "“352 个”应为“325 个”。", on: str = "2021-03-05", reason: str = "") -> Correction:
    return Correction.objects.create(case=case, text=text, date=on, reason=reason)


def stored(case: Case) -> list[tuple[date, str, str]]:
    return [(one.date, one.text, one.reason) for one in case.corrections.all()]


def test_corrections_stand_on_the_page_newest_first_and_are_told_near_the_title(client: Client) -> None:
    case = make_case()
    correct(case, "旧的更正", "2021-03-05", "录入笔误")
    correct(case, "新的更正", "2021-11-20")
    correct(make_case("别的案例"), "别的更正")

    page = text_of(client.get(case.get_absolute_url()))

    assert "本页有 2 条勘误" in page
    assert "勘误记录 # 2021年11月20日 新的更正 2021年3月5日 旧的更正 原因：录入笔误" in page
    assert "别的更正" not in page


def test_a_case_without_corrections_does_not_speak_of_them(client: Client) -> None:
    assert "勘误" not in text_of(client.get(make_case().get_absolute_url()))


def test_corrections_of_what_is_not_public_reach_no_reader(client: Client) -> None:
    shown, draft, gone = make_case("公开"), make_draft("草稿"), make_case("撤下的")
    corrections = [correct(case, "秘密的更正") for case in (draft, gone)]
    told = correct(shown, "公开的更正")
    gone.withdraw(by=None)

    for user in (None, make_user(), make_user(group="审核员")):
        assert list(Correction.objects.visible_to(user)) == [told]
    exported = client.get("/cases/export.json").content.decode()
    assert "公开的更正" in exported
    assert "秘密的更正" not in exported
    for case in (draft, gone):
        assert client.get(case.get_absolute_url()).status_code == 404
    client.force_login(make_user(group="审核员"))
    assert "秘密的更正" in text_of(client.get(corrections[0].case.get_absolute_url()))


@pytest.mark.parametrize("desk", ["checker", "administrator"])
def test_those_who_publish_add_change_and_remove_corrections(request: pytest.FixtureRequest, desk: str) -> None:
    client: Client = request.getfixturevalue(desk)
    case = make_case()
    today = timezone.localdate()

    told = {"nature": "correct", "wrong": "352 个", "right": "325 个", "corrected_why": "笔误"}
    assert client.post(page_of(case), opened(client, case, summary="共 325 个。", **told)).status_code == 302
    text = "原为“352 个”，更正为“325 个”。"
    assert stored(case) == [(today, text, "笔误")]
    assert [(change.move, change.reason) for change in case.status_changes.all()] == [
        ("correct", "笔误"),
        ("publish", ""),
    ]
    assert f"{today.year}年{today.month}月{today.day}日 {text} 原因：笔误" in text_of(
        Client().get(case.get_absolute_url())
    )

    changed = opened(client, case, **{"corrections-0-date": "2021-03-05", "corrections-0-reason": ""})
    assert client.post(page_of(case), changed).status_code == 302
    assert stored(case) == [(date(2021, 3, 5), text, "")]

    assert client.post(page_of(case), opened(client, case, **{"corrections-0-DELETE": "on"})).status_code == 302
    assert stored(case) == []


def test_a_save_that_corrects_nothing_stores_no_correction(checker: Client) -> None:
    case = make_case()

    assert checker.post(page_of(case), opened(checker, case, title="改过")).status_code == 302
    assert checker.post(page_of(case), opened(checker, case)).status_code == 302

    assert stored(case) == []
    assert [change.move for change in case.status_changes.all()] == ["polish", "publish"]


@pytest.mark.parametrize(
    "change", [{"title": "改过"}, {"credits-0-role": "lead", "credits-1-role": "partner"}, {"citations-0-locator": "3"}]
)
def test_a_changed_published_case_is_not_saved_before_it_is_said_what_the_change_was(
    checker: Client, change: dict[str, str]
) -> None:
    case = make_case()
    if "credits-1-role" in change:
        change = change | {"credits-1-organisation": str(make_organisation("乙").pk)}

    answer = checker.post(page_of(case), opened(checker, case, nature="", **change))

    assert "请选择这次修改是文字润色还是勘误" in errors(answer)
    case.refresh_from_db()
    assert (case.title, case.version) == ("党群服务新模式", 2)
    assert checker.post(page_of(case), opened(checker, case, nature="")).status_code == 302


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"right": "乙"}, "请填写原来写的是什么"),
        ({"wrong": "甲"}, "请填写现在改成了什么"),
        ({"wrong": "甲", "right": "甲"}, "与原来写的相同"),
        ({"wrong": "甲", "right": "乙", "corrected_on": "昨天"}, "有效的日期"),
    ],
)
def test_a_correction_says_what_was_wrong_and_what_is_right(checker: Client, told: dict[str, str], said: str) -> None:
    case = make_case()

    answer = checker.post(page_of(case), opened(checker, case, title="改过", nature="correct", **told))

    assert said in errors(answer)
    assert 'value="改过"' in answer.content.decode()
    assert stored(case) == []


def test_a_draft_is_saved_without_a_word_on_the_change(entry: Client) -> None:
    assert "这次修改是什么" not in text_of(entry.get(page_of(make_draft())))


def test_a_correction_needs_a_text(checker: Client) -> None:
    case = make_draft()

    answer = checker.post(page_of(case), opened(checker, case, **{"corrections-0-reason": "笔误"}))

    assert "必填" in errors(answer)
    assert stored(case) == []


def test_the_entry_role_corrects_drafts_and_nothing_that_is_published(entry: Client) -> None:
    case = make_draft()
    data = opened(entry, case, **{"corrections-0-text": "错一字。"})
    assert entry.post(page_of(case), data).status_code == 302
    assert [text for _, text, _ in stored(case)] == ["错一字。"]
    stale = opened(entry, case, **{"corrections-0-text": "又改。"})
    case.refresh_from_db()
    case.publish(by=None)

    shown = entry.get(page_of(case))
    assert "错一字。" in shown.content.decode()
    assert 'name="corrections-0-text"' not in shown.content.decode()
    assert entry.post(page_of(case), stale).status_code == 403
    assert [text for _, text, _ in stored(case)] == ["错一字。"]


def test_a_new_case_has_nothing_to_correct(entry: Client) -> None:
    assert "勘误" not in text_of(entry.get(ADD))
