"""Markup in every text field, by form, import and shell, is text wherever it shows: nothing of it runs or is loaded.

Chromium does without the Content-Security-Policy here, so that a page has to be safe by itself. Text fields are found
in the models: what is new is swept, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import models
from django.test import Client
from lxml import etree
from playwright.sync_api import Browser, Dialog, Page, Route, expect

from cases import search
from cases.discarding import discard
from cases.models import (
    AwardList,
    BulkChange,
    Case,
    CaseVersion,
    Correction,
    ExportRecord,
    FunnelStage,
    Notice,
    WorkingCopy,
)
from cases.models.rich_text import RichTextField
from cases.notices import subject_of, words_of
from cases.roles import ROLES
from tests.builders import (
    attach,
    figure,
    make_case,
    make_draft,
    make_list,
    make_organisation,
    make_shortlist,
    make_term,
    make_theme,
    make_user,
)
from tests.desk import ADD, CASES, entered, opened, page_of
from tests.tables import as_csv, brought
from tests.test_entering_browser import drop

pytestmark = [pytest.mark.browser, pytest.mark.any_database, pytest.mark.django_db(transaction=True)]

# Breaks out of attributes, scripts and boxes, runs by itself, and asks another host; and what fits shorter fields.
LONG = "</script></title></textarea>\"'><img src=//elsewhere.invalid onerror=window.ran=1>"
SHORT, TINY = "<img src=x onerror=window.ran=1>", "<i id=ran>"
RICH = (
    f"<p>{SHORT}<b onclick=window.ran=1>甲</b>&lt;img src=x onerror=window.ran=1&gt;</p><script>window.ran=1</script>"
)
LINK = "javascript:window.ran=1"
# Models and fields that hold keys, codes and the portal's own words.
OWN_MODELS = {
    "auditentry", "audithead", "bulkrecord", "discarded", "exportfile", "import", "importrow", "indexchange",
    "issuednumber", "passwordrecord", "permission", "trialaccount",
}  # fmt: skip
OWN_FIELDS = {
    "action", "after", "before", "code", "digest", "form", "hash", "key", "kind", "move", "number", "password",
    "published", "share_token", "status", "subject", "token_hash",
}  # fmt: skip
SEEN = """() => ({
    ran: Boolean(window.ran),
    made: [...document.querySelectorAll('[onerror], [onclick], #ran, a[href^="javascript:" i]:not(.historylink)')]
        .map(one => one.outerHTML.slice(0, 200)),
    shown: /window\\.ran|id=ran/.test(document.documentElement.outerHTML),
})"""


def longest_for(room: int | None, place: int) -> str:
    """As much markup as a field holds, told apart where it has to be."""
    for text in (f"{LONG}{place}", f"{SHORT}{place}", TINY):
        if room is None or len(text) <= room:
            return text
    return ""


def write_everywhere() -> int:
    """Put markup into every text field of every record, as a shell can; return how many fields have some."""
    written, places = 0, count(1000)
    for model in apps.get_models():
        if model._meta.app_label not in {"cases", "districts", "portal", "auth"} or model._meta.proxy:
            continue
        if model._meta.model_name in OWN_MODELS:
            continue
        rows: Any = model._base_manager.all()
        rows = rows.exclude(name__in=ROLES) if model is Group else rows
        for row in rows:
            given = {field.name: markup_for(field, next(places)) for field in texts_of(model)}
            if given := {name: text for name, text in given.items() if text}:
                model._base_manager.filter(pk=row.pk).update(**given)
                written += len(given)
    return written


def texts_of(model: Any) -> list[Any]:
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and not isinstance(field, models.SlugField | models.EmailField)
        and field.editable | (field.name not in OWN_FIELDS)
        and not (field.choices or field.name in OWN_FIELDS or (field.name.endswith("_text") and not field.editable))
    ]


def markup_for(field: Any, place: int) -> str:
    if isinstance(field, RichTextField):
        return RICH
    return LINK if isinstance(field, models.URLField) else longest_for(field.max_length, place)


def make_library(owner: Any) -> dict[str, Any]:
    """Records of every kind, in every state, before anything is written into them."""
    body, theme = make_organisation(), make_theme()
    whole = make_case(themes=[theme], leads=[body], figures=[figure(year, year=year) for year in (2019, 2020)])
    part = make_case("另一个", part_of=whole, leads=[body], themes=[theme])
    attach(whole, "a.png", "图"), attach(whole, "b.pdf", "文")
    Correction.objects.create(case=whole, date="2024-01-01", text="勘误", reason="原因")
    listed = make_list(cases=[whole, part], organiser=body, slug="list", series="年榜")
    listed.entries.first().organisations.add(body)  # type: ignore[union-attr]
    FunnelStage.objects.create(award_list=listed, stage="入围", count=5)
    make_term()
    Group.objects.create(name="自建")
    shared = make_shortlist(whole, part, owner=owner, notes=["一", "二"], name="清单", share_token="open")
    shared.shares_notes = True
    shared.save()
    for state in ("draft", "binned"):
        make_draft(state, leads=[body], themes=[theme])
    ExportRecord.objects.create(
        by_name="某人", subject="案例", form="CSV", count=1, unpublished_count=1, items="", unpublished_items=""
    )
    step = BulkChange.objects.create(kind="edit", subject="案例", title="一步", by_name="某人", by=owner)
    return {"whole": whole, "part": part, "body": body, "step": step, "list": listed}


def act(desk: Client, entry: Any) -> Case:
    """What is written by acting: versions, moves, notices, mail, the bin, working copies; return a draft."""
    draft, binned = Case.objects.filter(status="draft").order_by("pk")[:2]
    discard(binned, by=entry)
    Case.objects.filter(pk=draft.pk).update(created_by=entry)
    draft = Case.objects.get(pk=draft.pk)
    CaseVersion.objects.begin(draft)
    assert desk.post(page_of(draft), opened(desk, draft, why=LONG, brand_name=SHORT)).status_code == 302
    for move in ("submit", "send_back"):
        desk.post(f"{CASES}{draft.pk}/move/", {"_move": move, "reason": LONG})
    sent = {name: [LONG] for name in ("title", "brand_name", "summary", "approach")}
    WorkingCopy.objects.create(
        user=entry, case=draft, data=sent | {"credits-TOTAL_FORMS": ["0"], "credits-INITIAL_FORMS": ["0"]},
        based_on=1, at=draft.updated_at,
    )  # fmt: skip
    return draft


def answers_to_forms(desk: Client, draft: Case) -> dict[str, bytes]:
    """Pages that only a form leads to: refusals, conflicts, previews."""
    form = opened(desk, draft)
    title = f"{LONG}乙"
    ids = f"?ids={draft.pk}"
    asked = {"words": "img", "by": LONG, "fields_chosen": ["title", "summary", "approach", "figure_indicator"]}
    rows = [["编号", "标题", "年度", "区划", LONG], [LONG, LONG, LONG, LONG, LONG], ["", LONG, "2020", LONG, ""]]
    found = {
        "conflict": desk.post(page_of(draft), form | {"title": title, "summary": LONG, "version": "0"}),
        "refusal": desk.post(page_of(draft), form | {"title": title * 9, "year": SHORT, "figures-0-value": SHORT}),
        "preview": desk.post(f"{CASES}preview/", form | {"title": LONG, "approach": RICH}),
        "replace": desk.post(f"{CASES}replace/{ids}", asked),
        "repair": desk.post(f"{CASES}repair/{ids}", {"fields_chosen": ["title", "summary", "approach"]}),
        "bulk edit": desk.post(f"{CASES}bulk-edit/{ids}", {"move": "submit", "reason": LONG, "district": LONG}),
        "bulk edit preview": desk.post(f"{CASES}bulk-edit/{ids}", {"theme_act": "set", "reason": LONG}),
        "import": brought(desk, as_csv(rows), name=f"{SHORT}.csv"),
        "bad import": brought(desk, LONG.encode(), name=f"{SHORT}.csv"),
        "delete many": desk.post(CASES, {"action": "delete_selected", "_selected_action": [draft.pk], "index": 0}),
        "bad account": desk.post("/admin/auth/user/add/", {"username": LONG, "email": LONG, "groups": LONG}),
        "bad sign-in": Client().post("/accounts/login/", {"username": LONG, "password": LONG, "next": LONG}),
    }
    return {name: answer.content for name, answer in found.items()}


def pages(made: dict[str, Any], draft: Case) -> list[str]:
    """Every place where text shows by an address."""
    whole: Case = made["whole"]
    district = whole.district
    assert district
    readers = [
        "/", "/cases/", "/cases/?q=img+onerror", f"/cases/?q={LINK}<img>", "/cases/?more=list&sort=title",
        whole.get_absolute_url(), made["part"].get_absolute_url(), draft.get_absolute_url(),
        f"/compare/?case={whole.number}&case={made['part'].number}", "/organisations/", "/organisations/?q=img",
        made["body"].get_absolute_url(), "/awards/", "/awards/list/", "/districts/", "/districts/?choose=1&place=img",
        district.get_absolute_url(), "/statistics/", "/statistics/?district=440104", "/shortlist/",
        "/shortlist/shared/open/", "/download/", "/cases/export/", "/api/", "/accounts/",
    ]  # fmt: skip
    desk = ["/admin/", ADD, "/admin/cases/case/?q=onerror", "/admin/cases/case/import/"]
    for model in admin.site._registry:
        path = f"/admin/{model._meta.label_lower.replace('.', '/')}/"
        desk.append(path)
        row: Any = model._default_manager.order_by("pk").first()
        if row is not None and model._meta.model_name != "signinlock":
            is_ours = model in {Case, AwardList}  # the others' pages are made alike
            desk += [f"{path}{row.pk}/{page}/" for page in ("change", *(("history", "delete") if is_ours else ()))]
    start = f"{CASES}{draft.pk}/"
    desk += [
        f"{start}change/",
        f"{start}history/",
        f"{start}history/compare/?old=1&new=3",
        f"{start}history/2/restore/",
    ]
    desk += [f"{CASES}export/?q=img", f"{CASES}bulk-edit/?ids={draft.pk}", f"{CASES}replace/?ids={draft.pk}"]
    return [*readers, *desk]


def written_by_scripts(page: Page, base: str, draft: Case) -> Iterator[str]:
    """Places that fill while one types: likely doubles, a file that was dropped."""
    page.goto(base + ADD)
    page.fill("#id_title", f"{LONG}丙")
    expect(page.locator('[data-remarks="what"] a').first).to_contain_text("window.ran")
    yield "doubles"
    page.goto(base + page_of(draft))
    drop(page, (f"{SHORT}.pdf", b"%PDF-1.7"))
    expect(page.locator("#attachments-0 .stored-file")).to_contain_text("window.ran")
    yield "a dropped file"


@pytest.mark.long
def test_markup_in_every_text_is_text_in_every_place(browser: Browser, live_server: Any, settings: Any) -> None:
    settings.SITE_URL = live_server.url
    owner = make_user("guanli", group="管理员", email="a@example.com")
    entry = make_user("luru", group="录入员", email="b@example.com")
    desk = Client()
    desk.force_login(owner)
    made = make_library(owner)
    assert write_everywhere() > 100
    form = entered(title=LONG, brand_name=SHORT, summary=LONG, approach=RICH)
    assert desk.post(ADD, form).status_code in {200, 302}
    draft = act(desk, entry)
    # The administrator reads what is a curator's own: notices, working copies, steps.
    for model in (Notice, WorkingCopy):
        model.objects.update(user=owner)
    search.rebuild()
    by_form = answers_to_forms(desk, draft)

    context = browser.new_context(bypass_csp=True)
    context.add_cookies([{"name": "sessionid", "value": desk.cookies["sessionid"].value, "url": live_server.url}])
    elsewhere: list[str] = []

    def answer(route: Route) -> None:
        request = route.request
        if not request.url.startswith((live_server.url, "data:", "blob:")):
            elsewhere.append(request.url)
            route.abort()
        elif name := re.fullmatch(f"{live_server.url}/shown/([a-z%20-]+)", request.url):
            route.fulfill(body=by_form[name[1].replace("%20", " ")], content_type="text/html; charset=utf-8")
        elif request.resource_type in {"image", "stylesheet", "font"}:
            route.abort()
        else:
            route.continue_()

    context.route("**/*", answer)
    page, shown = context.new_page(), set()
    unsafe: dict[str, Any] = {}

    def dialog_opened(dialog: Dialog) -> None:
        elsewhere.append(f"dialog {dialog.message}")
        dialog.dismiss()

    page.on("dialog", dialog_opened)
    for path in [*pages(made, draft), *(f"/shown/{name}" for name in by_form)]:
        page.goto(live_server.url + path, wait_until="domcontentloaded")
        seen = page.evaluate(SEEN)
        shown |= {path} if seen["shown"] else set()
        if seen["ran"] or seen["made"]:
            unsafe[path] = seen
    for place in written_by_scripts(page, live_server.url, draft):
        seen = page.evaluate(SEEN)
        if seen["ran"] or seen["made"]:
            unsafe[place] = seen
    assert (unsafe, elsewhere) == ({}, [])
    unshown = {*pages(made, draft), *(f"/shown/{name}" for name in by_form)} - shown
    assert unshown == {"/api/"}
    feed = etree.fromstring(desk.get("/feed.xml").content)
    assert {str(one.tag).rpartition("}")[2] for one in feed.iter()} & {"img", "script", "i", "b"} == set()
    assert not [one for one in feed.iter() if one.get("type") in {"html", "xhtml"}]
    for notice in Notice.objects.all():
        assert "<" not in subject_of(notice) + words_of(notice)
    assert desk.get("/api/cases/")["Content-Type"] == desk.get("/suggest/?q=img")["Content-Type"] == "application/json"
