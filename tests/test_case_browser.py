"""A case's page in a real browser: on a desk, on a phone, on paper, by keyboard and without script."""

import io
import re
from typing import Any

import pytest
from django.core.files.base import ContentFile
from PIL import Image
from playwright.sync_api import Browser, expect

from cases.models import Attachment, Case, Citation, Correction
from tests.browser import Watched, watched
from tests.builders import make_case, make_list, make_organisation, make_source

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = "关于推进“党建引领、多元共治”基层治理创新实践的探索与思考"


@pytest.fixture
def case(live_server: Any) -> Case:
    """A published case with everything that a page can have."""
    made = make_case(
        "</script><!-- 党建+河长制",
        number="2020-0007",
        background="背景。" * 200,
        approach="做法。" * 400,
        results="成效。" * 200,
        leads=[make_organisation("长" * 100)],
        figures=[{"indicator": "站点", "value": v, "unit": "个", "year": y} for v, y in ((50, 2019), (80, 2021))],
    )
    source = make_source("web", url="https://example.org/news/1", published="")
    Citation.objects.create(case=made, source=source, position=1)
    Correction.objects.create(case=made, text="更正。")
    picture = io.BytesIO()
    Image.new("RGB", (600, 300), "gray").save(picture, "PNG")
    Attachment(case=made, title="服务站正门").file.save("a.png", ContentFile(picture.getvalue()))
    make_list(cases=[made])
    make_case((LONG * 5)[:120], number="2020-0008", part_of=made)
    return made


@pytest.fixture
def reader(browser: Browser, live_server: Any, case: Case) -> Watched:
    return watched(browser, str(live_server.url))


@pytest.mark.parametrize("width", [1920, 1280, 1024, 360])
def test_the_page_fits_every_width_and_breaks_no_policy(
    browser: Browser, live_server: Any, case: Case, width: int
) -> None:
    reader = watched(browser, str(live_server.url), width=width)
    for path in ("/cases/2020-0007/", "/cases/2020-0008/"):
        reader.open(path)
        reader.page.mouse.wheel(0, 20000)
        assert reader.overflow() <= 0, path
    assert reader.elsewhere == []
    assert reader.complaints == []


def test_the_contents_stay_beside_the_text_and_are_reached_by_keyboard(reader: Watched) -> None:
    page = reader.page
    reader.open("/cases/2020-0007/")
    link = page.get_by_role("navigation", name="本页内容").get_by_role("link", name="主要做法")

    link.focus()
    expect(link).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#approach$"))
    page.evaluate("scrollTo(0, 1200)")
    expect(link).to_be_in_viewport()


def test_on_a_phone_the_contents_are_closed_until_asked_for(browser: Browser, live_server: Any, case: Case) -> None:
    page = watched(browser, str(live_server.url), width=360, script=False).page
    page.goto(f"{live_server.url}/cases/2020-0007/")
    link = page.get_by_role("navigation", name="本页内容").get_by_role("link", name="来源")

    expect(link).to_be_hidden()
    page.locator(".contents summary").focus()
    page.keyboard.press("Enter")
    expect(link).to_be_visible()
    assert link.bounding_box()["height"] >= 44  # type: ignore[index]


def test_a_section_can_be_linked_by_keyboard(reader: Watched) -> None:
    reader.open("/cases/2020-0007/")
    link = reader.page.get_by_role("link", name="“主要做法”一节的链接")

    link.focus()
    reader.page.keyboard.press("Tab")
    reader.page.keyboard.press("Shift+Tab")
    expect(link).to_have_css("opacity", "1")
    reader.page.keyboard.press("Enter")
    expect(reader.page).to_have_url(re.compile("#approach$"))


def test_pictures_are_seen_whole(reader: Watched) -> None:
    reader.open("/cases/2020-0007/")
    picture = reader.page.get_by_role("img", name="服务站正门")

    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("naturalWidth", 600)
    expect(picture).to_have_css("object-fit", "contain")
    assert reader.complaints == []


def test_the_address_is_copied_where_a_script_can_and_the_button_is_hidden_elsewhere(
    browser: Browser, live_server: Any, case: Case
) -> None:
    for script in (True, False):
        reader = watched(browser, str(live_server.url), script=script)
        reader.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        reader.open("/cases/2020-0007/")
        button = reader.page.locator("button[data-copies=permanent-address]")
        expect(reader.page.locator("#permanent-address")).to_have_text(f"{live_server.url}/cases/2020-0007/")
        if not script:
            expect(button).to_be_hidden()
            continue
        button.click()
        expect(button).to_have_text("已复制")
        assert reader.page.evaluate("navigator.clipboard.readText()") == f"{live_server.url}/cases/2020-0007/"
        assert reader.complaints == []


def test_a_reference_is_copied_as_it_stands_and_can_be_read_without_a_script(
    browser: Browser, live_server: Any, case: Case
) -> None:
    for script in (True, False):
        reader = watched(browser, str(live_server.url), script=script)
        reader.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        reader.open("/cases/2020-0007/")
        reader.page.locator("#cite summary", has_text="BibTeX").click()
        for name in ("cite-page", "cite-bib"):
            block, button = reader.page.locator(f"#{name}"), reader.page.locator(f"button[data-copies={name}]")
            expect(block).to_be_visible()
            if not script:
                expect(button).to_be_hidden()
                continue
            button.click()
            expect(button).to_have_text("已复制")
            assert reader.page.evaluate("navigator.clipboard.readText()") == block.text_content()
        assert reader.complaints == []


def test_on_paper_stand_the_text_the_figures_and_the_addresses_and_nothing_to_click(reader: Watched) -> None:
    reader.open("/cases/2020-0007/")
    reader.page.emulate_media(media="print")

    printed = re.sub(r"\s+", " ", reader.page.locator("body").inner_text())
    for words in (
        "党建+河长制",
        "背景。",
        "站点",
        "2019年到2021年增加 30 个",
        "查看原文",
        "编号 2020-0007",
        "永久地址",
    ):
        assert words in printed, words
    for words in ("本页内容", "对比", "复制", "上一个", "下一个", "搜索"):
        assert words not in printed, words
    address = "getComputedStyle(document.querySelector('.sources a[rel]'), '::after').content"
    assert reader.page.evaluate(address) == '"（https://example.org/news/1）"'
