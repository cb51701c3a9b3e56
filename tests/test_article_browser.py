"""从文章导入 in a browser: the Guangzhou article, as damaged as its mirror, becomes the library's own ten cases."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models import QuerySet
from playwright.sync_api import Browser, expect

from cases.models import ArticleImport, AwardList, Case
from tests import shipped
from tests.browser import Watched, watched
from tests.builders import make_user
from tests.proposed import make_article
from tests.test_accessibility import faults_here

pytestmark = [pytest.mark.browser, pytest.mark.any_database, pytest.mark.django_db(transaction=True)]

ADD = "/admin/cases/articleimport/add/"
NAME = "guangzhou-2020-top10.txt"


def mirrored() -> str:
    """The article itself where there is a folder of such, else its facts in other words and with the same damage."""
    folder = os.environ.get("CASE_LIBRARY_ARTICLES")
    article = Path(folder, NAME) if folder else Path(__file__).parent / "articles" / NAME
    return article.read_text(encoding="utf-8")


def curator(browser: Browser, base: str) -> Watched:
    reader = watched(browser, base)
    reader.sign_in(make_user("luru", group="录入员"))
    return reader


def look(reader: Watched) -> list[str]:
    """What is wrong with the page as it is, at both widths."""
    complaints = list(reader.complaints)
    found = faults_here(reader)
    reader.page.set_viewport_size({"width": 360, "height": 900})
    found += [f"{reader.page.url} is {wide} pixels too wide"] if (wide := reader.overflow()) > 0 else []
    found += faults_here(reader)
    reader.page.set_viewport_size({"width": 1280, "height": 900})
    reader.complaints[:] = complaints  # what axe does to look is not the page's doing
    return found


def told(cases: QuerySet[Case]) -> list[Any]:
    return [
        (case.title, case.district and case.district.code, sorted(body.name for body in case.leads))
        for case in cases.select_related("district").prefetch_related("credits__organisation").order_by("number")
    ]


def announced(award: AwardList) -> list[Any]:
    stages = [(stage.stage, stage.qualifier, stage.count) for stage in award.funnel.all()]
    entries = [
        (entry.title, entry.district and entry.district.code, sorted(body.name for body in entry.organisations.all()))
        for entry in award.entries.all()
    ]
    return [award.year, award.level, award.order, award.organiser, stages, entries]


def test_the_guangzhou_article_becomes_ten_drafts_and_a_list(browser: Browser, live_server: Any) -> None:
    shipped.districts()
    shipped.library()
    theirs = AwardList.objects.get(slug="guangzhou-2020-top10")
    ten = told(Case.objects.filter(awards__award_list=theirs))
    reader = curator(browser, live_server.url)
    page = reader.page
    reader.open(ADD)
    page.fill("#id_text", mirrored())
    with page.expect_navigation(url="**/change/"):
        page.get_by_role("button", name="识别", exact=True).click()
    found = look(reader)
    for box in page.locator('input[name="accept"]').all():  # a lost + is only offered
        box.check()
    with page.expect_navigation():
        page.get_by_role("button", name="识别案例").click()
    expect(page.locator(".article-cases > li")).to_have_count(10)
    page.fill("#id_source-publisher", "南方都市报")
    page.select_option("#id_source-kind", "newspaper")
    expect(page.locator(".article-saved")).to_contain_text("已自动保存")
    found += look(reader)
    with page.expect_navigation():
        page.get_by_role("button", name="存为草稿").click()
    expect(page.locator(".article-made")).to_be_visible()

    assert told(Case.objects.filter(status="draft")) == ten
    assert announced(AwardList.objects.get(status="draft")) == announced(theirs)
    assert (found, reader.complaints, reader.elsewhere) == ([], [], [])


def test_fields_and_passages_point_at_each_other_and_typing_is_kept(browser: Browser, live_server: Any) -> None:
    reader = curator(browser, live_server.url)
    page = reader.page
    article = make_article(User.objects.get(username="luru"))
    reader.open(f"/admin/cases/articleimport/{article.pk}/cases/1/")
    page.focus("#id_c1-title")
    expect(page.locator(".is-pointed")).to_have_text("楼门议事 邻里和睦")
    page.hover("#f-figures-0")
    expect(page.locator(".is-pointed")).to_have_text("超过2.3万名")
    page.get_by_role("link", name="超过2.3万名").click()
    expect(page.locator("#id_c1-figures-0-take")).to_be_focused()
    page.fill("#id_c1-title", "楼门里的议事会")
    expect(page.locator(".article-saved")).to_contain_text("已自动保存")
    article.refresh_from_db()
    assert article.proposals["cases"][0]["title"] == "楼门里的议事会"
    found = look(reader)
    with page.expect_navigation():
        page.get_by_role("button", name="保存，看下一个").click()
    page.get_by_role("radio", name="广东省广州市海珠区").check()
    with page.expect_navigation():
        page.get_by_role("button", name="保存，回到全文").click()
    expect(page.locator("#cases")).to_be_visible()
    assert ArticleImport.objects.get().proposals["cases"][1]["district"] != ""
    found += look(reader)
    with page.expect_navigation():
        page.get_by_role("button", name="存为草稿").click()
    expect(page.locator(".article-made")).to_be_visible()
    found += look(reader)

    assert [case.title for case in Case.objects.order_by("number")] == ["楼门里的议事会", "“新芽工程” 带出好队伍"]
    assert (found, reader.complaints, reader.elsewhere) == ([], [], [])
