"""What a reader finds, and what not: real index, real database."""

import random
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from opencc import OpenCC

from cases import search
from cases.models import Case
from tests.builders import make_case, make_district, make_draft, make_list, make_organisation, make_sector, make_theme
from tests.pace import within

pytestmark = pytest.mark.django_db

LIBRARY = Path(settings.BASE_DIR) / "fixtures" / "library"


def found(text: str, cases: Any = None) -> search.Found:
    return search.search(text, Case.objects.visible_to(None) if cases is None else cases)


def titles(text: str, cases: Any = None) -> list[str]:
    """Titles of what is found, best first."""
    by_key = Case.objects.in_bulk(found(text, cases).ids)
    return [by_key[key].title for key in found(text, cases).ids]


def make_library(*files: str) -> list[Case]:
    """Publish real cases with their texts; organisations and districts are the builders'."""
    made = []
    for file in files:
        for case in yaml.safe_load((LIBRARY / file).read_text(encoding="utf-8"))["cases"]:
            fields = {name: case.get(name) or "" for name in ("brand_name", *Case.SECTIONS)}
            made.append(make_case(case["title"], **fields))
    search.rebuild()
    return made


def runs(text: str, lengths: range) -> Iterator[str]:
    return (text[start : start + length] for length in lengths for start in range(len(text) - length + 1))


@pytest.mark.any_database
def test_every_run_of_two_to_eight_characters_finds_its_case() -> None:
    cases = make_library("guangzhou-2020-top10.yaml", "baiyun-2023-keywords.yaml")
    chance = random.Random(2020)
    for case in cases[:12]:
        texts = [case.title, case.brand_name, *(case.text_of(name) for name in Case.SECTIONS)]
        copied = {run for text in texts for run in runs(text, range(2, 9))}
        readable = sorted(run for run in copied if any(character.isalnum() for character in run))
        for run in chance.sample(readable, min(60, len(readable))):
            assert case.pk in found(run).ids, run


def test_a_run_is_found_whatever_jieba_makes_of_it() -> None:
    case = make_case(
        "治理", approach="有呼必应、令行禁止。推进“红苗工程”，落实双报到；睦邻门，云心向党 机关争先，五带五强。"
    )
    other = make_case("另一件", approach="有求必应，令出必行，苗圃工程，报到处，邻里门，云上党课，五项强基。")
    search.rebuild()
    for brand in ("有呼必应", "令行禁止", "红苗工程", "双报到", "睦邻门", "云心向党", "五带五强", "应令行", "程落实双"):
        assert case.pk in found(brand).ids, brand
        assert found(f"“{brand}”").ids == [case.pk], brand
        assert other.pk not in found(f"“{brand}”").ids


def test_a_run_is_not_found_where_only_its_pairs_are() -> None:
    apart = make_case("一", approach="区党群中心请党委会的委员来。")
    row = make_case("二", approach="区党委员会。")
    search.rebuild()
    assert found("“区党委员”").ids == [row.pk]
    assert found("区党 -区党委员").ids == [apart.pk]


@pytest.mark.any_database
def test_traditional_simplified_full_and_half_width_find_the_same() -> None:
    make_library("guangzhou-2020-top10.yaml", "four-level-linkage-2020.yaml")
    queries = [
        "党建引领基层治理",
        "联席会议制度",
        "垃圾分类 小游戏",
        "“双强共同体”",
        "河长 -旅游",
        "哪个区给党员编了网格？",
        "答复群众",
        "覆盖",
    ]
    for query in queries:
        expected = found(query)
        assert expected.ids, query
        for script in ("s2t", "s2tw", "s2hk"):
            assert found(OpenCC(script).convert(query)) == expected, query
    assert found("３４５工作法") == found("345工作法")
    assert found("党建＋") == found("党建+")
    assert found("Ｇpt") == found("gPT")


