"""Reading the audit, searching it and taking it away."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from cases import audit
from cases.audit import Action
from cases.audit_filter import GROUPS
from cases.models import AuditEntry, ExportFile
from tests.builders import make_draft, make_user
from tests.desk import signed_in
from tests.exporting import content_of, write_waiting
from tests.pages import queries_of, text_of

pytestmark = pytest.mark.django_db

LOG = "/admin/cases/auditentry/"


@pytest.fixture
def log(administrator: Client) -> dict[str, AuditEntry]:
    """Four entries by two people and none, about two records."""
    lihua, wangfang = make_user("lihua", group="录入员", last_name="李华"), make_user("wangfang", group="审核员")
    case = make_draft(number="2020-0007")
    return {
        "submitted": audit.record(Action.SUBMITTED, by=lihua, about=case, before="草稿"),
        "published": audit.record(Action.PUBLISHED, by=wangfang, about=case, before="待审"),
        "changed": audit.record(Action.ACCOUNT_CHANGED, by=wangfang, about=lihua, fields=["last_name", "email"]),
        "trimmed": audit.record(Action.AUDIT_TRIMMED, days=365, count=1200, until=1200),
    }


def shown(client: Client, query: str = "") -> list[int]:
    answer = client.get(f"{LOG}{query}")
    assert answer.status_code == 200, answer
    return [entry.number for entry in answer.context["cl"].result_list]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?action=published", ["published"]),
        ("?action=publishing", ["published", "submitted"]),
        ("?action=nope", []),
        ("?who=lihua", ["submitted"]),
        ("?who=nobody", []),
        ("?record=cases.case", ["published", "submitted"]),
        ("?q=2020-0007", ["published", "submitted"]),
        ("?q=lihua", ["changed", "submitted"]),
        ("?q=李华", ["submitted"]),
        ("?q=2020", []),
        ("?who=wangfang&record=cases.case&action=publishing", ["published"]),
        ("?who=wangfang&since={today}", ["changed", "published"]),
        ("?who=wangfang&until={yesterday}", []),
        ("?since={tomorrow}", []),
        ("?since=yesterday", []),
        ("?since=9999-12-31&until=9999-12-31", []),
    ],
)
def test_the_list_is_narrowed(administrator: Client, log: Any, query: str, found: list[str]) -> None:
    today = timezone.localdate()
    days = {"today": today, "yesterday": today - timedelta(days=1), "tomorrow": today + timedelta(days=1)}

    assert shown(administrator, query.format(**days)) == [log[name].number for name in found]


def test_a_number_finds_its_entry(administrator: Client, log: Any) -> None:
    assert shown(administrator, f"?q={log['changed'].number}") == [log["changed"].number]


def test_entries_are_told_in_chinese(administrator: Client, log: Any) -> None:
    page = administrator.get(LOG).content.decode()
    one = text_of(administrator.get(f"{LOG}{log['changed'].number}/change/"))
    names = ("act", "who", "about", "told")
    cells = {name: re.findall(rf'<td class="field-{name}">(.*?)</td>', page) for name in names}

    assert list(zip(*cells.values(), strict=True))[:4] == [
        ("清理审计日志", "系统", "-", "条数：1,200；保留天数：365；删至序号：1,200"),
        ("修改账号", "wangfang", "账号 lihua", "字段：姓名、邮箱"),
        ("发布", "wangfang", "案例 2020-0007", "原状态：待审"),
        ("提交审核", "李华（lihua）", "案例 2020-0007", "原状态：草稿"),
    ]
    assert log["changed"].hash in one
    assert "字段：姓名、邮箱" in one


def test_a_wrong_date_is_told_beside_what_was_typed(administrator: Client, log: Any) -> None:
    page = administrator.get(f"{LOG}?since=2026-13-01&who=lihua").content.decode()

    assert "“2026-13-01”不是日期" in page
    assert 'name="since" value="2026-13-01"' in page
    assert '<input type="hidden" name="who" value="lihua">' in page


def test_every_act_is_in_one_group() -> None:
    assert [action for _, actions in GROUPS.values() for action in actions] == list(Action)
    assert GROUPS["exports"] == ("导出", ["exported"])
    assert len(GROUPS) == 7


@pytest.mark.parametrize("group", ["录入员", "审核员", "只读"])
def test_nobody_else_reads_or_takes_it(log: Any, group: str) -> None:
    client = signed_in(group)
    form = {"form": "csv", "column": ["number"]}

    for address in (LOG, f"{LOG}{log['changed'].number}/change/", f"{LOG}export/"):
        assert client.get(address).status_code == 403
    assert client.post(f"{LOG}export/", form).status_code == 403


def test_nobody_changes_it_superusers_included(log: Any) -> None:
    client = Client()
    client.force_login(make_user("root", is_superuser=True, group="管理员"))
    one = f"{LOG}{log['changed'].number}"

    assert client.get(f"{LOG}add/").status_code == 403
    assert client.post(f"{one}/change/", {"username": "x"}).status_code == 403
    assert client.post(f"{one}/delete/", {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [log["changed"].number], "post": "yes"}
    client.post(LOG, chosen)
    assert AuditEntry.objects.filter(number=log["changed"].number, username="wangfang").exists()


def test_a_file_of_it_holds_what_the_list_shows_and_is_recorded(administrator: Client, log: Any) -> None:
    answer = administrator.post(
        f"{LOG}export/?who=wangfang&q=2020-0007", {"form": "csv", "column": ["number", "about"]}
    )

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows == [["序号", "对象"], [str(log["published"].number), "案例 2020-0007"]]
    last = AuditEntry.objects.first()
    assert last
    assert (last.action, last.username) == ("audit-exported", "guanli")
    assert json.loads(last.details) == {"conditions": ["操作人", "关键词"], "count": 1, "form": "CSV"}


def test_a_workbook_of_all_of_it_tells_who_took_it(administrator: Client, log: Any) -> None:
    count = AuditEntry.objects.count()
    names = ["number", "at", "action", "details", "hash"]

    answer = administrator.post(f"{LOG}export/", {"form": "xlsx", "column": names})

    book = load_workbook(io.BytesIO(answer.content))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert rows[0] == ("序号", "时间", "事项", "详情", "校验码")
    assert len(rows) == count + 1
    notes = {row[0]: row[1] for row in book["说明"].iter_rows(values_only=True)}
    assert notes["导出人"] == "guanli"
    assert administrator.post(f"{LOG}export/", {"form": "docx", "column": names}).status_code == 200
    assert AuditEntry.objects.count() == count + 1


def test_a_big_file_is_written_in_the_background_and_only_for_who_may_still_read_it(
    administrator: Client, log: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cases.exports.description.LINES_AS_ONE", 0.00001)
    address = administrator.post(f"{LOG}export/?action=publishing", {"form": "csv", "column": ["number"]})["Location"]
    audit.record(Action.PUBLISHED)  # later than it was asked for
    write_waiting()
    file = ExportFile.objects.get()

    assert content_of(administrator, file).decode("utf-8-sig").split() == [
        "序号",
        str(log["published"].number),
        str(log["submitted"].number),
    ]
    assert signed_in("审核员").get(address).status_code == 404
    assert [entry.username for entry in AuditEntry.objects.filter(action="audit-exported")] == ["guanli"]


def test_a_file_that_waited_until_the_right_was_gone_is_not_written(
    administrator: Client, log: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cases.exports.description.LINES_AS_ONE", 0.00001)
    administrator.post(f"{LOG}export/", {"form": "csv", "column": ["number"]})
    User.objects.get(username="guanli").groups.clear()

    write_waiting()

    assert ExportFile.objects.get().state == ExportFile.State.FAILED
    assert not AuditEntry.objects.filter(action="audit-exported").exists()


@pytest.mark.any_database
def test_a_longer_log_costs_no_more_queries(administrator: Client, log: Any) -> None:
    pages = (LOG, f"{LOG}?q=lihua", f"{LOG}?who=lihua&since=2020-01-01", f"{LOG}export/")
    administrator.get(LOG)  # the first click of a session is written down
    before = queries_of(administrator, *pages)
    for serial in range(30):
        user = make_user(f"user-x{serial}", group="录入员")
        audit.record(Action.SUBMITTED, by=user, about=make_draft(number=f"2020-1{serial:03}"))

    assert queries_of(administrator, *pages) == before
