"""The article as an award list: its name, who organised it, its level, and the stages by which it was made."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cases.articles import bodies
from cases.articles.context import Context
from cases.articles.found import BodyFound, Found, ListFound, Passage, StageFound
from cases.articles.lines import tidied
from cases.articles.numerals import BARE, BEFORE, INNER, read_han
from cases.models.qualifier import Qualifier

ANNOUNCES = re.compile(
    r"[十百][大佳优]|榜单|上榜|获奖|出炉|揭晓|评选|优秀案例|典型案例|名单|[一二三]等奖|入选案例|创新案例|案例选登|最佳|优秀品牌"
)
HOSTED = re.compile(r"((?:19|20)\d\d)?年?《?([\u4e00-\u9fff]{2,16}榜)》?首?次?(?:设立?|发布|推出)了?“([^“”]{2,20}榜)”")
NAMED = re.compile(
    r"(?:第[一二三四五六七八九十\d]{1,3}届|(?:19|20)\d\d年度?)?[“《]?(?:(?!关于|[中出的从件个经将现为])[\u4e00-\u9fff·]){0,24}?"
    r"(?:[十百][大佳优]|优秀|典型|最佳|示范|创新)[\u4e00-\u9fff]{0,12}?(?:案例|品牌|工作法|书记项目|做法|项目)[”》]?"
)
COUNT = (
    r"(?P<before>超过|超|近|约|逾|共|达|了)*(?P<number>\d[\d,]{0,6}|[一二两三四五六七八九十百]{1,5})"
    r"(?P<after>多|余)?[个件项篇份例家条名](?P<more>以上)?"
)
STAGES = (
    ("征集", r"征集|收集|收到|申报|报送|汇总|推荐上报|报名|海选|参[评赛选]"),
    ("初选", r"初选|初评|初审|筛选出"),
    ("入围", r"入围|进入(?:复评|终评|决赛)|复评|遴选出(?=.{0,12}进入)"),
    ("入选", r"入选|评出|评选出|选出|遴选出|推选出|脱颖而出|获奖|上榜|选树|最终确定"),
)
STAGE_PATTERNS = tuple(
    (
        stage,
        (
            re.compile(rf"(?:{words})[^。;!?,\d]{{0,16}}?{COUNT}"),
            re.compile(rf"{COUNT}[^。;!?,\d]{{0,16}}(?:{words})"),
        ),
    )
    for stage, words in STAGES
)
# 十大案例出炉, 评出十佳案例.
TEN = re.compile(
    r"(?:(?:评|选|产生)出?[\u4e00-\u9fff]{0,4}(?=[十百][大佳])|(?=.{2,30}(?:出炉|揭晓|入选|产生|脱颖而出|上榜|名单|公布)))"
    r"(?P<number>[十百]|[二三四五]十)[大佳优个][\u4e00-\u9fff]{0,10}(?:案例|品牌|工作法|项目)"
)
QUALIFIERS = BEFORE | INNER | {"以上": Qualifier.UPWARDS}
ORGANISES = re.compile(r"([^。;,!?]{4,60}?)(?:联合)?(?:主办|举办|组织开展|发起|评选)")
LEVELS = (
    ("national", r"全国|国家级|中央"),
    ("province", r"全省|省级|省委|自治区级"),
    ("city", r"全市|市级|市委"),
    ("county", r"全[区县旗]|区级|县级|[区县旗]委"),
)
BY_LENGTH = {2: "province", 4: "city", 6: "county", 9: "county"}


def list_of(
    title: str, intro: Passage, makers: Sequence[Passage], tiers: Sequence[str], year: Found[int], context: Context
) -> ListFound | None:
    """What the article says of itself as a list; None if it does not announce one."""
    text = context.plain[intro.start : intro.end]
    announced = ANNOUNCES.search(title) or ANNOUNCES.search(text)
    if not (announced or any(tiers)):
        return None
    organiser = _organiser(intro, makers, context)
    named = _name(title, intro, context)
    return ListFound(
        named, organiser, year, _level(named, organiser, context), _order(tiers), funnel_of(intro, context)
    )


def _name(title: str, intro: Passage, context: Context) -> Found[str]:
    if match := HOSTED.search(context.plain, intro.start, intro.end):
        for other in HOSTED.finditer(context.plain, intro.start, intro.end):
            match = other if other[1] and not match[1] else match
        value = f"{match[1] or ''}{match[2]}·{match[3]}"
        return Found(value, (Passage(*match.span()),), "文中说明榜单设于何处、名为何榜")
    found = {tidied(match[0]): None for match in NAMED.finditer(title)}
    places: dict[str, Passage] = {}
    for match in NAMED.finditer(context.plain, intro.start, intro.end):
        places.setdefault(tidied(context.text[slice(*match.span())]), Passage(*match.span()))
    choices = tuple(name for name in (*found, *places) if len(name) >= 6)
    known = [
        series for series in context.knowledge.series if series and series in context.text[intro.start : intro.end]
    ]
    if known:
        place = context.text.index(known[0], intro.start)
        return Found(known[0], (Passage(place, place + len(known[0])),), "库中已有同名榜单", choices)
    best = max(choices, key=len, default=None)
    if best is None:
        return Found(why="没有写明榜单名称")
    return Found(best, (places[best],) if best in places else (), "标题或导语里的名称", choices)


def _organiser(intro: Passage, makers: Sequence[Passage], context: Context) -> BodyFound | None:
    for passage in makers:
        return bodies.body_at(passage, context)
    for match in ORGANISES.finditer(context.plain, intro.start, intro.end):
        named = bodies.bodies_in(Passage(*match.span(1)), context)
        if named:
            return bodies.body_at(named[0], context)
    return None


def _level(named: Found[str], organiser: BodyFound | None, context: Context) -> Found[str]:
    for level, words in LEVELS:
        if named.value and (match := re.search(words, named.value)):
            return Found(level, named.passages, f"榜单名称里有“{match[0]}”")
    places = context.knowledge.gazetteer.find(named.value or "")
    lengths = {len(code) for mention in places for code in mention.codes}
    if lengths and max(lengths) in BY_LENGTH:
        return Found(BY_LENGTH[max(lengths)], named.passages, "依榜单名称里的地名")
    if organiser and organiser.district:
        of_body = BY_LENGTH.get(len(organiser.district.partition("F")[0]))
        return Found(of_body, (organiser.passage,), "依主办方所在区划")
    return Found(None, (), "没有写明级别，请选择", ("national", "province", "city", "county"))


def _order(tiers: Sequence[str]) -> Found[str]:
    if any("名" in tier for tier in tiers):
        return Found("ranked", (), "按名次列出")
    if len({tier for tier in tiers if tier}) > 1:
        return Found("tiered", (), "按等次列出")
    return Found("unordered", (), "文中没有名次和等次")


def funnel_of(passage: Passage, context: Context) -> tuple[StageFound, ...]:
    """Stages with their numbers, in the order in which lists are made; each stage once."""
    found: dict[str, StageFound] = {}
    taken: set[int] = set()  # where the numbers stand that an earlier stage has: 从186件申报材料中评出6个
    for stage, patterns in STAGE_PATTERNS:
        matches = (match for pattern in patterns for match in pattern.finditer(context.plain, *passage))
        told = [match for match in matches if match.start("number") not in taken and number_of(match["number"]) > 1]
        if told:
            first = min(told, key=lambda match: match.start())
            taken.add(first.start("number"))
            found[stage] = StageFound(stage, number_of(first["number"]), Passage(*first.span()), _qualifier(first))
    if "入选" not in found and (match := TEN.search(context.plain, *passage)):
        found["入选"] = StageFound("入选", number_of(match["number"]), Passage(*match.span()))
    counts = [found[stage] for stage, _ in STAGES if stage in found]
    return tuple(stage for place, stage in enumerate(counts) if not place or stage.count <= counts[place - 1].count)


def _qualifier(match: re.Match[str]) -> str:
    for word in (match["before"], match["after"], match["more"]):
        if word in QUALIFIERS:
            return str(QUALIFIERS[word])
    return ""


def number_of(words: str) -> int:
    """10, 1,200, 十, 二十, 一百二十 as a number; 0 if it is none."""
    if words[0].isdigit():
        return int(words.replace(",", ""))
    return BARE.get(words) or read_han(words) or 0
