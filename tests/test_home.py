"""The home page: its map, its numbers, and what it says of itself."""

from typing import Any

import pytest
from django.test import Client

from cases import search
from cases.models import Case
from districts.models import District
from portal.tile_map import LAYOUTS, CityChoice, TileMap
from portal.views import EXAMPLES
from tests.builders import make_case, make_district, make_draft, make_list, make_sector, make_user
from tests.pages import cards, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def drawn(code: str = "") -> TileMap:
    found = CityChoice(Case.objects.visible_to(None).count_by_district(), code).map
    assert found
    return found


def laid_out(tiles: TileMap) -> list[tuple[str, int, int, int, int]]:
    """Name, column, row, count and darkness of each tile."""
    return [(tile.district.name, tile.column, tile.row, tile.count, tile.step) for tile in tiles.tiles]


def test_the_map_shows_every_county_of_the_city_with_the_most_cases() -> None:
    make_district("440111")
    for code, number in (("440104", 10), ("440105", 3), ("440104002", 1), ("2207", 2)):
        for serial in range(number):
            make_case(f"{code} {serial}", district=make_district(code))
    make_draft("草稿", district=make_district("440105"))

    assert laid_out(drawn()) == [("越秀区", 1, 2, 11, 5), ("海珠区", 1, 3, 3, 3), ("白云区", 1, 1, 0, 0)]
    assert drawn().is_drawn
    assert laid_out(drawn("220700")) == []


def test_a_city_without_a_drawing_stands_in_the_order_of_codes() -> None:
    for code in ("150402", "150421", "150422", "150423", "150424"):
        make_district(code)
    make_case(district=make_district("150424"))

    tiles = drawn("150400")

    assert [(column, row, count) for _, column, row, count, _ in laid_out(tiles)] == [
        (0, 0, 0),
        (1, 0, 0),
        (2, 0, 0),
        (3, 0, 0),
        (0, 1, 1),
    ]
    assert not tiles.is_drawn


def test_a_zone_with_cases_has_a_tile_and_takes_no_other_ones_place() -> None:
    make_case("区", district=make_district("440118", "增城区"))
    make_case("开发区", district=make_district("4401F01", "增城经济技术开发区"))

    assert laid_out(drawn())[1:] == [("增城区", 3, 1, 1, 1), ("增城经济技术开发区", 0, 3, 1, 1)]
    assert drawn().tiles[2].lines == ["增城经济技", "术开发区"]


def test_a_drawing_names_every_county_of_its_city_once(shipped_districts: None) -> None:
    for code, drawing in LAYOUTS.items():
        named = [name for name in drawing.split() if name != "."]
        counties = District.objects.counties_of(District.objects.get(code=code))
        zones = {"大鹏"} if code == "4403" else set()

        assert sorted({*named} - zones) == sorted(county.name[:2] for county in counties)
        assert len(named) == len(set(named))


def test_a_reader_changes_the_city_and_a_wrong_one_is_told(client: Client) -> None:
    make_case("广州", district=make_district("440104"))
    make_case("海珠", district=make_district("440105"))
    make_case("松原", district=make_district("220702", "宁江区"))

    assert "宁江区，1 个案例" not in client.get("/").content.decode()
    assert "宁江区，1 个案例" in client.get("/?city=220700").content.decode()
    wrong = client.get("/?city=<b>")
    assert "代码为“<b>”的城市没有案例" in text_of(wrong)
    assert "tile-map" not in wrong.content.decode()


def test_home_counts_and_lists_only_what_is_public(client: Client) -> None:
    shown = make_case("公开案例", sector=make_sector("农村"))
    make_draft("草稿案例", sector=make_sector("医院"), figures=[{"indicator": "人数", "value": 3, "unit": "人"}])
    make_list("公开榜单", cases=[shown])
    make_list("草稿榜单", status="draft")

    home = client.get("/")

    assert cards(home) == ["公开案例"]
    text = text_of(home)
    assert "成效数据 0 项" in text
    for words in ("1 个 案例", "公开榜单", "农村 1"):
        assert words in text.replace("案例 1 个", "1 个 案例")
    for words in ("草稿案例", "草稿榜单", "医院"):
        assert words not in text


def test_an_empty_library_says_what_to_do(client: Client) -> None:
    assert "案例录入并发布后会显示在这里" in text_of(client.get("/"))

    client.force_login(make_user(group="录入员"))
    assert '<a href="/admin/cases/case/add/">录入第一个案例</a>' in client.get("/").content.decode()


def test_the_example_queries_find_cases_of_the_shipped_library(shipped_library: None) -> None:
    search.rebuild()

    for words in EXAMPLES:
        assert len(search.search(words, Case.objects.visible_to(None)).ids) >= 2, words


def test_a_longer_home_page_costs_no_more_queries(client: Client, django_assert_num_queries: Any) -> None:
    make_list(cases=[make_case("一", district=make_district("440104"))])
    with django_assert_num_queries(14):
        client.get("/")
    for serial in range(6):
        case = make_case(str(serial), district=make_district("440105"), sector=make_sector(f"领域{serial}"))
        make_list(f"榜单{serial}", cases=[case])

    with django_assert_num_queries(14):
        client.get("/")


def test_the_foot_names_the_owner_where_one_is_set(client: Client, settings: Any) -> None:
    assert "主办单位" not in text_of(client.get("/"))

    settings.SITE = {"owner": "中共某市委组织部", "icp": "粤ICP备1号", "contact": "a@example.gov.cn"}
    foot = client.get("/cases/").content.decode()

    assert "<dt>主办单位</dt><dd>中共某市委组织部</dd>" in foot
    assert '<a href="https://beian.miit.gov.cn/" rel="noopener external">粤ICP备1号</a>' in foot
    assert 'href="mailto:a@example.gov.cn"' in foot


def test_a_request_for_a_foreign_host_is_refused_with_a_page(client: Client) -> None:
    answer = client.get("/", headers={"host": "elsewhere.example"})

    assert answer.status_code == 400
    assert "请求有误" in text_of(answer)
