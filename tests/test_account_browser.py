"""From the invitation to the desk, in a browser: every page on the way fits, and breaks no rule."""

from __future__ import annotations

from typing import Any

import pytest
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import Browser, expect

from portal.models import Invitation
from tests.accounts import code_of
from tests.browser import watched
from tests.builders import make_user
from tests.test_accessibility import faults_here

pytestmark = [pytest.mark.browser, pytest.mark.any_database, pytest.mark.django_db(transaction=True)]


def test_an_invited_administrator_gets_to_the_desk_with_a_second_factor(
    browser: Browser, live_server: Any, settings: Any
) -> None:
    settings.REQUIRE_TOTP = "administrators"
    user = make_user("li", group="管理员", last_name="李华")
    token = Invitation.objects.invite(user, by=None)[1]
    reader = watched(browser, live_server.url)
    page, found, wide = reader.page, [], []

    def look() -> None:
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 800})
            found.extend(faults_here(reader))
            wide.extend([(page.url, width)] if reader.overflow() > 0 else [])

    reader.open(f"/accounts/invitation/{token}/")
    look()
    page.fill("#id_new", "a-password-of-my-own")
    page.fill("#id_again", "a-password-of-my-own")
    with page.expect_navigation():
        page.get_by_role("button", name="设置密码并登录").click()
    expect(page).to_have_url(f"{live_server.url}/accounts/second-factor/")
    look()
    page.fill("#id_code", code_of(TOTPDevice.objects.get()))
    with page.expect_navigation():
        page.get_by_role("button", name="启用").click()
    assert page.locator("#codes").inner_text().count("-") == 8
    look()
    with page.expect_navigation():
        page.get_by_role("link", name="已经抄好，继续").click()
    expect(page).to_have_url(f"{live_server.url}/admin/")
    for path in ("/accounts/", "/accounts/password/", "/accounts/second-factor/"):
        reader.open(path)
        look()

    assert (found, wide, reader.elsewhere) == ([], [], [])
    assert [told for told in reader.complaints if "Content Security Policy" in told] == []
