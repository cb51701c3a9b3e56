"""Organisations: finding one, and what its page tells."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from cases.models import Case, Credit, Organisation
from tests.builders import make_case, make_district, make_draft, make_list, make_organisation
from tests.pages import cards, queries_of, text_of

pytestmark = pytest.mark.django_db


def add_credit(case: Case, body: Organisation, role: str) -> None:
    Credit.objects.create(case=case, organisation=body, role=role, position=9)


def tree(client: Client, body: Organisation) -> str:
    """The visible words of the tree on an organisation's page."""
    html = client.get(body.get_absolute_url()).content.decode()
    found = re.search(r'(?s)<h2 id="hierarchy">上下级组织</h2>(.*?)</nav>', html)
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split()) if found else ""


def rows(response: Any) -> list[str]:
    """What stands in the first column of the list."""
    found = re.findall(r'(?s)<tr><th scope="row">(.*?)</th>', response.content.decode())
    return [" ".join(re.sub(r"<[^>]+>", " ", re.sub(r"</?mark>", "", row)).split()) for row in found]


def test_an_organisation_shows_its_names_its_cases_and_nothing_of_drafts(client: Client) -> None:
    body = make_organisation("本级组织部", former_names="旧名甲\n旧名乙", short_name="本级", district=make_district())
    make_case("本级案例", leads=[body])
    make_case("别人案例", leads=[make_organisation("别人")])
    make_draft("草稿案例", leads=[body])

    page = client.get(body.get_absolute_url())

    assert cards(page) == ["本级案例"]
    for words in ("曾用名：旧名甲、旧名乙", "简称 本级", "区划 广东省广州市越秀区", "署名的案例（1 个）"):
        assert words in text_of(page)
    assert "草稿" not in text_of(page)


def test_cases_stand_by_the_part_that_the_organisation_had_those_it_led_first(client: Client) -> None:
    body, other = make_organisation("本级"), make_organisation("别人")
    for title, year, roles in (
        ("协办旧", 2018, ["partner"]), ("推荐", 2022, ["recommender"]), ("主办旧", 2019, ["lead"]),
        ("主办新", 2021, ["lead", "reporter"]), ("协办新", 2020, ["partner"]),
    ):  # fmt: skip
        case = make_case(title, year=year, leads=[other])
        for role in roles:
            add_credit(case, body, role)

    page = client.get(body.get_absolute_url())

    assert cards(page) == ["主办新", "主办旧", "协办新", "协办旧", "推荐"]
    headings = re.findall(r'<p class="part-heading">(.*?)</p>', page.content.decode())
    assert headings == ["主办", "协办", "推荐"]
    assert "主办 2 个，协办 2 个，推荐 1 个" in text_of(page)
    assert "本组织：主办、报送 主办新" in text_of(page)


def test_lists_that_it_organised_and_entries_that_name_it_stand_on_its_page(client: Client) -> None:
    body = make_organisation("课题组")
    make_list("主办的榜", organiser=body, year=2021)
    make_list("草稿榜", organiser=body, status="draft")
    award = make_list("入选的榜", year=2020)
    entry = award.entries.create(title="公布的名称", tier="二等奖")
    entry.organisations.add(body)
    make_list("无关的榜")

    page = text_of(client.get(body.get_absolute_url()))

    assert "主办的榜单（1 个） 主办的榜 2021年 市级" in page
    assert "入选榜单（1 次） 入选的榜 2020年 市级 二等奖 公布的名称" in page
    assert "草稿榜" not in page
    assert "无关的榜" not in page


def test_an_organisation_stands_in_its_tree_from_the_top_to_two_levels_below(client: Client) -> None:
    top = make_organisation("省委")
    middle = make_organisation("市委", parent=top)
    body = make_organisation("区委", parent=middle)
    street = make_organisation("街道党工委", parent=body)
    community = make_organisation("社区党委", parent=street)
    branch = make_organisation("小区党支部", parent=community)
    for one in (top, middle, body, community, branch, branch, make_organisation("旁支", parent=middle)):
        make_case(leads=[one])

    assert tree(client, body) == ("省委 1 个案例 市委 1 个案例 区委 1 个案例 街道党工委 社区党委 1 个案例")
    assert tree(client, top) == "省委 1 个案例 市委 1 个案例 区委 1 个案例 旁支 1 个案例"
    assert tree(client, branch) == (
        "省委 1 个案例 市委 1 个案例 区委 1 个案例 街道党工委 社区党委 1 个案例 小区党支部 2 个案例"
    )


def test_the_tree_has_nobody_whom_only_drafts_name(client: Client) -> None:
    hidden_top = make_organisation("草稿上级")
    top = make_organisation("上级", parent=hidden_top)
    body = make_organisation("本级", parent=top)
    make_case(leads=[body])
    make_draft(leads=[make_organisation("草稿下级", parent=body)])
    make_draft(leads=[body])
    make_list(organiser=make_organisation("草稿榜主办", parent=body), status="draft")
    make_draft(leads=[hidden_top])
    gap = make_organisation("无人署名", parent=body)
    lower = make_organisation("下下级", parent=gap)
    make_case(leads=[make_organisation("最下级", parent=lower)])

    assert tree(client, body) == "上级 本级 1 个案例 下下级"
    assert tree(client, make_organisation("最下级")) == "上级 本级 1 个案例 下下级 最下级 1 个案例"


