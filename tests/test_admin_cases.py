"""Entering a case, moving it on, and keeping a published one whole."""

from __future__ import annotations

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cases.models import Attachment, Case, Credit, StatusChange
from cases.workflow import MOVES
from tests.builders import (
    make_case,
    make_district,
    make_draft,
    make_organisation,
    make_source,
)
from tests.desk import (
    ADD,
    CASES,
    colleague,
    entered,
    errors,
    opened,
    page_of,
    told,
)

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


# Entering


def test_a_case_is_entered_with_everything_on_one_form(entry: Client) -> None:
    answer = entry.post(ADD, entered())

    case = Case.objects.get()
    assert answer.status_code == 302, errors(answer)
    assert (case.title, case.number, case.status, case.created_by.username) == (  # type: ignore[union-attr]
        "红苗工程",
        "2020-0001",
        "draft",
        "luru",
    )
    assert [theme.name for theme in case.themes.all()] == ["党群服务"]
    assert [str(credit) for credit in case.credits.all()] == ["中共广州市越秀区委组织部（主办）"]
    assert [str(figure) for figure in case.figures.all()] == ["培育青年骨干 超过 23,554.5 人"]
    assert [str(citation) for citation in case.citations.all()] == ["南方都市报：党建创新十大案例"]
    assert [(file.title, file.original_name) for file in case.attachments.all()] == [("实施方案", "方案.pdf")]


def test_a_new_case_is_of_this_year_and_the_form_is_in_the_order_of_thought(entry: Client) -> None:
    response = entry.get(ADD)

    from django.utils import timezone

    assert response.context["adminform"].form["year"].value() == timezone.localdate().year
    order = ["是什么", "谁做的、在哪里", "写什么", "成效数据", "依据什么（来源）", "图片和附件"]
    assert re.findall(r'<h2 class="part-heading"[^>]*>([^<]+)</h2>', response.content.decode()) == order
    assert re.findall(r'<a href="#part-\w+">([^<]+)</a>', response.content.decode()) == order
    stored = entry.get(page_of(make_draft())).content.decode()
    assert re.findall(r'<h2 class="part-heading"[^>]*>([^<]+)</h2>', stored) == [*order, "状态"]


def test_line_ends_of_the_browser_are_neither_stored_nor_taken_for_a_change(checker: Client) -> None:
    checker.post(ADD, entered(approach="第一段。\r\n\r\n第二段。"))
    case = Case.objects.get()
    data = opened(checker, case, summary="改过", approach="第一段。\r\n\r\n第二段。")

    checker.post(page_of(case), data)

    case.refresh_from_db()
    assert case.approach_text == "第一段。\n\n第二段。"
    assert LogEntry.objects.first().get_change_message() == "已修改摘要。"  # type: ignore[union-attr]


def test_a_form_with_a_mistake_keeps_what_was_typed(entry: Client) -> None:
    data = entered(title="", approach="很长的做法", **{"figures-0-value": "许多", "credits-0-organisation": ""})

    answer = entry.post(ADD, data)

    page = answer.content.decode()
    assert errors(answer)
    for typed in ("很长的做法", "许多", "培育青年骨干", "实施方案"):
        assert typed in page
    assert not Case.objects.exists()


def test_a_file_that_is_not_what_it_says_is_refused_with_the_rest_kept(entry: Client) -> None:
    data = entered(**{"attachments-0-file": SimpleUploadedFile("a.pdf", b"<html><script>alert(1)</script></html>")})

    answer = entry.post(ADD, data)

    assert "文件内容不是 PDF" in errors(answer)
    assert "越秀区培育青年党员" in answer.content.decode()


def test_a_case_saves_although_a_stored_file_is_gone(checker: Client) -> None:
    case = make_draft()
    file = Attachment(case=case, title="方案")
    file.file.save("a.pdf", ContentFile(b"%PDF-1.7"))
    data = opened(checker, case, title="改过")
    file.file.storage.delete(str(file.file.name))

    assert checker.post(page_of(case), data).status_code == 302


def test_a_stored_file_is_linked_through_the_view_that_checks(checker: Client) -> None:
    file = Attachment(case=make_draft(), title="方案")
    file.file.save("方案.pdf", ContentFile(b"%PDF-1.7"))

    page = checker.get(page_of(file.case)).content.decode()

    assert f'href="{file.get_absolute_url()}"' in page
    assert "方案.pdf" in page
    assert str(file.file.name) not in page


