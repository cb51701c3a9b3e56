"""Suggestions under the search boxes as readers meet them, in a real browser with the server's answers made up."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Route, expect

from cases import search
from tests.browser import Watched, watched

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BRAND = {"text": "红苗工程", "kind": "品牌", "note": "广州市越秀区", "url": "/awards/"}
TITLE = {"text": "实施“红苗工程” 培育商圈新生力量", "kind": "标题", "note": "", "url": "/organisations/"}
PLACE = {"text": "越秀区", "kind": "区划", "note": "广东省广州市", "url": "/districts/"}
LONG = {
    "text": "推动党建引领楼宇经济与基层治理深度融合的创新实践与长效机制探索" * 2,
    "kind": "标题",
    "note": "中共广州市番禺区石碁镇新时代社区委员会驻村第一书记联合工作组" * 2,
    "url": "/cases/",
}

ASKED = re.compile(r"/suggest/\?")
REST = 120
SILENCE = 1000
LONGER = 3 * REST  # by then a question that was to be asked has been


@pytest.fixture
def portal(live_server: Any, draining: None) -> str:
    """An empty library, served."""
    search.rebuild()
    return str(live_server.url)


def words_of(route: Route) -> str:
    return parse_qs(urlsplit(route.request.url).query)["q"][0]


def offer(*suggestions: dict[str, str]) -> Callable[[Route], None]:
    """Answer whatever is asked with these."""
    return lambda route: route.fulfill(json={"query": words_of(route), "suggestions": suggestions})


@dataclass
class Reader:
    """Someone at a search box, with what was asked of the server meanwhile."""

    seen: Watched
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page = self.seen.page
        self.box = self.page.get_by_label("搜索案例")
        self.list = self.page.get_by_role("listbox", name="搜索建议")
        self.options = self.list.get_by_role("option")
        self.form = self.page.get_by_role("search").filter(has=self.box)
        self.spoken = self.form.get_by_role("status")

    def meet(self, answer: Callable[[Route], None]) -> None:
        def handle(route: Route) -> None:
            self.asked.append(words_of(route))
            answer(route)

        self.page.route(ASKED, handle)

    def type(self, words: str) -> None:
        """Put these in at once, as an input method does: a busy machine makes pauses between keys."""
        self.box.focus()
        self.page.keyboard.insert_text(words)

    def wait_until_asked(self, words: str) -> None:
        for _ in range(600):
            if words in self.asked:
                return
            self.page.wait_for_timeout(50)
        pytest.fail(f"{words} was never asked")

    def stop_the_clock(self) -> None:
        """From here on time passes in the page only by `run_for`."""
        self.page.clock.install(time=0)
        self.page.clock.pause_at(1000)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def active(self) -> Locator:
        """The option that the box says is active, found as assistive technology finds it."""
        return self.page.locator(f"#{self.box.get_attribute('aria-activedescendant')}")

    def is_at(self, path: str) -> None:
        """Wait until the window shows this address."""
        self.page.wait_for_url(f"{self.seen.base}{path}")


Starting = Callable[..., Reader]


@pytest.fixture
def start(browser: Browser, portal: str) -> Starting:
    """Give what puts a reader before a page whose questions meet this answer."""

    def started(answer: Callable[[Route], None], path: str = "/cases/", **window: Any) -> Reader:
        reader = Reader(watched(browser, portal, **window))
        reader.meet(answer)
        reader.seen.open(path)
        return reader

    return started


@pytest.mark.parametrize("path", ["/", "/cases/", "/no-such-page/"])
def test_typing_shows_suggestions(start: Starting, path: str) -> None:
    reader = start(offer(BRAND, TITLE), path)

    reader.type("hmgc")

    expect(reader.options).to_have_text(["红苗工程广州市越秀区品牌", "实施“红苗工程” 培育商圈新生力量标题"])
    expect(reader.box).to_have_value("hmgc")
    assert reader.asked == ["hmgc"]


def test_nothing_is_asked_between_one_key_and_the_next(start: Starting) -> None:
    reader = start(offer(BRAND))
    reader.stop_the_clock()

    for letter in "hmgc":
        reader.box.press_sequentially(letter)
        reader.page.clock.run_for(REST - 1)
    assert reader.asked == []

    reader.page.clock.run_for(1)
    expect(reader.list).to_be_visible()
    assert reader.asked == ["hmgc"]


def test_only_words_that_stand_in_a_suggestion_are_marked(start: Starting) -> None:
    reader = start(offer(BRAND, TITLE, PLACE))

    reader.type("红苗")
    expect(reader.options.locator("mark")).to_have_text(["红苗", "红苗"])

    reader.box.fill("hmgc")
    expect(reader.options).to_have_count(3)
    expect(reader.options.locator("mark")).to_have_count(0)


def test_a_suggestion_is_text_whatever_stands_in_it(start: Starting) -> None:
    reader = start(offer(BRAND | {"text": "<b>红苗</b>", "note": "<i>广州</i>"}))

    reader.type("红苗")

    expect(reader.options).to_have_text(["<b>红苗</b><i>广州</i>品牌"])
    expect(reader.list.locator("b, i")).to_have_count(0)


def test_an_empty_box_asks_nothing_and_shows_nothing(start: Starting) -> None:
    reader = start(offer(BRAND))

    reader.type("  ")
    reader.page.wait_for_timeout(LONGER)
    assert reader.asked == []

    reader.type("红")
    expect(reader.list).to_be_visible()
    reader.box.fill("")
    expect(reader.list).to_be_hidden()


def test_an_answer_is_remembered(start: Starting) -> None:
    reader = start(offer(BRAND))

    for words in ("红", "红苗", "红"):
        reader.box.fill(words)
        expect(reader.options.locator("mark")).to_have_text([words])

    assert reader.asked == ["红", "红苗"]


def test_arrow_down_and_enter_go_to_the_suggestion(start: Starting) -> None:
    reader = start(offer(BRAND, TITLE))

    reader.type("红苗")
    expect(reader.list).to_be_visible()
    reader.press("ArrowDown", "ArrowDown", "Enter")

    reader.is_at("/organisations/")


def test_a_click_goes_to_the_suggestion(start: Starting) -> None:
    reader = start(offer(BRAND, TITLE))

    reader.type("红苗")
    reader.options.nth(1).click(delay=LONGER)  # a slow press: the list must not go away between down and up

    reader.is_at("/organisations/")


def test_a_tap_goes_to_the_suggestion(browser: Browser, portal: str) -> None:
    phone = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    reader = Reader(Watched(phone.new_page(), portal))
    reader.meet(offer(BRAND, TITLE))
    reader.seen.open("/cases/")

    reader.box.tap()
    reader.type("红苗")
    reader.options.nth(1).tap()

    reader.is_at("/organisations/")


def test_enter_alone_searches_for_the_words(start: Starting) -> None:
    reader = start(offer(BRAND, TITLE))

    reader.type("红苗")
    expect(reader.list).to_be_visible()
    reader.press("Enter")

    reader.is_at("/cases/?q=%E7%BA%A2%E8%8B%97")
    expect(reader.box).to_have_value("红苗")


def test_enter_before_an_answer_searches_for_the_words(start: Starting) -> None:
    reader = start(lambda route: None)  # a network so slow that no answer comes

    reader.type("红苗")
    reader.wait_until_asked("红苗")
    reader.press("Enter")

    reader.is_at("/cases/?q=%E7%BA%A2%E8%8B%97")


def test_back_in_the_text_enter_searches_for_the_words(start: Starting) -> None:
    reader = start(offer(BRAND, TITLE))

    reader.type("红苗")
    expect(reader.list).to_be_visible()
    for key in ("ArrowUp", "ArrowLeft", "ArrowRight", "Home", "End"):
        reader.press("ArrowDown")
        expect(reader.active()).to_have_text("红苗工程广州市越秀区品牌")
        reader.press(key)
        assert reader.box.get_attribute("aria-activedescendant") is None, key
    reader.press("Enter")

    reader.is_at("/cases/?q=%E7%BA%A2%E8%8B%97")


def test_home_moves_the_caret_in_the_text(start: Starting) -> None:
    reader = start(offer(BRAND))

    reader.type("苗")
    expect(reader.list).to_be_visible()
    reader.press("ArrowDown", "Home")
    reader.type("红")

    expect(reader.box).to_have_value("红苗")


def test_escape_closes_the_list_and_keeps_the_text_and_a_second_one_clears_it(start: Starting) -> None:
    reader = start(offer(BRAND))

    reader.type("红苗")
    expect(reader.list).to_be_visible()
    reader.press("Escape")
    expect(reader.list).to_be_hidden()
    expect(reader.box).to_have_value("红苗")

    reader.press("Escape")
    expect(reader.box).to_have_value("")


def test_arrow_down_opens_a_closed_list_again(start: Starting) -> None:
    reader = start(offer(BRAND, TITLE))

    reader.type("红苗")
    expect(reader.list).to_be_visible()
    reader.press("Escape", "ArrowDown")

    expect(reader.list).to_be_visible()
    expect(reader.active()).to_have_text("红苗工程广州市越秀区品牌")
    assert reader.asked == ["红苗"]


@pytest.mark.parametrize("leave", ["Tab", "Shift+Tab"])
def test_leaving_the_box_closes_the_list(start: Starting, leave: str) -> None:
    reader = start(offer(BRAND))

    reader.type("红苗")
    expect(reader.list).to_be_visible()
    reader.press(leave)

    expect(reader.list).to_be_hidden()
    expect(reader.box).to_have_attribute("aria-expanded", "false")
    expect(reader.page.locator(":focus")).to_have_text("搜索" if leave == "Tab" else "清单")


def test_an_answer_that_comes_after_the_reader_left_shows_nothing(start: Starting) -> None:
    held: list[Route] = []
    reader = start(held.append)

    reader.type("红苗")
    reader.wait_until_asked("红苗")
    reader.press("Tab")
    offer(BRAND)(held[0])
    reader.page.wait_for_timeout(LONGER)

    expect(reader.list).to_be_hidden()


def test_the_box_tells_assistive_technology_where_the_reader_is(start: Starting) -> None:
    reader = start(offer(BRAND, TITLE, PLACE))
    box = reader.box
    expect(box).to_have_role("combobox")
    expect(box).to_have_attribute("aria-autocomplete", "list")
    expect(box).to_have_attribute("aria-expanded", "false")

    reader.type("红苗")
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(reader.page.locator(f"#{box.get_attribute('aria-controls')}")).to_have_role("listbox")
    expect(reader.options.first).to_have_accessible_name("红苗工程，广州市越秀区，品牌")
    expect(reader.options.nth(1)).to_have_accessible_name("实施“红苗工程” 培育商圈新生力量，标题")

    def stands() -> list[str | None]:
        """Which options are selected, then which of them the box says is active."""
        option = box.get_attribute("aria-activedescendant")
        chosen = [o.get_attribute("id") for o in reader.options.all() if o.get_attribute("aria-selected") == "true"]
        return [*chosen, option]

    ids = [option.get_attribute("id") for option in reader.options.all()]
    assert len(set(ids)) == 3
    assert stands() == [None]
    for expected in (*ids, None, ids[0]):
        reader.press("ArrowDown")
        assert stands() == ([expected, expected] if expected else [None])
    for expected in (None, ids[2], ids[1]):
        reader.press("ArrowUp")
        assert stands() == ([expected, expected] if expected else [None])
    expect(box).to_be_focused()
    expect(box).to_have_value("红苗")


def test_a_screen_reader_is_told_how_many_only_when_typing_rests(start: Starting) -> None:
    reader = start(lambda route: offer(*([BRAND, TITLE] if words_of(route) == "红苗" else []))(route))
    reader.stop_the_clock()

    for words, message in (("红苗", "有 2 条建议，用上下方向键选择"), ("红苗工厂", "没有建议")):
        reader.box.fill(words)
        reader.page.clock.run_for(REST)
        expect(reader.list).to_be_visible(visible=message != "没有建议")
        reader.page.clock.run_for(SILENCE - 1)
        expect(reader.spoken).to_have_text("")
        reader.page.clock.run_for(1)
        expect(reader.spoken).to_have_text(message)


def test_a_screen_reader_that_reads_an_option_is_not_interrupted(start: Starting) -> None:
    reader = start(offer(BRAND))
    reader.stop_the_clock()

    reader.type("红苗")
    reader.page.clock.run_for(REST)
    expect(reader.list).to_be_visible()
    reader.press("ArrowDown")
    reader.page.clock.run_for(2 * SILENCE)

    expect(reader.spoken).to_have_text("")


@pytest.mark.parametrize("abort", ["works", "comes too late"])
def test_a_slow_stale_answer_does_not_replace_a_newer_one(start: Starting, abort: str) -> None:
    held: list[Route] = []
    reader = start(lambda route: held.append(route) if words_of(route) == "红" else offer(BRAND)(route))
    if abort == "comes too late":
        reader.page.evaluate("AbortController.prototype.abort = () => {}")

    reader.type("红")
    reader.wait_until_asked("红")
    reader.type("苗")
    expect(reader.options).to_have_text(["红苗工程广州市越秀区品牌"])
    offer(PLACE)(held[0])
    reader.page.wait_for_timeout(LONGER)

    assert reader.asked == ["红", "红苗"]
    expect(reader.options).to_have_text(["红苗工程广州市越秀区品牌"])
    assert held[0].request.failure == ("net::ERR_ABORTED" if abort == "works" else None)


def test_nothing_is_asked_while_a_word_is_being_composed(start: Starting) -> None:
    reader = start(offer(BRAND))
    reader.box.focus()
    method = reader.page.context.new_cdp_session(reader.page)

    for letters in ("h", "hong", "hong miao"):
        composed = {"text": letters, "selectionStart": len(letters), "selectionEnd": len(letters)}
        method.send("Input.imeSetComposition", composed)
        expect(reader.box).to_have_value(letters)
        reader.page.wait_for_timeout(LONGER)
    assert reader.asked == []
    expect(reader.list).to_be_hidden()

    method.send("Input.insertText", {"text": "红苗"})
    expect(reader.list).to_be_visible()
    assert reader.asked == ["红苗"]


def test_a_composition_that_begins_in_time_holds_back_the_question_and_closes_the_list(start: Starting) -> None:
    reader = start(offer(BRAND))
    method = reader.page.context.new_cdp_session(reader.page)
    reader.stop_the_clock()

    reader.type("红")
    reader.page.clock.run_for(REST)
    expect(reader.list).to_be_visible()
    reader.type("苗")
    reader.page.clock.run_for(REST - 1)
    method.send("Input.imeSetComposition", {"text": "gong", "selectionStart": 4, "selectionEnd": 4})
    reader.page.clock.run_for(LONGER)

    expect(reader.list).to_be_hidden()
    assert reader.asked == ["红"]


def test_the_enter_that_ends_a_composition_chooses_nothing(start: Starting) -> None:
    reader = start(offer(BRAND))

    reader.type("红苗")
    expect(reader.list).to_be_visible()
    reader.press("ArrowDown")
    for sign in ({"isComposing": True}, {"keyCode": 229}):
        reader.box.dispatch_event("keydown", {"key": "Enter", **sign})
    reader.page.wait_for_timeout(LONGER)

    expect(reader.list).to_be_visible()
    assert reader.page.url == f"{reader.seen.base}/cases/"


@pytest.mark.parametrize("path", ["/", "/cases/"])
def test_without_javascript_the_form_works(start: Starting, path: str) -> None:
    reader = start(offer(BRAND), path, script=False)
    expect(reader.box).to_have_role("searchbox")

    reader.type("红苗")
    reader.press("Enter")

    reader.is_at("/cases/?q=%E7%BA%A2%E8%8B%97")
    assert reader.asked == []


BROKEN = {
    "the server fails": lambda route: route.fulfill(status=500, json={"suggestions": [PLACE]}),
    "the answer is a page": lambda route: route.fulfill(content_type="text/html", body="<!doctype html>"),
    "the answer says nothing": lambda route: route.fulfill(json={}),
    "the network is gone": lambda route: route.abort(),
}


@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN)
def test_a_failing_answer_leaves_the_form_usable(start: Starting, answer: Callable[[Route], None]) -> None:
    reader = start(lambda route: offer(BRAND)(route) if words_of(route) == "红" else answer(route))
    faults: list[str] = []
    reader.page.on("pageerror", lambda error: faults.append(str(error)))

    reader.type("红")
    expect(reader.list).to_be_visible()
    reader.type("苗")
    expect(reader.list).to_be_hidden()
    expect(reader.spoken).to_have_text("")
    reader.press("ArrowDown", "Enter")

    reader.is_at("/cases/?q=%E7%BA%A2%E8%8B%97")
    assert faults == []


@pytest.mark.parametrize("path", ["/", "/cases/"])
@pytest.mark.parametrize("width", [1280, 360])
def test_the_list_is_as_wide_as_the_box_breaks_no_policy_and_asks_no_other_host(
    start: Starting, width: int, path: str
) -> None:
    reader = start(offer(BRAND, LONG, PLACE), path, width=width)

    reader.type("红苗")
    expect(reader.list).to_be_visible()
    reader.press("ArrowDown", "ArrowDown")

    inner, outer = reader.list.bounding_box(), reader.form.bounding_box()
    assert inner
    assert outer
    assert (inner["x"], inner["width"]) == (outer["x"], outer["width"])
    assert inner["y"] >= outer["y"] + outer["height"]
    assert reader.seen.overflow() <= 0
    heights = [box["height"] for option in reader.options.all() if (box := option.bounding_box())]
    assert len(heights) == 3
    assert min(heights) >= (44 if width == 360 else 24)
    assert max(heights) < 100  # a long title takes two lines and a long note one
    assert reader.seen.elsewhere == []
    assert reader.seen.complaints == []


def test_an_open_list_is_not_printed(start: Starting) -> None:
    reader = start(offer(BRAND), "/")

    reader.type("红苗")
    expect(reader.list).to_be_visible()
    reader.page.emulate_media(media="print")

    expect(reader.list).to_be_hidden()


def test_two_boxes_on_one_page_keep_apart(browser: Browser, portal: str) -> None:
    reader = Reader(watched(browser, portal))
    reader.meet(offer(BRAND))

    def twice(route: Route) -> None:
        page = route.fetch()
        route.fulfill(
            response=page, body=re.sub(r"(<form class=\"searchbox.*?</form>)", r"\1\1", page.text(), flags=re.S)
        )

    reader.page.route(f"{portal}/awards/", twice)
    reader.seen.open("/awards/")

    reader.box.nth(1).focus()
    reader.page.keyboard.insert_text("红苗")

    expect(reader.options).to_have_count(1)
    expect(reader.box.nth(0)).to_have_attribute("aria-expanded", "false")
    expect(reader.box.nth(1)).to_have_attribute("aria-expanded", "true")
    ids = reader.page.locator("[id]").evaluate_all("found => found.map(element => element.id)")
    assert len(ids) == len(set(ids))
    reader.press("ArrowDown")
    expect(reader.page.locator(f"#{reader.box.nth(1).get_attribute('aria-activedescendant')}")).to_have_attribute(
        "aria-selected", "true"
    )
