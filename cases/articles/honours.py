"""Honours that a text says were won: awards, titles and places on named lists; neither praise nor being printed."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice

from cases.articles.found import HonourFound, Passage
from cases.articles.levels import level_of
from cases.articles.sentences import Sentences
from cases.articles.years import year_of

# More than any article has: a text of nothing but 获 shall not keep a request waiting.
MOST, MOST_TRIED = 500, 5000
# Longer ones first, where one begins like another.
WON = re.compile(
    r"(?P<named>被?授予|获授|被?命名为|被?认定为|被?确定为|被?定为|被?遴选为|被?评选?为|获评为?|被?列入|被?列为|入选为?|获选为?|当选为?|跻身|荣登|获批为?|成功创建为?"
    r"|创成|创建成为?|上榜)"
    r"|(?P<won>荣获|喜获|斩获|获得|获颁|夺得|摘得|荣膺|获(?![得取评奖胜悉批选授颁益知利]))"
)
# What is named behind 获 must say that it is an award; behind 入选 any title will do.
AWARD = re.compile(
    r"(?:称号|[^，。；、]奖(?!励|补|金|惩)(?:项|状|章|牌|杯)?|奖状|奖章|奖牌|奖杯|锦旗|示范|试点|标兵|红旗|先进|优秀|模范|十佳|百强|百佳|最美"
    r"|文明(?:单位|城市|村|镇|社区|校园)|卫生(?:镇|村|城市|县)|案例|品牌|一等|二等|三等|金牌|银牌|铜牌|“[^“”]{2,}(?:奖|镇|村|市|区|县|单位|社区)”)"
)
PRAISE = re.compile(
    r"肯定|批示|好评|认可|点赞|赞誉|称赞|关注|支持|资格|通过|满意|效果|成效|实惠|收益|信息|数据|第[一二三]手|感|投入|资金|补助|机会|经验|软弱涣散|薄弱|后进|贫困"
)
# Named lists that are no honour: plans, agendas, registers of things to do.
NO_LIST = re.compile(
    r"议程|计划|规划|预算|考核|清单|台账|范围|重点工作|重要内容|必修|课程|议题|名录库|日程|体系|指标|网格|目录|责任|总体|内容|任务|工程$"
)
TITLE = re.compile(
    r"示范|试点|案例|先进|优秀|品牌|典型|百强|十佳|百佳|十大|最美|文明|标兵|模范|红旗|称号|奖|集群|名单|榜|创新|项目|星级|卫生|园|基地|样板|标杆|先锋"
    r"|集体|单位|支部|党组织|工作者|课题|镇|村|社区|城市|“[^“”]+”|《[^《》]+》"
)
NOT_YET = re.compile(
    r"争创|力争|积极争取|争取(?!到)|争当|拟|将(?=[^，。；]{0,8}$)|提议|要(?=[^，。；]{0,12}$)|希望|推荐|评选(?=[^，。；]{0,4}$)|有望|优先|可$|未$|没有$|能否$"
)
OBJECT_END = re.compile(r"[，,；;。！？!?\n]|的(?!.{0,12}(?:称号|奖))|并(?!列)|以及|，")
TIER = re.compile(
    r"(?P<tier>(?:特等|一等|二等|三等|优胜|金|银|铜|优秀(?:组织|案例|成果|项目)?|最佳[^，。；、]{0,8}|组织|提名|创新|入围|鼓励|单项)奖)(?:[”》]?)$"
)
APPLIED = re.compile(r"(?:申报|参加|参评|参与|角逐|报名)了?(?P<name>[^，,；;。]{4,50})")
WITHIN = re.compile(r"在(?P<name>[^，,；;。]{4,50}?)(?:的评选|评选|比赛|活动)?(?:中|上)(?:[^，,；;。]{0,16})$")
GRANTER = re.compile(r"(?:被|由|获|受)(?P<name>[^，,；;。被]{2,40}?)$")
ENUMERATED = re.compile(r"、|(?<=[”》])(?=“|《)|和(?=“|《)|及(?=“|《)")
LEVELS_JOINED = re.compile(
    r"^(?P<one>国家级?|全国|省级?|市级?)[和、与](?P<two>全国|国家级?|省级?|市级?|区级?|县级?)(?P<rest>[^、]{2,})$"
)
HEAD = re.compile(
    r"^(?:了|为|过|到|入|成为|成|首个|一批|多个|多项|多次|全部|分别|和|并|其|第[一二三四五六七八九十]名)+"
)
TRAILS = re.compile(
    r"(?:等(?:多项|一批|系列)?(?:荣誉|称号|奖项|表彰)?(?:称号)?|荣誉称号|称号|荣誉|殊荣|名单|之一|行列|等)+$"
)
SHORTEST, LONGEST = 4, 80


def honours_in(
    text: str, within: Passage | None = None, year: int | None = None, *, spoken: int | None = None
) -> tuple[HonourFound, ...]:
    """Honours in a repaired text, in its order; `year` and `spoken` as for `figures_in`."""
    within = within or Passage(0, len(text))
    sentences = Sentences(text)
    found: list[HonourFound] = []
    for match in islice(WON.finditer(text, within.start, within.end), MOST_TRIED):
        if len(found) >= MOST:
            break
        if sentences.is_in_name(match.start()):
            continue
        sentence = sentences.around(Passage(*match.span()))
        before = text[max(sentence.start, match.start() - 80) : match.start()]
        if NOT_YET.search(re.split(r"[，,；;：:]", before)[-1]):
            continue
        named = year_of(text, sentence, match.start(), year, spoken)
        level_before = found[-1].level if found and found[-1].passage.start >= sentence.start else ""
        for span in _objects(text, match, min(sentence.end, within.end)):
            for honour in _of_each_level(_honour(text, match, span, before, named or year, level_before)):
                if not any((honour.name, honour.tier) == (other.name, other.tier) for other in found):
                    found.append(honour)
    return tuple(found)


def _objects(text: str, match: re.Match[str], end: int) -> list[tuple[int, int]]:
    """Where each of the things won stands: 省级文明单位、市五一劳动奖状 are two."""
    stop = min(end, match.end() + LONGEST)
    start = match.end()
    depth_end = start
    while depth_end < stop and (found := OBJECT_END.search(text, depth_end, stop)):
        opened = text.count("“", start, found.start()) > text.count("”", start, found.start())
        opened |= text.count("《", start, found.start()) > text.count("》", start, found.start())
        if not opened:
            stop = found.start()
            break
        depth_end = found.end()
    spans, begin = [], start
    for cut in ENUMERATED.finditer(text, start, stop):
        inside = text.count("“", start, cut.start()) > text.count("”", start, cut.start())
        if not inside:
            spans.append((begin, cut.start()))
            begin = cut.end()
    return [*spans, (begin, stop)]


def _honour(
    text: str, match: re.Match[str], span: tuple[int, int], before: str, year: int | None, level_before: str
) -> HonourFound | None:
    start, end = span
    printed = text[start:end]
    name = TRAILS.sub("", HEAD.sub("", printed.strip())).strip()
    is_first = start == match.end()
    if not name and match["named"]:
        return _without_object(text, match, before, year)
    tier = TIER.search(name)
    name_of_list = TIER.sub("", name).strip("的 ") if tier else name
    if tier and len(name_of_list) < SHORTEST and (place := WITHIN.search(before)):
        name_of_list = place["name"]
    name_of_list, publisher = _in_book(_bare(name_of_list or name))
    if text[end : end + 3] in {"的提议", "的建议", "的申请"}:
        return None
    if not _is_title(match, printed, name_of_list, is_first):
        return None
    granter = publisher or (_granter(before, match) if match["named"] else "")
    level = level_of(name_of_list, granter) or (level_before if tier else "")
    return HonourFound(
        name=name_of_list,
        passage=Passage(match.start() if is_first else start, end),
        level=level,
        year=_year_in(name_of_list) or year,
        tier=tier["tier"] if tier else "",
        granter=granter,
        why=f"“{match[0]}”之后的名称",
    )


def _of_each_level(honour: HonourFound | None) -> list[HonourFound]:
    """国家和省级特色产业集群 are two honours."""
    joined = LEVELS_JOINED.match(honour.name) if honour else None
    if honour is None or joined is None:
        return [honour] if honour else []
    names = [joined[level] + joined["rest"] for level in ("one", "two")]
    return [replace(honour, name=name, level=level_of(name, honour.granter)) for name in names]


def _is_title(match: re.Match[str], printed: str, name: str, is_first: bool) -> bool:
    """Whether what was won has the words of an honour."""
    # 党建类一等奖 without the name of the prize is the category in which it was won.
    if not SHORTEST <= len(name) <= LONGEST or PRAISE.search(name) or name.endswith("类"):
        return False
    if match["won"] or not is_first:
        return bool(AWARD.search(printed))
    if match[0].endswith(("列入", "列为", "确定为", "认定为")) and NO_LIST.search(name):
        return False
    return bool(TITLE.search(printed))


def _without_object(text: str, match: re.Match[str], before: str, year: int | None) -> HonourFound | None:
    """申报…活动，最终5个项目入选: the name of what was won stands before."""
    if not match[0].startswith(("入选", "获选", "上榜", "获评")):
        return None
    sentence_before = text[max(0, match.start() - 120) : match.start()].split("。")[-1]
    applied = APPLIED.search(sentence_before)
    if not applied:
        return None
    name = _bare(applied["name"])
    return HonourFound(
        name=name,
        passage=Passage(*match.span()),
        level=level_of(name, ""),
        year=_year_in(name) or year,
        why="申报的名称，其后说入选",
    )


def _bare(name: str) -> str:
    """A name without its quotation marks where they are all that is around it."""
    name = name.strip("的 ")
    if len(name) > 2 and name[0] in "“《「" and name[-1] in "”》」" and not re.search(r"[“《「]", name[1:]):
        return name[1:-1]
    return name


def _in_book(name: str) -> tuple[str, str]:
    """中组部《…案例》 is a book of 中组部: what is listed is its name."""
    found = re.fullmatch(r"([\u4e00-\u9fff]{2,12})《([^《》]+)》", name)
    return (found[2], found[1]) if found else (name, "")


def _granter(before: str, match: re.Match[str]) -> str:
    clause = re.split(r"[，,；;。：:]", before)[-1]
    if match[0].startswith("被"):
        return ""
    found = GRANTER.search(clause)
    return found["name"] if found else ""


def _year_in(name: str) -> int | None:
    found = re.search(r"(?<!\d)((?:19|20)\d{2})\s?年", name)
    return int(found[1]) if found else None
