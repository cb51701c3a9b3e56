"""Which paragraphs of a case are background, approach, results or lessons, by how they begin and what they say."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cases.articles.found import ParagraphFound
from cases.articles.lines import Line

HEADINGS = (
    ("background", r"背景|起因|缘起|基本情况|案例概况|面临.{0,4}问题|为什么"),
    ("lessons", r"启示|体会|经验(?!做法)|思考|借鉴|推广价值"),
    ("results", r"成效|成果|效果|收获|变化|反响|结果"),
    ("approach", r"做法|举措|措施|路径|实践|怎么[做干办当]|如何"),
)
BEGINS = (
    (
        "lessons",
        r"实践(?:证明|表明)|(?:这|该).{0,8}(?:启示|告诉我们|表明)|下一步|今后|接下来|未来|总结起来|由此可见|我们体会|经验(?:告诉|表明)|启示",
    ),
    (
        "background",
        r"近年来|近些年|针对|面对|面临|为了?(?:破解|解决|贯彻|深入|推动|进一步)|随着|长期以来|过去|曾经|以前|此前|一直以来|"
        r"习近平总书记|党的[十二]|作为|地处|位于|根据.{2,30}(?:特点|实际)|结合.{2,40}(?:实际|资源|特点)|在.{2,20}背景下|由于|如何|怎样|问题",
    ),
    (
        "results",
        r"目前|截至|如今|通过.{2,20}(?:努力|实践|探索).{0,4}[,，]|一年来|几年来|自.{2,14}以来|经过|现在|去年|今年以来",
    ),
)
SAYS = {
    "background": r"难题|短板|薄弱|不足|矛盾|困境|痛点|堵点|诉求|投诉|空白|滞后|涣散|缺位|老旧|压力",
    "approach": r"建立|推行|实施|开展|打造|创新|探索|组建|推动|搭建|制定|设立|构建|选派|整合|完善|依托|聚焦|强化|"
    r"落实|推进|出台|组织|成立|招募|联系|帮助|设置|编成|划分|选拔|邀请|召集|结对|培训|宣讲|配备|担任|开设|代办|巡查|轮流|牵头",
    "results": r"提[升高]|增长|下降|降低|获评|荣获|入选|被评为|满意|实现|达到?\d|覆盖率|累计|解决.{0,8}\d|"
    r"惠及|增收|位列|第一|化解|取得|成效|改善|升级为",
    "lessons": r"必须|只有|才能|启示|关键在于|离不开|根本|经验|值得|实践证明|奠定|提供了.{0,20}(?:保证|保障)",
}
CUES = {section: re.compile(words) for section, words in SAYS.items()}
CAPTION = re.compile(
    r"^图为|^图[:：]|(?:现场|合影|颁奖|开园|开通|图片?|摄|供图|推进会|专题培训班|论证会|联赛|剪影|一角)$"
)
NAMES = {"background": "背景", "approach": "做法", "results": "成效", "lessons": "启示"}


def captions_of(pieces: Sequence[Sequence[Line]]) -> set[int]:
    """Starts of the lines that are captions of pictures: short lines behind the last paragraph, and their like.

    Where several cases end in one, all short lines within the cases are captions; a heading never is the last line.
    """
    trailing = [lines[-1] for lines in pieces if len(lines) > 1 and lines[-1].is_heading]
    captioned = len(trailing) >= 2 and len(trailing) * 2 > len(pieces)
    starts = {line.start for line in trailing}
    for lines in pieces:
        starts |= {line.start for line in lines if line.is_heading and (captioned or CAPTION.search(line.plain))}
    return starts


def paragraphs_of(lines: Sequence[Line], captions: set[int]) -> tuple[ParagraphFound, ...]:
    found: list[ParagraphFound] = []
    texts = [line for line in lines if not line.is_heading]
    under, why = "", ""
    for line in lines:
        if line.start in captions:
            found.append(ParagraphFound(line.passage, "", "图片说明，不入正文"))
        elif line.is_heading:
            under, why = _by_heading(line)
            found.append(ParagraphFound(line.passage, under, why or "小标题"))
        elif under:
            found.append(ParagraphFound(line.passage, under, why))
        else:
            section, because = _by_words(line, texts.index(line) if len(texts) < 200 else 1, len(texts))
            found.append(ParagraphFound(line.passage, section, because))
    return _with_headings(found)


def _with_headings(found: list[ParagraphFound]) -> tuple[ParagraphFound, ...]:
    """A heading goes with the paragraph below it."""
    section = ""
    for place in range(len(found) - 1, -1, -1):
        paragraph = found[place]
        if paragraph.why == "小标题":
            found[place] = ParagraphFound(paragraph.passage, section, "小标题，随其下段落")
        elif paragraph.why != "图片说明，不入正文":
            section = paragraph.section
    return tuple(found)


def _by_heading(line: Line) -> tuple[str, str]:
    if len(line.plain) <= 24:
        for section, words in HEADINGS:
            if match := re.search(words, line.plain):
                return section, f"小标题里有“{match[0]}”"
    return "", ""


def _by_words(line: Line, place: int, count: int) -> tuple[str, str]:
    """The first paragraph may be background, a later one results or lessons, the others are what was done."""
    beginning = line.plain[:40]
    scores = {section: len(cues.findall(line.plain[:1500])) for section, cues in CUES.items()}
    if count > 1:
        for section, words in BEGINS:
            match = re.match(rf"[^,。;]{{0,10}}?(?:{words})", beginning)
            if match and _may_stand(section, place, count, scores):
                return section, f"段首“{match[0][:16]}”"
        if place == count - 1 and scores["lessons"] >= 2 and scores["lessons"] > scores["results"]:
            return "lessons", "末段，多用总结的话"
        if place >= count / 2 and scores["results"] > scores["approach"]:
            return "results", "多用成效的话"
    if scores["approach"]:
        return "approach", "多用“建立、推行、开展”等做法的话"
    if count == 1:
        return "approach", "只有一段，记入主要做法"
    best = max(scores, key=lambda section: scores[section])
    return (best, f"多用{NAMES[best]}的话") if scores[best] >= 2 else ("", "看不出属于哪一节")


def _may_stand(section: str, place: int, count: int, scores: dict[str, int]) -> bool:
    if section == "background":
        return place == 0 or (place == 1 and scores["background"] > scores["results"] and count > 3)
    if section == "results":
        return place > 0 and (scores["results"] >= max(2, scores["approach"] / 2) or scores["approach"] <= 1)
    return place >= count / 2
