"""Many at once: import, bulk change, find and replace, and their undoing; export; the bin."""

from __future__ import annotations

import io
from typing import Any

from openpyxl import Workbook
from playwright.sync_api import FilePayload, Page

from docs.manual_pictures.made_up import Made
from docs.manual_pictures.window import Desk

HEAD = ["编号", "标题", "年度", "区划", "领域", "主题", "主办组织", "摘要", "成效数据"]
PLACED = [2026, "广东省广州市越秀区", "城市社区", None, "示例街道党工委"]
WRONG = [None, "社区食堂", "去年", "越秀", "城市社区", None, "没有的组织", "办了 6 家食堂。", "6家"]


def take(desk: Desk, made: Made) -> None:
    page = desk.sign_in("shenhe")
    desk.open("/admin/cases/case/import/")
    desk.take("import", "#content h1", "#content-main > *", tall=520)
    number = number_of(page, desk, made)
    good = [[None, "楼栋微网格", *PLACED, "示例街道把每栋楼划成一个微网格。", "微网格：320 个（2026年）"]]
    good.append([number, "骑手驿站“四个一”", *PLACED, "示例街道为骑手设驿站，可以歇脚、充电、反映问题。", None])
    bring(desk, page, "案例-有误.xlsx", [*good, WRONG])
    desk.take("import-wrong", "#import", tall=760)
    bring(desk, page, "案例.xlsx", good)
    desk.take("import-ready", "#import", tall=760)
    desk.follow(page.locator("input[name=confirm]"))
    page.get_by_text("查看这一步，需要时可以撤销").wait_for()
    desk.follow(page.get_by_text("查看这一步，需要时可以撤销"))
    desk.take("undo", "#content h1", "#content-main > *", tall=560)
    many(desk, page)
    desk.open("/admin/cases/bulkchange/")
    desk.take("bulk-changes", "#content h1", "#content-main > *", tall=300)
    away(desk, page)


def number_of(page: Page, desk: Desk, made: Made) -> str:
    desk.open(made.page("draft"))
    return page.locator(".field-number .readonly").first.inner_text().strip()


def bring(desk: Desk, page: Page, name: str, rows: list[list[Any]]) -> None:
    book, stored = Workbook(), io.BytesIO()
    sheet: Any = book.active
    sheet.title = "案例"
    for row in [HEAD, *rows]:
        sheet.append(row)
    book.save(stored)
    desk.open("/admin/cases/case/import/")
    file: FilePayload = {"name": name, "mimeType": "application/octet-stream", "buffer": stored.getvalue()}
    page.set_input_files("input[type=file]", file)
    desk.follow(page.locator("input[value=核对]"))
    page.locator("#rows").wait_for()


def many(desk: Desk, page: Page) -> None:
    desk.open("/admin/cases/case/?q=示例街道")
    for box in page.locator("input.action-select").all()[:3]:
        box.check()
    page.select_option("select[name=action]", label="批量修改所选案例")
    desk.follow(page.locator(".actions [name=index]"))
    page.select_option("#id_theme_act", "add")
    page.locator("input[name=themes]").nth(2).check()
    desk.follow(page.locator("input[name=preview]"))
    desk.take("bulk-edit", "#content h1", "#content-main > *", tall=1150)
    desk.open("/admin/cases/case/replace/?q=示例街道")
    page.fill("#id_words", "示例街道")
    page.fill("#id_by", "示范街道")
    desk.follow(page.locator("input[name=preview]"))
    desk.take("replace", "#content h1", "#content-main > *", tall=860)


def away(desk: Desk, page: Page) -> None:
    desk.open("/admin/cases/case/export/?q=加装电梯")
    desk.take("export", "#content h1", "#content-main > *")
    desk.open("/admin/cases/discarded/")
    desk.take("bin", "#content h1", "#content-main > *", tall=360)
    desk.follow(page.locator("#result_list tbody a").first)
    desk.take("bin-one", "#content h1", "#content-main > *", ".submit-row")
