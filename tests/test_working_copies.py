"""What is typed into the form of a case outlives everything but its saving."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from cases.models import Case, WorkingCopy
from tests.builders import make_case, make_district, make_draft, make_user
from tests.desk import ADD, CASES, entered, errors, filled, opened, page_of, signed_in, told

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
KEEP = f"{CASES}working-copy/"


def typed(client: Client, address: str, **changes: Any) -> dict[str, Any]:
    """A form as it was opened, with some fields typed over, as the browser sends it to be kept."""
    response = client.get(address)
    token = re.search(r'name="typed_by" value="([^"]+)"', response.content.decode())
    assert token
    return filled(response, typed_by=token[1], **changes)


def words_of(response: Any) -> str:
    """A page without its tags, which part what differs from what does not."""
    return re.sub(r"<[^>]+>", "", response.content.decode())


def long_ago() -> None:
    WorkingCopy.objects.update(at=timezone.now() - timedelta(hours=1))


def test_a_character_that_no_database_keeps_is_left_out_of_what_was_typed(entry: Client) -> None:
    sent = typed(entry, page_of(make_draft()), title="甲\0乙")

    assert entry.post(KEEP, sent).status_code == 200
    assert WorkingCopy.objects.get().data["title"] == ["甲乙"]


def test_what_is_typed_is_kept_and_offered_with_what_differs_and_gone_once_saved(checker: Client) -> None:
    case = make_draft(summary="保存着的摘要")
    sent = typed(checker, page_of(case), summary="没有保存的摘要", **{"credits-0-role": "partner"})

    assert set(checker.post(KEEP, sent).json()) == {"id", "at"}

    page = checker.get(page_of(case))
    assert [[one.label for one in offer.conflict.differences] for offer in page.context["offers"]] == [["摘要", "署名"]]
    assert "没有保存的摘要" in words_of(page)
    case.refresh_from_db()
    assert (case.summary, case.version) == ("保存着的摘要", 1)

    copy = WorkingCopy.objects.get()
    restored = checker.post(page_of(case), {"_restore": copy.pk})
    assert restored.context["adminform"].form["summary"].value() == "没有保存的摘要"
    assert "没有保存的内容" in told(restored)
    case.refresh_from_db()
    assert case.summary == "保存着的摘要"

    answer = checker.post(page_of(case), filled(restored))
    assert answer.status_code == 302, errors(answer)
    case.refresh_from_db()
    assert (case.summary, case.credits.get().role) == ("没有保存的摘要", "partner")
    assert not WorkingCopy.objects.exists()
    assert answer.cookies["desk_saved"]["path"] == "/admin/"


def test_a_copy_of_what_is_stored_anyway_is_not_offered_and_one_can_be_thrown_away(checker: Client) -> None:
    case = make_draft()
    checker.post(KEEP, typed(checker, page_of(case)))
    assert checker.get(page_of(case)).context["offers"] == []

    long_ago()
    checker.post(KEEP, typed(checker, page_of(case), title="改过"))
    (offer,) = checker.get(page_of(case)).context["offers"]
    assert checker.post(page_of(case), {"_discard": offer.copy.pk}).status_code == 302
    assert not WorkingCopy.objects.exists()


def test_what_goes_with_one_press_of_a_button_is_not_kept_nor_offered(checker: Client) -> None:
    case = make_case()
    told_once = {
        "nature": "correct",
        "wrong": "甲",
        "right": "乙",
        "corrected_on": "2021-03-05",
        "corrected_why": "笔误",
    }
    moving = {"reason": "待核实", "publish_at": "2030-01-01T09:00", "_move": "withdraw"}

    assert checker.post(KEEP, typed(checker, page_of(case), **told_once, **moving)).status_code == 200

    assert not {*told_once, *moving} & set(WorkingCopy.objects.get().data)
    assert checker.get(page_of(case)).context["offers"] == []


def test_new_cases_in_two_windows_are_kept_apart_and_only_the_saved_one_goes(entry: Client) -> None:
    one, other = typed(entry, ADD), typed(entry, ADD)
    for form, title in ((one, "其一"), (other, "其二")):
        entry.post(KEEP, form | {"title": title})
    assert sorted(copy.data["title"][0] for copy in WorkingCopy.objects.all()) == ["其一", "其二"]

    assert entry.post(ADD, entered(typed_by=one["typed_by"])).status_code == 302

    assert [copy.data["title"] for copy in WorkingCopy.objects.all()] == [["其二"]]


def test_a_copy_is_its_writers_alone(entry: Client, checker: Client) -> None:
    case = make_draft()
    sent = typed(entry, page_of(case), summary="我一个人的")
    entry.post(KEEP, sent)
    copy = WorkingCopy.objects.get()

    assert "我一个人的" not in words_of(checker.get(page_of(case)))
    assert "我一个人的" not in words_of(checker.post(page_of(case), {"_restore": copy.pk}, follow=True))
    assert "我一个人的" in words_of(entry.get(page_of(case)))
    checker.post(page_of(case), {"_discard": copy.pk})
    # Nor does somebody else's form write into it.
    assert checker.post(KEEP, sent | {"summary": "别人写的"}).status_code == 400
    assert WorkingCopy.objects.get().data["summary"] == ["我一个人的"]


def test_nothing_is_kept_or_restored_of_a_case_of_another_district(entry: Client) -> None:
    case = make_draft()
    sent = typed(entry, page_of(case), summary="移走之前写的")
    case.district = make_district("2207")
    case.save()

    assert entry.post(KEEP, sent).status_code == 404
    assert not WorkingCopy.objects.exists()
    assert entry.post(KEEP, {"title": "没有表单"}).status_code == 400
    assert entry.get(KEEP).status_code == 405


def test_a_form_is_not_kept_too_often_nor_without_measure(entry: Client) -> None:
    case = make_draft()
    sent = typed(entry, page_of(case), summary="一")
    assert entry.post(KEEP, sent).status_code == 200
    assert entry.post(KEEP, sent | {"summary": "二"}).status_code == 429
    long_ago()
    assert entry.post(KEEP, sent | {"approach": "长" * 400_000}).status_code == 413
    assert WorkingCopy.objects.get().data["summary"] == ["一"]

    for number in range(12):
        entry.post(KEEP, typed(entry, ADD, title=f"新案例{number}"))
    assert WorkingCopy.objects.filter(case=None).count() == 10


def test_a_copy_from_before_somebody_elses_save_brings_both_texts_together(
    checker: Client, administrator: Client
) -> None:
    case = make_draft(summary="最初")
    checker.post(KEEP, typed(checker, page_of(case), summary="我的"))
    administrator.post(page_of(case), opened(administrator, case, summary="对方的"))

    offered = checker.get(page_of(case)).content.decode()
    restored = checker.post(page_of(case), {"_restore": WorkingCopy.objects.get().pk})

    assert "之后有人保存过这个案例" in offered
    (difference,) = restored.context["conflict"].differences
    assert (difference.stored, difference.typed) == ("对方的", "我的")
    case.refresh_from_db()
    assert case.summary == "对方的"


@pytest.mark.parametrize("is_new", [True, False])
def test_a_save_after_the_session_ended_is_kept_and_offered_after_signing_in_again(is_new: bool) -> None:
    client = signed_in("录入员", "luru")
    case = None if is_new else make_draft()
    address = page_of(case) if case else ADD
    sent = typed(client, address, title="会话过期前写的")
    client.logout()

    answer = client.post(address, sent, follow=True)

    assert answer.redirect_chain[-1][0].startswith("/admin/login/")
    assert "已经留存" in answer.content.decode()
    assert not Case.objects.filter(title="会话过期前写的").exists()
    copy = WorkingCopy.objects.get()
    assert (copy.user.username, copy.case, copy.data["title"]) == ("luru", case, ["会话过期前写的"])
    assert "csrfmiddlewaretoken" not in copy.data
    # Somebody else who signs in at this machine is offered nothing.
    other = signed_in("审核员")
    assert other.get(address).context["offers"] == []
    client.force_login(copy.user)
    assert len(client.get(address).context["offers"]) == 1


def test_without_a_form_of_ours_nobody_writes_working_copies(client: Client) -> None:
    case, user = make_draft(), make_user(group="录入员")
    for token in ("", "forged", f'[{user.pk},null,""]:x:y'):
        client.post(ADD, {"title": "外来的", "typed_by": token})
        client.post(page_of(case), {"title": "外来的", "typed_by": token})

    assert not WorkingCopy.objects.exists()


def test_a_refused_save_keeps_the_copy_and_what_was_typed(entry: Client) -> None:
    case = make_draft()
    sent = typed(entry, page_of(case), title="", summary="还在")
    entry.post(KEEP, sent)

    answer = entry.post(page_of(case), sent)

    assert "还在" in answer.content.decode()
    assert WorkingCopy.objects.count() == 1


def test_a_copy_is_no_version_and_no_page_of_readers_changes_with_it(entry: Client) -> None:
    from cases.edition import Edition

    call_command("check")
    case = make_draft()
    sent = typed(entry, page_of(case), title="改过")
    before = Edition.current().stamp

    entry.post(KEEP, sent)

    assert Edition.current().stamp == before


def test_signing_out_at_the_readers_door_clears_what_a_curators_browser_keeps(client: Client) -> None:
    for group, cleared in (("录入员", '"storage"'), ("", None)):
        client.force_login(make_user(group=group))
        assert client.post("/accounts/logout/").get("Clear-Site-Data") == cleared
