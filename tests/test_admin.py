"""The curators' desk, through its addresses: entering, correcting, publishing, and who may do which."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib.admin import ModelAdmin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.admin.conflict import StaleSave
from cases.models import Attachment, AwardEntry, AwardList, Case, Credit, Organisation, Source, StatusChange
from cases.roles import ROLES, create_roles
from tests.builders import (
    make_case,
    make_district,
    make_draft,
    make_list,
    make_organisation,
    make_sector,
    make_source,
    make_theme,
    make_user,
)

pytestmark = pytest.mark.django_db

CASES = "/admin/cases/case/"
ADD = f"{CASES}add/"
EVERYBODY, ADMINISTRATORS = ("录入员", "审核员", "管理员"), ("管理员",)
# Who opens the list of each model, and who may add one.
MODELS = {
    "cases/case": (EVERYBODY, EVERYBODY),
    "cases/organisation": (EVERYBODY, EVERYBODY),
    "cases/awardlist": (EVERYBODY, EVERYBODY),
    "cases/source": (EVERYBODY, EVERYBODY),
    "cases/sector": (EVERYBODY, ADMINISTRATORS),
    "cases/theme": (EVERYBODY, ADMINISTRATORS),
    "districts/district": (EVERYBODY, ADMINISTRATORS),
    "auth/user": (ADMINISTRATORS, ADMINISTRATORS),
    "auth/group": (ADMINISTRATORS, ADMINISTRATORS),
}


def signed_in(group: str, username: str = "") -> Client:
    client = Client()
    client.force_login(make_user(username, group=group))
    return client


@pytest.fixture
def entry() -> Client:
    return signed_in("录入员", "luru")


@pytest.fixture
def checker() -> Client:
    return signed_in("审核员", "shenhe")


@pytest.fixture
def administrator() -> Client:
    return signed_in("管理员", "guanli")


def page_of(case: Case) -> str:
    return f"{CASES}{case.pk}/change/"


def plain(value: Any) -> Any:
    """A form's value as a browser would send it."""
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if value is True:
        return "on"
    return getattr(value, "pk", value)


def filled(response: Any, **changes: Any) -> dict[str, Any]:
    """What a browser would send back for a form as it was shown, with some fields typed over."""
    admin_form = response.context["adminform"].form
    formsets = [inline.formset for inline in response.context["inline_admin_formsets"]]
    forms = [admin_form, *(formset.management_form for formset in formsets)]
    forms += [form for formset in formsets for form in formset.forms]
    data = {
        bound.html_name: plain(bound.value())
        for form in forms
        for bound in form
        if bound.value() is not None and bound.value() is not False and bound.name != "file"
    }
    if match := re.search(r'name="version" value="(\d+)"', response.content.decode()):
        data["version"] = match[1]
    return data | changes


def management_of(response: Any) -> dict[str, Any]:
    forms = [inline.formset.management_form for inline in response.context["inline_admin_formsets"]]
    return {bound.html_name: bound.value() for form in forms for bound in form}


def opened(client: Client, case: Case, **changes: Any) -> dict[str, Any]:
    return filled(client.get(page_of(case)), **changes)


def entered(**changes: Any) -> dict[str, Any]:
    """What is sent for a new case that lacks nothing, with every inline."""
    make_theme("智慧党建")
    data = {
        "title": "红苗工程",
        "kind": "brand",
        "year": "2020",
        "district": make_district().pk,
        "sector": make_sector().pk,
        "themes": [make_theme().pk],
        "summary": "越秀区培育青年党员。",
        "approach": "第一段。\r\n\r\n第二段。",
        "credits-0-organisation": make_organisation().pk,
        "credits-0-role": "lead",
        "credits-0-position": "0",
        "figures-0-indicator": "培育青年骨干",
        "figures-0-qualifier": "over",
        "figures-0-value": "23,554.5",
        "figures-0-unit": "人",
        "figures-0-year": "2020",
        "figures-0-position": "0",
        "citations-0-source": make_source().pk,
        "citations-0-position": "0",
        "attachments-0-file": SimpleUploadedFile("方案.pdf", b"%PDF-1.7 plan"),
        "attachments-0-title": "实施方案",
        "attachments-0-position": "0",
    }
    for prefix in ("credits", "figures", "citations", "attachments"):
        data |= {f"{prefix}-TOTAL_FORMS": "1", f"{prefix}-INITIAL_FORMS": "0"}
    return data | changes


