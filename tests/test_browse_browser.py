"""Browsing live, in a real browser: what the reader sees, hears, and can go back to."""

import re
from typing import Any
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from cases import search
from tests.browser import Watched, watched
from tests.builders import make_case, make_district, make_list, make_sector, make_theme

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def portal(live_server: Any) -> str:
    """Twenty-six cases: two fields, three years, districts of two cities and a long list of themes."""
    rural, urban = make_sector("农村", "rural"), make_sector("城市社区", "urban")
    themes = [make_theme(f"主题{number}", f"theme-{number}") for number in range(14)]
    places = [make_district(code) for code in ("440104", "440104002", "440105", "4403F01")]
    made = [
        make_case(
            f"第{number:02d}个案例",
            sector=rural if number < 5 else urban,
            year=2020 + number % 3,
            themes=themes,
            district=places[number % 4],
            summary="加装电梯" if number == 7 else "便民服务",
        )
        for number in range(26)
    ]
    make_list(cases=made[:3])
    search.rebuild()
    return str(live_server.url)


def opened(browser: Browser, portal: str, path: str = "/cases/", **window: Any) -> Watched:
    reader = watched(browser, portal, **window)
    reader.open(path)
    return reader


def count(page: Page) -> Any:
    return expect(page.locator("#found"))


def asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(page.evaluate("location.search.slice(1)"))


def rests(page: Page) -> None:
    expect(page.locator("#results")).not_to_have_attribute("aria-busy", re.compile(""))


def stay(page: Page) -> None:
    """Leave a mark that a load of the page would wipe away."""
    page.evaluate("window.stayed = true")


def stayed(page: Page) -> bool:
    return bool(page.evaluate("window.stayed === true"))


def test_choosing_changes_the_page_in_place_and_going_back_restores_it(browser: Browser, portal: str) -> None:
    reader = opened(browser, portal)
    page = reader.page
    stay(page)
    page.evaluate("document.querySelector('#facet-kind').open = false")
    page.evaluate(
        """window.heard = [];
        new MutationObserver(() => heard.push(document.querySelector('#said').textContent))
          .observe(document.querySelector('#said'), { childList: true });"""
    )

    page.locator("#sector-rural").focus()
    page.keyboard.press("Enter")
    count(page).to_have_text("5 个案例")
    assert asked(page) == {"sector": ["rural"]}
    expect(page.locator("#sector-rural")).to_be_focused()
    expect(page.locator("#sector-rural")).to_have_attribute("aria-current", "true")
    expect(page.locator("#sector-urban .count")).to_have_text("21 个案例")
    expect(page.get_by_label("已选条件").get_by_role("link")).to_have_count(1)
    assert page.evaluate("window.heard") == ["5 个案例"]
    assert not page.evaluate("document.querySelector('#facet-kind').open")
    rests(page)

    page.get_by_label("搜索案例").fill("电梯")
    page.keyboard.press("Enter")
    expect(page).to_have_title("搜索“电梯” - 基层党建创新案例库")
    count(page).to_have_text("0 个案例")
    assert asked(page) == {"sector": ["rural"], "q": ["电梯"]}
    page.get_by_role("link", name="去掉农村").click()
    count(page).to_have_text("1 个案例")
    expect(page.locator("#found")).to_be_focused()

    page.go_back()
    count(page).to_have_text("0 个案例")
    page.go_back()
    count(page).to_have_text("5 个案例")
    expect(page).to_have_title("案例 - 基层党建创新案例库")
    expect(page.get_by_label("搜索案例")).to_have_value("")
    expect(page.get_by_role("heading", level=1)).to_have_text("案例")
    page.go_back()
    count(page).to_contain_text("26 个案例")
    expect(page.get_by_label("已选条件")).to_have_count(0)
    page.go_forward()
    count(page).to_have_text("5 个案例")
    expect(page.locator("#said")).to_have_text("5 个案例")
    assert stayed(page)

    with page.expect_navigation():
        page.locator("article.card-case a").first.click()
    expect(page.locator("#found")).to_have_count(0)
    page.go_back()
    count(page).to_have_text("5 个案例")
    copied = opened(browser, portal, f"/cases/{page.evaluate('location.search')}")
    count(copied.page).to_have_text("5 个案例")
    assert reader.elsewhere == reader.complaints == []