def test_words_that_readers_type_find_the_right_cases() -> None:
    made = {
        "secretary": make_case("百名干部驻村", approach="选派百名第一书记驻村帮扶。"),
        "meeting": make_case("凝聚多元化力量", approach="街道建立区域党建联席会议制度。"),
        "river": make_case("治水显成效", approach="“党建+河长制”，河长巡河。"),
        "waste": make_case("再创新", approach="开发垃圾分类的微信小游戏。"),
        "plus": make_case("标准化", brand_name="党建+", approach="以“党建+业务”推进。"),
        "matrix": make_case("服务矩阵", approach="形成1+25+X党群服务中心矩阵，覆盖2500多名党员。"),
        "method": make_case("联系群众", brand_name="345工作法", approach="三必到、四必访、五必报。"),
        "decoy": make_case(
            "别的事",
            approach="书记第一次开会。垃圾不落地，分类指导，游戏规则小。1345户。党建工作会议，席位相联。长河，河边长廊。",
        ),
    }
    search.rebuild()
    best = {
        "第一书记": "secretary",
        "联席会议": "meeting",
        "河长": "river",
        "垃圾分类 小游戏": "waste",
        "1+25+X": "matrix",
        "00多": "matrix",
        "345": "method",
    }
    for query, name in best.items():
        assert found(query).ids[:1] == [made[name].pk], query
    assert set(found("党建+").ids) == {made["plus"].pk, made["river"].pk}
    assert made["decoy"].pk not in found("“垃圾分类”").ids


def test_a_natural_question_finds_its_answer_and_says_that_words_are_missing() -> None:
    case = make_case("微网格治理", approach="海珠区把在职党员编入社区网格，做到网格里有党员。")
    make_case("旅游产业链", approach="把支部建在产业链上，服务游客。")
    search.rebuild()
    answer = found("哪个区给党员编了网格？")
    assert answer.ids == [case.pk]
    assert answer.relaxed
    assert not found("党员编入社区网格").relaxed


def test_cases_with_all_the_words_stay_before_those_with_some() -> None:
    some = make_case("加装电梯 加装电梯 加装电梯", brand_name="加装电梯", summary="加装电梯，加装电梯。")
    every = make_case("老旧小区", approach="为老人加装电梯，商量物业费用。" + "说明。" * 50)
    search.rebuild()
    answer = found("加装电梯 物业")
    assert answer.ids == [every.pk, some.pk]
    assert answer.relaxed
    assert not found("加装电梯 物业", Case.objects.visible_to(None).filter(pk=every.pk)).relaxed


def test_a_word_made_of_words_is_taken_apart_when_nothing_has_it() -> None:
    tower = make_case("商务楼宇", approach="组织白领党员，开展党建活动。")
    make_case("校园食堂")
    search.rebuild()
    answer = found("楼宇党建")
    assert (answer.ids, answer.relaxed) == ([tower.pk], True)
    assert found("红苗工程").ids == []
    whole = make_case("楼宇党建")
    search.drain()
    assert found("楼宇党建") == search.Found([whole.pk])


def test_all_words_must_match_when_enough_do() -> None:
    both = [make_case(f"第{number}件", approach="社区食堂和社区医院。").pk for number in range(3)]
    make_case("只有一样", approach="社区食堂。")
    search.rebuild()
    answer = found("食堂 医院")
    assert set(answer.ids) == set(both)
    assert not answer.relaxed


def test_exclusions_phrases_and_or() -> None:
    flat = make_case("甲", approach="楼宇党建，服务白领。")
    river = make_case("乙", approach="河道整治，楼宇外墙清洗，党建活动。")
    other = make_case("丙", approach="校园食堂。")
    search.rebuild()
    assert set(found("楼宇 党建").ids) == {flat.pk, river.pk}
    assert found("“楼宇党建”").ids == [flat.pk]
    assert found("”楼宇党建”").ids == [flat.pk]
    assert found("楼宇 -河道").ids == [flat.pk]
    assert found("楼宇 －“服务白领”").ids == [river.pk]
    assert set(found("河道 OR 校园").ids) == {river.pk, other.pk}
    assert found("楼宇 河道 OR 校园").ids[0] == river.pk
    assert found("“楼宇” “河道” OR “校园”").ids == [river.pk]
    assert found("“楼宇” 河道 校园").ids == [river.pk]
    assert found("-河道").ids == [river.pk]


def test_a_title_counts_before_an_organisation_before_a_summary_before_the_body() -> None:
    words = "便民服务和居民议事。"
    body = make_case("第一件", summary=words, approach="接诉即办。" * 20)
    summary = make_case("第二件", summary="接诉即办。" + words, approach=words)
    body_of = make_organisation("接诉即办专班")
    organisation = make_case("第三件", summary=words, approach=words, leads=[body_of])
    title = make_case("接诉即办", summary=words, approach=words)
    search.rebuild()
    assert found("接诉即办").ids == [title.pk, organisation.pk, summary.pk, body.pk]


def test_equal_cases_stand_by_newest() -> None:
    older = make_case("一样的标题", year=2018)
    newer = make_case("一样的标题", year=2023)
    middle = make_case("一样的标题", year=2020)
    search.rebuild()
    assert found("一样的标题").ids == [newer.pk, middle.pk, older.pk]