def told(response: Any) -> str:
    """All messages after a redirect."""
    return " ".join(str(message) for message in response.context["messages"])


def errors(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(str(error) for error in response.context["errors"])


# Rights


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

    library = ["Case", "AwardList", "Organisation", "Source", "Theme", "Sector", "District"]
    assert listed(entry) == library
    assert listed(administrator) == [*library, "User", "Group"]


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
    assert 'name="_move"' not in shown.content.decode()
    assert answer.status_code == 403
    case.refresh_from_db()
    assert case.title == "党群服务新模式"


def test_text_typed_while_the_case_was_taken_away_is_shown_again(entry: Client, checker: Client) -> None:
    case = make_draft()
    data = opened(entry, case, approach="写了一个上午的做法", **{"credits-0-role": "partner"})
    case.submit(by=None)

    answer = entry.post(page_of(case), data)

    page = answer.content.decode()
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
    assert (offered(entry, case), offered(checker, case)) == ([], ["publish", "send_back"])
    case.publish(by=None)
    assert (offered(entry, case), offered(checker, case)) == ([], ["withdraw"])
    case.withdraw(by=None)
    assert (offered(entry, case), offered(checker, case)) == ([], ["publish", "send_back"])


def test_only_administrators_delete_and_never_what_is_published(checker: Client, administrator: Client) -> None:
    draft, published = make_draft("草稿"), make_case("已发布的")
    for case in (draft, published):
        assert checker.post(f"{CASES}{case.pk}/delete/", {"post": "yes"}).status_code == 403

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

    assert Group.objects.filter(name__in=ROLES).count() == 3
    codes = {f"{p.content_type.app_label}.{p.codename}" for p in group.permissions.select_related("content_type")}
    assert codes == ROLES["录入员"]
    assert "cases.publish_case" not in codes


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
    headings = re.findall(r'class="(?:fieldset|inline)-heading">\s*([^<]+?)\s*</h2>', response.content.decode())
    assert headings == ["是什么", "在哪里、属于哪一类", "谁做的", "写什么", "成效数据", "来源", "附件"]


def test_line_ends_of_the_browser_are_neither_stored_nor_taken_for_a_change(checker: Client) -> None:
    checker.post(ADD, entered(approach="第一段。\r\n\r\n第二段。"))
    case = Case.objects.get()
    data = opened(checker, case, summary="改过", approach="第一段。\r\n\r\n第二段。")

    checker.post(page_of(case), data)

    case.refresh_from_db()
    assert case.approach == "第一段。\n\n第二段。"
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

    checker.post(page_of(case), opened(checker, case, _move="withdraw"))

    assert client.get(case.get_absolute_url()).status_code == 404


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
            f"案例 {published.number} 现为“已发布”，不能改为“已发布”",
        ]
    )
    statuses = dict(Case.objects.values_list("title", "status"))
    assert statuses == {"完整": "published", "缺来源": "draft", "缺领域": "draft", "早已发布": "published"}


def test_list_actions_offered_follow_the_role(entry: Client, checker: Client, administrator: Client) -> None:
    def offered(client: Client) -> list[str]:
        form = client.get(CASES).context["action_form"]
        return [str(label) for name, label in form.fields["action"].choices if name]

    make_draft()
    assert offered(entry) == ["提交审核所选案例"]
    assert offered(checker) == ["提交审核所选案例", "发布所选案例", "撤下所选案例"]
    assert offered(administrator)[0].startswith("删除所选的")


# What is published stays whole


def test_the_only_lead_of_a_published_case_can_be_replaced_in_one_save(checker: Client) -> None:
    case = make_case()
    other = make_organisation("中共广州市天河区委组织部")
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
    other = make_source("other", title="另一篇")
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


