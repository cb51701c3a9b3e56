"""/suggest/: names by characters, pinyin and initials, as a reader types."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases import search
from cases.models import Case
from tests.builders import make_case, make_district, make_draft, make_organisation, make_term

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def suggested(client: Client, typed: str) -> list[tuple[str, str]]:
    response = client.get("/suggest/", {"q": typed})
    assert response.status_code == 200
    data = response.json()
    assert data["query"] == typed
    return [(found["text"], found["kind"]) for found in data["suggestions"]]


@pytest.fixture
def library(db: None) -> None:
    body = make_organisation("中共广州市海珠区委组织部", short_name="海珠组织部", former_names="海珠区委组织科")
    make_case("深化“红苗工程”打造共同体", brand_name="红苗工程", leads=[body], district=make_district("440104002"))
    make_case("睦邻门打通两个小区", leads=[make_organisation("五角场街道")], district=make_district("4403"))
    make_case(
        "“345”工作法", brand_name="345工作法", leads=[make_organisation("机关工委")], district=make_district("4403")
    )
    make_draft("红苗秘密", brand_name="红苗秘密工程", leads=[make_organisation("红苗秘密组织")])
    make_term("两新组织")
    make_term("三会一课", "组织生活")
    make_term("红苗停用", is_active=False)
    search.rebuild()


BRAND, LONG = ("红苗工程", "品牌"), ("深化“红苗工程”打造共同体", "标题")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("红苗", [BRAND, LONG]),
        ("紅苗工", [BRAND, LONG]),
        ("hmgc", [BRAND, LONG]),
        ("HMGC", [BRAND, LONG]),
        ("hongmiao", [BRAND, LONG]),
        ("hong miao g", [BRAND, LONG]),
        ("hongmgch", [BRAND, LONG]),
        ("洪苗", [BRAND, LONG]),
        ("gongtongti", [LONG]),
        ("345", [("345工作法", "品牌"), ("“345”工作法", "标题")]),
        ("345gzf", [("345工作法", "品牌"), ("“345”工作法", "标题")]),
        ("睦邻", [("睦邻门打通两个小区", "标题")]),
        ("ongmiao", []),
        ("海珠组织部", [("中共广州市海珠区委组织部", "单位")]),
        ("hzqwzzk", [("中共广州市海珠区委组织部", "单位")]),
        ("yuexiu", [("越秀区", "区划")]),
        ("人民街", [("人民街道", "区划")]),
        ("秘密", []),
        ("停用", []),
        ("", []),
        ("，。", []),
        ("两新", []),
        ("长" * 300, []),
        ("\0", []),
        ("(((*", []),
    ],
)
def test_names_are_suggested_by_characters_pinyin_and_initials(
    client: Client, library: None, typed: str, expected: list[tuple[str, str]]
) -> None:
    assert suggested(client, typed) == expected


def test_a_term_is_suggested_once_it_finds_something(client: Client, library: None) -> None:
    assert suggested(client, "sanhui") == []
    make_case("规范三会一课")
    search.drain()
    assert suggested(client, "sanhui") == [("三会一课", "词条"), ("规范三会一课", "标题")]
    assert suggested(client, "shyk") == [("三会一课", "词条"), ("规范三会一课", "标题")]


def test_every_suggestion_leads_to_a_page_with_a_case(client: Client, library: None) -> None:
    make_case("规范三会一课", brand_name="红苗工程")
    search.drain()
    seen = set()
    for typed in ("红苗工程", "深化", "海珠区委组织科", "深圳", "三会一课"):
        for suggestion in client.get("/suggest/", {"q": typed}).json()["suggestions"]:
            response = client.get(suggestion["url"])
            assert response.status_code == 200
            assert b"card-case" in response.content or b'class="case-head"' in response.content, suggestion
            seen.add((suggestion["kind"], suggestion["text"], suggestion["note"]))
    assert seen == {
        ("品牌", "红苗工程", ""),
        ("标题", "深化“红苗工程”打造共同体", "广东省广州市越秀区人民街道"),
        ("单位", "中共广州市海珠区委组织部", "海珠区委组织科"),
        ("区划", "深圳市", "广东省"),
        ("词条", "三会一课", ""),
        ("标题", "规范三会一课", "广东省广州市越秀区"),
    }


def test_what_is_withdrawn_or_renamed_is_not_suggested_even_by_an_old_index(client: Client, library: None) -> None:
    case = Case.objects.get(brand_name="红苗工程")
    assert suggested(client, "红苗") == [BRAND, LONG]
    Case.objects.filter(pk=case.pk).update(brand_name="青苗工程")
    assert suggested(client, "红苗") == [LONG]
    Case.objects.filter(pk=case.pk).update(title="改了名的案例")
    assert suggested(client, "深化") == []
    case.refresh_from_db()
    case.withdraw(by=None)
    assert suggested(client, "红苗") == []
    assert suggested(client, "海珠") == []
    assert suggested(client, "人民街") == []


def test_without_an_index_titles_and_brands_are_suggested_by_characters(client: Client, db: None) -> None:
    make_case("深化红苗工程", brand_name="红苗工程")
    make_draft("红苗秘密")
    assert suggested(client, "红苗") == [("红苗工程", "品牌"), ("深化红苗工程", "标题")]
    assert suggested(client, "hmgc") == []


def test_a_longer_library_costs_no_more_queries(client: Client, library: None) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as context:
            assert suggested(client, "g")
        return len(context)

    before = queries()
    for number in range(12):
        make_case(f"工程{number}", brand_name=f"工程品牌{number}", leads=[make_organisation(f"广州街道{number}")])
    search.drain()
    assert queries() == before
    kinds = [kind for _, kind in suggested(client, "g")]
    assert len(kinds) == 10
    assert max(map(kinds.count, kinds)) == 5


def test_only_reading_is_allowed_and_nothing_is_kept(client: Client, library: None) -> None:
    assert client.post("/suggest/", {"q": "红苗"}).status_code == 405
    assert "no-store" in client.get("/suggest/", {"q": "红苗"})["Cache-Control"]
