"""Districts with their cases, sectors, organisations and lists, and the levels above and below."""

import re

import pytest
from django.test import Client

from cases.models import Case
from tests.builders import (
    make_case,
    make_district,
    make_draft,
    make_list,
    make_organisation,
    make_sector,
)
from tests.pages import cards, queries_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def levels(client: Client, code: str) -> str:
    """The visible words of the way up and down on a district's page."""
    html = client.get(f"/districts/{code}/").content.decode()
    found = re.search(r'(?s)<h2 id="levels">上下级区划</h2>(.*?)</nav>', html)
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split()) if found else ""


def bars(client: Client, code: str) -> list[tuple[str, str, float]]:
    """Address, label and width in percent of the bars of sectors."""
    html = client.get(f"/districts/{code}/").content.decode()
    found = re.findall(r'(?s)<li><a href="([^"]+)">([^<]+)</a><svg.*?<rect width="([\d.]+)%"', html)
    return [(href.replace("&amp;", "&"), label, float(width)) for href, label, width in found]


def test_a_district_leads_to_its_cases_newest_first_and_down_the_tree(client: Client) -> None:
    make_case("街道案例", district=make_district("440104002"), year=2019)
    make_case("邻区案例", district=make_district("440105"), year=2021)
    make_draft("草稿案例", district=make_district("440104"))

    assert cards(client.get("/districts/440100/")) == ["邻区案例", "街道案例"]
    assert cards(client.get("/districts/440104/")) == ["街道案例"]
    assert cards(client.get("/districts/440104002/")) == ["街道案例"]
    assert "草稿" not in text_of(client.get("/districts/440104/"))


def test_the_levels_above_and_below_tell_how_many_cases_they_have(client: Client) -> None:
    make_case(district=make_district("440104002"))
    make_case(district=make_district("440104"))
    make_case(district=make_district("4403F01"))
    make_case(district=make_district("2207"))
    make_draft(district=make_district("440105"))

    assert levels(client, "440000") == "广东省 3 个案例 广州市 2 个案例 深圳市 1 个案例"
    assert levels(client, "440100") == "广东省 3 个案例 广州市 2 个案例 越秀区 2 个案例"
    assert levels(client, "440104") == "广东省 3 个案例 广州市 2 个案例 越秀区 2 个案例 人民街道 1 个案例"
    assert levels(client, "440300") == "广东省 3 个案例 深圳市 1 个案例 大鹏新区（功能区） 1 个案例"
    assert levels(client, "4403F01") == "广东省 3 个案例 深圳市 1 个案例 大鹏新区 1 个案例"


def test_sectors_are_bars_that_lead_to_their_cases(client: Client) -> None:
    rural, urban, other = (
        make_sector(name, slug) for name, slug in (("农村", "rural"), ("社区", "urban"), ("医院", "h"))
    )
    for sector in (rural, urban, urban, urban, urban):
        make_case(sector=sector, district=make_district("440104"))
    make_case(sector=other, district=make_district("440105"))
    make_draft(sector=rural, district=make_district("440104"))

    assert bars(client, "440104") == [
        ("/cases/?district=440104&sector=rural", "农村", 25),
        ("/cases/?district=440104&sector=urban", "社区", 100),
    ]
    assert "农村 1 个案例 社区 4 个案例" in text_of(client.get("/districts/440104/"))
    assert len(cards(client.get("/cases/?district=440104&sector=urban"))) == 4


def test_lists_are_those_organised_here_and_those_with_entries_from_here(client: Client) -> None:
    here, there = make_district("440104"), make_district("440105")
    make_list("本地主办", organiser=make_organisation("本地单位", district=make_district("440104002")), year=2021)
    award = make_list("外地主办", organiser=make_organisation("外地单位", district=there), year=2020)
    for place in (here, make_district("440104002"), there):
        award.entries.create(title="条目", district=place)
    make_list("无关").entries.create(title="条目", district=there)
    make_list("草稿榜", status="draft").entries.create(title="条目", district=here)

    page = client.get("/districts/440104/")

    assert "榜单（2 个） 本地主办 2021年 市级 外地主办 2020年 市级 本地 2 条" in text_of(page)
    assert 'href="/awards/' + award.slug + '/?district=440104#entries"' in page.content.decode()
    assert "草稿榜" not in text_of(page)
    listed = text_of(client.get("/awards/?district=440104"))
    assert "与广东省广州市越秀区有关" in listed
    assert "2 个榜单" in listed
    assert "无关" not in listed


