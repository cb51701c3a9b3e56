"""What an article says of itself: title, publisher, date, authors, page, address; and which lines say so."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from cases.articles.bodies import bodies_of_line
from cases.articles.context import Context
from cases.articles.found import Found, Passage, SourceFound
from cases.articles.lines import Line, tidied

FIRST, LAST = 14, 8
SHORTEST_TITLE = 4
DATE = re.compile(r"((?:19|20)\d\d)(?:[年./-] ?(\d{1,2})(?:[月./-] ?(\d{1,2})日?|月)?|年)")
STAMP = re.compile(r"(?:发[布表]|刊[发登]|更新|发稿)?(?:日期|时间) ?[:：]? ?(?=(?:19|20)\d\d)")
FROM = re.compile(r"(?:来源|稿源|信息来源|文章来源|转自|转载自|报纸名称|报刊名称) ?[:：] ?([^ :|()\d]{2,24})")
NO_SOURCE = re.compile(r"未知|网络|互联网|本站|原创|转载|佚名|admin")
# How a report begins: 某网某市12月30日电（甲某）, 本报讯（记者 甲某 通讯员 乙某）, （通讯员 甲某）.
DATELINE = re.compile(
    r"(?:(?P<medium>(?!本[报刊网])[\u4e00-\u9fff/]{2,16}?(?:日报|晚报|时报|早报|晨报|商报|报|日报社|新闻|新闻网|网|客户端|社))"
    r"(?:[\u4e00-\u9fff]{2,6})?\d{1,2}月\d{1,2}日[电讯]|(?:本[报刊网]|[\u4e00-\u9fff]{2,5})讯)? ?"
    r"(?:\((?P<all>[^()]{2,60})\)|"
    r"(?P<bare>(?:特约|全媒体|融媒体|见习|首席)?(?:记者|通讯员)[\u4e00-\u9fff· 、]{2,40}?)(?:报道|(?=\d{1,2}月)))"
)
# A report whose first words are its masthead: only a page prints the time of day.
STAMPED = re.compile(r"(?P<medium>[\u4e00-\u9fff]{2,12}?) ?(?=(?:19|20)\d\d[年./-]\d{1,2}[月./-]\d{1,2}日? ?\d\d:\d\d)")
WRITER = re.compile(r"作者 ?[:] ?(?P<names>[\u4e00-\u9fff·]{2,4})(?![\u4e00-\u9fff])")
ROLES = re.compile(r"(?:[\u4e00-\u9fff/]{0,14}(?:记者|撰稿人)|通讯员|实习生|作者)[ :/|]*")
MASTHEAD = re.compile(
    r"([\u4e00-\u9fff]{2,10}(?:日报|晚报|时报|早报|晨报|商报|报)) ?(?:数字报纸?|电子报纸?|电子版|多媒体数字版)"
)
MEDIA = re.compile(
    r"[\u4e00-\u9fff]{1,12}(?:日报|晚报|时报|早报|晨报|商报|都市报|城市报|青年报|工人报|农民报|组织人事报|报|新闻网|网|杂志|半月谈|客户端|电视台|通讯社)"
)
PAPER = re.compile(r"报$")
JOURNAL = re.compile(r"(?:杂志|月刊|半月谈|学刊|研究|求是)$")
WEB = re.compile(r"(?:网|网站|客户端|公众号|发布|在线)$")
PAGE = re.compile(r"第 ?([A-Z]?\d{1,3}|[一二三四五六七八九十]+) ?版")
URL = re.compile(r"https?://[\w./?=&%#~:+-]+", re.ASCII)
NAMES = r"[\u4e00-\u9fff·]{1,8}(?:[ 、,]+[\u4e00-\u9fff·]{1,8})*"
REPORTER = re.compile(rf"(?:本报|本刊|本网|[\u4e00-\u9fff]{{2,12}})?(?P<role>记者|特约撰稿人)[ :/|]*(?P<names>{NAMES})")
CORRESPONDENT = re.compile(
    r"通讯员[ :/|]*(?P<names>[\u4e00-\u9fff·]{2,20}(?:[ 、,]+[\u4e00-\u9fff·]{2,20})*?)"
    r"(?= ?(?:[图摄文编]|供图|提供|报道|$|\)))"
)
WRITERS = re.compile(rf"(?:报告撰写|撰文|撰稿|执笔|作者|文[:/|]|文字) ?[:|/]? ?(?P<names>{NAMES})?$")
MAKER = re.compile(r"(?:出品|出品方|主办|联合出品) ?[:] ?(?P<name>[^ :,]{4,40})$")
IN_BRACKETS = re.compile(rf"\((?P<names>{NAMES})\)$")
REPORTER_IN_BRACKETS = re.compile(
    r"\((?P<paper>[\u4e00-\u9fff]{2,12}?)?(?:记者|通讯员)[ :]*(?P<names>[\u4e00-\u9fff· 、]{2,30})\)$"
)
NO_NAMES = re.compile(r"综合报道|报道|摄影?|供图|整理|提供|图$|文$")
SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔"
    "康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文欧阳凌娄符关包温庄柴牛葛齐纪舒项祝左涂管司童洪倪严翁季樊兰闫阳霍"
)


@dataclass
class Told:
    """What was read, and the lines that are now done with."""

    source: SourceFound
    title: Line | None = None
    makers: list[Passage] = field(default_factory=list)
    done: set[int] = field(default_factory=set)  # starts of lines


def source_of(lines: list[Line], context: Context) -> Told:
    told = Told(SourceFound())
    edge = [*lines[:FIRST], *(line for line in lines[-LAST:] if line not in lines[:FIRST])]
    authors = _authors(edge, told)
    published, publisher = _published(edge, told), _publisher(edge, told)
    page = _page(edge)
    told.title = _title_line(lines, told, context)
    if told.title:
        told.done |= {line.start for line in lines[-2:] if line is not told.title and line.plain == told.title.plain}
    title = _title(told.title)
    told.source = SourceFound(title, publisher, published, authors, page, _url(edge), _kind(publisher.value))
    return told


def _title_line(lines: list[Line], told: Told, context: Context) -> Line | None:
    """The first heading, if it stands before the first paragraph."""
    for line in lines[:FIRST]:
        if line.start in told.done:
            continue
        if not line.is_heading or line.plain.endswith(":") or bodies_of_line(line, context):
            return None
        if len(re.findall(r"[\u4e00-\u9fff]", line.plain)) >= SHORTEST_TITLE:
            return line
    return None


def _title(line: Line | None) -> Found[str]:
    if line is None:
        return Found(why="正文之前没有标题")
    whole = tidied(line.text)
    aside = re.search(r"\(([^()]+)\)$", line.plain)
    if aside and _repeats(aside[1], line.plain[: aside.start()]):
        passage = line.part(0, aside.start())
        shorter = tidied(line.text[: aside.start()])
        return Found(shorter, (passage,), "首个标题；末尾括号重复题意，已略去", (shorter, whole))
    return Found(whole, (line.passage,), "正文之前的首个标题")


def _repeats(aside: str, title: str) -> bool:
    return sum(character in title for character in aside) >= 0.7 * len(aside)


def _published(edge: list[Line], told: Told) -> Found[str]:
    """A date that a line of its own gives; not one that a sentence tells."""
    for line in edge:
        match: re.Match[str] | None
        if stamped := STAMPED.match(line.plain):
            match = DATE.match(line.plain, stamped.end())
            if match and (value := _iso(match)):
                return Found(value, (line.part(*match.span()),), "报头的日期")
        if not (line.is_heading or STAMP.search(line.plain)) or len(line.plain) > 80:
            continue
        if stamp := STAMP.search(line.plain):
            match, why = DATE.match(line.plain, stamp.end()), "标明的发布日期"
        else:
            match, why = DATE.search(line.plain), "报头的日期"
            match = match if match and _is_masthead(line.plain, match) else None
        if match and (value := _iso(match)):
            told.done.add(line.start)
            return Found(value, (line.part(*match.span()),), why)
    return Found(why="文中没有标明发布日期")


def _is_masthead(plain: str, date_found: re.Match[str]) -> bool:
    """A line of little else than a date: 中国城市报 2020年05月18日 星期一."""
    if not date_found[2]:
        return False
    rest = plain[: date_found.start()] + plain[date_found.end() :]
    rest = FROM.sub("", rest)
    rest = re.sub(r"星期.|第 ?\w+ ?版|\d\d:\d\d(:\d\d)?|[《》() :|,-]", "", rest)
    return len(MEDIA.sub("", rest)) <= 4


def _iso(match: re.Match[str]) -> str:
    year, month, day = match[1], match[2], match[3]
    try:
        date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return ""
    return "-".join((year, *(f"{int(part):02}" for part in (month, day) if part)))


def _publisher(edge: list[Line], told: Told) -> Found[str]:
    """The medium that 来源 names, the masthead, or the medium of the reporters."""
    named: list[tuple[str, Passage, str]] = []
    for line in edge:
        if not line.is_heading and (stamped := STAMPED.match(line.plain)):
            named.append((stamped["medium"], line.part(*stamped.span("medium")), "报头"))
        elif not line.is_heading and (dateline := DATELINE.match(line.plain)) and dateline["medium"]:
            named.append((tidied(dateline["medium"]), line.part(*dateline.span("medium")), "电头"))
        if len(line.plain) > 80:
            named += _reporters_medium(line)
            continue
        for match in FROM.finditer(line.plain):
            told.done.add(line.start)
            if NO_SOURCE.match(match[1]):
                continue
            named.append((tidied(match[1]), line.part(*match.span(1)), "“来源”标明"))
        if (dated := DATE.search(line.plain)) and _is_masthead(line.plain, dated):
            told.done.add(line.start)
            if medium := MEDIA.search(line.plain):
                named.append((medium[0], line.part(*medium.span()), "报头"))
        if line.plain.startswith(("■", "●", "(", "文")):
            named += _reporters_medium(line)
        if masthead := MASTHEAD.fullmatch(line.plain):
            told.done.add(line.start)
            named.append((masthead[1], line.part(*masthead.span(1)), "报头"))
    media = [one for one in named if MEDIA.fullmatch(one[0])]
    for value, passage, why in (*media, *named):
        return Found(value, (passage,), why)
    return Found(why="文中没有标明发布者")


def _reporters_medium(line: Line) -> list[tuple[str, Passage, str]]:
    match = re.search(r"(?:^[■●]|\() ?([\u4e00-\u9fff]{2,10}报)(?:记者|讯)", line.plain)
    return [(match[1], line.part(*match.span(1)), "记者所属")] if match else []


def _authors(edge: list[Line], told: Told) -> Found[str]:
    found: list[tuple[str, Passage]] = []
    for number, line in enumerate(edge):
        if maker := MAKER.search(line.plain):
            told.done.add(line.start)
            told.makers.append(line.part(*maker.span("name")))
        elif writers := WRITERS.match(line.plain):
            told.done.add(line.start)
            names = line.part(*writers.span("names")) if writers["names"] else None
            if names is None and number + 1 < len(edge) and edge[number + 1].is_heading:
                names = edge[number + 1].passage
                told.done.add(edge[number + 1].start)
            if names:
                found.append((_names(_text_of(names, edge)), names))
        elif len(line.plain) <= 80 and "记者" in line.plain and not line.plain.endswith("。"):
            found += _signed(line, told)
        elif line.plain.startswith("通讯员") and line.is_heading and (match := ROLES.match(line.plain)):
            told.done.add(line.start)
            found.append((f"{_names(line.plain[match.end() :])}（通讯员）", line.part(match.end(), len(line.text))))
        elif len(line.plain) <= 80 and FROM.search(line.plain) and (match := WRITER.search(line.plain)):
            if _are_people(match["names"]):
                found.append((match["names"], line.part(*match.span("names"))))
        elif dated := _of_dateline(line):
            found.append(dated)
        elif match := REPORTER_IN_BRACKETS.search(line.plain) or _people_in_brackets(line):
            if match.end() - match.start() == len(line.plain):
                told.done.add(line.start)
            found.append((_names(match["names"]), line.part(*match.span("names"))))
    values = [value for value, _ in found if value]
    if not values:
        return Found(why="文中没有署名")
    return Found("、".join(dict.fromkeys(values)), tuple(passage for _, passage in found), "署名行")


def _of_dateline(line: Line) -> tuple[str, Passage] | None:
    """Who is named where a report begins; nothing if what stands there are no people."""
    match = DATELINE.match(line.plain)
    told = match and (match["all"] or match["bare"])
    if not match or not told:
        return None
    names = [name for part in ROLES.split(told) if (name := _names(part))]
    if not names or not _are_people("、".join(names)) or (not ROLES.match(told) and not match["medium"]):
        return None
    return "、".join(names), line.part(*match.span("all" if match["all"] else "bare"))


def _text_of(passage: Passage, edge: list[Line]) -> str:
    line = next(line for line in edge if line.start <= passage.start <= line.end)
    return line.text[passage.start - line.start : passage.end - line.start]


def _people_in_brackets(line: Line) -> re.Match[str] | None:
    """A line of nothing but names: (甲某 乙某)."""
    match = IN_BRACKETS.fullmatch(line.plain) if len(line.plain) <= 40 else None
    return match if match and _are_people(match["names"]) else None


def _signed(line: Line, told: Told) -> list[tuple[str, Passage]]:
    """■某报记者 甲 乙, 文|记者 甲 通讯员 乙."""
    if not re.match(r"[■●□◆▲(文图本\u4e00-\u9fff|:/ ]{0,14}记者", line.plain):
        return []
    told.done.add(line.start)
    end = line.plain.find("通讯员")
    reporters = REPORTER.search(line.plain[: end if end >= 0 else None])
    correspondents = CORRESPONDENT.search(line.plain)
    found = []
    if reporters:
        names = _names(reporters["names"])
        found.append((f"{names}（记者）" if correspondents else names, line.part(*reporters.span("names"))))
    if correspondents:
        found.append((f"{_names(correspondents['names'])}（通讯员）", line.part(*correspondents.span("names"))))
    return found


def _names(words: str) -> str:
    """People's names, one after the other; a name of two characters is often set with a blank between."""
    parts = [part for part in re.split(r"[\s、,，]+", NO_NAMES.sub("", words)) if part]
    names: list[str] = []
    for part in parts:
        if names and len(part) == 1 and len(names[-1]) == 1:
            names[-1] += part
        else:
            names.append(part)
    return "、".join(name for name in names if len(name) > 1)


def _are_people(words: str) -> bool:
    names = _names(words).split("、")
    return all(2 <= len(name) <= 4 and name[0] in SURNAMES for name in names)


def _page(edge: list[Line]) -> Found[str]:
    for line in edge:
        if len(line.plain) <= 100 and (match := PAGE.search(line.plain)):
            return Found(f"第{match[1]}版", (line.part(*match.span()),), "标明的版次")
    return Found()


def _url(edge: list[Line]) -> Found[str]:
    for line in edge:
        if len(line.plain) <= 300 and (match := URL.search(line.plain)):
            return Found(match[0], (line.part(*match.span()),), "文中的网址")
    return Found()


def _kind(publisher: str | None) -> Found[str]:
    for kind, ending in (("newspaper", PAPER), ("journal", JOURNAL), ("webpage", WEB)):
        if publisher and ending.search(publisher):
            return Found(kind, (), "依发布者名称")
    return Found(choices=("newspaper", "journal", "webpage", "document"))
