"""Who is told of what: in the admin, and by e-mail where the operator wants it; nobody of what they may not see."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from cases import notices, workflow
from cases.models import Case, Notice, Remit
from tests.builders import make_district, make_draft, make_user
from tests.desk import CASES, page_of, signed_in, told
from tests.pages import queries_of, text_of

pytestmark = pytest.mark.django_db

NOTICES = "/admin/cases/notice/"


@pytest.fixture
def people() -> dict[str, User]:
    return {
        "author": make_user("zuozhe", group="录入员", districts=["440104"], email="zuozhe@example.cn"),
        "helper": make_user("bangshou", group="录入员", districts=["4401"]),
        "checker": make_user("shenhe1", group="审核员", districts=["4401"], email="shenhe1@example.cn"),
        "other": make_user("shenhe2", group="审核员", districts=["440104002", "440105"]),
        "foreign": make_user("wai", group="审核员", districts=["2207"]),
        "administrator": make_user("guanli1", group="管理员"),
        "reader": make_user("zhidu", group="只读"),
        "gone": make_user("likai", group="审核员", is_active=False),
    }


def said() -> list[tuple[str, str, str]]:
    """All notices: to whom, of what, in which words; and forgets them."""
    found = sorted((one.user.username, one.kind, one.text) for one in Notice.objects.select_related("user"))
    Notice.objects.all().delete()
    return found


def test_each_move_tells_those_whom_it_concerns(people: dict[str, User]) -> None:
    case = make_draft(created_by=people["author"])

    def move(name: str, by: str, reason: str = "") -> list[tuple[str, str, str]]:
        workflow.make(Case.objects.get(pk=case.pk), name, by=people[by], reason=reason)
        return said()

    assert move("submit", "helper") == [("guanli1", "handed-in", ""), ("shenhe1", "handed-in", "")]
    assert move("take_back", "author") == []
    assert len(move("submit", "helper")) == 2
    returned = [("bangshou", "returned", "缺数据"), ("zuozhe", "returned", "缺数据")]
    assert move("send_back", "checker", "缺数据") == returned
    assert len(move("submit", "author")) == 2
    assert move("publish", "checker") == [("zuozhe", "published", "")]
    assert move("withdraw", "checker", "有误") == [("zuozhe", "withdrawn", "有误")]
    assert move("republish", "administrator") == [("zuozhe", "published", "")]


def test_nobody_is_told_of_what_they_do_themselves(people: dict[str, User]) -> None:
    case = make_draft(created_by=people["checker"])

    case.submit(by=people["checker"])

    assert said() == [("guanli1", "handed-in", "")]
    case.publish(by=people["checker"])
    assert said() == []


def test_an_author_who_may_not_see_the_case_any_more_is_told_nothing(people: dict[str, User]) -> None:
    case = make_draft(created_by=people["author"])
    case.submit(by=people["author"])
    said()
    case.district = make_district("440105")
    case.save()

    case.send_back(by=people["administrator"], reason="改区划")

    assert said() == []


def test_the_page_shows_ones_own_and_a_count_and_opening_one_reads_it(people: dict[str, User]) -> None:
    client = Client()
    client.force_login(people["checker"])
    case, second = make_draft("甲案"), make_draft("乙案")
    case.submit(by=people["author"])
    second.submit(by=people["author"])
    workflow.make(second, "send_back", by=people["administrator"], reason="秘密的理由")

    assert "通知 ， 2 条未读" in text_of(client.get("/admin/"))
    page = text_of(client.get(NOTICES))
    assert f"{case} ：等待审核" in page
    assert "秘密的理由" not in page
    own = Notice.objects.get(user=people["checker"], case=case)
    foreign = Notice.objects.get(user=people["author"])
    assert client.get(f"{NOTICES}{foreign.pk}/open/").status_code == 404
    assert client.get(f"{NOTICES}{foreign.pk}/change/").status_code == 302
    assert client.get(f"{NOTICES}{own.pk}/open/", follow=True).redirect_chain == [(page_of(case), 302)]
    assert "通知 ， 1 条未读" in text_of(client.get("/admin/"))
    assert client.get(f"{NOTICES}read/").status_code == 405
    assert "1 条通知已标为已读" in told(client.post(f"{NOTICES}read/", follow=True))
    assert "条未读" not in text_of(client.get("/admin/"))
    assert list(Notice.objects.unread().values_list("user__username", flat=True).order_by("user__username")) == [
        "guanli1",
        "guanli1",
        "zuozhe",
    ]
    # Moved to other districts, they see neither the case nor what was said of it.
    Remit.objects.filter(user=people["checker"]).update(district=make_district("2207"))
    assert "甲案" not in client.get(NOTICES).content.decode()
    assert client.get(f"{NOTICES}{own.pk}/open/").status_code == 404


def test_notices_are_for_curators_and_of_no_use_to_anybody_else(entry: Client) -> None:
    plain = make_user()
    plain.is_staff = True
    plain.save()
    client = Client()
    client.force_login(plain)

    assert client.get(NOTICES).status_code == 403
    assert "通知" not in text_of(client.get("/admin/"))
    for address in (f"{NOTICES}add/", f"{NOTICES}1/delete/"):
        assert entry.post(address).status_code in {302, 403}


@pytest.mark.any_database
def test_more_notices_cost_no_more_queries() -> None:
    client = signed_in("审核员", "duo")
    make_draft().submit(by=None)
    client.get(NOTICES)
    before = queries_of(client, NOTICES, "/admin/")
    for number in range(5):
        make_draft(f"第{number}").submit(by=None)

    assert queries_of(client, NOTICES, "/admin/") == before


def test_notices_read_long_ago_are_cleared() -> None:
    user, case = make_user(group="审核员"), make_draft()
    ages = {"old": 91, "new": 89, "unread": None}
    for text, age in ages.items():
        read_at = timezone.now() - timedelta(days=age) if age else None
        Notice.objects.create(user=user, case=case, kind="handed-in", text=text, read_at=read_at)

    assert notices.clear() == 1
    assert set(Notice.objects.values_list("text", flat=True)) == {"new", "unread"}


# By e-mail


def run_queue() -> None:
    for task in DBTaskResult.objects.all():
        task.task.call(*task.args_kwargs["args"])


def test_without_the_setting_no_e_mail_is_sent(people: dict[str, User]) -> None:
    make_draft().submit(by=people["author"])

    assert not DBTaskResult.objects.exists()


def test_e_mails_name_the_number_and_the_address_and_are_sent_by_the_queue(
    people: dict[str, User], settings: Any
) -> None:
    settings.NOTICES_BY_MAIL, settings.SITE_URL = True, "https://cases.example.gov.cn"
    settings.DEFAULT_FROM_EMAIL = "anliku@example.gov.cn"
    case = make_draft("秘密的标题", created_by=people["author"], summary="秘密的摘要")
    case.submit(by=people["author"])
    assert mail.outbox == []

    run_queue()

    (sent,) = mail.outbox
    assert (sent.to, sent.from_email) == (["shenhe1@example.cn"], "anliku@example.gov.cn")
    assert sent.subject == f"基层党建创新案例库：案例 {case.number} 等待审核"
    assert f"https://cases.example.gov.cn{CASES}{case.pk}/change/" in sent.body
    DBTaskResult.objects.all().delete()
    case.send_back(by=people["checker"], reason="秘密的理由")
    run_queue()
    assert mail.outbox[1].to == ["zuozhe@example.cn"]
    assert "秘密" not in "".join(one.subject + str(one.body) for one in mail.outbox)


@pytest.mark.parametrize("event", ["read", "barred", "moved", "discarded"])
def test_an_e_mail_that_came_too_late_is_not_sent(people: dict[str, User], settings: Any, event: str) -> None:
    settings.NOTICES_BY_MAIL = True
    case = make_draft()
    case.submit(by=people["author"])
    if event == "read":
        Notice.objects.mark_read()
    elif event == "barred":
        User.objects.filter(username="shenhe1").update(is_active=False)
    elif event == "moved":
        Remit.objects.filter(user=people["checker"]).delete()
    else:
        case.delete()

    run_queue()

    assert mail.outbox == []


def test_a_mail_server_that_fails_is_logged_without_what_was_to_be_sent(
    people: dict[str, User], settings: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    settings.NOTICES_BY_MAIL = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    make_draft("秘密的标题").submit(by=people["author"])

    with caplog.at_level(logging.WARNING):
        run_queue()

    assert "was not sent: ConnectionRefusedError" in caplog.text
    assert "秘密" not in caplog.text
    assert "shenhe1@" not in caplog.text
