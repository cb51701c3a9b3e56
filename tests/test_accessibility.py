"""No page breaks a rule of WCAG 2.2 A or AA that a machine can see, or of ours; everything is reached by keyboard."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.addresses import EMPTY, REFUSED, full
from tests.browser import Watched, watched

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = [1280, 360]
BY_KEYBOARD = [
    "/",
    "/cases/?q=网格",
    "/cases/2020-0001/",
    "/compare/?case=2020-0007&case=2020-0011&case=2020-0032&case=2022-0002",
    "/awards/guangzhou-2020-top10/",
    "/districts/?choose=1",
    "/statistics/?district=440100",
]
# What Tab should reach, and what of it has had the focus, with what could be seen of it.
STOPS = """() => [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
    .filter(e => e.checkVisibility({visibilityProperty: true}) && !e.disabled && e.tabIndex >= 0).length"""
HERE = """() => {
    const e = document.activeElement, box = e.getBoundingClientRect(), style = getComputedStyle(e);
    window.stops ??= new Set(); window.stops.add(e);
    const drawn = e.querySelector(':scope > rect');
    const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
        || drawn && parseFloat(getComputedStyle(drawn).strokeWidth) >= 5;
    const x = box.x + box.width / 2, y = box.y + Math.min(box.height / 2, 10);
    const on = [...e.getClientRects()].some(r => {
        const top = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2);
        return top && (e.contains(top) || top.contains(e));
    });
    return {name: e.outerHTML.slice(0, 120), body: e === document.body, ring: Boolean(ring), on,
            inside: box.bottom > 0 && box.top < innerHeight, count: window.stops.size};
}"""

# Editors of rich text come after the page, and draw their buttons before they name them.
DRESSED = """() => [...document.querySelectorAll('textarea[data-rich-editor]:read-write')]
    .every(e => e.closest('.rich-text')?.querySelector('.prose-menubar[role]'))"""


def faults(reader: Watched, path: str) -> list[str]:
    """What axe finds on a page, a line each."""
    reader.open(path)
    return faults_here(reader)


def faults_here(reader: Watched) -> list[str]:
    """What axe finds on the page as it is, once that is whole."""
    reader.page.wait_for_function(DRESSED)
    found = Axe().run(reader.page, options={"runOnly": RULES, "resultTypes": ["violations"]})
    return [
        f"{reader.page.url} at {reader.page.viewport_size}: {fault['id']}: {node['html'][:160]}"
        for fault in found.response["violations"]
        for node in fault["nodes"]
    ]


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_breaks_a_rule_is_too_wide_or_asks_another_host(
    browser: Browser, shipped_portal: str, width: int
) -> None:
    reader = watched(browser, shipped_portal, width=width)
    found, complaints = [], []

    for path in full() + REFUSED:
        reader.open(path)
        if reader.overflow() > 0 or reader.page.locator("h1").count() != 1:
            found.append(path)
        if path not in REFUSED:  # the browser itself tells of those
            complaints += reader.complaints
        found += faults_here(reader)
        reader.complaints.clear()  # axe sets styles of its own

    assert (found, complaints, reader.elsewhere) == ([], [], [])


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_of_an_empty_library_breaks_a_rule(browser: Browser, live_server: Any, width: int) -> None:
    reader = watched(browser, live_server.url, width=width)

    assert [fault for path in EMPTY for fault in faults(reader, path)] == []


@pytest.mark.parametrize("width", WIDTHS)
def test_tab_reaches_everything_and_the_focus_is_seen(browser: Browser, shipped_portal: str, width: int) -> None:
    reader = watched(browser, shipped_portal, width=width)
    reader.page.emulate_media(reduced_motion="reduce")  # no smooth scrolling to wait for
    unseen = []
    for path in BY_KEYBOARD:
        reader.open(path)
        stops = reader.page.evaluate(STOPS)
        for _ in range(stops):
            reader.page.keyboard.press("Tab")
            here = reader.page.evaluate(HERE)
            if not (here["ring"] and here["inside"] and here["on"]):
                unseen.append((path, here))
        assert here["count"] == stops, (path, here)

    assert unseen == []
