"""An article becomes cases; texts are repaired; what is there twice is merged; words are tried."""

from __future__ import annotations

from playwright.sync_api import Page

from docs.manual_pictures.made_up import ARTICLE, Made
from docs.manual_pictures.window import Desk

TRIED = "word=示例驿站&synonyms_text=骑手之家&trial_text=街道建起示例驿站，骑手随时能歇脚&trial_query=骑手之家"


def take(desk: Desk, made: Made) -> None:
    page = desk.sign_in("shenhe")
    read(desk, page)
    desk.open(made.page("damaged"))
    page.locator("#unrecorded li").first.wait_for()
    desk.take("unrecorded", "#unrecorded")
    desk.open(f"/admin/cases/case/repair/?ids={made.cases['damaged']}")
    desk.take("repair", "#content h1", "#content-main > *", tall=860)
    desk.open("/admin/cases/possibleduplicate/")
    desk.take("duplicates", "#content h1", "#content-main > *", tall=350)
    desk.follow(page.get_by_role("link", name="对照、合并").first)
    desk.take("merge", "#content h1", "#content-main > *", tall=1100)
    desk.open(f"/admin/cases/term/trial/?{TRIED}")
    desk.take("term-trial", "#trial-result")
    desk.open("/admin/cases/searchcount/")
    desk.take("search-counts", "#content h1", "#content-main > *", tall=760)


def read(desk: Desk, page: Page) -> None:
    desk.open("/admin/cases/articleimport/add/")
    page.fill("#id_text", ARTICLE)
    desk.follow(page.locator("input[value=识别]"))
    desk.take("article-repair", "#content h1", "#content-main > *", tall=640)
    desk.follow(page.locator("input[name=read]"))
    desk.take("article-whole", "#content h1", "#content-main > *", tall=820)
    desk.follow(page.get_by_role("button", name="核对").first)
    desk.take("article-case", "#content h1", "#content-main > *", tall=900)