def test_an_organisation_alone_has_no_tree_and_one_in_a_circle_does_not_hang(client: Client) -> None:
    alone, here, there = (make_organisation(name) for name in ("独立", "甲", "乙"))
    Organisation.objects.filter(pk=here.pk).update(parent=there)
    Organisation.objects.filter(pk=there.pk).update(parent=here)
    make_case(leads=[alone, here])

    assert tree(client, alone) == ""
    assert tree(client, here) == "乙 甲 1 个案例 乙"


def test_an_organisation_that_only_a_draft_names_is_404(client: Client) -> None:
    body = make_organisation("草稿单位")
    make_draft(leads=[body])

    assert client.get(body.get_absolute_url()).status_code == 404
    assert "草稿单位" not in text_of(client.get("/organisations/"))


def test_organisations_are_found_by_any_of_their_names_in_both_scripts(client: Client) -> None:
    make_case(leads=[make_organisation("中共广州市社会组织委员会", short_name="社会组织党委", former_names="社组工委")])
    make_case(leads=[make_organisation("广州市水务局")])

    for words in ("社会组织", "社會組織", "社组工委", "组织党委"):
        page = text_of(client.get("/organisations/", {"q": words}))
        assert "中共广州市社会组织委员会" in page, words
        assert "广州市水务局" not in page, words


def test_the_earlier_name_is_told_where_it_was_the_one_that_matched(client: Client) -> None:
    make_case(leads=[make_organisation("区数据局", former_names="区大数据中心\n区信息办")])
    make_case(leads=[make_organisation("区信息协会", former_names="区信息学会")])

    assert rows(client.get("/organisations/?q=信息")) == ["区信息协会", "区数据局 曾用名：区信息办"]
    assert rows(client.get("/organisations/?q=数据局")) == ["区数据局"]
    assert rows(client.get("/organisations/")) == ["区信息协会", "区数据局"]


@pytest.fixture
def spread() -> None:
    """Organisations of two kinds in three places, and one that only a draft names."""
    for name, kind, code in (
        ("甲党委", "committee", "440104"), ("乙党委", "committee", "440105"), ("丙机关", "government", "440104002"),
    ):  # fmt: skip
        make_case(leads=[make_organisation(name, kind=kind, district=make_district(code))])
    make_draft(leads=[make_organisation("草稿党委", kind="committee", district=make_district("440111"))])


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["丙机关", "乙党委", "甲党委"]),
        ("kind=committee", ["乙党委", "甲党委"]),
        ("district=440104", ["丙机关", "甲党委"]),
        ("district=440104&kind=committee&q=党委", ["甲党委"]),
        ("kind=committee&kind=government", ["丙机关", "乙党委", "甲党委"]),
        ("kind=nope", []),
        ("district=999999", []),
        ("q=" + "长" * 101, []),
        ("q=没有这个", []),
    ],
)
def test_organisations_are_narrowed_by_kind_and_district(
    client: Client, spread: None, query: str, names: list[str]
) -> None:
    assert sorted(rows(client.get(f"/organisations/?{query}"))) == sorted(names)


def test_choices_tell_how_many_organisations_they_have_and_keep_the_words(client: Client, spread: None) -> None:
    assert "类别 党委 2 个组织 机关 1 个组织" in text_of(client.get("/organisations/"))

    page = client.get("/organisations/?district=440100&q=党")
    assert "区划 不限 广东省 广州市 越秀区 1 个组织 海珠区 1 个组织" in text_of(page)
    assert '<input type="hidden" name="district" value="440100">' in page.content.decode()
    assert 'href="?district=440104&amp;q=%E5%85%9A"' in page.content.decode()


def test_districts_begin_where_there_is_something_to_choose(client: Client) -> None:
    for name, code in (("甲", "4401"), ("乙", "440104"), ("丙", "440104002")):
        make_case(leads=[make_organisation(name, district=make_district(code))])

    assert "区划 广东省 广州市 越秀区 2 个组织 3 个组织" in text_of(client.get("/organisations/"))
    assert "choices-district" not in client.get("/organisations/?q=丙").content.decode()


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("kind=nope", "“nope”不是可选的类别"),
        ("district=999999", "没有代码为“999999”的区划"),
        ("q=" + "长" * 101, "最多 100 个字"),
    ],
)
def test_a_bad_value_shows_an_error(client: Client, query: str, fault: str) -> None:
    assert fault in text_of(client.get(f"/organisations/?{query}"))


@pytest.mark.any_database
def test_longer_lists_and_larger_trees_cost_no_more_queries(client: Client) -> None:
    body = make_organisation("本级", parent=make_organisation("上级"))

    def grow(serials: range) -> None:
        for serial in serials:
            child = make_organisation(
                f"下级{serial}", parent=body, former_names=f"旧{serial}", district=make_district()
            )
            lower = make_organisation(f"下下级{serial}", parent=child)
            case = make_case(leads=[body, child, lower])
            add_credit(case, body, "reporter")
            award = make_list(f"榜{serial}", organiser=body)
            award.entries.create(title="条目").organisations.add(body)

    addresses = ["/organisations/", "/organisations/?q=旧", body.get_absolute_url()]
    grow(range(2))
    few = queries_of(client, *addresses)
    grow(range(2, 9))

    assert queries_of(client, *addresses) == few


def test_who_may_be_seen_is_not_asked_anew_for_every_organisation() -> None:
    """Else a library of 10,000 cases and 2,500 organisations needs two seconds for each count of them."""
    make_case()

    plan = Organisation.objects.visible_to(None).explain()

    if connection.vendor == "postgresql":
        assert "hashed SubPlan" in plan
        assert not re.search(r"(?<!hashed )SubPlan \d+\)", plan), plan
    else:
        assert "LIST SUBQUERY" in plan
        assert "CORRELATED" not in plan, plan