# No silent overwrite


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
    assert (case.summary, case.lessons, case.credits.get().role) == ("我写的摘要", "我写的启示", "lead")


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


# Other nouns


def test_earlier_names_are_one_a_line_and_found(checker: Client) -> None:
    data = {"name": "中共海珠区委组织部", "kind": "department", "former_names": " 旧名甲 \r\n\r\n旧名乙\r\n旧名甲"}
    assert checker.post("/admin/cases/organisation/add/", data).status_code == 302

    organisation = Organisation.objects.get()
    query = "?app_label=cases&model_name=credit&field_name=organisation&term=旧名乙"
    found = checker.get(f"/admin/autocomplete/{query}").json()["results"]
    assert organisation.earlier_names == ["旧名甲", "旧名乙"]
    assert [one["text"] for one in found] == ["中共海珠区委组织部"]


def test_a_source_without_a_key_gets_one(entry: Client) -> None:
    data = {
        "kind": "newspaper",
        "publisher": "南方日报",
        "title": "报道",
        "published": "2020-11",
        "url": "example.org/a",
    }

    assert entry.post("/admin/cases/source/add/", data).status_code == 302

    source = Source.objects.get()
    assert source.key.startswith("source-")
    assert source.url == "https://example.org/a"


def entries(*ranks: str, order: str = "ranked", **more: str) -> dict[str, str]:
    data = {
        "title": "十大案例",
        "slug": "ten",
        "year": "2020",
        "level": "city",
        "order": order,
        "status": "draft",
        "funnel-TOTAL_FORMS": "0",
        "funnel-INITIAL_FORMS": "0",
        "entries-TOTAL_FORMS": str(len(ranks)),
        "entries-INITIAL_FORMS": "0",
    }
    for index, rank in enumerate(ranks):
        data |= {
            f"entries-{index}-title": f"条目{index}",
            f"entries-{index}-rank": rank,
            f"entries-{index}-position": str(index),
        }
    return data | more


def test_a_ranked_list_needs_each_rank_once(checker: Client) -> None:
    url = "/admin/cases/awardlist/add/"

    assert "名次 1 重复：条目0、条目1" in errors(checker.post(url, entries("1", "1")))
    assert "还缺：条目1" in errors(checker.post(url, entries("1", "")))
    assert not AwardList.objects.exists()
    assert checker.post(url, entries("", "", order="unordered")).status_code == 302


def test_two_entries_may_swap_their_ranks(checker: Client) -> None:
    checker.post("/admin/cases/awardlist/add/", entries("1", "2"))
    url = f"/admin/cases/awardlist/{AwardList.objects.get().pk}/change/"

    data = filled(checker.get(url), **{"entries-0-rank": "2", "entries-1-rank": "1"})
    assert checker.post(url, data).status_code == 302

    assert dict(AwardEntry.objects.values_list("title", "rank")) == {"条目0": 2, "条目1": 1}


def test_a_rank_is_free_once_its_entry_is_removed(checker: Client) -> None:
    checker.post("/admin/cases/awardlist/add/", entries("1", "2"))
    url = f"/admin/cases/awardlist/{AwardList.objects.get().pk}/change/"

    data = filled(checker.get(url), **{"entries-0-rank": "2", "entries-1-DELETE": "on"})
    assert checker.post(url, data).status_code == 302

    assert dict(AwardEntry.objects.values_list("title", "rank")) == {"条目0": 2}


def test_what_readers_see_of_bodies_and_sources_only_checkers_change(entry: Client, checker: Client) -> None:
    shown, hidden = make_organisation("公开单位"), make_organisation("草稿单位")
    make_case(leads=[shown])
    make_draft(leads=[hidden])
    source = Source.objects.get()

    for client, record, answer in (
        (entry, shown, 403),
        (entry, hidden, 302),
        (entry, source, 403),
        (checker, shown, 302),
        (checker, source, 302),
    ):
        url = reverse(f"admin:cases_{record._meta.model_name}_change", args=[record.pk])
        data = filled(client.get(url)) if answer == 302 else {}
        assert client.post(url, data).status_code == answer, record


