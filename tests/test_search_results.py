"""The page of search results over small libraries of a test's own."""

from typing import Any

from django.test import Client

from cases import search
from tests.builders import make_case, make_organisation, make_sector
from tests.pages import cards, text_of


def test_title_and_brand_stand_before_body(client: Client, db: None) -> None:
    make_case("正文提到", approach="我们借鉴了睦邻门的做法。睦邻门，睦邻门。")
    make_case("睦邻门打通两个小区")
    make_case("打通围墙", brand_name="睦邻门")
    make_case("毫不相干", approach="只有邻里。")
    search.rebuild()

    found = cards(client.get("/cases/?q=睦邻门"))

    assert set(found[:2]) == {"睦邻门打通两个小区", "打通围墙"}
    assert found[2:] == ["正文提到"]


def test_a_passage_reads_as_running_text(client: Client, db: None) -> None:
    make_case("甲", approach="- 先编网格。\n- 再选楼栋长。", summary="摘要。")
    search.rebuild()

    page = text_of(client.get("/cases/?q=楼栋长"))

    assert "再选楼栋长。" in page
    assert "- " not in page


def test_a_missing_index_takes_nothing_down(client: Client, db: None) -> None:
    make_case("加装电梯进老楼", sector=make_sector("城市社区", "urban"), leads=[make_organisation("街道")])
    make_case("毫不相干")

    response = client.get("/cases/?q=加裝電梯")

    assert cards(response) == ["加装电梯进老楼"]
    assert "搜索索引正在更新" in text_of(response)


def test_a_search_costs_no_more_queries_when_it_finds_more(
    client: Client, db: None, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for index in range(3):
        make_case(f"加装电梯{index}", leads=[make_organisation(f"街道{index}")])
    search.rebuild()
    client.get("/cases/?q=加装电梯")
    with CaptureQueriesContext(connection) as few:
        client.get("/cases/?q=加装电梯")
    for index in range(3, 9):
        make_case(f"加装电梯{index}", leads=[make_organisation(f"街道{index}")])
    search.rebuild()
    with django_assert_num_queries(len(few)):
        client.get("/cases/?q=加装电梯")
