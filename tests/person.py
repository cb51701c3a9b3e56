"""Somebody at a window: goes about as people do, and looks over every page on the way."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import watched
from tests.test_admin_pages import Words
from tests.test_rich_text_browser import PASTE, editor

# What Chinese pages write in Latin letters.
LATIN = {
    *("Microsoft", "Authenticator", "FreeOTP", "Admin", "woaini", "ABCDE", "FGHJK"),  # apps, bad passwords, a code
    *("Alt", "Ctrl", "Shift", "Esc", "docx", "xlsx", "jpg", "jpeg", "png", "webp", "pdf"),
    *("Excel", "Word", "PDF", "CSV", "JSON", "localhost"),
}
# What is no word: keys and recovery codes, citations for programs, what stands behind an editor, tools not shown yet.
UNREAD = ".key, #codes, #cite, textarea, .prose-menubar:not([role])"
SHOWN = """UNREAD => {
    const page = document.documentElement.cloneNode(true);
    for (const one of page.querySelectorAll(UNREAD)) one.remove();
    return page.outerHTML;
}"""


class Person:
    """One person's browser; `faults` is what no page may have: other words, sideways scrolling, complaints."""

    def __init__(self, browser: Browser, base: str, *names: str) -> None:
        self.seen = watched(browser, base)
        self.page: Page = self.seen.page
        self.names = set(names)
        self.found: list[str] = []

    @property
    def faults(self) -> list[str]:
        return [*self.found, *self.seen.complaints, *self.seen.elsewhere]

    def look(self) -> None:
        """Note what is wrong with the page as it is now."""
        self.page.wait_for_load_state("load")
        where = urlsplit(self.page.url).path
        words = Words()
        words.feed(self.page.evaluate(SHOWN, UNREAD))
        shown = re.sub(r"https?://\S+|[\w.-]+\.png", "", " ".join(words.words))
        english = set(re.findall(r"[A-Za-z]{3,}", shown)) - LATIN - self.names
        self.found += [f"{where}: {english}"] if english else []
        self.found += [f"{where}: {wide} pixels too wide"] if (wide := self.seen.overflow()) > 0 else []

    def open(self, path: str) -> None:
        self.seen.open(path)
        self.look()

    def press(self, label: str, *, within: Locator | None = None) -> None:
        """Press the button of this name, and look at the page that comes."""
        with self.page.expect_navigation():
            (within or self.page).get_by_role("button", name=label, exact=True).click()
        self.look()

    def follow(self, label: str, *, within: Locator | None = None) -> None:
        with self.page.expect_navigation():
            (within or self.page).get_by_role("link", name=label, exact=True).first.click()
        self.look()

    def fill(self, **typed: str) -> None:
        """Type into the fields of these names."""
        for name, text in typed.items():
            self.page.locator(f'[name="{name}"]:visible').fill(text)

    def choose(self, name: str, words: str, label: str) -> None:
        """Type into a chooser that searches, and take what it finds under this label."""
        chooser = self.page.locator(f'[name="{name}"] + .select2')
        chooser.click()
        self.page.locator(".select2-search__field").last.fill(words)
        expect(self.page.locator(".loading-results")).to_have_count(0)  # there from the first letter to the answer
        self.page.get_by_role("option", name=label).first.click()
        expect(chooser).to_contain_text(label)

    def paste(self, label: str, html: str) -> None:
        """Paste into an editor what another program put on the clipboard."""
        editor(self.page, label).evaluate(PASTE, html)

    def sign_in(self, username: str, password: str, code: str) -> None:
        self.open("/admin/")
        self.fill(username=username, password=password)
        self.press("登录")
        self.fill(code=code)
        self.press("登录")
        expect(self.page.get_by_role("button", name="退出登录")).to_be_visible()

    def says(self, text: str, within: str = ".messagelist") -> None:
        expect(self.page.locator(within)).to_contain_text(text)

    def beside(self, button: str) -> Any:
        """Press a button whose page opens in a window of its own, and return that."""
        with self.page.context.expect_page() as opened:
            self.page.get_by_role("button", name=button, exact=True).click()
        return opened.value
