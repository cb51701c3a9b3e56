"""The page on which columns and a format are chosen, and the page of a file as a browser shows it."""

import re
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, expect

from cases import search
from cases.exports.case import COLUMNS
from cases.exports.forms import FORMS
from cases.exports.kinds import KINDS
from cases.models import ExportFile
from cases.models.export_file import folder
from tests.browser import watched
from tests.builders import make_case, make_draft, make_export, make_sector
from tests.exporting import page_of
from tests.pages import queries_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def ticked(response: Any) -> list[str]:
    columns = [one for _, group in response.context["choices"].groups for one in group]
    return [one.column.name for one in columns if one.is_on]


def test_the_page_says_what_is_exported_and_offers_every_format_and_column(client: Client) -> None:
    rural = make_sector("农村", "rural")
    make_case("加装电梯", sector=rural)
    make_case("不该计入")
    make_draft("草稿", sector=rural)
    search.rebuild()

    page = client.get("/cases/export/?q=电梯&sector=rural&sort=title&page=3")

    text, html = text_of(page), page.content.decode()
    assert "1 个案例" in text
    assert "检索词 电梯 筛选条件 农村 排序 标题" in text
    assert sorted(ticked(page)) == sorted(column.name for column in COLUMNS)
    for name in KINDS["cases"].forms:
        assert f'formaction="/cases/export.{name}"' in html
        assert FORMS[name].use in text
    for name, value in (("q", "电梯"), ("sector", "rural"), ("sort", "title")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in html
    assert 'href="/cases/?q=%E7%94%B5%E6%A2%AF&amp;sector=rural&amp;sort=title' in html
    assert "后台" not in text


def test_columns_that_were_chosen_stay_ticked(client: Client) -> None:
    make_case()

    page = client.get("/cases/export/?column=title&column=summary")

    assert ticked(page) == ["title", "summary"]
    assert 'type="hidden" name="column"' not in page.content.decode()


def test_what_is_made_later_is_said_before(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FORMS, "xlsx", replace(FORMS["xlsx"], at_once=1))
    make_case()
    assert "后台" not in text_of(client.get("/cases/export/"))
    make_case()

    text = text_of(client.get("/cases/export/"))

    assert "导出 Excel 筛选、排序、做报表；内容较多，在后台制作" in text
    assert "导出 CSV 导入其他系统 导出" in text
    assert "保留 24 小时" in text


def test_a_format_that_cannot_hold_so_much_is_not_offered(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FORMS, "pdf", replace(FORMS["pdf"], at_once=1, most=2))
    for _ in range(2):
        make_case()
    assert "disabled" not in client.get("/cases/export/").content.decode()
    make_case()

    page = client.get("/cases/export/")

    assert "导出 PDF 打印、转发；一次最多 2 个案例，请先筛选" in text_of(page)
    assert 'formaction="/cases/export.pdf" disabled' in page.content.decode()
    assert "后台" not in text_of(page)


def test_a_bad_value_is_refused(client: Client) -> None:
    page = client.get("/cases/export/?district=999999")

    assert page.status_code == 400
    assert "没有代码为“999999”的区划" in text_of(page)


def test_the_list_leads_to_the_choice_with_its_conditions(client: Client) -> None:
    make_case(sector=make_sector("农村", "rural"))

    assert (
        'href="/cases/export/?sector=rural&amp;sort=title"'
        in client.get("/cases/?sector=rural&sort=title").content.decode()
    )


def test_the_choice_costs_the_same_for_more_cases(client: Client) -> None:
    make_case()
    few = queries_of(client, "/cases/export/")
    for _ in range(5):
        make_case()
    assert queries_of(client, "/cases/export/") == few


def test_the_page_looks_again_by_itself_while_there_is_something_to_wait_for(client: Client) -> None:
    waiting = page_of(client, make_export(name="", begun_at=None, done_at=None, touched_at=None)).content.decode()
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in waiting
    assert 'data-hx-trigger="every 2s"' in waiting
    done = page_of(client, make_export()).content.decode()
    assert "http-equiv" not in done
    assert "hx-trigger" not in done


def test_how_far_it_is_is_shown(client: Client) -> None:
    now = timezone.now()
    file = make_export(name="", done_at=None, touched_at=now, done=30, total=120)

    page = page_of(client, file)

    assert '<progress value="30" max="120"' in page.content.decode()
    assert "30 / 120" in text_of(page)
    ExportFile.objects.filter(pk=file.pk).update(done=120)
    assert "正在整理成文件" in text_of(page_of(client, file))


def test_no_page_of_a_file_is_stored_or_listed(client: Client) -> None:
    page = page_of(client, make_export())

    assert page["Cache-Control"] == "private, no-store"
    assert "Accept" in page["Vary"]
    assert '<meta name="robots" content="noindex">' in page.content.decode()
    robots = client.get("/robots.txt").content.decode()
    assert "Disallow: /exports/\n" in robots
    assert "Disallow: /cases/export\n" in robots


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_page_follows_its_file_by_itself_and_says_what_became_of_it(live_server: Any, browser: Browser) -> None:
    file = make_export(name="", begun_at=None, done_at=None, total=8)
    reader = watched(browser, str(live_server.url))
    reader.open(file.get_absolute_url())
    page = reader.page
    expect(page.get_by_role("heading", name="正在排队")).to_be_visible()

    now = timezone.now()
    ExportFile.objects.update(begun_at=now, touched_at=now, done=3)
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "3")
    expect(page.locator("#said")).to_have_text("正在制作")
    (folder() / "done.json").parent.mkdir(parents=True, exist_ok=True)
    (folder() / "done.json").write_bytes(b"{}")
    ExportFile.objects.update(done=8, done_at=now, name="done.json", size=2)
    link = page.get_by_role("link", name="下载 JSON 文件")
    expect(link).to_be_visible()
    expect(page.locator("#said")).to_have_text("已经做好")
    expect(page).to_have_title(re.compile("^已经做好："))
    with page.expect_download() as begun:
        link.click()
    assert begun.value.suggested_filename == f"基层党建创新案例 {timezone.localdate()}.json"
    assert reader.complaints == []


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_all_columns_are_ticked_or_unticked_at_once(live_server: Any, browser: Browser) -> None:
    make_case()
    reader = watched(browser, str(live_server.url))
    reader.open("/cases/export/?column=title")
    page = reader.page
    ticked = expect(page.locator("input[name=column]:checked"))
    ticked.to_have_count(1)
    page.get_by_role("button", name="全选", exact=True).click()
    ticked.to_have_count(len(COLUMNS))
    page.get_by_role("button", name="全不选").click()
    ticked.to_have_count(0)
    with page.expect_download() as begun:
        page.get_by_role("button", name="导出 CSV").click()
    assert begun.value.suggested_filename == f"基层党建创新案例 {timezone.localdate()}.csv"


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_without_scripts_the_page_reloads_itself(live_server: Any, browser: Browser) -> None:
    file = make_export(name="", begun_at=None, done_at=None)
    reader = watched(browser, str(live_server.url), script=False)
    reader.open(file.get_absolute_url())
    expect(reader.page.get_by_role("heading", name="正在排队")).to_be_visible()

    ExportFile.objects.update(fault="出错")

    expect(reader.page.get_by_role("heading", name="没有做成")).to_be_visible()
