"""What the admin's pages are made of: queries, words, policy, odd addresses."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.models import AwardEntry, Case
from tests.builders import (
    make_case,
    make_district,
    make_draft,
    make_list,
    make_organisation,
    make_sector,
    make_source,
    make_term,
    make_theme,
    make_user,
)
from tests.desk import (
    ADD,
    CASES,
    MODELS,
    filled,
    management_of,
    page_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def grow() -> None:
    """One more of everything, each with another of whatever it hangs on."""
    number = Case.objects.count()
    organisation = make_organisation(f"组织{number}", district=make_district(f"4401{number + 10}"))
    theme, sector = make_theme(f"主题{number}"), make_sector(f"领域{number}")
    case = make_case(
        f"案例{number}", leads=[organisation, make_organisation(f"协办{number}")], themes=[theme], sector=sector,
        district=make_district(f"4401{number + 30}"),
    )  # fmt: skip
    make_list(f"榜单{number}", cases=[case], organiser=organisation)
    make_source(f"source-{number}")
    make_term(f"词条{number}")
    make_user(group="录入员")


@pytest.mark.parametrize("model", MODELS)
def test_a_longer_list_costs_no_more_queries(administrator: Client, model: str) -> None:
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert administrator.get(f"/admin/{model}/").status_code == 200
        return len(queries)

    for _ in range(3):
        grow()
    administrator.get(f"/admin/{model}/")
    before = cost()
    for _ in range(6):
        grow()
    assert cost() == before


def test_a_form_with_more_rows_costs_no_more_queries(administrator: Client) -> None:
    def cost(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert administrator.get(address).status_code == 200
        return len(queries)

    bodies = [make_organisation(f"组织{number}", district=make_district(f"4401{number + 10}")) for number in range(9)]
    cases = [make_case(f"案例{number}", leads=[body]) for number, body in enumerate(bodies)]
    few, many = make_list("短榜", cases=cases[:2]), make_list("长榜", cases=cases[2:])
    for entry in AwardEntry.objects.select_related("case"):
        entry.organisations.set(entry.case.leads)  # type: ignore[union-attr]
        AwardEntry.objects.filter(pk=entry.pk).update(district=make_district())
    one, nine = make_draft(leads=bodies[:1]), make_draft(leads=bodies)
    short, long = (
        [f"/admin/cases/awardlist/{few.pk}/change/", page_of(one)],
        [f"/admin/cases/awardlist/{many.pk}/change/", page_of(nine)],
    )
    for address in short:
        cost(address)

    assert [cost(address) for address in long] == [cost(address) for address in short]
    page = administrator.get(long[0]).content.decode()
    assert page.count("selected>组织") == 7
    assert page.count(f"selected>{cases[5]}") == 1


class Words(HTMLParser):
    """Everything on a page that a person may read or hear, attributes included."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.silent += tag in {"script", "style"}
        found = dict(attrs)
        self.words += [found[name] for name in ("title", "alt", "placeholder", "aria-label") if found.get(name)]
        if tag == "input" and found.get("type") in {"submit", "button", "reset"}:
            self.words.append(found.get("value", ""))
        if rows := found.get("data-inline-formset"):
            self.words += [str(text) for text in json.loads(rows)["options"].values() if " " in str(text)]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in {"script", "style"}

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.words.append(data)


# Names and addresses in the records of these tests.
LATIN = {"guanli", "nandu", "list", "sector", "theme", "source", "user"}


def english(response: Any) -> set[str]:
    reader = Words()
    reader.feed(response.content.decode())
    return set(re.findall(r"[A-Za-z]{2,}", " ".join(reader.words))) - LATIN


@pytest.mark.parametrize("model", MODELS)
def test_no_page_of_the_admin_speaks_english(administrator: Client, model: str) -> None:
    grow()
    add = f"/admin/{model}/add/"
    first = administrator.get(f"/admin/{model}/").context["cl"].result_list[0].pk
    pages = {
        address: administrator.get(address)
        for address in (
            f"/admin/{model}/",
            f"/admin/{model}/?q=没有这样的词",
            add,
            f"/admin/{model}/{first}/change/",
            f"/admin/{model}/{first}/history/",
            f"/admin/{model}/{first}/delete/",
            "/admin/",
            "/admin/password_change/",
        )
    }
    pages["错误"] = administrator.post(add, dict.fromkeys(filled(pages[add]), "") | management_of(pages[add]))

    assert {
        address: page.status_code for address, page in pages.items() if page.status_code not in {200, 302, 403}
    } == {}
    assert {address: found for address, page in pages.items() if (found := english(page))} == {}


def test_sign_in_speaks_chinese_and_says_where_one_is(client: Client) -> None:
    for page in (client.get("/admin/login/"), client.post("/admin/login/", {"username": "x", "password": "y"})):
        assert english(page) == set()
        assert "基层党建创新案例库 · 管理" in page.content.decode()


def test_pages_carry_no_inline_script_or_style(administrator: Client) -> None:
    make_case()
    for address in ("/admin/", CASES, ADD, "/admin/auth/user/add/", "/admin/login/"):
        page = administrator.get(address).content.decode()
        assert not re.search(r"<style|<script(?![^>]* src=)(?![^>]*application/json)|\sstyle=|\son\w+=", page), address


def test_the_link_to_the_page_says_whether_readers_see_it(checker: Client) -> None:
    draft, published = make_draft("草稿"), make_case("已发布")

    for case, label in ((draft, "预览"), (published, "查看网页")):
        page = checker.get(page_of(case)).content.decode()
        assert re.findall(r'href="([^"]+)" class="viewsitelink">(\S+?)</a>', page) == [(case.get_absolute_url(), label)]
        assert checker.get(case.get_absolute_url()).status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        f"{ADD}?district=abc",
        f"{ADD}?part_of=²",
        "/admin/cases/organisation/add/?district=abc",
        f"{ADD}?district={'9' * 30}",
    ],
)
def test_an_odd_address_opens_an_empty_form(checker: Client, address: str) -> None:
    assert checker.get(address).status_code == 200


@pytest.mark.parametrize("address", [f"{CASES}?place=%00", f"{CASES}?status__exact=%00", f"{CASES}?q=a%00"])
def test_a_null_character_is_a_clear_400(checker: Client, address: str) -> None:
    response = checker.get(address)

    assert response.status_code == 400
    assert "请求有误" in response.content.decode()


@pytest.mark.parametrize("version", ["9" * 5000, "²", "-1", "x"])
def test_an_odd_version_is_a_stale_one(checker: Client, version: str) -> None:
    case = make_draft("原题")
    url = f"{CASES}{case.pk}/change/"

    response = checker.post(url, filled(checker.get(url), version=version, title="新题"))

    assert response.status_code == 200
    case.refresh_from_db()
    assert case.title == "原题"
