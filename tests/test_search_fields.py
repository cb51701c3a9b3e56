"""标题: 单位: 地区: 榜单: in the query grammar."""

import pytest

from cases import search
from cases.search.query import parse
from tests.builders import make_case, make_district, make_list, make_organisation
from tests.test_search_index import found

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def cases(db: None) -> dict[str, int]:
    street = make_organisation("越秀区人民街道党工委", short_name="人民街党工委", former_names="人民街党委")
    made = {
        "title": make_case("红苗行动", district=make_district("440105")),
        "brand": make_case("甲", brand_name="红苗工程", district=make_district("440105")),
        "body": make_case("乙", approach="学习红苗。", leads=[street], district=make_district("440105")),
        "place": make_case("丙", summary="红苗。", district=make_district("440104002")),
        "verbatim": make_case("丁", approach="责任分工。单位：红苗办。", district=make_district("440105")),
    }
    make_list("2020年红苗榜", cases=[made["place"]])
    make_list("草稿红苗榜", cases=[made["title"]], status="draft")
    return {name: case.pk for name, case in made.items()}


QUESTIONS: list[tuple[str, set[str]]] = [
    ("红苗", {"title", "brand", "body", "place", "verbatim"}),
    ("标题:红苗", {"title", "brand"}),
    ("标题：红苗", {"title", "brand"}),
    ("標題：紅苗", {"title", "brand"}),
    ("标题: 红苗", {"title", "brand"}),
    ("标题：“红苗工程”", {"brand"}),
    ("标题:红", {"title", "brand"}),
    ("标题:红苗 -标题:工程", {"title"}),
    ("红苗 -标题:红苗", {"body", "place", "verbatim"}),
    ("单位:人民街", {"body"}),
    ("单位：人民街党工委", {"body"}),
    ("單位：人民街黨委", {"body"}),
    ("单位：红苗", {"verbatim"}),
    ("地区:越秀", {"place"}),
    ("地区：广州市越秀区人民街道", {"place"}),
    ("地区:红苗", set()),
    ("榜单:红苗榜", {"place"}),
    ("榜单：草稿", set()),
    ("标题:红苗 OR 地区:越秀", {"title", "brand", "place"}),
    ("标题:毫无", set()),
]


@pytest.mark.parametrize(("text", "expected"), QUESTIONS)
def test_a_field_is_looked_into_and_no_other(cases: dict[str, int], text: str, expected: set[str]) -> None:
    search.rebuild()
    answer = found(text)
    assert {name for name, pk in cases.items() if pk in answer.ids} == expected
    assert not answer.relaxed


def test_without_an_index_fields_work_too(cases: dict[str, int]) -> None:
    for text, expected in QUESTIONS:
        if "verbatim" not in expected and text != "标题：“红苗工程”":
            answer = found(text)
            assert answer.degraded
            assert {name for name, pk in cases.items() if pk in answer.ids} == expected, text


def test_a_field_narrows_and_nothing_near_it_will_do(cases: dict[str, int]) -> None:
    search.rebuild()
    assert found("标题:红苗 地区:越秀").ids == []
    assert found("标题:红苗 毫无关系的词").ids == []


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("标题:", [""]),
        ("标题：，。", [""]),
        ("责任单位：区委", [""]),
        ("主题：党建", [""]),
        ("“甲”单位：乙", ["", ""]),
        ("甲 单位：“乙 丙” 丁", ["", "单位", ""]),
        ("-单位：乙 甲", [""]),
    ],
)
def test_a_field_is_named_at_the_beginning_of_a_word_and_has_a_value(text: str, labels: list[str]) -> None:
    assert [term.label for term in parse(text).terms] == labels


def test_the_very_name_comes_first() -> None:
    mentions = "红苗工程红苗工程，红苗工程的红苗工程" * 3
    make_case(f"关于红苗工程的红苗工程：{mentions}", brand_name="红苗工程二", approach=mentions)
    titled, branded = make_case("深化红苗工程", approach="短。"), make_case("青年人才培养", brand_name="红苗工程")
    search.rebuild()
    assert found("红苗工程").ids[0] == branded.pk
    assert found("“紅苗工程”").ids[0] == branded.pk
    assert found("深化 红苗工程").ids[0] == titled.pk
    assert found(titled.number).ids[0] == titled.pk