def test_only_who_may_publish_lists_moves_their_status(entry: Client, checker: Client) -> None:
    url = "/admin/cases/awardlist/add/"
    entry.post(url, entries("1", status="published"))
    award_list = AwardList.objects.get()
    assert award_list.status == "draft"

    change = f"/admin/cases/awardlist/{award_list.pk}/change/"
    data = filled(checker.get(change), status="published")
    assert checker.post(change, data).status_code == 302
    award_list.refresh_from_db()
    assert award_list.status == "published"
    assert entry.post(change, data).status_code == 403


def test_built_in_roles_are_fixed_and_accounts_are_switched_off_instead_of_deleted(administrator: Client) -> None:
    group, user = Group.objects.get(name="录入员"), make_user("zhang", group="录入员")

    assert administrator.post(f"/admin/auth/group/{group.pk}/change/", {"name": "别的"}).status_code == 403
    assert administrator.post(f"/admin/auth/group/{group.pk}/delete/", {"post": "yes"}).status_code == 403
    assert administrator.post(f"/admin/auth/user/{user.pk}/delete/", {"post": "yes"}).status_code == 403


def test_an_administrator_makes_accounts_but_no_superusers(administrator: Client) -> None:
    group = Group.objects.get(name="录入员")
    data = {
        "username": "li",
        "last_name": "李四",
        "password1": "correct-horse-battery",
        "password2": "correct-horse-battery",
        "groups": [group.pk],
        "is_superuser": "on",
    }
    assert administrator.post("/admin/auth/user/add/", data).status_code == 302

    user = group.user_set.get()
    assert (user.last_name, user.is_staff, user.is_superuser) == ("李四", True, False)
    change = f"/admin/auth/user/{user.pk}/change/"
    administrator.post(change, filled(administrator.get(change), is_superuser="on"))
    user.refresh_from_db()
    assert not user.is_superuser

    user.is_superuser = True
    user.save()
    assert administrator.post(change, data).status_code == 403
    assert administrator.post(f"/admin/auth/user/{user.pk}/password/", data).status_code == 403


@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("越秀", ["广东省广州市越秀区"]),
        ("440104", ["广东省广州市越秀区"]),
        ("440000", ["广东省", "广东省广州市", "广东省广州市越秀区"]),
    ],
)
def test_districts_are_found_by_name_and_by_official_code(entry: Client, term: str, found: list[str]) -> None:
    make_district("440104")
    make_district("2207")

    query = f"?app_label=cases&model_name=case&field_name=district&term={term}"
    answer = entry.get(f"/admin/autocomplete/{query}").json()

    assert [one["text"] for one in answer["results"]] == found


def test_the_place_filter_takes_the_subtree(entry: Client) -> None:
    make_draft("越秀的", district=make_district("440104"))
    make_draft("松原的", district=make_district("2207"))

    page = entry.get(f"{CASES}?place=44")

    assert [case.title for case in page.context["cl"].result_list] == ["越秀的"]


# The pages themselves


def grow() -> None:
    """One more of everything, each with another of whatever it hangs on."""
    number = Case.objects.count()
    organisation = make_organisation(f"组织{number}", district=make_district(f"4401{number + 10}"))
    theme, sector = make_theme(f"主题{number}"), make_sector(f"领域{number}")
    case = make_case(
        f"案例{number}", leads=[organisation, make_organisation(f"协办{number}")], themes=[theme], sector=sector,
        district=make_district(f"4401{number + 30}"),
    )  # fmt: skip
    make_list(f"榜单{number}", cases=[case], organiser=organisation)
    make_source(f"source-{number}")
    make_user(group="录入员")


@pytest.mark.parametrize("model", MODELS)
def test_a_longer_list_costs_no_more_queries(administrator: Client, model: str) -> None:
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert administrator.get(f"/admin/{model}/").status_code == 200
        return len(queries)

    for _ in range(3):
        grow()
    administrator.get(f"/admin/{model}/")
    before = cost()
    for _ in range(6):
        grow()
    assert cost() == before


