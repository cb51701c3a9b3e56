"""Two curators at one case: nothing is overwritten in silence."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.contrib.admin import ModelAdmin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cases.admin.conflict import StaleSave
from cases.models import AwardList, Case, CaseVersion, Source
from tests.builders import (
    figure,
    make_draft,
    make_list,
    make_organisation,
    make_sector,
    make_source,
    make_term,
    make_theme,
)
from tests.desk import CASES, errors, filled, opened, page_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


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
    assert "<del>对方</del>写的摘要" in page
    assert "<ins>我</ins>写的摘要" in page
    assert re.search(r'<textarea name="summary"[^>]*>\s*我写的摘要</textarea>', page)
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
    assert (case.version, case.status) == (4, "published")


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


# Joining the two


def chosen(answer: Any, **changes: Any) -> dict[str, Any]:
    """What a browser sends when the choices proposed are taken; `changes` are made with the form as it is then."""
    page = answer.content.decode()
    data = filled(answer)
    data |= dict(re.findall(r'name="(choice-[^"]+)" value="(\w+)" required checked', page))
    data |= {
        name: text.strip()
        for name, text in re.findall(r'(?s)<textarea name="(merged-\w+)"[^>]*>(.*?)</textarea>', page)
    }
    for name in ("began", "base", "base_rows"):
        if found := re.search(rf'name="{name}" value="([^"]*)"', page):
            data[name] = unescape(found[1])
    return data | changes


def proposed(answer: Any) -> dict[str, str]:
    return {one.name: one.choice for one in answer.context["conflict"].differences}


def form_of(client: Client, address: str, **changes: Any) -> dict[str, Any]:
    answer = client.get(address)
    data = filled(answer)
    if found := re.search(r'name="base" value="([^"]*)"', answer.content.decode()):
        data["base"] = unescape(found[1])
    return data | changes


def test_changes_of_different_fields_and_rows_are_joined_by_pressing_save_again(
    checker: Client, administrator: Client
) -> None:
    case = make_draft(
        summary="摘要", approach="第一段讲做法。\n\n第二段讲机制。", figures=[figure(1, "甲"), figure(2, "乙")]
    )
    mine = opened(
        checker,
        case,
        lessons="我写的启示",
        approach="第一段写做法。\n\n第二段讲机制。",
        **{"figures-0-value": "10", "figures-2-indicator": "丙", "figures-2-value": "3", "figures-2-unit": "个"},
    )
    theirs = opened(
        administrator, case, summary="对方的摘要", approach="第一段讲做法。\n\n第二段讲长效机制。",
        **{"figures-1-value": "20", "figures-2-indicator": "丁", "figures-2-value": "4", "figures-2-unit": "个"},
    )  # fmt: skip
    assert administrator.post(page_of(case), theirs).status_code == 302

    answer = checker.post(page_of(case), mine)

    assert proposed(answer) == {
        "summary": "stored", "approach": "merged", "lessons": "mine", "figures": "merged"
    }  # fmt: skip
    again = checker.post(page_of(case), chosen(answer))
    assert again.status_code == 302, errors(again)
    case.refresh_from_db()
    assert (case.summary, case.lessons_text) == ("对方的摘要", "我写的启示")
    assert case.approach_text == "第一段写做法。\n\n第二段讲长效机制。"
    figures = sorted((one.indicator, int(one.value)) for one in case.figures.all())
    assert figures == [("丁", 4), ("丙", 3), ("乙", 20), ("甲", 10)]
    assert [one.number for one in CaseVersion.objects.of(case)] == [3, 2, 1]


def test_formatted_sections_are_joined_by_whole_paragraphs(checker: Client, administrator: Client) -> None:
    case = make_draft(approach="<p>背景</p><p><strong>做法</strong></p><p>成效</p>")
    mine = opened(checker, case, approach="<p>背景一</p><p><strong>做法</strong></p><p>成效</p>")
    theirs = "<p>背景</p><p><strong>做法</strong></p><p>成效</p><ul><li>启示</li></ul>"
    administrator.post(page_of(case), opened(administrator, case, approach=theirs))

    answer = checker.post(page_of(case), mine)

    assert proposed(answer) == {"approach": "merged"}
    hidden = re.search(r'name="merged-approach" value="([^"]*)"', answer.content.decode())
    assert hidden
    again = checker.post(page_of(case), chosen(answer, **{"merged-approach": unescape(hidden[1])}))
    assert again.status_code == 302, errors(again)
    case.refresh_from_db()
    assert case.approach == "<p>背景一</p><p><strong>做法</strong></p><p>成效</p><ul><li>启示</li></ul>"


def test_changes_of_the_same_words_are_marked_and_must_be_settled(checker: Client, administrator: Client) -> None:
    case = make_draft(summary="共有甲家企业。")
    mine = opened(checker, case, summary="共有乙家企业。")
    administrator.post(page_of(case), opened(administrator, case, summary="共有丙家企业。"))

    answer = checker.post(page_of(case), mine)
    marked = checker.post(page_of(case), chosen(answer, **{"choice-summary": "merged"}))

    assert proposed(answer) == {"summary": ""}
    assert "请改定" in errors(marked)
    assert "共有【我的：乙】【已保存的：丙】家企业。" in marked.content.decode()
    assert "共有乙家企业。" in marked.content.decode()
    settled = {"choice-summary": "merged", "merged-summary": "共有乙、丙家企业。"}
    assert checker.post(page_of(case), chosen(answer, **settled)).status_code == 302
    case.refresh_from_db()
    assert case.summary == "共有乙、丙家企业。"


def test_text_that_was_set_aside_is_shown_when_the_save_fails_for_another_reason(
    checker: Client, administrator: Client
) -> None:
    case = make_draft(summary="摘要")
    mine = opened(checker, case, summary="我写的摘要")
    administrator.post(page_of(case), opened(administrator, case, summary="对方写的摘要"))
    answer = checker.post(page_of(case), mine)

    failed = checker.post(page_of(case), chosen(answer, title="", **{"choice-summary": "stored"}))

    assert "您没有采用的文字" in failed.content.decode()
    assert "我写的摘要" in failed.content.decode()


def test_a_row_that_somebody_removed_and_another_changed_is_kept_by_joining(
    checker: Client, administrator: Client
) -> None:
    case = make_draft(figures=[figure(1, "甲"), figure(2, "乙")])
    mine = opened(checker, case, lessons="启示", **{"figures-0-value": "10"})
    gone = {"figures-0-DELETE": "on", "figures-1-DELETE": "on"}
    administrator.post(page_of(case), opened(administrator, case, **gone))

    answer = checker.post(page_of(case), mine)

    assert proposed(answer) == {"lessons": "mine", "figures": ""}
    assert "对方删去了这一行，您改了它" in answer.content.decode()
    for choice, kept in (("stored", []), ("merged", [("甲", 10)]), ("mine", [("甲", 10), ("乙", 2)])):
        Case.objects.filter(pk=case.pk).update(version=2)
        case.figures.all().delete()
        again = checker.post(page_of(case), chosen(answer, **{"choice-figures": choice}))
        assert again.status_code == 302, errors(again)
        assert [(one.indicator, int(one.value)) for one in case.figures.order_by("value").reverse()] == kept


def test_a_file_chosen_with_rows_that_are_joined_goes_to_its_row(checker: Client, administrator: Client) -> None:
    case = make_draft(summary="摘要")
    row = {"attachments-0-title": "方案", "attachments-0-position": "0"}
    mine = opened(checker, case, lessons="启示", **row)
    theirs = {"attachments-0-title": "对方的", "attachments-0-file": SimpleUploadedFile("a.pdf", b"%PDF-1.7 a")}
    administrator.post(page_of(case), opened(administrator, case, **theirs))

    answer = checker.post(page_of(case), mine)
    data = chosen(answer, **{"attachments-0-file": SimpleUploadedFile("b.pdf", b"%PDF-1.7 b")})
    again = checker.post(page_of(case), data)

    assert again.status_code == 302, errors(again)
    assert sorted((one.title, one.original_name) for one in case.attachments.all()) == [
        ("对方的", "a.pdf"),
        ("方案", "b.pdf"),
    ]


KINDS: dict[str, tuple[Any, str, str]] = {
    "awardlist": (lambda: make_list(status="draft"), "title", "description"),
    "organisation": (make_organisation, "name", "former_names"),
    "source": (make_source, "title", "note"),
    "term": (lambda: make_term("两新组织"), "word", "synonyms_text"),
    "theme": (make_theme, "name", "note"),
    "sector": (make_sector, "name", "note"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_record_refuses_a_stale_save_and_joins_the_two(administrator: Client, kind: str) -> None:
    make, name, text = KINDS[kind]
    record = make()
    address = f"/admin/cases/{kind}/{record.pk}/change/"
    mine = form_of(administrator, address, **{text: "我写的内容"})
    theirs = form_of(administrator, address, **{name: "对方改的名称"})
    assert administrator.post(address, theirs).status_code == 302

    answer = administrator.post(address, mine)

    assert "没有保存" in errors(answer)
    assert [(edit.by, edit.at is not None) for edit in answer.context["conflict"].edits] == [("guanli", True)]
    assert proposed(answer) == {name: "stored", text: "mine"}
    again = administrator.post(address, chosen(answer))
    assert again.status_code == 302, errors(again)
    record.refresh_from_db()
    assert (getattr(record, name), getattr(record, text), record.version) == ("对方改的名称", "我写的内容", 3)


def test_entries_of_a_list_that_two_curators_changed_are_joined_row_by_row(administrator: Client) -> None:
    cases = [make_draft(f"案例{number}") for number in range(3)]
    award_list = make_list(status="draft", cases=cases)
    address = f"/admin/cases/awardlist/{award_list.pk}/change/"
    mine = form_of(administrator, address, **{"entries-0-note": "我的备注"})
    theirs = {"entries-1-note": "对方的备注", "entries-2-DELETE": "on", "description": "对方的说明"}
    assert administrator.post(address, form_of(administrator, address, **theirs)).status_code == 302

    answer = administrator.post(address, mine)
    assert proposed(answer) == {"description": "stored", "entries": "merged"}
    again = administrator.post(address, chosen(answer))

    assert again.status_code == 302, errors(again)
    assert [(one.title, one.note) for one in award_list.entries.all()] == [
        ("案例0", "我的备注"),
        ("案例1", "对方的备注"),
    ]


@pytest.mark.parametrize("base", ["", "[]", "[1, 2]", '[{"title": 1}, {"entries": []}]', "{", '[{}, {"x": {"1": 2}}]'])
def test_an_odd_base_counts_as_none(administrator: Client, base: str) -> None:
    award_list = make_list(status="draft")
    address = f"/admin/cases/awardlist/{award_list.pk}/change/"
    mine = form_of(administrator, address, title="我的", base=base)
    administrator.post(address, form_of(administrator, address, title="对方的"))

    answer = administrator.post(address, mine)

    assert proposed(answer) == {"title": ""}
    again = administrator.post(address, chosen(answer, **{"choice-title": "stored", "choice-entries": "merged"}))
    assert again.status_code == 302
    assert AwardList.objects.get().title == "对方的"


def test_text_typed_while_a_source_became_public_is_shown_again(entry: Client) -> None:
    source = make_source("neu")
    draft = make_draft()
    draft.citations.update(source=source)
    address = f"/admin/cases/source/{source.pk}/change/"
    data = form_of(entry, address, note="写了很久的说明")
    draft.publish(by=None)

    answer = entry.post(address, data)

    assert answer.status_code == 403
    assert "写了很久的说明" in answer.content.decode()
    assert not Source.objects.filter(note="写了很久的说明").exists()
