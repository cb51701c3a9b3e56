"""Every version of a case: what it said, who made it, when and why."""

from __future__ import annotations

import pytest
from django.db.models import F
from django.test import Client

from cases.models import Case, CaseVersion
from tests.builders import attach, figure, make_case, make_draft, make_organisation, make_source, make_theme
from tests.desk import ADD, CASES, entered, opened, page_of

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
    assert said["rows"]["credits"] == [{"organisation": lead.pk, "role": "lead", "position": 0}]
    assert [(row["indicator"], row["value"], row["year"]) for row in said["rows"]["figures"]] == [
        ("建立党支部", "160.0000", 2020)
    ]
    assert said["rows"]["citations"] == [{"source": source.pk, "locator": "", "position": 0}]
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


def test_every_move_is_a_version(checker: Client) -> None:
    case = make_draft()
    checker.post(page_of(case), opened(checker, case, title="定稿", _move="submit"))
    checker.post(CASES, {"action": "publish_selected", "_selected_action": [case.pk], "index": "0"})
    checker.post(page_of(case), opened(checker, case, _move="withdraw", reason="数据有误"))

    assert versions(case) == [
        (1, "", "", []),
        (2, "shenhe", "", ["title"]),
        (3, "shenhe", "", ["status"]),
        (4, "shenhe", "", ["status", "published_at"]),
        (5, "shenhe", "", []),
        (6, "shenhe", "数据有误", ["status"]),
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


@pytest.mark.usefixtures("shipped_library")
def test_the_cases_that_come_with_the_portal_have_their_versions() -> None:
    assert not Case.objects.exclude(versions__number=F("version")).exists()
