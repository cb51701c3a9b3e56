"""Collecting, ordering and signing in, in a real browser: by mouse, keyboard and touch, and without JavaScript."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from cases.models import Case, Shortlist
from tests.browser import Watched, watched
from tests.builders import make_case, make_district, make_shortlist, make_user
from tests.test_accessibility import faults, faults_here

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

COUNT = 24


@pytest.fixture
def portal(live_server: Any) -> str:
    """Two pages of cases, 案例01 first."""
    district = make_district()
    for number in range(COUNT):
        make_case(f"案例{number + 1:02}", number=f"2020-{number + 1:04}", year=2020, district=district)
    return str(live_server.url)


def add(page: Page, *titles: str) -> None:
    for title in titles:
        page.get_by_role("button", name=f"加入清单：{title}").click()
        expect(page.get_by_role("button", name=f"移出清单：{title}")).to_be_visible()


def order(page: Page) -> Any:
    return expect(page.locator(".line h2"))


def stored() -> list[str]:
    return list(Shortlist.objects.get().items.values_list("case__title", flat=True))


def sign_in(page: Page) -> None:
    page.get_by_label("用户名").fill("reader")
    page.get_by_label("密码").fill("correct-horse-battery")
    with page.expect_navigation():
        page.get_by_role("button", name="登录").click()


def handle(page: Page, title: str) -> Locator:
    return page.get_by_role("button", name=f"调整“{title}”的次序")


def with_list(browser: Browser, portal: str, *titles: str, **window: Any) -> Watched:
    reader = watched(browser, portal, **window)
    reader.page.emulate_media(reduced_motion="reduce")
    reader.open("/cases/?sort=title")
    add(reader.page, *titles)
    reader.open("/shortlist/")
    return reader


def clean(reader: Watched) -> bool:
    return reader.elsewhere == [] and reader.complaints == []


def test_without_javascript_cases_are_collected_ordered_noted_and_taken_off(browser: Browser, portal: str) -> None:
    reader = watched(browser, portal, script=False)
    page = reader.page
    reader.open("/cases/?sort=title")
    add(page, "案例12", "案例01", "案例03")
    expect(page).to_have_url(f"{portal}/cases/?sort=title#collect-2020-0003")
    expect(page.locator("#collected")).to_contain_text("3")

    reader.open("/shortlist/")
    expect(page.locator(".handle").first).to_be_hidden()
    page.get_by_label("备注：案例01").fill("先讲这个")
    page.get_by_role("button", name="上移：案例03").click()
    order(page).to_have_text(["案例12", "案例03", "案例01"])
    expect(page.get_by_label("备注：案例01")).to_have_value("先讲这个")
    page.get_by_role("button", name="移出清单：案例12").click()
    expect(page.get_by_text("已移出“案例12”。")).to_be_visible()
    page.get_by_role("button", name="撤销").click()
    order(page).to_have_text(["案例12", "案例03", "案例01"])


def test_in_the_list_the_button_and_the_count_change_without_leaving_the_page(browser: Browser, portal: str) -> None:
    reader = watched(browser, portal)
    page = reader.page
    reader.open("/cases/?sort=title")
    page.evaluate("window.same = true")

    add(page, "案例02")
    expect(page.get_by_role("button", name="移出清单：案例02")).to_be_focused()
    expect(page.locator("#said")).to_have_text("清单里现在有 1 个案例。")
    add(page, "案例03")
    expect(page.locator("#collected .tally")).to_contain_text("2")
    page.get_by_role("button", name="移出清单：案例02").click()
    expect(page.get_by_role("button", name="加入清单：案例02")).to_be_visible()

    page.get_by_role("link", name="下一页").click()
    add(page, "案例24")
    assert page.evaluate("window.same")
    assert stored() == ["案例03", "案例24"]
    expect(page.locator("#collect input[name=back]")).to_have_value("/cases/?sort=title&page=2")
    address = re.compile(re.escape("next=%2Fcases%2F%3Fsort%3Dtitle%26page%3D2"))
    expect(page.locator("#account a")).to_have_attribute("href", address)
    assert clean(reader)


def test_a_failure_leaves_the_button_and_says_so(browser: Browser, portal: str) -> None:
    reader = watched(browser, portal)
    page = reader.page
    reader.open("/cases/?sort=title")
    page.context.clear_cookies()

    page.get_by_role("button", name="加入清单：案例02").click()

    expect(page.locator("#trouble")).to_contain_text("清单没有改动")
    expect(page.locator("#trouble a")).to_have_attribute("href", f"{portal}/cases/?sort=title")
    expect(page.get_by_role("button", name="加入清单：案例02")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 360])
def test_dragging_puts_a_case_in_its_place_and_stores_it(browser: Browser, portal: str, width: int) -> None:
    reader = with_list(browser, portal, "案例01", "案例02", "案例03", width=width)
    page = reader.page
    page.get_by_label("备注：案例03").fill("没有保存过")
    page.evaluate("scrollTo(0, 0)")
    start, goal = handle(page, "案例01").bounding_box(), page.locator(".line").nth(1).bounding_box()
    assert start is not None
    assert goal is not None

    page.mouse.move(start["x"] + 5, start["y"] + 5)
    page.mouse.down()
    page.mouse.move(start["x"] + 5, goal["y"] + goal["height"] - 10, steps=8)
    order(page).to_have_text(["案例02", "案例01", "案例03"])
    with page.expect_response("**/save/"):
        page.mouse.up()

    expect(page.locator("#arranged")).to_have_text("“案例01”移到第 2 个，共 3 个。")
    expect(handle(page, "案例01")).to_be_focused()
    expect(page.locator("#unsaved")).to_be_hidden()
    assert stored() == ["案例02", "案例01", "案例03"]
    page.reload()
    expect(page.get_by_label("备注：案例03")).to_have_value("没有保存过")
    assert reader.overflow() <= 0
    assert clean(reader)


def test_escape_gives_up_a_drag(browser: Browser, portal: str) -> None:
    reader = with_list(browser, portal, "案例01", "案例02", "案例03")
    page = reader.page
    start = handle(page, "案例01").bounding_box()
    assert start is not None

    page.mouse.move(start["x"] + 5, start["y"] + 5)
    page.mouse.down()
    page.mouse.move(start["x"] + 5, start["y"] + 500, steps=8)
    order(page).not_to_have_text(["案例01", "案例02", "案例03"])
    page.keyboard.press("Escape")
    page.mouse.up()

    order(page).to_have_text(["案例01", "案例02", "案例03"])
    expect(page.locator("#unsaved")).to_be_hidden()


def test_a_finger_drags_too(browser: Browser, portal: str) -> None:
    reader = with_list(browser, portal, "案例01", "案例02", "案例03", width=360)
    page = reader.page
    touch = page.context.new_cdp_session(page)
    start, goal = handle(page, "案例01").bounding_box(), page.locator(".line").nth(1).bounding_box()
    assert start is not None
    assert goal is not None
    x, y, to = start["x"] + 5, start["y"] + 5, goal["y"] + goal["height"] - 10

    def send(kind: str, *points: float) -> None:
        sent = [{"x": x, "y": point} for point in points]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": sent})

    send("touchStart", y)
    for step in range(1, 9):
        send("touchMove", y + (to - y) * step / 8)
    with page.expect_response("**/save/"):
        send("touchEnd")

    order(page).to_have_text(["案例02", "案例01", "案例03"])
    expect(page.locator("#unsaved")).to_be_hidden()
    assert stored() == ["案例02", "案例01", "案例03"]


def test_arrow_keys_on_the_handle_move_a_case_and_say_where_it_is(browser: Browser, portal: str) -> None:
    reader = with_list(browser, portal, "案例01", "案例02", "案例03")
    page = reader.page
    handle(page, "案例01").focus()

    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#arranged")).to_have_text("“案例01”移到第 3 个，共 3 个。")
    with page.expect_response("**/save/"):
        page.keyboard.press("ArrowUp")

    expect(handle(page, "案例01")).to_be_focused()
    expect(handle(page, "案例01")).to_have_accessible_name("调整“案例01”的次序，现在第 2 个")
    expect(page.locator("#unsaved")).to_be_hidden()
    order(page).to_have_text(["案例02", "案例01", "案例03"])
    assert stored() == ["案例02", "案例01", "案例03"]
    page.keyboard.press("Home")
    expect(page.locator("#arranged")).to_have_text("“案例01”移到第 1 个，共 3 个。")
    assert clean(reader)


def test_the_buttons_move_without_leaving_the_page_and_keep_the_focus(browser: Browser, portal: str) -> None:
    reader = with_list(browser, portal, "案例01", "案例02")
    page = reader.page
    page.evaluate("window.same = true")

    with page.expect_response("**/save/"):
        page.get_by_role("button", name="上移：案例02").click()

    expect(page.get_by_role("button", name="上移：案例02")).to_be_disabled()
    expect(page.get_by_role("button", name="下移：案例02")).to_be_focused()
    expect(page.locator("#unsaved")).to_be_hidden()
    assert page.evaluate("window.same")
    assert stored() == ["案例02", "案例01"]


def test_an_order_that_was_not_stored_is_said_to_be_so(browser: Browser, portal: str) -> None:
    reader = with_list(browser, portal, "案例01", "案例02")
    page = reader.page
    page.route("**/save/", lambda route: route.abort())

    handle(page, "案例01").press("ArrowDown")

    expect(page.locator("#arranged")).to_have_text("次序还没有保存，请按“保存备注和次序”。")
    expect(page.locator("#unsaved")).to_be_visible()
    page.unroute("**/save/")
    with page.expect_navigation():
        page.get_by_role("button", name="保存备注和次序").click()
    expect(page.get_by_text("备注和次序已保存。")).to_be_visible()
    assert stored() == ["案例02", "案例01"]


def test_the_link_to_share_is_copied_and_opens_for_others(browser: Browser, portal: str) -> None:
    reader = with_list(browser, portal, "案例01")
    page = reader.page
    with page.expect_navigation():
        page.get_by_role("button", name="生成分享链接").click()
    address = page.locator("#shared-address").inner_text()
    other = watched(browser, portal, width=360)

    other.page.goto(address)
    order(other.page).to_have_text(["案例01"])
    with other.page.expect_navigation(url="**/shortlist/"):
        other.page.get_by_role("button", name="复制到我的清单").click()
    order(other.page).to_have_text(["案例01"])
    with page.expect_navigation():
        page.get_by_role("button", name="停止分享").click()
    gone = other.page.goto(address)
    assert gone is not None
    assert gone.status == 404
    assert other.overflow() <= 0


def test_what_was_collected_goes_along_and_stays_behind_on_signing_out(browser: Browser, portal: str) -> None:
    make_user("reader", last_name="很长很长的一个姓名")
    for width in (1280, 360):
        reader = with_list(browser, portal, "案例01", width=width)
        page = reader.page
        with page.expect_navigation():
            page.get_by_role("link", name="登录").first.click()
        sign_in(page)
        expect(page).to_have_url(f"{portal}/shortlist/")
        order(page).to_have_text(["案例01"])
        assert reader.overflow() <= 0
        name, brand = page.locator("#account").bounding_box(), page.locator(".brand").bounding_box()
        assert name is not None
        assert brand is not None
        assert abs(name["y"] + name["height"] / 2 - brand["y"] - brand["height"] / 2) < 8, width
        with page.expect_navigation():
            page.get_by_role("button", name="退出").click()
        expect(page.locator("#collected .tally")).to_have_count(0)
        assert clean(reader)
        page.context.close()


@pytest.mark.parametrize("width", [1280, 360])
def test_no_page_of_lists_breaks_a_rule(browser: Browser, portal: str, width: int) -> None:
    owner = make_user("reader")
    cases = list(Case.objects.all()[:3])
    cases[2].withdraw(by=None)
    shortlist = make_shortlist(*cases, owner=owner, notes=["记一笔"], share_token="open", shares_notes=True)
    make_shortlist(owner=owner, name="另一个", is_current=False)
    reader = with_list(browser, portal, "案例07", width=width)
    page = reader.page
    pages = ["/shortlist/", "/shortlist/shared/open/", "/accounts/login/", "/cases/2020-0007/"]
    found = [fault for path in pages for fault in faults(reader, path)]

    reader.open("/accounts/login/")
    sign_in(page)
    Shortlist.objects.get(pk=shortlist.pk).choose()
    pages = ["/shortlist/", f"/shortlist/{shortlist.pk}/delete/", f"/shortlist/{shortlist.pk}/empty/", "/cases/"]
    found += [fault for path in pages for fault in faults(reader, path)]
    reader.open("/shortlist/")
    page.get_by_label("备注：").first.fill("长" * 501)
    with page.expect_navigation():
        page.get_by_role("button", name="保存备注和次序").click()
    expect(page.get_by_text("备注最多 500 个字")).to_be_visible()
    found += faults_here(reader)

    assert found == []
    assert reader.overflow() <= 0
