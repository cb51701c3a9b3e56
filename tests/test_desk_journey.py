"""A case's whole life, in a browser: from the invitation of who enters it to an earlier version restored."""

from __future__ import annotations

import time
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import Browser, expect

from cases import audit
from cases.models import AuditEntry, AuditHead, Case
from tests.accounts import PASSWORD, code_of, make_device, steadied
from tests.builders import make_user
from tests.clipboard import FROM_WORD, WORD
from tests.person import Person
from tests.test_uploads import picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TITLE, SUMMARY = "河长到支部", "街道党工委把支部建在河涌边，党员任河长，18个社区水变清。"
BETTER = SUMMARY.replace("18个社区", "18个社区、3个园区")
CASE = "the case"
RIGHT = BETTER.replace("18个", "16个")


@pytest.fixture
def audited(transactional_db: None) -> None:
    """The audit from its beginning, which other tests empty away with all tables."""
    if not AuditHead.objects.exists():
        audit.begin()


@pytest.fixture
def base(audited: None, shipped_portal: str, settings: Any) -> str:
    settings.REQUIRE_TOTP = "curators"
    return shipped_portal


def window(browser: Browser, base: str) -> Person:
    return Person(browser, base, "guanli", "wangfang", "lijun")


def staff(browser: Browser, base: str, username: str, group: str, name: str) -> Person:
    """Somebody with an account and an app that shows codes, signed in."""
    device = make_device(make_user(username, group=group, districts=["4401"], last_name=name))
    person = window(browser, base)
    person.sign_in(username, PASSWORD, code_of(device))
    return person


def invite(administrator: Person) -> str:
    """Make an account for one who enters cases; return the link that is shown once."""
    administrator.open("/admin/auth/user/add/")
    administrator.fill(username="wangfang", last_name="王芳")
    administrator.page.get_by_label("录入员").check()
    administrator.choose("remits-0-district", "广州", "广州市")
    administrator.press("保存")
    return administrator.page.locator("#link").inner_text()


def accept(author: Person, link: str) -> None:
    """Set a password, then a second factor, without which nothing opens; sign out and in again with it."""
    author.open(link.removeprefix(author.seen.base))
    author.fill(new="my-own-long-password", again="my-own-long-password")
    author.press("设置密码并登录")
    author.open("/admin/")
    expect(author.page.get_by_role("heading", level=1)).to_have_text("启用第二步验证")
    device = steadied(TOTPDevice.objects.get(confirmed=False))
    author.fill(code=code_of(device))
    author.press("启用")
    author.follow("已经抄好，继续")
    author.press("退出登录")
    author.sign_in("wangfang", "my-own-long-password", code_of(device, steps=1))


def enter(author: Person) -> None:
    """Fill in the form of a new case, as far as sending it up."""
    page = author.page
    author.open("/admin/cases/case/add/")
    author.fill(title=TITLE, summary=SUMMARY)
    page.get_by_label("领域").select_option(label="城市社区")
    author.choose("district", "越秀", "越秀区")
    author.choose("credits-0-organisation", "越秀区委组织", "越秀区委组织部")
    author.paste("主要做法", WORD)
    author.fill(**{"figures-0-indicator": "覆盖社区", "figures-0-value": "18", "figures-0-unit": "个"})
    author.says("年份", '[data-remarks="figures"]')
    author.fill(**{"figures-0-year": "2020"})
    author.says("没有来源", '[data-remarks="sources"]')
    author.choose("citations-0-source", "南方都市报", "南方都市报")
    with page.expect_file_chooser() as chooser:
        page.get_by_text("选择文件", exact=True).click()
    chooser.value.set_files({"name": "IMG_1.png", "mimeType": "image/png", "buffer": picture("PNG")})
    author.fill(**{"attachments-0-title": "党员河长在河涌边巡查"})
    author.says(f"{len(SUMMARY) - 1} 字", '[data-counts="summary"]')
    expect(page.locator(".remarks li")).to_have_count(0)
    author.look()


def preview(author: Person) -> None:
    """See it as readers will, and send it up."""
    window = author.beside("预览")
    expect(window.locator("h1")).to_have_text(TITLE)
    expect(window.locator(".prose li", has_text="设网格员")).to_be_visible()
    window.close()
    author.press("保存并提交审核")
    author.says("已提交审核")


def send_back(checker: Person) -> None:
    """Find it among what waits, and return it with a reason."""
    checker.open("/admin/")
    checker.follow(TITLE, within=checker.page.get_by_role("region", name="待我审核"))
    checker.fill(reason="园区也做了，请补上")
    checker.press("退回修改")
    checker.says("已退回")


def mend(author: Person) -> None:
    """See who returned it and why, correct it and send it up again."""
    author.open("/admin/")
    returned = author.page.get_by_role("region", name="退回给我的")
    expect(returned).to_contain_text("园区也做了，请补上（李军）")
    author.follow(TITLE, within=returned)
    author.says("园区也做了，请补上", ".returned")
    author.fill(summary=BETTER, why="按审核意见补上园区")
    author.press("保存并提交审核")
    author.says("已提交审核")