def test_a_case_is_found_by_everything_its_page_shows() -> None:
    organisation = make_organisation(
        "中共广州市海珠区委组织部", short_name="海珠区委组织部", former_names="中共广州市河南区委组织部\n旧名"
    )
    case = make_case(
        "三年行动",
        brand_name="红联",
        district=make_district("440105"),
        sector=make_sector("商圈市场"),
        themes=[make_theme("产业链党建")],
        leads=[organisation],
        figures=[{"indicator": "覆盖楼栋", "value": 2345, "unit": "栋", "qualifier": "over", "as_printed": "两千多栋"}],
    )
    make_list("全国城市治理榜", cases=[case])
    make_list("内部名单", cases=[case], status="draft")
    make_case("别的", district=make_district("2207"), sector=make_sector("农村"))
    search.rebuild()
    for text in (
        case.number,
        "红联",
        "广州市海珠区",
        "商圈市场",
        "产业链党建",
        "海珠区委组织部",
        "河南区委",
        "2,345",
        "两千多栋",
        "城市治理榜",
    ):
        assert found(f"“{text}”").ids == [case.pk], text
    assert found("“内部名单”").ids == []


def test_only_cases_that_the_reader_asked_for_are_found() -> None:
    here = make_case("党员先锋岗", district=make_district("440104"))
    there = make_case("党员先锋岗", district=make_district("440105"))
    draft = make_draft("党员先锋岗")
    search.rebuild()
    assert set(found("先锋岗").ids) == {here.pk, there.pk}
    assert draft.pk not in found("先锋岗", Case.objects.all()).ids
    assert found("先锋岗", Case.objects.visible_to(None).within(make_district("440105"))).ids == [there.pk]
    assert found("先锋岗", Case.objects.none()).ids == []


def test_a_filter_that_joins_gives_each_case_once() -> None:
    case = make_case("党员先锋岗", themes=[make_theme("党群服务"), make_theme("干部管理")])
    search.rebuild()
    assert found("先锋岗", Case.objects.visible_to(None).filter(themes__name__in=["党群服务", "干部管理"])).ids == [
        case.pk
    ]


def test_search_costs_two_queries(django_assert_num_queries: Any) -> None:
    make_case("党员先锋岗")
    search.rebuild()
    with django_assert_num_queries(2):
        found("先锋岗")
    for _ in range(5):
        make_case("党员先锋岗")
    search.drain()
    with django_assert_num_queries(2):
        assert found("先锋岗").count == 6


def test_what_cannot_be_searched_for_is_said() -> None:
    make_case("党建")
    search.rebuild()
    for text, said in (
        ("党" * 257, "搜索词过长"),
        ("党 " * 17, "搜索词过多"),
        ("，。！", "没有可以搜索的文字"),
        ("", "没有可以搜索的文字"),
        ("*", "没有可以搜索的文字"),
    ):
        answer = found(text)
        assert (answer.ids, answer.count) == ([], 0)
        assert answer.message.startswith(said), text
    assert found("党建").message == ""
    assert found("党" * 256).message == ""


JUNK = [
    "党建 " * 5000,
    "(" * 3000,
    "(" * 200,
    "*",
    "id:*",
    "text:党建",
    "党建\0引领",
    "\ud800",
    "党建\udfff",
    "\u202e党建\u202c",
    "𠮷",
    "𠮷野家",
    "党建~2^5",
    "[党 TO 建]",
    "?*?*?*",
    '"""""',
    "- - -",
    "OR",
    "OR OR OR",
    "党建 OR",
    "-OR -“",
    "AND NOT 党建",
    "\\党建\\",
    "%_'--;",
    "１" * 256,
    "党" * 256,
    " ".join("党建引领基层治理" * 1 for _ in range(16)),
    "ﷺ" * 200,
]


@pytest.mark.parametrize("indexed", [True, False])
def test_any_text_at_all_is_answered_within_a_second(indexed: bool) -> None:
    case = make_case("党建引领", approach="党建引领基层治理，𠮷祥街，1111。")
    if indexed:
        search.rebuild()
    for text in JUNK:
        answer = within(1, partial(found, text))
        within(1, partial(search.highlight, case.approach, text))
        within(1, partial(search.snippet, text, [case.summary, case.approach]))
        assert answer.message or answer.degraded is not indexed
    assert found("𠮷").ids == found("党建\0引领").ids == found("\u202e党建\u202c").ids == [case.pk]