def test_a_page_further_on_begins_at_its_heading(browser: Browser, portal: str) -> None:
    page = opened(browser, portal).page
    stay(page)

    page.get_by_role("link", name="下一页").click()

    count(page).to_have_text("26 个案例，第 2 页，共 2 页")
    expect(page.locator("#found")).to_be_focused()
    expect(page.locator("#found")).to_be_in_viewport()
    expect(page.locator("article.card-case")).to_have_count(6)
    page.locator("#sort-title").click()
    expect(page.locator("#sort-title")).to_have_attribute("aria-current", "true")
    expect(page.locator("#sort-title")).to_be_focused()
    assert asked(page) == {"sort": ["title"]}
    page.locator("#rest-theme").evaluate("link => link.closest('details').open = true")
    page.locator("#rest-theme").click()
    expect(page.get_by_role("link", name="主题13")).to_be_visible()
    expect(page.locator("#rest-theme")).to_be_focused()
    assert stayed(page)


def test_what_goes_wrong_is_said_and_the_results_stay(browser: Browser, portal: str) -> None:
    page = opened(browser, portal).page
    answers = [lambda route: route.fulfill(status=500, body="broken"), lambda route: route.abort()]

    def break_off(route: Route) -> None:
        if route.request.headers.get("hx-request") and answers:
            answers.pop(0)(route)
        else:
            route.continue_()

    page.route("**/cases/?*", break_off)
    for words in ("服务器暂时没有取到结果", "网络不通，没有取到结果"):
        page.locator("#year-2020").click()
        expect(page.get_by_role("alert")).to_contain_text(words)
        count(page).to_contain_text("26 个案例")
        rests(page)
    page.get_by_role("link", name="重新打开这一页").click()
    count(page).to_have_text("9 个案例")
    assert asked(page) == {"year": ["2020"]}


def test_the_filters_are_a_drawer_on_a_phone(browser: Browser, portal: str) -> None:
    reader = opened(browser, portal, width=360)
    page = reader.page
    stay(page)
    drawer = page.get_by_role("dialog", name="筛选")

    page.locator("#facets-label").focus()
    page.keyboard.press("Enter")
    expect(drawer).to_be_visible()
    assert page.evaluate("document.querySelector('.drawer').contains(document.activeElement)")
    assert page.evaluate("getComputedStyle(document.documentElement).overflowY") == "hidden"
    assert reader.overflow() <= 0
    page.locator("#sector-rural").focus()
    page.keyboard.press("Enter")
    expect(drawer.get_by_role("link", name="看 5 个案例")).to_be_visible()
    expect(page.locator("#sector-rural")).to_be_focused()
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(page.locator("#facets-label")).to_be_focused()
    expect(page.locator("#facets-label")).to_have_text("筛选（已选 1 项）")

    page.keyboard.press("Enter")
    drawer.get_by_role("link", name="看 5 个案例").click()
    expect(drawer).to_be_hidden()
    expect(page.locator("#facets-label")).to_be_focused()
    assert stayed(page)
    assert reader.complaints == []


def test_a_district_is_found_in_the_tree_by_its_initials(browser: Browser, portal: str) -> None:
    reader = opened(browser, portal, "/cases/?sector=urban")
    page = reader.page
    stay(page)

    page.get_by_role("link", name="查找区划").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("区划名称")).to_be_focused()
    page.keyboard.type("hzq")
    expect(page.locator("#branches a")).to_have_text(["广东省", "广州市", "海珠区"])
    expect(page.get_by_label("区划名称")).to_be_focused()
    expect(page.locator("#places-found")).to_contain_text("名称含“hzq”")
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="查找区划")).to_be_focused()

    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_role("link", name="海珠区").click()
    count(page).to_have_text("5 个案例")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("link", name="查找区划")).to_be_focused()
    assert asked(page) == {"sector": ["urban"], "district": ["440105"]}
    expect(page).to_have_title("案例 - 基层党建创新案例库")
    assert stayed(page)
    assert reader.elsewhere == reader.complaints == []


def test_without_javascript_the_same_is_reached_by_plain_pages(browser: Browser, portal: str) -> None:
    reader = opened(browser, portal, width=360, script=False)
    page = reader.page

    page.locator("#facets-label").click()
    with page.expect_navigation():
        page.locator("#sector-urban").click()
    count(page).to_contain_text("21 个案例")
    page.locator("#facets-label").click()
    with page.expect_navigation():
        page.get_by_role("link", name="查找区划").click()
    page.get_by_label("区划名称").fill("hzq")
    with page.expect_navigation():
        page.get_by_role("button", name="查找").click()
    expect(page.locator("#branches a")).to_have_text(["广东省", "广州市", "海珠区"])
    with page.expect_navigation():
        page.get_by_role("link", name="海珠区").click()
    count(page).to_have_text("5 个案例")
    assert asked(page) == {"sector": ["urban"], "district": ["440105"]}
    page.get_by_label("搜索案例").fill("电梯")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("搜索“电梯”")
    assert asked(page) == {"sector": ["urban"], "district": ["440105"], "q": ["电梯"]}
    assert reader.overflow() <= 0