@pytest.mark.parametrize("field", ["credits", "citations", "figures"])
def test_the_same_row_twice_is_refused_in_words(entry: Client, field: str) -> None:
    data = entered()
    data[f"{field}-TOTAL_FORMS"] = "2"
    data |= {name.replace("-0-", "-1-"): value for name, value in data.items() if name.startswith(f"{field}-0-")}

    answer = entry.post(ADD, data)

    assert "已经列出" in errors(answer)
    assert not Case.objects.exists()


def test_rows_may_swap_and_a_row_may_be_removed_and_typed_again(checker: Client) -> None:
    first, second = make_organisation("甲"), make_organisation("乙")
    case = make_case(leads=[first, second])
    swapped = opened(checker, case, **{"credits-0-organisation": second.pk, "credits-1-organisation": first.pk})
    assert checker.post(page_of(case), swapped).status_code == 302
    assert [str(credit) for credit in case.credits.all()] == ["乙（主办）", "甲（主办）"]

    again = opened(
        checker,
        case,
        **{"credits-0-DELETE": "on", "credits-2-organisation": second.pk, "credits-2-role": "lead"},
    )
    assert checker.post(page_of(case), again).status_code == 302
    assert sorted(str(credit) for credit in case.credits.all()) == ["乙（主办）", "甲（主办）"]


# Moving on


def test_publishing_from_the_form_records_who_and_when(checker: Client) -> None:
    case = make_draft()

    answer = checker.post(page_of(case), opened(checker, case, title="定稿", _move="publish"), follow=True)

    case.refresh_from_db()
    change = StatusChange.objects.get()
    assert (case.status, case.title) == ("published", "定稿")
    assert (change.before, change.after, change.by.username) == ("draft", "published", "shenhe")  # type: ignore[union-attr]
    assert case.published_at is not None
    assert abs((change.at - case.published_at).total_seconds()) < 5
    assert f'<a href="{case.get_absolute_url()}">查看网页</a>' in told(answer)


def test_publishing_without_a_source_names_it_and_keeps_the_text_as_a_draft(checker: Client) -> None:
    case = make_draft()
    data = opened(checker, case, summary="新写的摘要", _move="publish", **{"citations-0-DELETE": "on"})

    answer = checker.post(page_of(case), data, follow=True)

    case.refresh_from_db()
    assert "缺少：来源" in told(answer)
    assert "新写的摘要" in answer.content.decode()
    assert (case.status, case.summary, case.citations.count()) == ("draft", "新写的摘要", 0)
    assert not StatusChange.objects.exists()


def test_a_new_case_can_be_saved_and_handed_in_at_once(entry: Client) -> None:
    answer = entry.post(ADD, entered(_move="submit"), follow=True)

    assert "已提交审核" in told(answer)
    assert Case.objects.get().status == "review"
    assert StatusChange.objects.get().by.username == "luru"  # type: ignore[union-attr]


def test_the_entry_role_cannot_publish_by_naming_the_move(entry: Client) -> None:
    case = make_draft()

    answer = entry.post(page_of(case), opened(entry, case, title="改过", _move="publish"), follow=True)
    entry.post(CASES, {"action": "publish_selected", "_selected_action": [case.pk], "index": "0"})

    case.refresh_from_db()
    assert "没有“发布”的权限" in told(answer)
    assert (case.title, case.status) == ("改过", "draft")


def test_sending_back_and_withdrawing_take_a_reason(checker: Client) -> None:
    case = make_draft()
    case.submit(by=None)
    checker.post(page_of(case), opened(checker, case, _move="send_back", reason="请补来源"))
    case.publish(by=None)
    checker.post(page_of(case), opened(checker, case, _move="withdraw", reason="数据有误"))

    case.refresh_from_db()
    reasons = [(change.after, change.reason) for change in case.status_changes.all() if change.by]
    assert reasons == [("withdrawn", "数据有误"), ("draft", "请补来源")]
    assert case.status == "withdrawn"
    assert "数据有误" in checker.get(page_of(case)).content.decode()


def test_a_withdrawn_case_is_gone_for_readers_at_once(client: Client, checker: Client) -> None:
    case = make_case()
    assert client.get(case.get_absolute_url()).status_code == 200

    checker.post(page_of(case), opened(checker, case, _move="withdraw", reason="数据有误"))

    assert client.get(case.get_absolute_url()).status_code == 404


@pytest.mark.parametrize(("move", "status"), [("send_back", "review"), ("withdraw", "published")])
def test_who_sends_back_or_withdraws_has_to_say_why(checker: Client, move: str, status: str) -> None:
    case = make_draft()
    getattr(case, {"review": "submit", "published": "publish"}[status])(by=None)

    answer = checker.post(page_of(case), opened(checker, case, title="改过", _move=move, reason="  "), follow=True)
    checker.post(CASES, {"action": f"{move}_selected", "_selected_action": [case.pk], "index": "0", "reason": ""})

    case.refresh_from_db()
    assert f"请写明{MOVES[move].label}的理由" in told(answer)
    assert (case.title, case.status) == ("改过", status)
    data = {"action": f"{move}_selected", "_selected_action": [case.pk], "index": "0", "reason": "数据有误"}
    checker.post(CASES, data)
    assert case.status_changes.all()[0].reason == "数据有误"


