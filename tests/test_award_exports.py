"""An award list as a file."""

import csv
import io
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from cases.models import AwardList, FunnelStage
from tests.builders import make_case, make_district, make_draft, make_list, make_organisation, make_sector, make_source
from tests.exporting import saved_as

pytestmark = pytest.mark.django_db

HEADINGS = [
    "序号", "名次", "等次", "公布的名称", "公布的单位", "单位现名", "区划代码", "区划", "案例编号", "案例网址", "备注",
]  # fmt: skip


@pytest.fixture
def award() -> AwardList:
    """A ranked list of two: one with a case that readers see, one with a draft and a name like a formula."""
    award = make_list(
        "创新榜", slug="top", order="ranked", series="年榜", organiser=make_organisation("报社"), how_made="专家评审。"
    )
    FunnelStage.objects.create(award_list=award, stage="征集", qualifier="over", count=160)
    award.sources.add(make_source())
    case = make_case(number="2020-0007", sector=make_sector("农村", "rural"))
    first = award.entries.create(
        title="甲", rank=1, case=case, district=make_district("440104"), position=1, organisations_as_announced="旧名"
    )
    first.organisations.add(make_organisation("新名"))
    draft = make_draft(number="2020-0008")
    award.entries.create(title="=1+1", rank=2, tier="一等奖", case=draft, position=0, note="备注")
    return award


def csv_rows(client: Client, query: str = "") -> list[list[str]]:
    response = client.get(f"/awards/top/export.csv{query}")
    assert saved_as(response)[1] == "top.csv"
    assert response.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


def sheets(client: Client, query: str = "") -> dict[str, list[tuple[Any, ...]]]:
    response = client.get(f"/awards/top/export.xlsx{query}")
    assert saved_as(response)[1] == "top.xlsx"
    book = load_workbook(io.BytesIO(response.content))
    assert "f" not in {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def test_the_json_has_the_list_its_sources_and_its_entries(client: Client, award: AwardList) -> None:
    assert client.get("/awards/top/export.json").json() == {
        "title": "创新榜",
        "url": "http://testserver/awards/top/",
        "year": 2020,
        "level": "市级",
        "organiser": "报社",
        "order": "排名",
        "series": "年榜",
        "description": "",
        "how_made": "专家评审。",
        "funnel": [{"stage": "征集", "qualifier": "超过", "count": 160}],
        "sources": [
            {
                "publisher": "南方都市报",
                "title": "党建创新十大案例",
                "authors": "",
                "published": "2020-11",
                "page": "",
                "url": "",
            }
        ],
        "count": 2,
        "entries": [
            {
                "place": 1,
                "rank": 1,
                "tier": None,
                "title": "甲",
                "organisations_as_announced": "旧名",
                "organisations": ["新名"],
                "district": {"code": "440104", "name": "越秀区"},
                "case": {"number": "2020-0007", "url": "http://testserver/cases/2020-0007/"},
                "note": "",
            },
            {
                "place": 2,
                "rank": 2,
                "tier": "一等奖",
                "title": "=1+1",
                "organisations_as_announced": "",
                "organisations": [],
                "district": None,
                "case": None,
                "note": "备注",
            },
        ],
    }


def test_csv_has_the_entries_as_text_and_nothing_of_a_draft(client: Client, award: AwardList) -> None:
    assert csv_rows(client) == [
        HEADINGS,
        ["1", "1", "", "甲", "旧名", "新名", "440104", "广东省广州市越秀区", "2020-0007",
         "http://testserver/cases/2020-0007/", ""],
        ["2", "2", "一等奖", "'=1+1", "", "", "", "", "", "", "备注"],
    ]  # fmt: skip


def test_the_workbook_has_the_entries_and_says_how_the_list_was_made(client: Client, award: AwardList) -> None:
    found = sheets(client)

    assert list(found) == ["榜单", "说明"]
    assert found["榜单"] == [
        tuple(HEADINGS),
        (1, 1, None, "甲", "旧名", "新名", "440104", "广东省广州市越秀区", "2020-0007",
         "http://testserver/cases/2020-0007/", None),
        (2, 2, "一等奖", "=1+1", None, None, None, None, None, None, "备注"),
    ]  # fmt: skip
    notes = dict(found["说明"])
    told = ("榜单", "年份", "级别", "主办方", "产生办法", "征集", "来源", "筛选条件", "条目数", "网址")
    assert [notes[name] for name in told] == [
        "创新榜", 2020, "市级", "报社", "专家评审。", "超过 160 件", "南方都市报：《党建创新十大案例》，2020年11月",
        "全部条目", 2, "http://testserver/awards/top/",
    ]  # fmt: skip


def test_what_narrows_the_page_narrows_the_file_and_places_stay_those_of_the_list(
    client: Client, award: AwardList
) -> None:
    later = make_case("后来", number="2020-0009", sector=make_sector("农村", "rural"))
    award.entries.create(title="丙", rank=3, case=later)

    assert [row[:4] for row in csv_rows(client, "?sector=rural")[1:]] == [["1", "1", "", "甲"], ["3", "3", "", "丙"]]
    assert [row[:4] for row in csv_rows(client, "?district=440104")[1:]] == [["1", "1", "", "甲"]]
    assert dict(sheets(client, "?district=440104")["说明"])["筛选条件"] == "越秀区"
    page = client.get("/awards/top/?sector=rural").content.decode()
    assert 'href="/awards/top/export.xlsx?sector=rural"' in page


@pytest.mark.parametrize("form", ["xlsx", "csv", "json"])
def test_a_bad_value_is_refused_and_exports_nothing(client: Client, award: AwardList, form: str) -> None:
    response = client.get(f"/awards/top/export.{form}?district=999999")

    assert response.status_code == 400
    assert "没有代码为“999999”的区划" in response.content.decode()
    assert 'href="/awards/top/"' in response.content.decode()
    assert "甲" not in response.content.decode()


def test_an_unknown_format_is_404(client: Client, award: AwardList) -> None:
    assert client.get("/awards/top/export.exe").status_code == 404
