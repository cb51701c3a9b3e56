"""A checker returns, publishes, sets a time, corrects and withdraws; versions, and two people at one case."""

from __future__ import annotations

from docs.manual_pictures.made_up import Made
from docs.manual_pictures.window import Desk


def take(desk: Desk, made: Made) -> None:
    page = desk.sign_in("shenhe")
    desk.open(made.page("waiting"))
    desk.take("checking", ".submit-row")
    desk.open(made.page("scheduled"))
    desk.take("scheduled", ".submit-row")
    desk.open(made.page("lift"))
    desk.follow(page.get_by_role("button", name="保存并发布"))
    page.locator(".messagelist").wait_for()
    desk.take("published", ".messagelist")
    desk.take("status-changes", "#status_changes-group")
    correct(desk, made)
    desk.open("/admin/cases/case/?status__exact=review")
    page.locator("input.action-select").first.check()
    desk.take("actions", "#content h1", "#content-main > *", tall=420)


def correct(desk: Desk, made: Made) -> None:
    page = desk.page
    page.fill("#id_summary", page.input_value("#id_summary").replace("46 部", "48 部"))
    page.locator("#correcting").get_by_text("勘误").click()
    page.fill("#id_wrong", "两年谈成 46 部")
    page.fill("#id_right", "两年谈成 48 部")
    page.fill("#id_corrected_why", "漏数了 2025 年 12 月的两部")
    page.fill("#id_why", "按街道来函更正")
    desk.take("correcting", "#correcting", ".submit-row")
    desk.follow(page.locator('[name="_continue"]'))
    page.locator(".messagelist").wait_for()
    reader = desk.another()
    address = page.locator(".object-tools .viewsitelink").get_attribute("href")
    reader.goto(desk.base + str(address))
    desk.take("correction-mark", "main h1", ".corrected", page=reader)
    desk.take("correction-read", "#corrections", "#corrections ~ *", page=reader, tall=240)
    reader.context.close()


def take_versions(desk: Desk, made: Made) -> None:
    page, path = desk.page, made.page("lift").replace("change/", "history/")
    desk.open(path)
    desk.take("history", "#content h1", ".history-table")
    desk.follow(page.get_by_role("button", name="对照所选两版"))
    desk.take("compare", "#content h1", "#content-main > *", tall=640)
    desk.open(path)
    desk.follow(page.get_by_role("link", name="恢复", exact=True).last)
    desk.take("restore", "#content h1", "#content-main > *", tall=720)
    conflict(desk, made)


def conflict(desk: Desk, made: Made) -> None:
    page, path = desk.page, desk.base + made.page("draft")
    page.goto(path)
    page.fill("#id_summary", "示例街道为骑手设了 12 处驿站，可以歇脚、充电、反映问题。")
    other = desk.sign_in("luru2", desk.another())
    other.goto(path)
    other.fill("#id_summary", "示例街道为骑手设驿站，可以歇脚、充电、热饭、反映问题。")
    other.fill("#id_brand_name", "骑手之家")
    desk.follow(other.locator('[name="_continue"]'))
    other.locator(".messagelist").wait_for()
    other.context.close()
    desk.follow(page.locator('[name="_continue"]'))
    page.locator(".conflict").wait_for()
    desk.take("conflict", ".errornote", ".errorlist.nonfield", ".conflict")
