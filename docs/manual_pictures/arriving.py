"""Invited, with a second factor, signed in; what waits for one at the desk."""

from __future__ import annotations

from base64 import b32decode

from django_otp.oath import totp

from docs.manual_pictures.made_up import Made
from docs.manual_pictures.window import PHONE, Desk


def take(desk: Desk, made: Made) -> None:
    page = desk.open(f"/accounts/invitation/{made.token}/")
    desk.take("set-password", "main .sign-in")
    page.fill("#id_new", desk.password)
    page.fill("#id_again", desk.password)
    desk.follow(page.get_by_role("button", name="设置密码并登录"))
    desk.open("/accounts/second-factor/")
    desk.take("second-factor", "main h1", "main ol")
    page.fill("#id_code", code_of(page.locator(".key").inner_text()))
    desk.follow(page.get_by_role("button", name="启用"))
    desk.take("recovery-codes", "main .narrow")
    desk.follow(page.get_by_role("link", name="已经抄好，继续"))
    desk.open("/accounts/")
    desk.take("account", "main")

    page = desk.page
    page.context.clear_cookies()
    desk.open("/admin/login/")
    desk.take("sign-in", "#header", "#container", tall=330)
    page.fill("#id_username", "guanli2")
    page.fill("#id_password", desk.password)
    desk.follow(page.get_by_role("button", name="登录"))
    desk.take("second-step", "main .sign-in")
    take_waiting(desk)


def code_of(key: str) -> str:
    """The six digits that an app shows for the key on the page."""
    bare = "".join(key.split())
    return f"{totp(b32decode(bare + '=' * (-len(bare) % 8))):06d}"


def take_waiting(desk: Desk) -> None:
    desk.sign_in("luru")
    desk.take("waiting", "#header", "#content-start", tall=620)
    desk.sign_in("shenhe")
    desk.take("waiting-checker", "#header", ".waiting", tall=480)
    desk.open("/admin/cases/case/")
    desk.take("cases", "#content h1", "#content-main > *", tall=560)
    desk.open("/admin/cases/notice/")
    desk.take("notices", "#content h1", "#content-main > *")
    phone = desk.sign_in("luru", desk.another(PHONE))
    desk.take("waiting-phone", "#container", page=phone, tall=640)
    phone.context.close()
