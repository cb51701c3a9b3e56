"""The page of search results over small libraries of a test's own."""

from typing import Any

import pytest
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


@pytest.mark.any_database
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


def test_the_staff_are_told_why_the_database_answers_and_readers_only_that(client: Client, checker: Client) -> None:
    make_case("加装电梯进老楼")

    told, admin = text_of(checker.get("/cases/?q=加装电梯")), text_of(checker.get("/admin/"))

    assert "索引尚未建立；索引会在后台自动重建" in told
    assert "索引尚未建立。搜索暂时直接查数据库" in admin
    assert "尚未建立" not in text_of(client.get("/cases/?q=加装电梯"))
    search.rebuild()
    assert "共 1 个案例" in text_of(checker.get("/admin/"))
    assert "搜索索引正在更新" not in text_of(checker.get("/cases/?q=加装电梯"))


def test_what_may_have_been_meant_is_offered_with_the_filters_kept(client: Client, db: None) -> None:
    urban, rural = make_sector("城市社区", "urban"), make_sector("农村", "rural")
    make_case("加装电梯进老楼", sector=urban)
    make_case("红苗工程", sector=rural)
    search.rebuild()

    page = client.get("/cases/?q=加装电提&sector=urban")
    assert "您是不是要找： 加装电梯" in text_of(page)
    assert "?q=%E5%8A%A0%E8%A3%85%E7%94%B5%E6%A2%AF&amp;sector=urban" in page.content.decode()
    assert cards(client.get("/cases/?q=加装电梯&sector=urban")) == ["加装电梯进老楼"]
    for nothing in ("?q=加装电提&sector=rural", "?q=加装电梯", "?q=毫无关系", "?sector=urban", "?q=红描工程&year=abc"):
        assert "您是不是要找" not in text_of(client.get(f"/cases/{nothing}"))


def test_the_page_says_how_many_have_all_the_words(client: Client, db: None) -> None:
    make_case("老楼加装电梯")
    make_case("加装电梯补贴")
    make_case("毫不相干")
    search.rebuild()

    some, none = client.get("/cases/?q=老楼 加装电梯"), client.get("/cases/?q=河道 加装电梯")

    assert cards(some) == ["老楼加装电梯", "加装电梯补贴"]
    assert "同时含有全部词语的案例只有 1 个，其余是最接近的结果" in text_of(some)
    assert set(cards(none)) == {"老楼加装电梯", "加装电梯补贴"}
    assert "没有同时含有全部词语的案例，以下是最接近的结果" in text_of(none)
    assert "全部词语" not in text_of(client.get("/cases/?q=加装电梯"))
