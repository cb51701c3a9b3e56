"""Debian's Chromium for tests: found or skipped, watched for requests to other hosts and for complaints."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect, sync_playwright

SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# As long as an action waits: a busy machine may need more than the usual 5 s, and only a test that fails waits longer.
expect.set_options(timeout=30_000)

# The shell is the same browser without its windows, menus and side panels, which cost as much again as the pages.
NAMES = "chromium-headless-shell", "chromium", "chromium-browser"


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Chromium; where there is none skip, or fail under CI."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        message = "没有安装 Chromium，浏览器测试跳过（Debian：apt-get install chromium-headless-shell）"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    # Playwright's loop runs in this thread, which Django would otherwise take for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=SWITCHES)
        yield browser
        browser.close()


@dataclass
class Watched:
    """A page with what it asked of other hosts and what it complained of."""

    page: Page
    base: str
    elsewhere: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        self.page.goto(self.base + path)

    def sign_in(self, user: Any) -> None:
        """Make this window somebody's, past the page for signing in."""
        client = Client()
        client.force_login(user)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": self.base}])

    def overflow(self) -> int:
        """How many pixels the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


def watched(browser: Browser, base: str, *, width: int = 1280, script: bool = True) -> Watched:
    """A new window of its own, watched from the first request."""
    context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=script, locale="zh-CN")
    seen = Watched(context.new_page(), base)
    host = urlsplit(base).netloc

    def request(found: object) -> None:
        url = urlsplit(found.url)  # type: ignore[attr-defined]
        if url.scheme in {"http", "https"} and url.netloc != host:
            seen.elsewhere.append(url.geturl())

    seen.page.on("request", request)
    seen.page.on("console", lambda m: seen.complaints.append(m.text) if m.type in {"error", "warning"} else None)
    seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    return seen