def test_organisations_stand_with_the_number_of_their_cases_busiest_first(client: Client) -> None:
    busy, idle = (make_organisation(name, district=make_district("440104002")) for name in ("忙的", "闲的"))
    make_case(leads=[busy])
    make_case(leads=[busy, idle])
    make_draft(leads=[make_organisation("草稿单位", district=make_district("440104"))])

    assert "组织（2 个） 忙的 2 个案例 闲的 1 个案例" in text_of(client.get("/districts/440104/"))


def test_what_is_left_out_of_long_lists_is_a_click_away(client: Client) -> None:
    for number in range(13):
        make_list(f"榜{number}").entries.create(title="条目", district=make_district())
        make_case(f"案例{number}", leads=[make_organisation(f"单位{number}", district=make_district())])

    page = text_of(client.get("/districts/440104/"))

    assert "看全部 13 个案例" in page
    assert "看全部 13 个榜单" in page
    assert "看全部 13 个组织" in page


def test_a_district_without_cases_leads_to_the_levels_that_have_some(client: Client) -> None:
    make_case(district=make_district("4403"))
    make_draft(district=make_district("440104"))

    page = text_of(client.get("/districts/440104/"))

    assert "库中还没有越秀区的案例。 可以看 广东省 （1 个案例）、 有案例的其他区划 。" in page
    assert levels(client, "440104") == "广东省 1 个案例 广州市 0 个案例 越秀区 0 个案例"
    assert bars(client, "440104") == []


def test_a_zone_says_that_it_is_none_of_the_divisions_and_a_former_district_that_it_is_gone(client: Client) -> None:
    make_case(district=make_district("4403F01"))
    gone = make_district("440105")
    gone.is_former = True
    gone.save()
    make_case("旧案例", district=gone)

    assert "功能区，不是行政区划，没有国家标准代码" in text_of(client.get("/districts/4403F01/"))
    page = client.get("/districts/440105/")
    assert "海珠区已撤销，不在现行区划表中" in text_of(page)
    assert cards(page) == ["旧案例"]
    assert "海珠区（已撤销） 1 个案例" in levels(client, "440100")


def test_a_short_code_leads_to_the_full_one_and_an_unknown_one_is_404(client: Client) -> None:
    make_district("440104")

    assert client.get("/districts/4401/")["Location"] == "/districts/440100/"
    assert client.get("/districts/999999/").status_code == 404


def test_a_district_with_more_of_everything_costs_no_more_queries(client: Client) -> None:
    def grow(serials: range) -> None:
        for serial in serials:
            place = make_district(f"4401042{serial:02d}")
            body = make_organisation(f"单位{serial}", district=place)
            case = make_case(district=place, leads=[body], sector=make_sector(f"领域{serial}"))
            make_list(f"榜{serial}", organiser=body, cases=[case]).entries.update(district=place)

    grow(range(2))
    few = queries_of(client, "/districts/440104/")
    grow(range(2, 9))
    assert queries_of(client, "/districts/440104/") == few
    assert Case.objects.count() == 9


def test_the_district_list_counts_subtrees_and_leaves_out_places_without_cases(client: Client) -> None:
    make_case(district=make_district("440104002"))
    make_case(district=make_district("440104"))
    make_district("440105")
    make_draft(district=make_district("2207"))

    page = text_of(client.get("/districts/"))

    assert "广东省 2 个案例 广州市 2 个案例 越秀区 2 个案例 下级 1 个 人民街道 1 个案例" in page
    assert "海珠区" not in page
    assert "吉林省" not in page


def test_sectors_stand_in_their_set_order_and_lists_newest_first(client: Client) -> None:
    for position, name in ((2, "丙领域"), (0, "甲领域"), (1, "乙领域")):
        sector = make_sector(name)
        sector.position = position
        sector.save()
        make_case(sector=sector)
    for year in (2019, 2021, 2020):
        make_list(f"{year}榜单", year=year)

    page = text_of(client.get("/"))

    assert page.index("甲领域") < page.index("乙领域") < page.index("丙领域")
    assert page.index("2021榜单") < page.index("2020榜单") < page.index("2019榜单")
