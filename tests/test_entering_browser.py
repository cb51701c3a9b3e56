"""Entering a case in a browser: by keyboard and paste, with what is typed kept, and files dropped."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, Response, Route, expect

from cases.models import Case, WorkingCopy
from tests.browser import Watched, watched
from tests.builders import figure, make_draft, make_user
from tests.desk import ADD, page_of
from tests.test_accessibility import faults_here
from tests.test_uploads import picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NUMBERS = "指标\t数值\t年份\n加装电梯\t46部\t2022\n受益居民\t超过2.3万户\t2022年\n"


@pytest.fixture
def desk(browser: Browser, live_server: Any) -> Watched:
    return curator(browser, live_server.url)


def curator(browser: Browser, base: str, width: int = 1280) -> Watched:
    """A window in which 录入员 luru is signed in."""
    reader = watched(browser, base, width=width)
    reader.sign_in(User.objects.filter(username="luru").first() or make_user("luru", group="录入员"))
    return reader


def drop(page: Page, *files: tuple[str, bytes]) -> None:
    """Let files fall onto the zone, as from a folder beside the window."""
    told = json.dumps([[name, base64.b64encode(content).decode()] for name, content in files])
    page.evaluate(
        """told => {
            const data = new DataTransfer();
            for (const [name, text] of JSON.parse(told)) {
                data.items.add(new File([Uint8Array.from(atob(text), c => c.charCodeAt(0))], name));
            }
            const event = new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true});
            document.querySelector(".drop").dispatchEvent(event);
        }""",
        told,
    )


def keeps(answer: Response, field: str) -> bool:
    """Whether this answers a save by itself that had this field."""
    return answer.url.endswith("/working-copy/") and field in (answer.request.post_data or "").split("&")


def test_a_case_is_typed_kept_restored_and_saved(desk: Watched) -> None:
    page = desk.page
    desk.open(ADD)
    page.fill("#id_title", "楼门议事会")
    page.fill("#id_summary", "字" * 501)
    expect(page.locator('[data-counts="summary"]')).to_have_text("501 字，通常不超过 500 字")
    expect(page.locator("#told")).to_have_text("摘要超过了 500 字")
    expect(page.locator('[data-remarks="sources"]')).to_contain_text("还没有来源")
    expect(page.locator('[data-state="sources"]')).to_have_text("1 处要看")

    # Rows by keyboard and from a spreadsheet
    page.locator("#id_figures-0-indicator").focus()
    page.evaluate(
        """text => {
            const data = new DataTransfer(); data.setData("text/plain", text);
            document.activeElement.dispatchEvent(
                new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        NUMBERS,
    )
    assert [
        page.input_value(f"#id_figures-1-{name}") for name in ("indicator", "qualifier", "value", "unit", "year")
    ] == [
        "受益居民",
        "over",
        "2.3万",
        "户",
        "2022",
    ]
    expect(page.locator("#figures-1 .read-as")).to_have_text("＝23,000")
    page.locator("#id_figures-1-year").press("Enter")
    expect(page.locator("#id_figures-2-indicator")).to_be_focused()
    page.keyboard.type("满意度")
    page.locator("#id_figures-2-value").fill("95")
    page.locator("#id_figures-2-unit").fill("%")
    with page.expect_response(lambda answer: keeps(answer, "figures-2-position=1")):
        page.locator("#id_figures-2-unit").press("Alt+ArrowUp")

    # Kept, and there again after the window was closed
    expect(page.locator("#kept")).to_contain_text("已自动保存")
    assert WorkingCopy.objects.get().data["title"] == ["楼门议事会"]
    desk.open(ADD)
    expect(page.locator(".offer h2")).to_contain_text("有未保存的内容")
    with page.expect_navigation():
        page.locator('[name="_restore"]').click()
    expect(page.locator("#id_title")).to_have_value("楼门议事会")
    with page.expect_navigation(url=re.compile(r"/case/(\?.*)?$")):
        page.locator('[name="_save"].default').click()

    case = Case.objects.get()
    assert [str(one) for one in case.figures.all()] == ["加装电梯 46 部", "满意度 95%", "受益居民 超过 23,000 户"]
    assert case.figures.get(indicator="受益居民").as_printed == "超过2.3万户"
    assert not WorkingCopy.objects.exists()
    assert page.evaluate("Object.keys(localStorage).filter(name => name.startsWith('desk.kept.'))") == []
    assert desk.elsewhere == []
    assert desk.complaints == []


@pytest.mark.parametrize("field", ["#id_title", "#id_approach"])
def test_what_is_typed_before_the_editors_are_there_is_kept_too(desk: Watched, field: str) -> None:
    page = desk.page
    held: list[Route] = []
    page.route("**/django_prose_editor/*.js", lambda route: held.append(route), times=1)
    page.clock.install(time="2026-01-01T08:00:00Z")
    desk.open(ADD)
    expect(page.locator(".counter").first).to_contain_text("字")
    page.clock.pause_at("2026-01-01T09:00:00Z")  # no pause between keys is over before the editors are there

    page.locator(field).fill("打字比编辑器快")
    for route in held:
        route.continue_()
    expect(page.locator("#id_approach")).to_be_hidden()

    with page.expect_response(re.compile("/working-copy/$")):
        page.clock.run_for(5000)
    assert "打字比编辑器快" in json.dumps(WorkingCopy.objects.get().data, ensure_ascii=False)


def test_what_was_typed_outlives_a_lost_connection_and_a_lost_session(desk: Watched, live_server: Any) -> None:
    case, page = make_draft(), desk.page
    desk.open(page_of(case))
    page.context.set_offline(True)
    page.fill("#id_summary", "断网时写的")
    expect(page.locator("#kept")).to_contain_text("网络不通")
    page.locator('input[name="_continue"]').click()
    expect(page.locator("#kept")).to_contain_text("没有保存")
    expect(page.locator("#id_summary")).to_have_value("断网时写的")

    # The session ends meanwhile; after signing in, what only this browser has is offered.
    page.context.set_offline(False)
    page.context.clear_cookies(name="sessionid")
    expect(page.locator("#kept")).to_contain_text("登录已经过期")
    desk.complaints.clear()
    desk.sign_in(User.objects.get(username="luru"))
    desk.open(page_of(case))
    expect(page.locator(".offer")).to_contain_text("和现在保存着的不同：摘要")
    with page.expect_navigation():
        page.get_by_role("button", name="恢复").click()
    expect(page.locator("#id_summary")).to_have_value("断网时写的")

    # Signing out leaves nothing behind.
    page.fill("#id_summary", "断网时写的，又改了")
    page.wait_for_function("Object.keys(localStorage).some(name => name.startsWith('desk.kept.'))")
    with page.expect_navigation():
        page.locator("#logout-form button").click()
    assert page.evaluate("Object.keys(localStorage).filter(name => name.startsWith('desk.kept.'))") == []


def test_files_are_dropped_titled_and_ordered_and_the_preview_opens_beside(desk: Watched) -> None:
    case, page = make_draft(figures=[figure(1)]), desk.page
    desk.open(page_of(case))
    drop(page, ("方案.pdf", b"%PDF-1.7"), ("IMG_1.png", picture("PNG")), ("x.svg", b"<svg/>"))

    expect(page.locator("#attachments-0 .stored-file")).to_have_text("方案.pdf")
    expect(page.locator(".upload.failed .said")).to_contain_text("不接受“svg”文件")
    waiting = page.locator(".upload", has_text="IMG_1.png")
    waiting.get_by_role("button", name="上传").click()
    expect(waiting.locator(".said")).to_contain_text("请写明画面内容")
    waiting.get_by_role("textbox").fill("服务站正门")
    waiting.get_by_role("textbox").press("Enter")
    expect(page.locator("#attachments-1 img")).to_be_visible()
    page.locator("#attachments-1").get_by_role("button", name="上移一行").click()
    page.fill("#id_title", "改过的标题")

    with page.context.expect_page() as opened:
        page.locator("button.preview").click()
    expect(opened.value.locator("h1")).to_have_text("改过的标题")
    expect(opened.value.locator(".notice")).to_contain_text("预览，未公开")
    expect(opened.value.locator(".pictures figcaption")).to_have_text("服务站正门")
    opened.value.close()
    with page.expect_navigation():
        page.locator('[name="_continue"]').click()
    expect(page.locator(".messagelist")).to_contain_text("修改")

    case.refresh_from_db()
    assert case.title == "改过的标题"
    assert list(case.attachments.values_list("title", flat=True)) == ["服务站正门", "方案"]
    assert desk.complaints == []


@pytest.mark.parametrize("width", [1280, 360])
def test_the_form_breaks_no_rule_fits_and_keeps_its_contents_in_view(
    browser: Browser, live_server: Any, width: int
) -> None:
    case = make_draft(figures=[figure(1)])
    desk = curator(browser, live_server.url, width)

    for address in (ADD, page_of(case)):
        desk.open(address)
        for example in desk.page.locator("details.example summary").all():
            example.click()
        assert "\n".join(faults_here(desk)) == ""
        assert desk.overflow() == 0
        if width == 1280:
            desk.page.locator("#part-files").scroll_into_view_if_needed()
            expect(desk.page.locator(".parts")).to_be_in_viewport()


def test_numbers_of_the_text_are_taken_over_by_a_click_or_put_aside(desk: Watched) -> None:
    page, case = desk.page, make_draft(results="2022年，组建突击队24支，走访群众超过2.3万户。", figures=[])
    desk.open(page_of(case))
    found = page.locator("#unrecorded")
    expect(found.locator("h3")).to_have_text("文中有 2 个数字未录入")

    found.get_by_role("button", name="录入：走访群众 超过 23,000 户（2022年）", exact=True).click()
    names = ("indicator", "qualifier", "value", "unit", "year", "as_printed")
    filled = [page.input_value(f"#id_figures-0-{name}") for name in names]
    assert filled == ["走访群众", "over", "23000", "户", "2022", "超过2.3万户"]
    expect(page.locator("#told")).to_contain_text("已填入第 1 行：走访群众 超过 23,000 户")
    expect(found.get_by_role("button", name="录入：组建突击队 24 支（2022年）", exact=True)).to_be_focused()

    # What is typed is read again, what is put aside stays so, and what a row has by another way is offered no more
    page.fill("#id_summary", "收到锦旗12面。")
    expect(found.locator("li strong")).to_have_text(["组建突击队", "收到锦旗"])
    found.get_by_role("button", name="不录入：收到锦旗 12 面", exact=True).click()
    expect(found.locator("h3")).to_have_text("文中有 1 个数字未录入")
    page.locator("#figures-group .add-row a").click()
    for name, value in {"indicator": "突击队", "value": "24", "unit": "支"}.items():
        page.fill(f"#id_figures-1-{name}", value)
    expect(found.locator("h3")).to_have_text("文中有 0 个数字未录入")
    found.get_by_role("button", name="重新列出", exact=False).click()
    expect(found.locator("li strong")).to_have_text(["收到锦旗"])
    assert desk.complaints == []  # axe itself sets styles
    assert faults_here(desk) == []
    with page.expect_navigation(url=re.compile(r"/case/(\?.*)?$")):
        page.locator('[name="_save"].default').click()

    assert [str(one) for one in case.figures.all()] == ["走访群众 超过 23,000 户", "突击队 24 支"]
