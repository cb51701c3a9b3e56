"""The scripts that count searches and refresh the trial box."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from cases import search, searches
from cases.models import OpenedCount, SearchCount, Term
from tests.browser import watched
from tests.builders import make_case, make_user

pytestmark = [pytest.mark.browser, pytest.mark.any_database, pytest.mark.django_db(transaction=True)]


def test_a_search_and_what_was_opened_are_told_once_and_without_cookies(browser: Browser, live_server: Any) -> None:
    make_case("加装电梯", year=2021)
    make_case("电梯之家", year=2020)
    search.rebuild()
    reader = watched(browser, live_server.url)
    reader.page.context.add_cookies([{"name": "whoever", "value": "1", "url": live_server.url}])
    told: list[Any] = []
    reader.page.on("request", lambda asked: told.append(asked) if asked.url.endswith("/searched/") else None)

    with reader.page.expect_response("**/searched/"):
        reader.open("/cases/?q=电梯")
    reader.page.get_by_role("link", name="2021").first.click()
    expect(reader.page.locator("#found")).to_contain_text("1 个案例")
    reader.open("/cases/?q=电梯")
    # The case's page is held back until the telling is answered: a page that is gone hears no answer.
    held: list[Route] = []
    reader.page.route("**/cases/20*/", lambda route: held.append(route))
    second = reader.page.locator(".card-case h3 a").nth(1)
    with reader.page.expect_response("**/searched/"):
        second.click(no_wait_after=True)
    while not held:
        reader.page.wait_for_timeout(20)
    with reader.page.expect_navigation(url="**/cases/20*/"):
        held[0].continue_()
    with reader.page.expect_response("**/searched/"):
        reader.open("/cases/?q=没有这样的词")

    searches.flush()
    counts = [(one.words, one.found, one.times) for one in SearchCount.objects.order_by("found")]
    assert counts == [("没有这样的词", "none", 1), ("电梯", "some", 1)]
    assert [(one.words, one.place, one.times) for one in OpenedCount.objects.all()] == [("电梯", 2, 1)]
    assert [("cookie" in asked.all_headers()) for asked in told] == [False] * 3
    assert (reader.complaints, reader.elsewhere) == ([], [])


def test_the_trial_box_answers_while_one_types_and_saves_nothing(browser: Browser, live_server: Any) -> None:
    make_case("一呼百应")
    search.rebuild()
    curator = watched(browser, live_server.url)
    curator.sign_in(make_user("shenhe", group="审核员"))

    curator.open("/admin/cases/term/add/")
    for name, text in {
        "word": "有呼必应",
        "synonyms_text": "一呼百应",
        "trial_text": "有呼必应",
        "trial_query": "有呼必应",
    }.items():
        curator.page.locator(f"[name={name}]").fill(text)

    expect(curator.page.locator("#trial-result ins").first).to_have_text("有呼必应")
    expect(curator.page.locator("#trial-result")).to_contain_text("一共新找到 1 个")
    expect(curator.page.locator("[name=word]")).to_have_value("有呼必应")
    assert not Term.objects.exists()
    assert curator.complaints == []
