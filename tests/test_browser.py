"""The way readers and curators go, in a real browser."""

import re
import time

import pytest
from playwright.sync_api import Browser, expect

from cases.models import Case
from tests.browser import Watched, watched
from tests.builders import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_reader_finds_the_top_ten_walks_a_district_and_searches(
    browser: Browser, shipped_portal: str, script: bool
) -> None:
    page = watched(browser, shipped_portal, script=script).page
    page.goto(shipped_portal)

    with page.expect_navigation():
        page.get_by_role("link", name="榜单", exact=True).click()
    with page.expect_navigation():
        page.get_by_role("link", name="2020广州城市治理榜").click()
    expect(page.locator("article.card-case")).to_have_count(10)
    with page.expect_navigation():
        page.get_by_role("link", name="党建+河长制 治水显成效").click()
    expect(page.get_by_role("row", name="18,416")).to_be_visible()
    expect(page.locator("#sources").get_by_text("南方都市报：")).to_be_visible()

    with page.expect_navigation():
        page.get_by_role("navigation", name="主导航").get_by_role("link", name="区划").click()
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("link", name="越秀区", exact=True).click()
    expect(page.locator("article.card-case h3")).to_have_text(
        ["“党政银”深度共建 创党群服务新模式", "发挥支部带头作用 助力商圈业态升级"]
    )

    page.get_by_label("搜索案例").fill("紅苗工程")
    page.keyboard.press("Enter")
    expect(page.locator("article.card-case h3").first).to_contain_text("红苗工程")
    expect(page.locator("mark").first).to_have_text("红苗工程")


def test_a_case_is_reached_by_its_initials_and_the_keyboard_alone(browser: Browser, shipped_portal: str) -> None:
    page = watched(browser, shipped_portal).page
    page.goto(f"{shipped_portal}/")
    page.get_by_label("搜索案例").focus()
    page.keyboard.insert_text("hmgc")  # at once: a busy machine makes pauses between keys, and each asks anew
    expect(page.get_by_role("option").first).to_have_accessible_name("红苗工程，广东省广州市，品牌")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("红苗工程")


def test_filters_work_on_a_phone_by_keyboard(browser: Browser, shipped_portal: str) -> None:
    page = watched(browser, shipped_portal, width=360).page
    page.goto(f"{shipped_portal}/cases/")

    summary = page.locator(".facets > summary")
    summary.focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="农村").click()

    expect(page.get_by_label("已选条件").get_by_role("link", name="农村")).to_be_visible()
    expect(page).to_have_url(re.compile("sector=rural"))


def test_the_skip_link_is_the_first_stop_and_leads_to_the_text(browser: Browser, shipped_portal: str) -> None:
    page = watched(browser, shipped_portal).page
    page.goto(f"{shipped_portal}/cases/")

    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("跳到正文")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#main$"))


def sign_in(seen: Watched, username: str) -> None:
    seen.open("/admin/")
    seen.page.get_by_label("用户名").fill(username)
    seen.page.get_by_label("密码").fill("correct-horse-battery")
    with seen.page.expect_navigation():
        seen.page.get_by_role("button", name="登录").click()


def choose(seen: Watched, field: str, words: str) -> None:
    """Choose from an autocomplete of the admin."""
    seen.page.locator(f"#{field} + .select2").click()
    seen.page.locator(".select2-search__field").last.fill(words)
    expect(seen.page.locator(".loading-results")).to_have_count(0)  # there from the first letter to the answer
    seen.page.locator(".select2-results__option--highlighted", has_text=words).click()


def test_a_curator_enters_a_case_and_readers_find_it_within_two_seconds(browser: Browser, shipped_portal: str) -> None:
    make_user("curator", group="审核员")
    curator = watched(browser, shipped_portal)
    page = curator.page
    sign_in(curator, "curator")
    page.goto(f"{shipped_portal}/admin/cases/case/add/")

    page.locator("#id_title").fill("浏览器里录入的案例")
    page.locator("#id_summary").fill("社区把电动自行车充电棚建到楼下，解决飞线充电。")
    page.get_by_role("textbox", name="主要做法").fill("党支部牵头选址，居民投票。")
    choose(curator, "id_district", "越秀区")
    page.locator("#id_sector").select_option(label="城市社区")
    choose(curator, "id_credits-0-organisation", "越秀区委组织部")
    choose(curator, "id_citations-0-source", "南方都市报")
    with page.expect_navigation():
        page.get_by_role("button", name="保存并发布").click()

    case = Case.objects.get(title="浏览器里录入的案例")
    assert case.is_published, page.locator(".messagelist, .errornote").all_inner_texts()
    reader = watched(browser, shipped_portal)
    published = time.monotonic()
    while True:
        asked = time.monotonic()
        reader.open("/cases/?q=飛線充電")
        if reader.page.get_by_role("link", name="浏览器里录入的案例").count():
            break
        assert asked - published < 2  # whoever asks later finds it, however long the browser takes to show it
    assert curator.complaints == []
    assert curator.elsewhere == []
