"""Bodies, sources, lists and words; accounts, locks and the audit."""

from __future__ import annotations

from docs.manual_pictures.made_up import Made
from docs.manual_pictures.window import Desk


def take(desk: Desk, made: Made) -> None:
    desk.open(f"/admin/cases/organisation/{made.body}/change/")
    desk.take("organisation", "#content h1", "#content-main > *", tall=520)
    desk.open(f"/admin/cases/source/{made.source}/change/")
    desk.take("source", "#content h1", "#content-main > *", tall=640)
    desk.open("/admin/cases/awardlist/add/")
    desk.take("award-list", "#content h1", "#content-main > *", tall=760)
    desk.open("/admin/cases/term/add/")
    desk.take("term", "#content h1", "#content-main > *", tall=460)
    administer(desk)


def administer(desk: Desk) -> None:
    stranger = desk.another()
    stranger.goto(desk.base + "/admin/login/")
    for _ in range(6):
        stranger.fill("#id_username", "luru2")
        stranger.fill("#id_password", "not-the-password")
        desk.follow(stranger.get_by_role("button", name="登录"))
    desk.take("locked", "#header", "#container", page=stranger, tall=400)
    stranger.context.close()
    page = desk.sign_in("guanli")
    desk.open("/admin/auth/user/")
    desk.take("accounts", "#content h1", "#content-main > *", tall=420)
    desk.follow(page.get_by_role("link", name="luru2"))
    desk.take("account-page", "#content h1", "#content-main > *")
    desk.open("/admin/portal/signinlock/")
    desk.take("locks", "#content h1", "#content-main > *", tall=320)
    desk.open("/admin/auth/user/add/")
    page.fill("#id_username", "luru3")
    page.fill("#id_last_name", "录入员丙")
    page.get_by_label("录入员", exact=True).check()
    desk.take("account-add", "#content h1", "#content-main > *")
    desk.follow(page.locator('[name="_save"]').first)
    desk.take("invitation", "#content h1", "#content > p")
    desk.open("/admin/cases/auditentry/")
    desk.take("audit", "#content h1", "#content-main > *", tall=640)
