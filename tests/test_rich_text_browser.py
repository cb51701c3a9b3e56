"""The editor of rich text in a real browser: pasted into, worked by keyboard, under the policy of the page."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from cases.models import Case
from cases.rich_text import clean
from tests.browser import Watched, watched
from tests.builders import attach, make_draft, make_user
from tests.clipboard import FROM_WEB, FROM_WORD, FROM_WPS, WEB, WORD, WPS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# An editor hears where the caret is after the browser moved it there.
HEARD = "() => new Promise(heard => requestAnimationFrame(() => setTimeout(heard)))"
PASTE = """(editor, html) => {
  editor.focus();
  const data = new DataTransfer();
  data.setData("text/html", html);
  data.setData("text/plain", "text");
  editor.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def signed_in(browser: Browser, base: str, *, script: bool = True, width: int = 1280) -> Watched:
    user = make_user(is_superuser=True)
    user.is_staff = True
    user.save()
    desk = watched(browser, base, script=script, width=width)
    desk.sign_in(user)
    return desk


def editor(page: Page, label: str) -> Locator:
    """The editor of this name, which comes after everything else, and not the field that has its place until then."""
    return page.locator(f'[role="textbox"][aria-label="{label}"]')


def test_what_is_pasted_and_typed_is_stored_as_it_looks_and_no_policy_is_broken(
    browser: Browser, live_server: Any
) -> None:
    case = make_draft(approach="第一段。\n\n- 甲\n- 乙", lessons="<p>从<strong>前</strong>的</p>")
    attach(case, "a.png", "服务站正门")
    desk = signed_in(browser, str(live_server.url))
    desk.open(f"/admin/cases/case/{case.pk}/change/")
    page = desk.page
    expect(editor(page, "主要做法")).to_have_text("第一段。甲乙")
    expect(page.get_by_role("toolbar", name="主要做法：格式")).to_be_visible()

    for label, html in (("背景与起因", WORD), ("工作成效", WPS)):
        editor(page, label).evaluate(PASTE, html)
    expect(page.get_by_text("有 1 张图片没有带过来")).to_have_count(2)
    editor(page, "经验启示").press("Control+a")
    editor(page, "经验启示").evaluate(PASTE, WEB)
    # By keyboard: words in bold, then the toolbar and the pictures that are stored.
    editor(page, "主要做法").press("Control+End")
    page.evaluate(HEARD)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+b")
    page.keyboard.type("粗体<b>")
    page.keyboard.press("Escape")
    for _ in range(20):
        if page.evaluate("document.activeElement.dataset.name") == "image":
            break
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_label("画面内容").fill("正门的<照片>")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    with page.expect_navigation(url="**/admin/cases/case/"):
        page.get_by_role("button", name="保存", exact=True).click()

    case.refresh_from_db()
    picture = case.attachments.get().get_absolute_url()
    assert [case.background, case.results, case.lessons] == [FROM_WORD, FROM_WPS, FROM_WEB]
    assert case.approach == clean(
        "<p>第一段。</p><ul><li>甲</li><li>乙</li></ul>"
        f'<p><strong>粗体&lt;b&gt;</strong><img src="{picture}" alt="正门的&lt;照片&gt;"></p>'
    )
    assert desk.elsewhere == []
    assert [words for words in desk.complaints if "Content Security Policy" in words] == []


def test_without_script_a_text_is_edited_in_a_plain_field_and_on_a_phone_all_fits(
    browser: Browser, live_server: Any
) -> None:
    case = make_draft(approach="第一段。", lessons="<p>从<strong>前</strong>的</p>")
    desk = signed_in(browser, str(live_server.url), script=False, width=360)
    desk.open(f"/admin/cases/case/{case.pk}/change/")
    desk.page.get_by_label("主要做法").fill("改过。\n\n- 甲")
    with desk.page.expect_navigation():
        desk.page.get_by_role("button", name="保存", exact=True).click()

    case = Case.objects.get()
    assert (case.approach, case.lessons) == ("<p>改过。</p><ul><li>甲</li></ul>", "<p>从<strong>前</strong>的</p>")
    narrow = signed_in(browser, str(live_server.url), width=360)
    narrow.open(f"/admin/cases/case/{case.pk}/change/")
    expect(editor(narrow.page, "主要做法")).to_be_visible()
    assert narrow.overflow() <= 0