def test_a_list_action_publishes_what_it_can_and_says_what_it_could_not(checker: Client) -> None:
    whole, unsourced, unfiled = make_draft("完整"), make_draft("缺来源"), make_draft("缺领域", sector=None)
    unsourced.citations.all().delete()
    published = make_case("早已发布")
    selected = [whole.pk, unsourced.pk, unfiled.pk]

    data = {"action": "publish_selected", "_selected_action": [*selected, published.pk], "index": "0"}
    answer = checker.post(CASES, data, follow=True)

    messages = [str(message) for message in answer.context["messages"]]
    assert messages[0] == "1 个案例已发布。"
    assert sorted(messages[1:]) == sorted(
        [
            f"案例 {unsourced.number} 还不能发布，缺少：来源",
            f"案例 {unfiled.number} 还不能发布，缺少：领域",
            f"案例 {published.number} 现为“已发布”，不能发布",
        ]
    )
    statuses = dict(Case.objects.values_list("title", "status"))
    assert statuses == {"完整": "published", "缺来源": "draft", "缺领域": "draft", "早已发布": "published"}


def test_list_actions_offered_follow_the_role(entry: Client, checker: Client, administrator: Client) -> None:
    def offered(client: Client) -> list[str]:
        form = client.get(CASES).context["action_form"]
        return [str(label) for name, label in form.fields["action"].choices if name]

    make_draft()
    taken = ["导出所选的案例", "批量修改所选案例", "在所选案例中查找替换", "修复所选案例的文字"]
    assert offered(entry) == ["删除所选的案例", "提交审核所选案例", *taken]
    moves = ["提交审核所选案例", "发布所选案例", "退回修改所选案例", "撤下所选案例"]
    assert offered(checker) == offered(administrator) == ["删除所选的案例", *moves, *taken]


# What is published stays whole


def test_the_only_lead_of_a_published_case_can_be_replaced_in_one_save(checker: Client) -> None:
    case = make_case()
    other = make_organisation("中共广州市天河区委组织部", district=make_district("440106", "天河区"))
    data = opened(
        checker,
        case,
        **{"credits-0-DELETE": "on", "credits-1-organisation": other.pk, "credits-1-role": "lead"},
    )

    assert checker.post(page_of(case), data).status_code == 302

    assert [str(credit) for credit in case.credits.all()] == ["中共广州市天河区委组织部（主办）"]


def test_lead_and_partner_of_a_published_case_can_change_roles(checker: Client) -> None:
    case = make_case()
    Credit.objects.create(case=case, organisation=make_organisation("乙"), role="partner", position=1)

    data = opened(checker, case, **{"credits-0-role": "partner", "credits-1-role": "lead"})
    assert checker.post(page_of(case), data).status_code == 302

    assert [str(credit) for credit in case.credits.all()] == ["中共广州市越秀区委组织部（协办）", "乙（主办）"]


def test_the_only_source_of_a_published_case_can_be_replaced_in_one_save(checker: Client) -> None:
    case = make_case()
    other = make_source("other", title="另一篇", created_by=colleague())
    data = opened(checker, case, **{"citations-0-DELETE": "on", "citations-1-source": other.pk})

    assert checker.post(page_of(case), data).status_code == 302
    assert [str(citation) for citation in case.citations.all()] == ["南方都市报：另一篇"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"credits-0-DELETE": "on"}, "至少要有一个主办组织"),
        ({"credits-0-role": "partner"}, "至少要有一个主办组织"),
        ({"citations-0-DELETE": "on"}, "至少要有一个来源"),
        ({"district": ""}, "不能没有这一项"),
        ({"sector": ""}, "不能没有这一项"),
        ({"summary": "  "}, "不能没有这一项"),
    ],
)
def test_taking_from_a_published_case_what_it_needs_is_refused_readably(
    checker: Client, change: dict[str, str], said: str
) -> None:
    case = make_case()

    answer = checker.post(page_of(case), opened(checker, case, title="改过", **change))

    assert said in errors(answer)
    assert "改过" in answer.content.decode()
    case.refresh_from_db()
    assert (case.title, case.credits.count(), case.citations.count()) == ("党群服务新模式", 1, 1)
