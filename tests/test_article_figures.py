"""Figures and honours read out of texts of many kinds: what is stated, with its unit, qualifier, year and sentence."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from time import thread_time
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from cases.articles.figures import figures_in
from cases.articles.found import Passage
from cases.articles.honours import honours_in
from cases.articles.numerals import read_han
from cases.models import Figure
from tests.pace import slowness

pytestmark = pytest.mark.any_database
GOLD = Path(__file__).parent / "gold" / "articles"


def made_up(name: str) -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = yaml.safe_load((GOLD / f"{name}.yaml").read_text(encoding="utf-8"))
    return loaded


def told(text: str, **context: Any) -> list[str]:
    """Indicator, value, unit, qualifier and year of each figure, on one line."""
    return [
        " ".join(filter(None, (one.indicator, f"{one.value:f}", one.unit, one.qualifier, str(one.year or ""))))
        for one in figures_in(text, **context)
    ]


def honours(text: str, **context: Any) -> list[str]:
    found = honours_in(text, **context)
    return [" ".join(filter(None, (one.name, one.level, one.tier, str(one.year or "")))) for one in found]


# Figures


def test_of_sentences_from_elsewhere_nine_in_ten_figures_are_found_and_hardly_any_that_is_none() -> None:
    right, found, wanted = 0, 0, 0
    for sentence in made_up("sentences"):
        left = [(Decimal(str(value)), unit, qualifier) for value, unit, qualifier in sentence["figures"]]
        figures = [(one.value, one.unit, one.qualifier) for one in figures_in(sentence["text"])]
        found, wanted = found + len(figures), wanted + len(left)
        for one in figures:
            if one in left:
                left.remove(one)
                right += 1

    assert right / wanted >= 0.9
    assert right / found >= 0.95


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "2019年，全州建立村级党组织1,366个，管理党员15043名。",
            ["建立村级党组织 1366 个 2019", "管理党员 15043 名 2019"],
        ),
        ("累计办结诉求1.02万个，接待群众超过2.4万人次。", ["办结诉求 10200 个", "接待群众 24000 人次 over"]),
        ("覆盖党员达2500多名。", ["覆盖党员 2500 名 more"]),
        ("建成广场404个，面积接近100万平方米。", ["建成广场 404 个", "建成广场面积 1000000 平方米 nearly"]),
        ("办公用房达400平方米以上，筹资8000多万元。", ["办公用房 400 平方米 upwards", "筹资 80000000 元 more"]),
        ("为企业减负近亿元，招录近千名高校毕业生。", ["企业减负 100000000 元 nearly", "招录高校毕业生 1000 名 nearly"]),
        ("组建３２支突击队、12个专班。", ["组建突击队 32 支", "专班 12 个"]),
        ("参学率百分之九十八点五。", ["参学率 98.5 %"]),
        ("党员由2019年的42名增加到187名。", ["党员 42 名 2019", "党员 187 名"]),
        ("阵地从30平方米到120平方米。", ["阵地 30 平方米", "阵地 120 平方米"]),
        ("全年节约320万元。", ["节约 3200000 元"]),
        ("连续6年举办邻里节。", ["连续举办邻里节 6 年"]),
        ("村级集体经济收入增长2倍，返贫率下降1.2个百分点。", ["村级集体经济收入增长 2 倍", "返贫率下降 1.2 个百分点"]),
        ("新建站点30处，占比58%。", ["新建站点 30 处", "新建站点占比 58 %"]),
        ("联系“小哥”、志愿者等各类人员1300余名。", ["联系人员 1300 名 odd"]),
        ("全村401户，1522人。", ["全村 401 户", "全村 1522 人"]),
        ("在26个小区、社会组织和商圈推行。", ["小区、社会组织 26 个"]),
    ],
)
def test_a_number_that_states_something_is_a_figure(text: str, found: list[str]) -> None:
    assert told(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "2020年11月16日，第九批名单公布，第14位是他。",
        "“345工作法”“12345”“1+6”文件和《三十六项措施》。",
        "实施七大战略，健全三级网络，从八个方面发力，措施十三条。",
        "由一名委员挂点1-2家企业，每格30—40名党员。",
        "每年至少举办1期培训班，每期不少于5天，每半年讲1次党课。",
        "力争到2025年建成100个示范点，将实现比例达到100%。",
        "招录40岁以下、大专以上学历的人员，现年83岁。",
        "电话020-83331234，文号〔2021〕14号，版本3.0版，7×24小时。",
        "在年接待游客超过10万人次的景点设站。",
        "占全市的三分之一，不足5家，距县城25公里。",
        "投资12345678901234567元，误差1.23456平方米。",
        "围绕10个方面，做到4个统一。",
        "村党支部设书记1名，副书记2名。",
        "用好“5个一”机制，打造“10分钟”服务圈。",
    ],
)
def test_what_is_named_dated_required_or_planned_is_none(text: str) -> None:
    assert told(text) == []


def test_the_year_is_what_the_sentence_says_else_what_the_context_says() -> None:
    text = "去年，新增社会组织553家。目前有党员30名。2018年发展党员5名。建成站点8个。2016年以来化解纠纷70件。"

    assert [one.year for one in figures_in(text)] == [None, None, 2018, None, None]
    assert [one.year for one in figures_in(text, spoken=2020)] == [2019, 2020, 2018, None, None]
    assert [one.year for one in figures_in(text, year=2023, spoken=2024)] == [2023, 2023, 2018, 2023, 2023]


def test_each_figure_has_its_passage_and_its_sentence_and_is_within_what_was_asked() -> None:
    text = "前言有1个站点。\n全区选派干部127名，走访超过3万户。后记有9名作者。"
    start = text.index("全区")

    figures = figures_in(text, Passage(start, text.index("后记")))

    assert [one.printed(text) for one in figures] == ["127名", "超过3万户"]
    assert [one.printed(text) for one in figures_in(text, Passage(start, text.index("户。")))] == ["127名"]
    assert {one.sentence.of(text) for one in figures} == {"全区选派干部127名，走访超过3万户。"}


@pytest.mark.parametrize(
    ("numeral", "value"),
    [("二百六十三万", 2630000), ("十", 10), ("五千", 5000), ("两亿三千万", 230000000), ("一百零五", 105)]
    + [(other, None) for other in ("十百千万", "一二三", "万", "千百")],
)
def test_numerals_in_characters_are_read_and_sayings_are_not(numeral: str, value: int | None) -> None:
    assert read_han(numeral) == value


SIGNS = (
    "0123456789.,，。、；：“”《》（）%％ \n万亿千百十一二两多余近超约第每至到从年月日个名家人次元平方米岁"
    "党员建立覆盖获评入选被奖全国示范村+-—"
)


@effort(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=200), st.text(alphabet=SIGNS, max_size=200)))
def test_whatever_the_text_what_is_found_lies_in_it_and_fits_a_figure(text: str) -> None:
    field = Figure._meta.get_field("value")

    for one in figures_in(text, year=2020):
        assert 0 <= one.sentence.start <= one.passage.start < one.passage.end <= one.sentence.end <= len(text)
        assert field.clean(one.value, None) == one.value
        assert 0 < len(one.indicator) <= 60
        assert 0 < len(one.unit) <= 20
        assert one.year is None or 1900 <= one.year <= 2100
    for honour in honours_in(text, year=2020):
        assert 0 <= honour.passage.start < honour.passage.end <= len(text)
        assert 0 < len(honour.name) <= 120


@pytest.mark.parametrize(
    "part",
    [
        "全区选派干部127名，走访超过3万户，获评全国示范村。这是一句没有数字的话，说的是怎样做的，由谁来做，做给谁看。",
        "1",
        "第12名",
        "1-",
        "获评“",
        "《12名",
        "三千",
    ],
)
def test_two_megabytes_of_it_are_read_in_two_seconds(part: str) -> None:
    text = part * (2_000_000 // len(part.encode()))

    started = thread_time()
    figures_in(text)
    honours_in(text)

    assert thread_time() - started < 2 * slowness()


# Honours


@pytest.mark.parametrize("sentence", made_up("honour_sentences"), ids=lambda sentence: sentence["text"][:12])
def test_honours_in_sentences_from_elsewhere_have_name_level_and_tier(sentence: dict[str, Any]) -> None:
    found = [[one.name, one.level, one.tier] for one in honours_in(sentence["text"])]

    assert found == sentence["honours"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2019年，该村被评为全国乡村治理示范村。", ["全国乡村治理示范村 national 2019"]),
        ("两项产业分别入选国家和省级特色产业集群。", ["国家特色产业集群 national", "省级特色产业集群 province"]),
        ("街道申报第二届湖南省党建案例评选，5个项目入选。", ["第二届湖南省党建案例评选 province"]),
        (
            "甲局获市“匠心杯”大赛三等奖，乙局获优秀组织奖。",
            ["市“匠心杯”大赛 city 三等奖", "优秀组织奖 city 优秀组织奖"],
        ),
        ("做法获上级充分肯定，被《某某报》刊登，在会上作经验介绍。", []),
        ("获得省级示范资金500万元。", []),
        ("开展“最美党员”评选，力争入选全省典型案例。", []),
        ("纳入年度重点工作清单，列入议事日程，列为必修课程。", []),
    ],
)
def test_what_was_won_is_an_honour_and_praise_is_none(text: str, found: list[str]) -> None:
    assert honours(text) == found
