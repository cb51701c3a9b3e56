"""Every version of a case: what it said, who made it, when and why."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.models import Attachment, Case, CaseVersion, Organisation, Theme
from cases.snapshots import said as without_ids
from cases.version_words import compare
from tests.builders import (
    attach,
    figure,
    make_case,
    make_district,
    make_draft,
    make_organisation,
    make_source,
    make_theme,
)
from tests.desk import ADD, CASES, colleague, entered, opened, page_of, signed_in, told
from tests.pages import text_of

pytestmark = pytest.mark.django_db


def versions(case: Case) -> list[tuple[int, str, str, list[str]]]:
    """Number, author, reason and what changed of each version, the oldest first."""
    found = CaseVersion.objects.of(case).order_by("number")
    return [(one.number, one.by.username if one.by else "", one.why, one.changed) for one in found]


def test_a_version_holds_the_fields_and_the_rows_of_a_case() -> None:
    case = make_draft("红苗工程", themes=[make_theme("智慧党建")], figures=[figure(160, year=2020)])
    attach(case, "方案.pdf", "实施方案")

    said = CaseVersion.objects.record(case, why="看看").snapshot

    theme, lead, source = make_theme("智慧党建"), make_organisation(), make_source()
    assert (said["fields"]["title"], said["fields"]["themes"]) == ("红苗工程", [theme.pk])
    assert without_ids(said["rows"]["credits"]) == [{"organisation": lead.pk, "role": "lead", "position": 0}]
    assert [(row["indicator"], row["value"], row["year"]) for row in said["rows"]["figures"]] == [
        ("建立党支部", "160.0000", 2020)
    ]
    assert without_ids(said["rows"]["citations"]) == [{"source": source.pk, "locator": "", "position": 0}]
    assert [(row["title"], row["original_name"]) for row in said["rows"]["attachments"]] == [("实施方案", "方案.pdf")]
    assert said["names"]["cases.organisation"] == {str(lead.pk): lead.name}
    assert said["names"]["cases.theme"] == {str(theme.pk): "智慧党建"}
    texts = {"title", "brand_name", "summary", "background", "approach", "results", "lessons"}
    filed = {"number", "status", "kind", "year", "start_year", "district", "sector", "part_of", "themes"}
    assert set(said["fields"]) >= texts | filed
    assert not {"id", "version", "updated_at", "background_text"} & set(said["fields"])


def test_every_save_of_the_form_is_a_version_with_its_author_and_reason(entry: Client, checker: Client) -> None:
    entry.post(ADD, entered())
    case = Case.objects.get()
    changes = {"title": "红苗计划", "why": "统一名称", "credits-0-role": "partner"}
    assert checker.post(page_of(case), opened(checker, case, **changes)).status_code == 302

    assert versions(case) == [(1, "luru", "", []), (2, "shenhe", "统一名称", ["title", "credits"])]


def test_every_move_is_a_version_and_with_nothing_typed_but_one(checker: Client) -> None:
    case = make_draft()
    checker.post(page_of(case), opened(checker, case, title="定稿", _move="submit"))
    checker.post(CASES, {"action": "publish_selected", "_selected_action": [case.pk], "index": "0"})
    checker.post(page_of(case), opened(checker, case, _move="withdraw", reason="数据有误"))

    assert versions(case) == [
        (1, "", "", []),
        (2, "shenhe", "", ["title"]),
        (3, "shenhe", "", ["status"]),
        (4, "shenhe", "", ["status", "published_at"]),
        (5, "shenhe", "数据有误", ["status"]),
    ]


def test_what_a_case_said_before_its_first_recorded_change_is_kept(checker: Client) -> None:
    case = make_draft("从前的标题")

    checker.post(page_of(case), opened(checker, case, title="现在的标题"))

    titles = CaseVersion.objects.of(case).order_by("number").values_list("number", "snapshot__fields__title")
    assert list(titles) == [(1, "从前的标题"), (2, "现在的标题")]


def test_a_change_past_the_forms_takes_the_next_number() -> None:
    case = make_case()
    figures = CaseVersion.objects.of(case).count()
    Case.objects.filter(pk=case.pk).update(title="批量改过")

    recorded = CaseVersion.objects.record(case, why="批量修改")
    again = CaseVersion.objects.record(case, why="再来一次")

    case.refresh_from_db()
    assert (recorded.number, recorded.changed, again) == (case.version, ["title"], recorded)
    assert CaseVersion.objects.of(case).count() == figures + 1


@pytest.mark.any_database
@pytest.mark.usefixtures("shipped_library")
def test_the_cases_that_come_with_the_portal_have_their_versions() -> None:
    assert not Case.objects.exclude(versions__number=F("version")).exists()


# Reading it


def history_of(case: Case, rest: str = "") -> str:
    return f"{CASES}{case.pk}/history/{rest}"


def saved(client: Client, case: Case, **changes: Any) -> None:
    answer = client.post(page_of(case), opened(client, case, **changes))
    assert answer.status_code == 302, answer.context["errors"]


def test_the_history_tells_who_when_why_and_what_the_newest_first(checker: Client) -> None:
    case = make_draft("甲")
    saved(checker, case, title="乙", why="统一名称", **{"credits-0-role": "partner"})
    saved(checker, case, _move="submit")
    saved(checker, case)

    page = checker.get(history_of(case))

    rows = [re.sub(r"\s+", " ", row) for row in re.findall(r"(?s)<tr>\s*<td.*?</tr>", page.content.decode())]
    assert len(rows) == 4
    for row, words in zip(
        rows,
        [
            ("第 4 版", "没有改动内容"),
            ("第 3 版", "状态改为“待审”"),
            ("第 2 版", "shenhe", "修改标题、署名", "统一名称"),
            ("第 1 版",),
        ],
        strict=True,
    ):
        assert all(word in row for word in words), row
    assert "现在" in rows[0]


def test_a_case_never_changed_says_so(checker: Client) -> None:
    assert "没有修改过" in text_of(checker.get(history_of(make_draft())))


def test_two_versions_stand_beside_each_other_with_what_differs_marked(checker: Client) -> None:
    case = make_draft("党群服务", summary="整合资源。", figures=[figure(160)], themes=[make_theme("智慧党建")])
    saved(checker, case, summary="整合各方资源。", **{"figures-0-value": "170"})

    page = checker.get(history_of(case, "compare/?old=1&new=2")).content.decode()

    assert "整合<ins>各方</ins>资源。" in page
    assert "整合资源。" in page
    assert re.search(r"建立党支部 · 1<del>6</del>0 · 个", page)
    assert re.search(r"建立党支部 · 1<ins>7</ins>0 · 个", page)
    changed, same = page.split("没有变化的各项")
    assert "智慧党建" not in changed
    assert "智慧党建" in same


def test_where_only_the_formatting_differs_the_comparison_says_so() -> None:
    case = make_draft(approach="<p>做法</p>")
    before = CaseVersion.objects.record(case).snapshot
    Case.objects.filter(pk=case.pk).update(approach="<p><strong>做法</strong></p>")

    told = compare(before, CaseVersion.objects.record(case).snapshot)

    assert [(one.name, one.is_formatting) for one in told if one.differs] == [("approach", True)]


def test_the_history_of_another_district_is_not_found(checker: Client) -> None:
    foreign = make_draft("松原的草稿", district=make_district("2207"))
    foreign.submit(by=None)
    checker_elsewhere = checker

    for rest in ("", "compare/?old=1&new=2", "1/restore/"):
        for answer in (checker_elsewhere.get(history_of(foreign, rest)), checker.post(history_of(foreign, rest))):
            assert answer.status_code == 404
            assert "松原的草稿" not in answer.content.decode()


def test_a_case_elsewhere_that_a_version_names_stays_unnamed(checker: Client) -> None:
    foreign = make_draft("松原的秘密", district=make_district("2207"))
    case = make_draft("本地案例", part_of=foreign)
    saved_by = signed_in("管理员")
    saved(saved_by, case, part_of="")

    page = checker.get(history_of(case, "compare/?old=1&new=2")).content.decode()

    assert "（您不能查看的案例）" in page
    assert "松原的秘密" not in page
    assert "松原的秘密" in saved_by.get(history_of(case, "compare/?old=1&new=2")).content.decode()


@pytest.mark.parametrize("rest", ["compare/?old=9&new=2", "compare/?new=²", "99/restore/", "compare/?old=x"])
def test_a_version_that_never_was_is_not_found_or_the_last(checker: Client, rest: str) -> None:
    case = make_draft()
    saved(checker, case, title="乙")

    assert checker.get(history_of(case, rest)).status_code in ({200} if rest.endswith(("²", "x")) else {404})


@pytest.mark.any_database
def test_a_long_history_is_read_in_pages_at_no_more_queries(checker: Client) -> None:
    case = make_draft()
    first = CaseVersion.objects.record(case)

    def grow(last: int) -> None:
        have = CaseVersion.objects.of(case).count()
        CaseVersion.objects.bulk_create(
            CaseVersion(case=case, number=number, changed=["title"], snapshot=first.snapshot)
            for number in range(have + 1, last + 1)
        )
        Case.objects.filter(pk=case.pk).update(version=last)

    def cost(rest: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert checker.get(history_of(case, rest)).status_code == 200
        return len(queries)

    grow(21)
    cost("")
    few = [cost(rest) for rest in ("", "?p=2", "compare/")]
    grow(200)

    assert [cost(rest) for rest in ("", "?p=2", "compare/")] == few
    page = text_of(checker.get(history_of(case)))
    assert "共 200 版" in page
    assert "第 181 版" in page
    assert "第 180 版" not in page


# The way back


def restored(client: Client, case: Case, number: int, **data: Any) -> Any:
    case.refresh_from_db()
    asked = {"version": case.version} | data
    return client.post(history_of(case, f"{number}/restore/"), asked, follow=True)


def test_a_version_restored_is_a_new_version_that_says_the_same(checker: Client) -> None:
    theme, gone = make_theme("智慧党建"), make_organisation("协办单位")
    case = make_draft(
        "原题",
        approach="原来的做法",
        themes=[theme],
        figures=[figure(160), figure(2, "另一项")],
        leads=[make_organisation()],
    )
    attach(case, "方案.pdf", "实施方案")
    case.credits.create(organisation=gone, role="partner", position=1)
    before = CaseVersion.objects.record(case).snapshot
    saved(
        checker,
        case,
        title="新题",
        approach="",
        themes=[],
        **{
            "credits-1-DELETE": "on",
            "figures-0-value": "170",
            "figures-1-DELETE": "on",
            "attachments-0-DELETE": "on",
            "citations-0-locator": "第 3 版",
        },
    )
    case.refresh_from_db()
    case.submit(by=None)

    shown = checker.get(history_of(case, "1/restore/"))
    answer = restored(checker, case, 1, why="改错了")

    assert "<ins>原</ins>" in shown.content.decode()
    assert {"状态", "发布时间", "勘误"}.isdisjoint(re.findall(r"<h2>(.*?)</h2>", shown.content.decode()))
    assert "已恢复为第 1 版的内容，记为第 4 版" in told(answer)
    case.refresh_from_db()
    last = CaseVersion.objects.of(case).first()
    assert last is not None
    now = last.snapshot
    assert (last.number, last.why, last.by.username) == (case.version, "恢复第 1 版：改错了", "shenhe")  # type: ignore[union-attr]
    for one in (before, now):
        for row in one["rows"]["attachments"]:
            row.pop("uploaded_at")
    for name in ("credits", "figures", "citations", "attachments"):
        assert without_ids(now["rows"][name]) == without_ids(before["rows"][name])
    assert now["fields"] == before["fields"] | {"status": "review"}


def test_what_a_version_names_and_is_gone_is_told_and_nothing_changes(checker: Client) -> None:
    theme, body = make_theme("旧主题"), make_organisation("已撤并的支部")
    case = make_draft("原题", themes=[theme])
    case.credits.create(organisation=body, role="partner", position=1)
    saved(checker, case, title="新题", themes=[], **{"credits-1-DELETE": "on"})
    Theme.objects.filter(pk=theme.pk).delete()
    Organisation.objects.filter(pk=body.pk).delete()

    answer = restored(checker, case, 1)

    page = text_of(answer)
    assert "旧主题" in page
    assert "“已撤并的支部”已不存在" in page
    case.refresh_from_db()
    assert (case.title, case.version, case.credits.count()) == ("新题", 2, 1)


def test_a_published_case_is_not_restored_to_what_lacks_a_lead(checker: Client) -> None:
    case = make_draft("原题", summary="")
    lead = case.credits.get()
    lead.role = "partner"
    lead.save()
    CaseVersion.objects.record(case)
    saved(checker, case, title="新题", summary="有摘要了", **{"credits-0-role": "lead"})
    case.refresh_from_db()
    case.publish(by=None)

    page = text_of(restored(checker, case, 1))

    assert "这一版缺少摘要、主办组织" in page
    case.refresh_from_db()
    assert (case.title, case.status) == ("新题", "published")


def test_a_case_in_review_is_not_restored_to_no_district(checker: Client) -> None:
    case = make_draft("原题", district=None, created_by=colleague())
    CaseVersion.objects.record(case)
    saved(checker, case, title="新题", district=make_district().pk)
    case.refresh_from_db()
    case.submit(by=None)

    page = text_of(restored(checker, case, 1))

    assert "待审的案例要有区划" in page
    case.refresh_from_db()
    assert (case.title, case.status) == ("新题", "review")


def test_restoring_after_somebody_elses_save_is_refused(checker: Client) -> None:
    case = make_draft("原题")
    saved(checker, case, title="新题")
    stale = case.version
    saved(checker, case, title="更新的题")

    page = text_of(restored(checker, case, 1, version=stale))

    assert "别人修改了这个案例" in page
    case.refresh_from_db()
    assert case.title == "更新的题"


def test_restoring_takes_the_right_to_edit(entry: Client, checker: Client) -> None:
    case = make_draft("原题")
    saved(checker, case, title="新题")
    case.refresh_from_db()
    case.submit(by=None)

    assert entry.get(history_of(case)).status_code == 200
    assert "恢复" not in entry.get(history_of(case)).content.decode()
    assert restored(entry, case, 1).status_code == 403
    case.refresh_from_db()
    assert case.title == "新题"


def test_a_case_is_not_restored_into_a_district_of_others(administrator: Client) -> None:
    case = make_draft("原题", district=make_district("2207"))
    saved(administrator, case, title="新题", district=make_district("440104").pk)

    page = text_of(restored(signed_in("审核员"), case, 1))

    assert "不在您的管辖范围内" in page
    case.refresh_from_db()
    assert case.title == "新题"


def test_a_file_that_is_gone_is_told_and_the_rest_restored(checker: Client) -> None:
    case = make_draft("原题")
    file = attach(case, "方案.pdf", "实施方案")
    saved(checker, case, title="新题", **{"attachments-0-DELETE": "on"})
    file.file.storage.delete(str(file.file.name))

    answer = restored(checker, case, 1)

    assert "附件“实施方案”的文件已不在" in told(answer)
    case.refresh_from_db()
    assert case.title == "原题"
    assert not Attachment.objects.exists()


def test_an_error_of_one_row_takes_the_whole_restoring_back(monkeypatch: Any) -> None:
    case = make_draft("原题")
    first = CaseVersion.objects.record(case)
    Case.objects.filter(pk=case.pk).update(title="新题")
    CaseVersion.objects.record(case)
    case.citations.all().delete()
    monkeypatch.setattr("cases.models.Citation.save", _refuse)

    with pytest.raises(ValidationError):
        case.restore(first, by=None)

    case.refresh_from_db()
    assert (case.title, case.version) == ("新题", 2)


def _refuse(*args: Any, **kwargs: Any) -> None:
    raise ValidationError("不行")
