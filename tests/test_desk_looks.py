"""The pages of the desk, each as it is at work: no rule of WCAG broken, nothing cut, no English."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser

from cases.discarding import discard
from cases.duplicates.merging import merge
from cases.models import BulkChange, Case, CaseVersion, OpenedCount, PossibleDuplicate, ProposedWord, SearchCount
from cases.workflow import make
from tests.browser import watched
from tests.builders import figure, make_case, make_draft, make_list, make_theme, make_user
from tests.desk import CASES, opened, page_of, signed_in
from tests.proposed import make_article
from tests.tables import brought, xlsx
from tests.test_accessibility import faults_here
from tests.test_admin_pages import english

LONG = "“红色合伙人”：商圈楼宇党建联盟共建共治共享，二十四个社区、一百二十家单位一起议事办事的长期做法"


def worked_desk(administrator: Client) -> dict[str, str]:
    """Leave of everything what a page shows, and return the addresses of the pages by name."""
    entrant = make_user("lin", group="录入员", last_name="林录")
    user = make_user("chen", group="审核员", last_name="陈审")
    case = make_draft(LONG, created_by=entrant, figures=[figure(120)])
    CaseVersion.objects.begin(case)
    administrator.post(
        page_of(case), opened(administrator, case, title=LONG[:20], summary="改过的摘要。", why="改标题")
    )
    stored = Case.objects.get(pk=case.pk)
    make(stored, "submit", by=entrant)
    make(stored, "send_back", by=user, reason="请补来源。")
    make(make_draft("待审的", created_by=entrant), "submit", by=entrant)
    discard(make_draft("删去的"), by=user)
    public = make_case("公开的")
    lists = make_list("十大案例", cases=[public])
    table = xlsx([["编号", "标题", "年度", "区划"], [None, "新的", 2020, "440104"], [None, "错的", "二〇", "火星"]])
    wrong = brought(administrator, table).request["PATH_INFO"]
    edit = f"{CASES}bulk-edit/?ids={case.pk},{public.pk}"
    data = {"theme_act": "add", "themes": [make_theme("智慧党建").pk]}
    seen = administrator.post(edit, data)
    administrator.post(edit, data | {"confirm": "1", "digest": seen.context["digest"]})
    damaged = make_draft("創(chuàng)新,好", summary="“党建 业务”平台，加强基?党建。", approach="<p>「著力」推動</p>")
    step = BulkChange.objects.get()
    history = f"{CASES}{case.pk}/history/"
    article = make_article(user, title="一篇文章")
    for back in (0, 1):
        day = timezone.localdate() - timedelta(days=back)
        SearchCount.objects.create(day=day, words="没有这样的词", found="none", times=3)
        OpenedCount.objects.create(day=day, words=LONG[:30], place=2, times=3)
    ProposedWord.objects.create(word="楼栋长", origin="texts", times=9, case_count=4, examples=[public.pk])
    ProposedWord.objects.create(word=LONG[:40], origin="searches", searches=9, nearest=["公开的"])
    twin = make_draft(f"{LONG}（录重了）", created_by=entrant, district=case.district, figures=[figure(120)])
    pair = PossibleDuplicate.objects.create(
        kind="cases.case", first=case.pk, second=twin.pk, score=1, why="标题相近，正文七成相同"
    )
    twice = make_draft(f"{LONG}（又一次）", created_by=entrant, district=case.district, figures=[figure(120)])
    make(twice, "submit", by=entrant)
    make(twice, "send_back", by=user, reason="录重了。")
    merged = merge(public, twice, by=User.objects.get(username="guanli"))
    tried = "word=公开的&synonyms_text=没公开的&trial_text=公开的案例&trial_query=没公开的"
    return {
        "待办": "/admin/",
        "案例": CASES,
        "什么也没有的列表": f"{CASES}?q=没有这样的词",
        "退回的案例": page_of(case),
        "公开的案例": page_of(public),
        "修改历史": history,
        "对照": f"{history}compare/?old=1&new=2",
        "恢复": f"{history}1/restore/",
        "榜单": f"/admin/cases/awardlist/{lists.pk}/change/",
        "通知": "/admin/cases/notice/",
        "回收站": "/admin/cases/discarded/",
        "导入": f"{CASES}import/",
        "导入预览": wrong,
        "文章导入": "/admin/cases/articleimport/",
        "从文章导入": "/admin/cases/articleimport/add/",
        "一篇文章": article.get_admin_url(),
        "文章里的案例": f"/admin/cases/articleimport/{article.pk}/cases/2/",
        "批量修改": edit,
        "查找替换": f"{CASES}replace/?ids={case.pk}",
        "修复文字": f"{CASES}repair/?ids={damaged.pk},{public.pk}",
        "批量操作": f"/admin/cases/bulkchange/{step.pk}/change/",
        "审计日志": "/admin/cases/auditentry/",
        "账号": f"/admin/auth/user/{user.pk}/change/",
        "替人设密码": f"/admin/auth/user/{user.pk}/password/",
        "疑似重复": "/admin/cases/possibleduplicate/",
        "合并": pair.get_merge_url(),
        "合并记录": "/admin/cases/merge/",
        "一次合并": merged.get_admin_url(),
        "登录锁定": "/admin/portal/signinlock/",
        "删除": f"{CASES}{case.pk}/delete/",
        "增加词条": "/admin/cases/term/add/",
        "词典试验": f"/admin/cases/term/trial/?{tried}",
        "新词建议": "/admin/cases/proposedword/",
        "检索统计": "/admin/cases/searchcount/",
    }


# What cells, parts and tables have beyond their right edge at 1280 px is out of sight.
CUT = """() => [...document.querySelectorAll('.results, #content-main')]
    .filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.id || e.className)"""

# Texts below 13 px, which Django's own rules come back to wherever ours are less specific.
SMALL = """() => [...document.querySelectorAll('#content *')]
    .filter(e => [...e.childNodes].some(one => one.nodeType === Node.TEXT_NODE && one.data.trim()))
    .filter(e => e.offsetWidth > 3 && parseFloat(getComputedStyle(e).fontSize) < 13)
    .map(e => e.textContent.trim().slice(0, 20))"""


@pytest.mark.long
@pytest.mark.browser
@pytest.mark.any_database
@pytest.mark.django_db(transaction=True)
def test_no_page_of_the_desk_breaks_a_rule_is_cut_or_too_small(browser: Browser, live_server: Any) -> None:
    administrator = signed_in("管理员", "guanli", last_name="王管")
    pages = worked_desk(administrator)
    reader = watched(browser, live_server.url)
    session = administrator.cookies["sessionid"].value
    reader.page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    found, cut, small = [], [], []
    for name, address in pages.items():
        reader.page.set_viewport_size({"width": 1280, "height": 900})
        reader.open(address)
        found += faults_here(reader)
        cut += [(name, part) for part in reader.page.evaluate(CUT)]
        reader.page.set_viewport_size({"width": 360, "height": 900})
        cut += [(name, "360")] if reader.overflow() > 0 else []
        small += [(name, text) for text in reader.page.evaluate(SMALL)]

    assert (found, cut, small) == ([], [], [])


@pytest.mark.any_database
@pytest.mark.django_db
def test_no_page_of_the_desk_speaks_english_or_ends_labels_in_its_colon(administrator: Client) -> None:
    names = {"lin", "chen", "xlsx", "csv", "Excel", "CSV", "Alt", "Enter", "MB", "pdf", "docx", "jpg", "jpeg", "png"}
    names |= {"txt", "html", "webp", "woaini", "Admin", "https", "example", "com", "utf", "chu", "ng", "MRR"}
    answers = {name: administrator.get(address) for name, address in worked_desk(administrator).items()}

    assert {name: answer.status_code for name, answer in answers.items() if answer.status_code != 200} == {}
    assert {name: words for name, answer in answers.items() if (words := english(answer) - names)} == {}
    assert [name for name, answer in answers.items() if ":</label>" in answer.content.decode()] == []


@pytest.mark.any_database
@pytest.mark.django_db
def test_who_has_no_district_and_who_finds_nothing_are_told_what_to_do() -> None:
    lost, entry = signed_in("录入员", "xin", districts=()), signed_in("录入员", "lin")

    assert "还没有管辖区划" in lost.get("/admin/").content.decode()
    assert "还没有管辖区划" not in entry.get("/admin/").content.decode()
    assert "取消搜索和筛选" in entry.get(f"{CASES}?q=没有这样的词").content.decode()
    assert "这里还没有案例" in entry.get(CASES).content.decode()
    assert "回到管理首页" in entry.get("/admin/auth/user/").content.decode()
    assert "回到管理首页" not in entry.get("/nope/").content.decode()
