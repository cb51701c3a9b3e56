"""Rich text on the form of a case, with the editor and without."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from cases.models import Case
from tests.builders import make_draft
from tests.clipboard import FROM_WORD, WORD
from tests.desk import ADD, entered, errors, opened, page_of, told

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

FORMATTED = "<h3>建组织</h3><p>治<strong>水</strong></p>"


def test_a_text_that_is_typed_without_the_editor_is_stored_as_paragraphs_and_shown_as_it_was_typed(
    entry: Client,
) -> None:
    entry.post(ADD, entered(approach="第一段。\r\n\r\n- 甲\r\n- 乙"))

    case = Case.objects.get()
    assert case.approach == "<p>第一段。</p><ul><li>甲</li><li>乙</li></ul>"
    assert opened(entry, case)["approach"] == "第一段。\n\n- 甲\n- 乙"


def test_saving_without_the_editor_loses_no_formatting_and_is_no_change_of_the_text(entry: Client) -> None:
    case = make_draft(approach=FORMATTED, lessons="启示。")
    data = opened(entry, case, title="改了标题")
    assert data["approach"] == FORMATTED

    entry.post(page_of(case), data)

    case.refresh_from_db()
    assert (case.title, case.approach) == ("改了标题", FORMATTED)
    assert LogEntry.objects.first().get_change_message() == "已修改标题。"  # type: ignore[union-attr]


def test_the_same_text_as_the_editor_writes_it_is_no_change(entry: Client) -> None:
    case = make_draft(approach="<ul><li>甲<ul><li>乙</li></ul></li></ul><table><tr><th>年份<tr><td>2020</table>")
    as_editor = (
        "<ul><li><p>甲</p><ul><li><p>乙</p></li></ul></li></ul><table><tbody><tr><th><p>年份</p></th></tr>"
        '<tr><td colspan="1"><p>2020</p></td></tr></tbody></table><p></p>'
    )

    entry.post(page_of(case), opened(entry, case, title="改了标题", approach=as_editor))

    assert LogEntry.objects.first().get_change_message() == "已修改标题。"  # type: ignore[union-attr]


def test_a_paste_of_word_is_stored_clean_and_lost_pictures_are_told(entry: Client) -> None:
    answer = entry.post(ADD, entered(approach=WORD), follow=True)

    assert Case.objects.get().approach == FROM_WORD
    assert "正文里有 1 张图片没有保存" in told(answer)


def test_a_text_that_is_too_long_is_refused_and_kept(entry: Client) -> None:
    answer = entry.post(ADD, entered(approach="长" * 50_001, lessons="<p>" + "x" * 2_000_000))

    assert "这一节有 50,001 个字，超过 50,000 个字的上限" in errors(answer)
    assert "内容过大" in errors(answer)
    assert "长" * 50_001 in answer.content.decode()
    assert not Case.objects.exists()


def test_a_refused_form_keeps_the_formatting_that_was_typed(entry: Client) -> None:
    answer = entry.post(ADD, entered(title="", approach=FORMATTED))

    assert "&lt;h3&gt;建组织&lt;/h3&gt;&lt;p&gt;治&lt;strong&gt;水&lt;/strong&gt;&lt;/p&gt;" in answer.content.decode()


def test_no_policy_is_broken_by_the_form(entry: Client) -> None:
    html = entry.get(ADD).content.decode()

    assert "importmap" not in html
    assert '<script src="/static/js/rich_text.js" type="module"></script>' in html
    assert 'data-rich-editor="/static/django_prose_editor/editor.js"' in html
    assert " style=" not in html
