"""Divisions are found by name, and those of one name are told apart by what stands around them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from districts.gazetteer import Gazetteer, Places, decide, forms_of

pytestmark = pytest.mark.any_database

NAMES = {
    "11": "北京市",
    "1101": "市辖区",
    "110105": "朝阳区",
    "140302": "城区",
    "15": "内蒙古自治区",
    "1504": "赤峰市",
    "150425": "克什克腾旗",
    "22": "吉林省",
    "2201": "长春市",
    "220104": "朝阳区",
    "2224": "延边朝鲜族自治州",
    "44": "广东省",
    "4401": "广州市",
    "440104": "越秀区",
    "440104010": "人民街道",
    "440104020": "白云街道",
    "440105": "海珠区",
    "440111": "白云区",
    "440111021": "大源街道",
    "440114002": "花城街道",
    "440118": "增城区",
    "440118F01": "增城经济技术开发区",
    "4403": "深圳市",
    "4403F01": "大鹏新区",
    "52": "贵州省",
    "5201": "贵阳市",
    "520113": "白云区",
}
GAZETTEER = Gazetteer(NAMES.items())


def codes(text: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(mention.name, mention.codes) for mention in GAZETTEER.find(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("越秀区白云街的居民", [("越秀区", ("440104",)), ("白云街", ("440104020",))]),
        (
            "中共广州市越秀区人民街工作委员会",
            [("广州市", ("4401",)), ("越秀区", ("440104",)), ("人民街", ("440104010",))],
        ),
        ("长春市朝阳区", [("长春市", ("2201",)), ("朝阳区", ("220104",))]),
        ("朝阳区", [("朝阳区", ("110105", "220104"))]),
        ("内蒙古赤峰", [("内蒙古", ("15",)), ("赤峰", ("1504",))]),
        ("广州海珠", [("广州", ("4401",)), ("海珠", ("440105",))]),
        ("深圳市大鹏新区", [("深圳市", ("4403",)), ("大鹏新区", ("4403F01",))]),
        ("中共增城经济技术开发区直属机关委员会", [("增城经济技术开发区", ("440118F01",))]),
        ("延边州", [("延边州", ("2224",))]),
    ],
)
def test_a_name_stands_for_the_division_that_its_neighbours_allow(text: str, found: list[object]) -> None:
    assert codes(text) == found


@pytest.mark.parametrize(
    "text", ["建设花城", "人民街上的商户", "海珠广场", "步行街", "越秀山水", "市辖区", "城区和郊区", "县"]
)
def test_words_of_the_language_and_parts_of_other_names_are_no_divisions(text: str) -> None:
    assert [found for found in codes(text) if found[0] != "人民街"] == []


def test_a_street_that_the_table_lacks_is_not_the_street_of_another_county() -> None:
    assert codes("北京市朝阳区白云街道") == [("北京市", ("11",)), ("朝阳区", ("110105",))]


def test_a_bare_name_counts_where_the_text_has_the_whole_name_too() -> None:
    assert codes("海珠区推行网格化，海珠的党员") == [("海珠区", ("440105",)), ("海珠", ("440105",))]
    assert codes("海珠的党员") == []
    assert codes("海珠区的海珠广场") == [("海珠区", ("440105",))]


def test_context_decides_between_divisions_of_one_name() -> None:
    assert decide(("440111", "520113"), ["11", "5201"]) == ("520113",)
    assert decide(("440111", "520113"), ["440104010"]) == ("440111",)
    assert decide(("440111", "520113"), ["22"]) == ("440111", "520113")


def test_a_town_is_found_by_its_name_without_the_ending_within_its_county() -> None:
    assert GAZETTEER.towns_called("大源", "440111") == ("440111021",)
    assert GAZETTEER.towns_called("大源", "440104") == ()


def test_names_within_a_stretch_are_those_that_lie_in_it() -> None:
    places = Places(GAZETTEER, "广州市越秀区和贵阳市白云区")
    assert [mention.name for mention in places.within(0, 6)] == ["广州市", "越秀区"]
    assert [mention.code for mention in places.within(7, 13)] == ["5201", "520113"]


def test_names_are_known_with_and_without_their_endings() -> None:
    assert forms_of("人民街道") == (["人民街道", "人民街"], ["人民"])
    assert forms_of("巴音郭楞蒙古自治州") == (["巴音郭楞蒙古自治州", "巴音郭楞州"], ["巴音郭楞"])
    assert forms_of("增城经济技术开发区") == (["增城经济技术开发区", "增城经开区"], ["增城"])
    assert forms_of("县") == (["县"], [])


@given(st.text(alphabet="广州市越秀区白云街道朝阳，a ", max_size=60))
def test_every_name_found_is_in_the_text_where_it_is_said_to_be(text: str) -> None:
    end = 0
    for mention in GAZETTEER.find(text):
        assert text[mention.start : mention.end] == mention.name
        assert mention.start >= end
        end = mention.end
        assert mention.codes


def test_a_long_text_takes_no_more_than_its_length() -> None:
    started = time.perf_counter()
    GAZETTEER.find("贵阳市白云区的党员和越秀区人民街的商户一起，" * 30_000)
    assert time.perf_counter() - started < 5
