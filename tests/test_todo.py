"""The first page: what waits for this curator, of their districts, and the same in the list."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone

from cases import workflow
from cases.models import Case, PossibleDuplicate
from cases.todo import QUESTIONS
from tests.builders import figure, make_case, make_district, make_draft, make_user
from tests.desk import CASES, page_of, signed_in
from tests.pages import queries_of, text_of

pytestmark = pytest.mark.django_db


def fill(author: User, checker: User, place: str) -> None:
    """One case for each question, in one district."""
    district, figures = make_district(place), [figure(5)]

    def draft(title: str, **fields: Any) -> Case:
        fields = {"district": district, "created_by": author, "figures": figures} | fields
        return make_draft(f"{title}{place}", **fields)

    draft("草稿")
    draft("别人的草稿", created_by=None)
    draft("待审").submit(by=author)
    returned = draft("退回")
    returned.submit(by=author)
    workflow.make(returned, "send_back", by=checker, reason="补数据")
    again = draft("又交")
    again.submit(by=author)
    again.send_back(by=checker, reason="补")
    again.submit(by=author)
    scheduled = draft("定时")
    scheduled.submit(by=author)
    workflow.make(scheduled, "schedule", by=checker, at=timezone.now() + timedelta(days=1))
    draft("无来源", created_by=None).citations.all().delete()
    draft("无数据", created_by=None, figures=[])
    for title, age in (("久未动", 366), ("刚过", 364)):
        old = make_case(f"{title}{place}", district=district, figures=figures)
        Case.objects.filter(pk=old.pk).update(updated_at=timezone.now() - timedelta(days=age))
    gone = make_case(f"撤下{place}", district=district)
    gone.withdraw(by=None)
    Case.objects.filter(pk=gone.pk).update(updated_at=timezone.now() - timedelta(days=900))


ENTRY = {
    "drafts": ["草稿440104"],
    "returned": ["退回440104"],
    "scheduled": ["定时440104"],
    "no-source": ["无来源440104"],
    "no-figures": ["无数据440104"],
    "untouched": [],
}
CHECKING = {
    "drafts": [],
    "review": ["又交440104", "待审440104"],
    "returned": [],
    "scheduled": ["定时440104"],
    "no-source": ["无来源440104"],
    "no-figures": ["无数据440104"],
    "untouched": ["久未动440104"],
}


def waiting(client: Client) -> dict[str, list[str]]:
    parts = client.get("/admin/").context["waiting"]
    assert all(part.count == len(part.first) for part in parts)
    return {part.question.name: sorted(case.title for case in part.first) for part in parts}


@pytest.mark.parametrize(("group", "expected"), [("录入员", ENTRY), ("审核员", CHECKING)])
def test_each_sees_what_waits_for_them_in_their_districts_and_the_list_shows_the_same(
    group: str, expected: dict[str, list[str]]
) -> None:
    author, checker = make_user("luru", group="录入员"), make_user("shenhe", group="审核员")
    other = make_user("wai", group="管理员")
    fill(author, checker, "440104")
    fill(author, other, "2207")  # entered by them before they moved, and none of theirs now
    client = Client()
    client.force_login({"录入员": author, "审核员": checker}[group])

    assert waiting(client) == expected
    assert "2207" not in client.get("/admin/").content.decode()
    for name, titles in expected.items():
        listed = client.get(f"{CASES}?todo={name}").context["cl"]
        assert sorted(case.title for case in listed.result_list) == titles, name
    hidden = QUESTIONS.keys() - expected.keys()
    assert all(client.get(f"{CASES}?todo={name}").context["cl"].result_count == 0 for name in [*hidden, "nope"])


def test_who_only_reads_has_nothing_to_do() -> None:
    make_draft()
    client = signed_in("只读")

    page = client.get("/admin/")
    assert page.context["waiting"] == []
    assert "待办" not in text_of(client.get(CASES))


def test_the_first_few_are_shown_with_a_way_to_all(entry: Client, administrator: Client) -> None:
    user = User.objects.get(username="luru")
    for number in range(7):
        make_draft(f"第{number}个", created_by=user, figures=[figure(5)])

    page = entry.get("/admin/").content.decode()

    assert page.count("第") == 5
    assert f'<a href="{CASES}?todo=drafts">全部 7 个</a>' in page
    assert "我的草稿 0" in text_of(administrator.get("/admin/"))


def test_a_returned_case_tells_its_reason_on_the_first_page(entry: Client) -> None:
    case = make_draft("退回来的", created_by=User.objects.get(username="luru"))
    case.submit(by=None)
    workflow.make(case, "send_back", by=make_user(group="审核员", last_name="陈审"), reason="请补数据")

    page = text_of(entry.get("/admin/"))

    assert "退回给我的 1" in page
    assert "请补数据 （陈审）" in page
    assert f'href="{page_of(case)}"' in entry.get("/admin/").content.decode()


def alike(place: str, **fields: Any) -> PossibleDuplicate:
    one, other = (make_draft(f"{title}{place}", district=make_district(place)) for title in ("议事", "议事厅"))
    fields = {"kind": "cases.case", "first": one.pk, "second": other.pk, "score": 0.9, "why": "标题相近"} | fields
    return PossibleDuplicate.objects.create(**fields)


def test_likely_duplicates_wait_for_who_may_decide_of_their_districts(entry: Client, checker: Client) -> None:
    own = alike("440104")
    alike("440105", state=PossibleDuplicate.State.DIFFERENT)
    alike("2207")  # not in their districts

    page = checker.get("/admin/")

    assert (page.context["pairs"].count, page.context["pairs"].first) == (1, [own])
    assert "疑似重复 1 对" in text_of(page)
    assert f'href="/admin/cases/merge/case/{own.first}/{own.second}/"' in page.content.decode()
    assert entry.get("/admin/").context["pairs"] is None


@pytest.mark.any_database
def test_more_to_do_costs_no_more_queries(checker: Client) -> None:
    author, other = make_user(group="录入员"), User.objects.get(username="shenhe")
    fill(author, other, "440104")
    alike("440104")
    checker.get("/admin/")
    before = queries_of(checker, "/admin/", f"{CASES}?todo=review", f"{CASES}?todo=returned")
    for place in ("440105", "440111", "4403F01"):
        fill(author, other, place)
        alike(place)

    assert queries_of(checker, "/admin/", f"{CASES}?todo=review", f"{CASES}?todo=returned") == before


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the plan is SQLite's")
@pytest.mark.parametrize("name", QUESTIONS)
def test_what_waits_is_counted_without_reading_texts(name: str) -> None:
    plan = QUESTIONS[name].answer(make_user("shenhe", group="审核员")).order_by().values("pk").explain()

    assert "SCAN cases_case\n" not in f"{plan}\n"
