"""Articles of many shapes are read as an attentive reader would read them, and nothing is ever invented."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from time import thread_time
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from cases.articles import Body, Knowledge, read
from cases.articles.found import ArticleFound, Passage
from cases.repair import repair
from districts.models import District
from tests.bench import articles as bench
from tests.bench.articles import GOLD, load, score, shipped_knowledge
from tests.builders import make_case, make_district, make_draft, make_list, make_organisation, make_user
from tests.pace import slowness

pytestmark = pytest.mark.any_database

ARTICLES = Path(__file__).parent / "articles"
MADE_UP = sorted(file.stem for file in ARTICLES.glob("*.yaml"))
GUANGZHOU = "guangzhou-2020-top10"
SHIPPED = shipped_knowledge()
UNKNOWN = shipped_knowledge(bodies=False)
# Two megabytes in Chinese.
MANY = 680_000


def mirrored() -> str:
    return repair((ARTICLES / f"{GUANGZHOU}.txt").read_text(encoding="utf-8")).text


@pytest.mark.parametrize("name", MADE_UP)
def test_an_article_is_read_as_its_gold_file_says(name: str) -> None:
    text = (ARTICLES / f"{name}.txt").read_text(encoding="utf-8")
    assert score(read(text, SHIPPED), load(ARTICLES / f"{name}.yaml"), text).wrong == []


def test_the_mirrored_article_gives_the_ten_cases_and_the_list_that_the_library_has() -> None:
    found = read(mirrored(), SHIPPED)
    library = load(bench.LIBRARY / f"{GUANGZHOU}.yaml")
    names = {body.pk: body.name for body in SHIPPED.bodies}
    assert [
        (case.title.value, case.district.value, [names[body.organisation or 0] for body in case.leads])
        for case in found.cases
    ] == [
        (
            case["title"],
            case["district"].partition(" ")[0],
            [credit["organisation"] for credit in case["credits"] if credit["role"] == "主办"],
        )
        for case in library["cases"]
    ]
    assert found.award_list is not None
    assert [(stage.stage, stage.qualifier, stage.count) for stage in found.award_list.funnel] == [
        ("征集", "over", 160),
        ("入选", "", 10),
    ]
    assert [len(case.figures) for case in found.cases] == [1, 1, 4, 1, 2, 2, 1, 6, 1, 0]
    assert [honour.name for case in found.cases for honour in case.honours] == [
        "全国乡村治理示范村",
        "省“不忘初心、牢记使命”攻坚克难案例",
        "广州市先进党组织",
        "首批国家黑臭水体整治示范城市",
    ]


def test_bodies_that_the_library_lacks_are_offered_with_kind_and_district() -> None:
    found = read(mirrored(), UNKNOWN)
    assert [
        (body.name, body.organisation, body.kind, body.district) for case in found.cases[1:] for body in case.leads
    ] == [
        ("中共广州市天河区委组织部", None, "department", "440106"),
        ("天河区科技工业和信息化局", None, "government", "440106"),
        ("中共广州市白云区委组织部", None, "department", "440111"),
        ("中共广州市黄埔区委组织部", None, "department", "440112"),
        ("广州开发区党工委组织部", None, "department", "440112F01"),
        ("中共广州市从化区委组织部", None, "department", "440117"),
        ("中共增城经济技术开发区直属机关委员会", None, "committee", "440118F01"),
        ("中共广州市水务局党组", None, "leading-group", "4401"),
        ("中共广州市社会组织委员会", None, "committee", "4401"),
        ("中共广州市越秀区人民街工作委员会", None, "working-committee", "440104010"),
        ("中共三七文娱（广州）网络科技有限公司委员会", None, "committee", "4401"),
    ]
    assert [case.district.value for case in found.cases] == [
        case.district.value for case in read(mirrored(), SHIPPED).cases
    ]


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("中共广州市越秀区人民街工作委员会", 1),
        ("越秀区人民街道党工委", 1),
        ("中共广州市越秀区人民街道工作委员会", 1),
        ("人民街联合党委", 1),
        ("中共贵阳市白云区委组织部", None),
        ("中共广州市白云区委员会组织部", 2),
    ],
)
def test_a_body_is_known_by_name_short_name_and_earlier_names_but_not_elsewhere(
    written: str, known: int | None
) -> None:
    bodies = (
        Body(
            1,
            "中共广州市越秀区人民街工作委员会",
            "越秀区人民街党工委",
            ("人民街联合党委",),
            "working-committee",
            "440104010",
        ),
        Body(2, "中共广州市白云区委组织部", "白云区委组织部", (), "department", "440111"),
    )
    text = f"两则经验\n{written}\n楼道里的网格\n党员编进网格。\n{written}\n街坊的议事亭\n街坊议事。"
    found = read(text, replace(UNKNOWN, bodies=bodies))
    assert {body.organisation for case in found.cases for body in case.leads} == {known}


def test_two_bodies_of_one_name_are_left_to_choose() -> None:
    bodies = (
        Body(1, "北京市朝阳区某局", "朝阳区某局", (), "government", ""),
        Body(2, "长春某局", "朝阳区某局", (), "government", ""),
    )
    text = "两地经验\n朝阳区某局\n窗口里的服务\n推行一窗办理。\n朝阳区某局\n网格里的服务\n推行网格化管理。"
    leads = read(text, replace(UNKNOWN, bodies=bodies)).cases[0].leads
    assert [(body.organisation, body.choices) for body in leads] == [(None, (1, 2))]
    assert read(text, UNKNOWN).cases[0].district.value is None
    assert read(text, UNKNOWN).cases[0].district.choices == ("110105", "220104")


def headed(title: str, more: str = "") -> str:
    return f"党建案例选登\n案例一：{title}\n推行网格化管理，把党员编进网格。{more}\n案例二：邻里议事厅\n组织居民议事。"


def test_a_lost_plus_is_put_back_only_where_the_article_shows_that_it_lost_it() -> None:
    sure = read(headed("党建 乡村振兴", "形成“1 N”模式。"), UNKNOWN).cases[0].title
    assert (sure.value, sure.choices) == ("党建+乡村振兴", ("党建+乡村振兴", "党建 乡村振兴"))
    unsure = read(headed("党建 乡村振兴"), UNKNOWN).cases[0].title
    assert (unsure.value, unsure.choices) == ("党建 乡村振兴", ("党建 乡村振兴", "党建+乡村振兴"))
    whole = read(headed("党建 乡村振兴", "形成“1 N”和“4+X”模式。"), UNKNOWN).cases[0].title
    assert whole.value == "党建 乡村振兴"
    slogan = read(headed("“云心向党 机关争先”", "形成“1 N”模式。"), UNKNOWN).cases[0].title
    assert (slogan.value, slogan.choices) == ("“云心向党 机关争先”", ())


def test_headings_within_the_story_of_one_place_make_no_cases_of_their_own() -> None:
    text = (
        "某区建强支部记事\n坚持政治引领\n建立学习制度，组织党员学习。\n推进标准化建设\n制定标准，规范支部工作。\n"
        "一、做实“先锋”网格\n把支部建在网格上。\n二、做实“暖心”服务\n设立服务站。"
    )
    assert len(read(text, UNKNOWN).cases) == 1


def test_a_place_named_as_an_example_does_not_take_the_case_away_from_its_county() -> None:
    story = "白云区推行网格化管理，全区党员编进网格，{}居民议事厅每周开门，解决停车难。白云区还组织党员开展志愿服务。"
    heading = "广州市白云区：网格里的党建\n"
    own = read(heading + story.format("大源村的"), UNKNOWN).cases[0].district
    assert own.value == "440111021"
    assert read(heading + story.format("比如在大源街道，"), UNKNOWN).cases[0].district.value == "440111"
    assert read(heading + story.format("大源街道和均禾街道的"), UNKNOWN).cases[0].district.value == "440111"


def test_whoever_speaks_for_a_body_does_not_make_it_lead() -> None:
    text = (
        "广州市海珠区：网格里的党建\n海珠区委推行网格化管理，把党员编进网格，组织居民议事，解决停车难。\n"
        "海珠区委组织部负责人介绍，网格员每天走访。"
    )
    assert [body.name for body in read(text, UNKNOWN).cases[0].leads] == ["海珠区委"]


def test_headings_of_one_place_again_and_again_are_parts_of_one_story() -> None:
    text = "网格里的党建\n广州市：党员编进网格\n推行网格化管理。\n广州市：服务送上门\n建立居民的服务站。"
    assert len(read(text, UNKNOWN).cases) == 1


def test_an_article_that_begins_with_a_body_has_no_title() -> None:
    body = "中共广州市白云区委组织部"
    found = read(f"{body}\n楼道里的网格\n党员编进网格。\n{body}\n街坊的议事亭\n街坊议事。", UNKNOWN)
    assert (found.source.title.value, len(found.cases)) == (None, 2)


def test_figures_stand_within_their_case() -> None:
    text = mirrored()
    for case in read(text, SHIPPED).cases:
        for figure in case.figures:
            assert case.passage.start <= figure.passage.start < figure.passage.end <= case.passage.end


def test_what_belongs_to_the_page_is_in_no_case() -> None:
    text = (
        "您当前的位置：首页>>他山之石\n某市某局：推行一窗办理\n发布日期：2018-12-28\n来源：学习时报\n"
        "推行一窗办理，群众办事不必再跑第二趟，办事时间缩短一半，窗口党员亮出身份、接受群众评议。\n"
        "版权声明：本文由网友上传，如有侵权请联系删除。\n推荐阅读\n别处的另一篇文章讲述了党建引领基层治理的创新做法。"
    )
    found = read(text, UNKNOWN)
    assert (found.source.publisher.value, found.source.published.value) == ("学习时报", "2018-12-28")
    (case,) = found.cases
    told = case.passage.of(text)
    assert "推行一窗办理，群众" in told
    assert not any(words in told for words in ("版权", "别处", "首页"))


@pytest.mark.parametrize("text", ["", "党", "\n\n", "12 345\n678", "The Party builds a new model.\n" * 30, "党建引领"])
def test_a_text_without_a_story_gives_no_case(text: str) -> None:
    assert read(text, SHIPPED).cases == ()


def passages_in(value: Any) -> Iterator[Passage]:
    if isinstance(value, Passage):
        yield value
    elif is_dataclass(value):
        for one in fields(value):
            yield from passages_in(getattr(value, one.name))
    elif isinstance(value, tuple):
        for item in value:
            yield from passages_in(item)


PIECES = [
    "案例一：", "关键词二：", "一、", "1. ", "■", "“", "”", "党建 ", "广州市", "越秀区", "朝阳区", "人民街道", "大源村",
    "工作委员会", "中共", "委组织部", "公司", "推行网格化管理，", "近年来，", "超过160件", "2020年", "十大案例出炉。",
    "一等奖", "来源：", "（记者 王明）", "入选全国示范村", "。", "，", "：",
    "\n", "\n\n", " ", "\t", "1", "|", "\u2028", "🙂",
]  # fmt: skip


@effort(max_examples=150)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text(max_size=80))
def test_any_text_is_answered_and_every_passage_lies_in_it(text: str) -> None:
    found = read(text, SHIPPED)
    assert isinstance(found, ArticleFound)
    for passage in passages_in(found):
        assert 0 <= passage.start <= passage.end <= len(text)
    for before, after in zip(found.cases, found.cases[1:], strict=False):
        assert before.passage.end <= after.passage.start


@pytest.mark.parametrize(
    "line",
    [
        "中共广州市越秀区委组织部\n党建引领新模式\n推行网格化管理，解决居民停车难。\n",
        "广州市越秀区",
        "1",
        "一、\n",
        "“党建",
        "—",
        ".",
    ],
)
def test_two_megabytes_are_read_within_seconds(line: str) -> None:
    text = line * (MANY // len(line)) + "???"
    started = thread_time()
    read(text, SHIPPED)
    assert thread_time() - started < 5 * slowness()


@pytest.mark.django_db
def test_what_is_known_takes_as_many_queries_however_much_there_is() -> None:
    user = make_user(group="录入员")

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            Knowledge.of(user)
        return len(queries)

    Knowledge.of(user)
    make_case()
    before = cost()
    for number in range(5):
        make_case(f"另一案例{number}", leads=[make_organisation(f"某局{number}", former_names="旧名\n更旧的名")])
        make_list(slug=f"list-of-{number}")
    assert cost() == before
    assert cost() == before - 1  # the districts are remembered until the library changes


@pytest.mark.django_db
def test_a_body_that_only_foreign_drafts_name_is_not_known() -> None:
    elsewhere = make_district("2207")
    make_draft(district=elsewhere, leads=[make_organisation("外地草稿里的局", kind="government", district=elsewhere)])
    make_case(leads=[make_organisation("公开案例的局", kind="government", former_names="从前的局")])
    user = make_user(group="录入员", districts=("440104",))
    assert [(body.name, body.earlier_names) for body in Knowledge.of(user).bodies] == [("公开案例的局", ("从前的局",))]
    assert [body.name for body in Knowledge.of(AnonymousUser()).bodies] == ["公开案例的局"]


@pytest.mark.django_db
def test_a_new_name_of_a_division_is_known_at_once() -> None:
    make_district("440104")
    assert Knowledge.of(AnonymousUser()).gazetteer.find("越秀区") != []
    District.objects.filter(code="440104").update(name="新越区")
    known = Knowledge.of(AnonymousUser()).gazetteer
    assert [mention.code for mention in known.find("新越区和越秀区")] == ["440104"]


def test_the_bench_counts_what_was_found_and_what_was_right(tmp_path: Path) -> None:
    (tmp_path / f"{GUANGZHOU}.txt").write_text(
        (ARTICLES / f"{GUANGZHOU}.txt").read_text(encoding="utf-8"), encoding="utf-8"
    )
    rows = {row.measure: row for row in bench.documents(tmp_path, lambda text: repair(text).text)}
    assert rows[f"{GUANGZHOU}: district"].numbers == {"found": 10, "right": 10, "gold": 10}
    assert rows[f"{GUANGZHOU}: leads"].holds is True
    assert rows["baiyun-2023-keywords: not in the folder"].holds is False
    assert load(GOLD / f"{GUANGZHOU}.yaml")["list"]["organiser"] == "南都大数据研究院广州城市治理榜课题组"