class Words(HTMLParser):
    """Everything on a page that a person may read or hear, attributes included."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.silent += tag in {"script", "style"}
        found = dict(attrs)
        self.words += [found[name] for name in ("title", "alt", "placeholder", "aria-label") if found.get(name)]
        if tag == "input" and found.get("type") in {"submit", "button", "reset"}:
            self.words.append(found.get("value", ""))
        if rows := found.get("data-inline-formset"):
            self.words += [str(text) for text in json.loads(rows)["options"].values() if " " in str(text)]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in {"script", "style"}

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.words.append(data)


# Names and addresses in the records of these tests.
LATIN = {"guanli", "nandu", "list", "sector", "theme", "source", "user"}


def english(response: Any) -> set[str]:
    reader = Words()
    reader.feed(response.content.decode())
    return set(re.findall(r"[A-Za-z]{2,}", " ".join(reader.words))) - LATIN


@pytest.mark.parametrize("model", MODELS)
def test_no_page_of_the_admin_speaks_english(administrator: Client, model: str) -> None:
    grow()
    add = f"/admin/{model}/add/"
    first = administrator.get(f"/admin/{model}/").context["cl"].result_list[0].pk
    pages = {
        address: administrator.get(address)
        for address in (
            f"/admin/{model}/",
            f"/admin/{model}/?q=没有这样的词",
            add,
            f"/admin/{model}/{first}/change/",
            f"/admin/{model}/{first}/history/",
            f"/admin/{model}/{first}/delete/",
            "/admin/",
            "/admin/password_change/",
        )
    }
    pages["错误"] = administrator.post(add, dict.fromkeys(filled(pages[add]), "") | management_of(pages[add]))

    assert {
        address: page.status_code for address, page in pages.items() if page.status_code not in {200, 302, 403}
    } == {}
    assert {address: found for address, page in pages.items() if (found := english(page))} == {}


def test_sign_in_speaks_chinese_and_says_where_one_is(client: Client) -> None:
    for page in (client.get("/admin/login/"), client.post("/admin/login/", {"username": "x", "password": "y"})):
        assert english(page) == set()
        assert "基层党建创新案例库 · 管理" in page.content.decode()


def test_pages_carry_no_inline_script_or_style(administrator: Client) -> None:
    make_case()
    for address in ("/admin/", CASES, ADD, "/admin/auth/user/add/", "/admin/login/"):
        page = administrator.get(address).content.decode()
        assert not re.search(r"<style|<script(?![^>]* src=)(?![^>]*application/json)|\sstyle=|\son\w+=", page), address


def test_the_link_to_the_page_says_whether_readers_see_it(checker: Client) -> None:
    draft, published = make_draft("草稿"), make_case("已发布")

    for case, label in ((draft, "预览"), (published, "查看网页")):
        page = checker.get(page_of(case)).content.decode()
        assert re.findall(r'href="([^"]+)" class="viewsitelink">(\S+?)</a>', page) == [(case.get_absolute_url(), label)]
        assert checker.get(case.get_absolute_url()).status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        f"{ADD}?district=abc",
        f"{ADD}?part_of=²",
        "/admin/cases/organisation/add/?district=abc",
        f"{ADD}?district={'9' * 30}",
    ],
)
def test_an_odd_address_opens_an_empty_form(checker: Client, address: str) -> None:
    assert checker.get(address).status_code == 200


@pytest.mark.parametrize("address", [f"{CASES}?place=%00", f"{CASES}?status__exact=%00", f"{CASES}?q=a%00"])
def test_a_null_character_is_a_clear_400(checker: Client, address: str) -> None:
    response = checker.get(address)

    assert response.status_code == 400
    assert "请求有误" in response.content.decode()


@pytest.mark.parametrize("version", ["9" * 5000, "²", "-1", "x"])
def test_an_odd_version_is_a_stale_one(checker: Client, version: str) -> None:
    case = make_draft("原题")
    url = f"{CASES}{case.pk}/change/"

    response = checker.post(url, filled(checker.get(url), version=version, title="新题"))

    assert response.status_code == 200
    case.refresh_from_db()
    assert case.title == "原题"