def publish(checker: Person) -> None:
    checker.open("/admin/")
    checker.follow(TITLE, within=checker.page.get_by_role("region", name="待我审核"))
    checker.press("保存并发布")
    checker.says("已发布")


def found(reader: Person, words: str, *, number: int) -> None:
    """Search until the index has heard of the change: whoever asks later than readers should wait is told of it."""
    link, changed = reader.page.locator("article.card-case").get_by_role("link", name=TITLE), time.monotonic()
    while True:
        asked = time.monotonic()
        reader.open(f"/cases/?q={words}")
        if link.count() == number:
            break
        assert asked - changed < 5, f"{link.count()} found"


def read(reader: Person) -> None:
    """Find it by a word of what was pasted, and look at its text, its figure and its picture."""
    found(reader, "设网格员", number=1)
    reader.follow(TITLE)
    page = reader.page
    expect(page.locator(".lead-text")).to_have_text(BETTER)
    expect(page.locator(".prose li", has_text="设网格员")).to_be_visible()
    expect(page.locator(".prose table")).to_contain_text("年份")
    expect(page.locator("#figures")).to_contain_text("覆盖社区")
    shown = page.get_by_role("img", name="党员河长在河涌边巡查")
    shown.scroll_into_view_if_needed()
    expect(shown).to_have_js_property("naturalWidth", 8)


def correct(checker: Person, case: Case) -> None:
    checker.open(f"/admin/cases/case/{case.pk}/change/")
    checker.fill(summary=RIGHT)
    checker.page.get_by_label("勘误：").check()
    checker.fill(wrong="18个社区", right="16个社区", corrected_why="来源已更正")
    checker.press("保存并继续编辑")
    checker.says("修改")


def read_correction(reader: Person, case: Case) -> None:
    today = timezone.localdate()
    reader.open(case.get_absolute_url())
    reader.says("本页有 1 条勘误", "main")
    reader.says(f"{today.year}年{today.month}月{today.day}日", "#corrections")
    reader.says("原因：来源已更正", "#corrections")
    expect(reader.page.locator(".lead-text")).to_have_text(RIGHT)


def withdraw(checker: Person) -> None:
    checker.fill(reason="等待核实")
    checker.press("撤下")
    checker.says("已撤下，读者不再看到")


def restore(checker: Person) -> None:
    """Go back to what was published, in the history."""
    checker.follow("修改历史")
    row = checker.page.get_by_role("row").filter(has_text="按审核意见补上园区")
    checker.follow("恢复", within=row)
    checker.press("恢复第 4 版")
    checker.says("已恢复为")
    expect(checker.page.get_by_label("摘要")).to_have_value(BETTER)


# What the audit tells of it: who did what with what.
ACTS = [
    ("signed-in", "guanli", "guanli"),
    ("account-added", "guanli", "wangfang"),
    ("roles-changed", "guanli", "wangfang"),
    ("districts-changed", "guanli", "wangfang"),
    ("invited", "guanli", "wangfang"),
    ("password-set", "", "wangfang"),
    ("invitation-accepted", "wangfang", "wangfang"),
    ("signed-in", "wangfang", "wangfang"),
    ("totp-added", "wangfang", "wangfang"),
    ("signed-out", "wangfang", "wangfang"),
    ("signed-in", "wangfang", "wangfang"),
    ("submitted", "wangfang", CASE),
    ("signed-in", "lijun", "lijun"),
    ("sent-back", "lijun", CASE),
    ("submitted", "wangfang", CASE),
    ("published", "lijun", CASE),
    ("corrected", "lijun", CASE),
    ("withdrawn", "lijun", CASE),
    ("restored", "lijun", CASE),
]


@pytest.mark.long
def test_a_case_from_the_invitation_of_its_author_to_an_earlier_version(browser: Browser, base: str) -> None:
    administrator = staff(browser, base, "guanli", "管理员", "赵敏")
    author, reader = window(browser, base), window(browser, base)
    accept(author, invite(administrator))
    enter(author)
    preview(author)
    case = Case.objects.get(title=TITLE)

    checker = staff(browser, base, "lijun", "审核员", "李军")
    send_back(checker)
    mend(author)
    assert reader.page.request.get(base + case.get_absolute_url()).status == 404
    publish(checker)
    read(reader)
    correct(checker, case)
    read_correction(reader, case)
    withdraw(checker)
    assert reader.page.request.get(base + case.get_absolute_url()).status == 404
    found(reader, "设网格员", number=0)
    restore(checker)
    case.refresh_from_db()
    assert (case.summary, case.approach) == (BETTER, FROM_WORD)

    administrator.open("/admin/cases/auditentry/")
    administrator.says("恢复旧版本", "#result_list")
    acts = AuditEntry.objects.exclude(username="", address="").order_by("number")
    told = [*acts.values_list("action", "username", "about_name")]
    assert told == [(what, who, case.number if about == CASE else about) for what, who, about in ACTS]
    call_command("verify_audit", verbosity=0, stdout=StringIO())
    assert [fault for person in (administrator, author, checker, reader) for fault in person.faults] == []
