"""Collecting cases in a list and comparing them, in a real browser."""

import io
import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from tests.browser import Watched, watched
from tests.builders import make_case, make_district

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

COUNT = 24


@pytest.fixture
def portal(live_server: Any) -> str:
    """Two pages of cases, 案例01 first."""
    district = make_district()
    for number in range(COUNT):
        figures = [{"indicator": "党员", "value": number + 1, "unit": "名", "year": 2020}]
        title = f"案例{number + 1:02}" + ("，一个标题很长、换行也读得明白的案例" if number == 1 else "")
        make_case(title, number=f"2020-{number + 1:04}", year=2020, district=district, figures=figures)
    return str(live_server.url)


def tick(page: Page, title: str) -> None:
    page.get_by_label(f"加入对比：{title}").check()


def heads(page: Page) -> Any:
    return expect(page.locator("thead th[scope=col] a"))


def picked(page: Page) -> Any:
    return expect(page.locator(".compare-picked li > span"))


def clean(reader: Watched) -> bool:
    return reader.elsewhere == [] and reader.complaints == []


def test_without_javascript_two_are_ticked_and_compared(browser: Browser, portal: str) -> None:
    reader = watched(browser, portal, script=False)
    reader.open("/cases/?sort=title")

    tick(reader.page, "案例01")
    tick(reader.page, "案例03")
    reader.page.get_by_role("button", name="对比所选").click()

    heads(reader.page).to_have_text(["案例01", "案例03"])
    expect(reader.page.get_by_role("row", name="党员（名）")).to_contain_text("3 名")


def test_ticks_survive_paging_and_stand_in_the_order_of_ticking(browser: Browser, portal: str) -> None:
    reader = watched(browser, portal)
    page = reader.page
    reader.open("/cases/?sort=title&page=2")
    tick(page, "案例22")
    page.get_by_role("link", name="上一页").click()
    expect(page.get_by_label("加入对比：案例01")).not_to_be_checked()
    expect(page.locator(".compare-bar summary")).to_have_text("已选 1 个")
    tick(page, "案例01")
    picked(page).to_have_text(["案例22", "案例01"])

    page.get_by_role("button", name="移除：案例22").click()
    expect(page.get_by_role("button", name="移除：案例01")).to_be_focused()
    tick(page, "案例03")
    expect(page.locator(".compare-said")).to_have_text("已选 2 个案例，可以对比了。")
    with page.expect_navigation():
        page.get_by_role("button", name="对比", exact=True).click()
    heads(page).to_have_text(["案例01", "案例03"])
    page.go_back()
    picked(page).to_have_text(["案例01", "案例03"])
    expect(page.get_by_label("加入对比：案例03")).to_be_checked()
    assert clean(reader)


def test_ticks_survive_a_swap_of_the_results(browser: Browser, portal: str) -> None:
    reader = watched(browser, portal)
    page = reader.page
    reader.open("/cases/?sort=title")
    tick(page, "案例01")

    page.evaluate(
        """() => {
        const cards = document.querySelector(".cards");
        cards.innerHTML = cards.innerHTML; // as htmx does: new nodes, nothing ticked
        cards.dispatchEvent(new CustomEvent("htmx:afterSwap", { bubbles: true }));
    }"""
    )

    expect(page.get_by_label("加入对比：案例01")).to_be_checked()
    tick(page, "案例04")
    picked(page).to_have_text(["案例01", "案例04"])


def test_a_fifth_is_refused_with_the_reason(browser: Browser, portal: str) -> None:
    reader = watched(browser, portal)
    page = reader.page
    reader.open("/cases/?sort=title")
    for number in range(1, 5):
        page.get_by_label(f"加入对比：案例{number:02}").check()
    fifth = page.get_by_label("加入对比：案例05")

    expect(fifth).to_have_attribute("aria-disabled", "true")
    fifth.focus()
    page.keyboard.press("Space")

    expect(fifth).not_to_be_checked()
    expect(page.locator(".compare-said")).to_have_text("最多对比 4 个案例，请先移除一个再选。")
    picked(page).to_have_count(4)
    page.get_by_role("button", name="移除：案例04").click()
    fifth.check()
    picked(page).to_have_text(["案例01", re.compile("^案例02"), "案例03", "案例05"])
    assert clean(reader)


@pytest.mark.parametrize("stored", ["not json", "{}", '[1, null, {"number": "x"}]', '[{"number": "2020-0001"}]'])
def test_whatever_is_stored_the_list_works(browser: Browser, portal: str, stored: str) -> None:
    reader = watched(browser, portal)
    reader.open("/cases/?sort=title")
    reader.page.evaluate("stored => sessionStorage.setItem('compare', stored)", stored)
    reader.open("/cases/?sort=title")

    tick(reader.page, "案例03")

    picked(reader.page).to_have_text(["案例03"])
    assert clean(reader)


def test_the_bar_covers_nothing_that_has_the_focus(browser: Browser, portal: str) -> None:
    reader = watched(browser, portal, width=360)
    page = reader.page
    page.emulate_media(reduced_motion="reduce")
    reader.open("/cases/?sort=title")
    tick(page, "案例01")
    tick(page, "案例02")

    top = page.locator(".compare-bar").bounding_box()
    assert top is not None
    assert reader.overflow() <= 0
    for _ in range(30):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            """() => {
            const at = document.activeElement;
            return [at.getBoundingClientRect().bottom, Boolean(at.closest(".compare-bar"))];
        }"""
        )
        assert seen[1] or seen[0] <= top["y"] + 1


def test_four_cases_fit_every_width_and_heads_stay_in_sight(browser: Browser, portal: str) -> None:
    query = "/compare/?" + "&".join(f"case=2020-{number:04}" for number in range(1, 5))
    for width in (360, 800, 1280, 1920):
        reader = watched(browser, portal, width=width)
        reader.page.emulate_media(reduced_motion="reduce")
        reader.open(query)
        assert reader.overflow() <= 0, width
        assert clean(reader), width
        reader.page.get_by_role("link", name="经验启示").click()
        reader.page.wait_for_function("scrollY > 100")
        scales = reader.page.locator(".bar").evaluate_all("bars => bars.map(bar => bar.getBoundingClientRect().width)")
        assert len(scales) == 4
        assert max(scales) - min(scales) < 1, width
        head = reader.page.locator("thead th[scope=col]").first
        assert head.evaluate("node => node.getBoundingClientRect().bottom > 0") == (width > 959), width
        reader.page.context.close()


def test_a_comparison_is_printed_from_the_first_page_on(portal: str, browser: Browser) -> None:
    reader = watched(browser, portal)
    reader.open("/compare/?case=2020-0001&case=2020-0002")

    printed = PdfReader(io.BytesIO(reader.page.pdf(prefer_css_page_size=True))).pages[0]

    # A part whose page has a name of its own began a new page after the empty one before it.
    assert len("".join(printed.extract_text().split())) > 20
    assert printed.mediabox.width > printed.mediabox.height
