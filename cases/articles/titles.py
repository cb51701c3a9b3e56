"""A case's title, brand name and kind, from its heading and what the text puts in quotation marks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from cases.articles.context import Context
from cases.articles.found import Found, Passage
from cases.articles.lines import tidied

QUOTED = re.compile(r"[“\"「『]([^“”\"「」『』\n]{2,24})[”\"」』]|《([^《》\n]{2,24})》")
BRAND_ENDING = (
    r"(?:工程|工作法|机制|行动|计划|模式|品牌|项目|制度|工作室|体系|联盟|矩阵|驿站|课堂|联合体|共同体|党建|管家)"
)
AFTER_QUOTE = re.compile(rf"(?:(?![等的为进了和与及])[\u4e00-\u9fff]){{0,8}}?{BRAND_ENDING}")
NAMED_SO = re.compile(rf"[\u4e00-\u9fff\w+]{{2,16}}{BRAND_ENDING}$")
BRAND_WITH_PLUS = re.compile(r"党建 ?\+ ?[\u4e00-\u9fff]{1,8}")
LOST_IN_QUOTES = re.compile(r"(?<=[“\"])([\u4e00-\u9fff]{2,3}) ([\u4e00-\u9fff]{2,5})(?=[”\"])")
LOST_IN_HEADING = re.compile(r"^(党建|互联网|支部|党员) (?=[\u4e00-\u9fff]{2,8}(?: |$))")
SAID = re.compile(
    r"初心|使命|主题教育|四个意识|两学一做|三会一课|两个确立|两个覆盖|两张皮|一公里|一老一小|十[一二三四五]五|三农"
)
PARTS = re.compile(r"[、，,。—;；]")
LONGEST_READ = 20_000
PRACTICE = re.compile(r"创新|探索|机制|工程|模式|行动|制度|举措|做法|试行")
CASE_WORDS = re.compile(r"案例|创新|经验")


def title_of(pieces: Iterable[Passage], context: Context, whole: str) -> Found[str]:
    """The words of the heading; where the sign + was lost in this article, with it, and without to choose from."""
    passages = tuple(passage for passage in pieces if passage.end > passage.start)
    printed = tidied(" ".join(passage.of(context.text) for passage in passages)).strip(" :：—-、")
    if not printed:
        return Found(why="没有可作标题的一行")
    mended = with_plus(printed)
    if mended == printed:
        return Found(printed, passages, whole)
    if context.loses_plus:
        why = f"{whole}；原文此处空一格，而全文的“+”都已脱落（如“1 N”），据此补回"
        return Found(mended, passages, why, (mended, printed))
    return Found(printed, passages, f"{whole}；空格处可能脱落了“+”", (printed, mended))


def with_plus(heading: str) -> str:
    """Put + where a blank stands between two nouns: halves of a headline are longer, quoted formulas have a sign."""
    heading = LOST_IN_QUOTES.sub(r"\1+\2", heading)
    return LOST_IN_HEADING.sub(r"\1+", heading)


def brand_of(title: Found[str], body: Passage, context: Context) -> Found[str]:
    """A name quoted in the title that the text repeats or calls a 工程, 工作法, 机制 …; else one quoted in the text."""
    heading = title.value or ""
    text = context.text[body.start : body.end]
    names: list[tuple[str, str]] = []
    for match in QUOTED.finditer(heading):
        name = match[1] or match[2]
        if BRAND_ENDING_RE.search(name):
            names.append((name, "标题引号中的名称"))
        elif (tail := AFTER_QUOTE.match(heading, match.end())) is not None:
            names.append((f"“{name}”{tail[0]}" if match[1] else name + tail[0], "标题引号中的名称"))
        elif match[0] == heading or text.count(name) >= 2 or "+" in name:
            names.append((name, "标题引号中的名称，正文多次提到"))
    if not names and (plus := BRAND_WITH_PLUS.search(heading)):
        names.append((plus[0].replace(" ", ""), "标题中的“党建+”"))
    if len({name for name, _ in names}) == 1:
        return Found(names[0][0], _places(names[0][0], body, context, title), names[0][1])
    if names:
        told = [name for name, _ in names if text.count(re.sub(r"[“”]", "", name))]
        if len(told) == 1:
            return Found(told[0], _places(told[0], body, context, title), "标题引号中的名称，正文多次提到")
        return Found(None, (), "标题中有几个名称，请选择", tuple(dict.fromkeys(name for name, _ in names)))
    return _brand_in_text(heading, text, body, context)


def _brand_in_text(heading: str, text: str, body: Passage, context: Context) -> Found[str]:
    """What the text puts in quotation marks: the heading's own words first, else names that end like a brand."""
    counted: Counter[str] = Counter()
    same: Found[str] | None = None
    for match in QUOTED.finditer(text[:LONGEST_READ]):
        name = match[1]
        if not name or SAID.search(name) or PARTS.search(name):
            continue
        if len(name) >= 3 and name in heading:
            same = same or Found(name, (Passage(body.start + match.start(1), body.start + match.end(1)),), "标题里的话")
        if BRAND_ENDING_RE.search(name):
            counted[name] += 1
        elif tail := AFTER_QUOTE.match(text, match.end()):
            counted[f"“{name}”{tail[0]}"] += 1
    if not counted:
        return same or Found()
    choices = tuple(name for name, _ in counted.most_common(6))
    like = [name for name in counted if _share(re.sub(r"[“”]", "", name), re.sub(r"[“”]", "", heading))]
    if len(like) == 1:
        return Found(like[0], _places(like[0], body, context), "正文引号中的名称，与标题相合", choices)
    if same:
        return replace(same, choices=(same.value or "", *choices))
    if len(choices) == 1 and counted[choices[0]] >= 2:
        return Found(choices[0], _places(choices[0], body, context), "正文引号中的名称，多次提到", choices)
    return Found(None, (), "正文中有这些名称，请选择", choices)


def _share(name: str, heading: str) -> bool:
    """Whether four characters on end of a name stand in the heading too."""
    return any(name[place : place + 4] in heading for place in range(len(name) - 3))


def _places(name: str, body: Passage, context: Context, title: Found[str] | None = None) -> tuple[Passage, ...]:
    for passage in title.passages if title else ():
        if (place := context.text.find(name, passage.start, passage.end)) >= 0:
            return (Passage(place, place + len(name)),)
    place = context.text.find(name, body.start, body.end)
    return (Passage(place, place + len(name)),) if place >= 0 else title.passages if title else ()


BRAND_ENDING_RE = re.compile(rf"{BRAND_ENDING}$")


def kind_of(title: Found[str], brand: Found[str], intro: str, body: str) -> Found[str]:
    """A value of Case.Kind, by the word that the heading or the name uses; 案例 in the article's own words else."""
    named = f"{title.value or ''} {brand.value or ''}"
    for kind, words in (
        ("method", r"工作法|[一二三四五六七八九十]步法"),
        ("secretary-project", r"书记.{0,4}项目"),
        ("demonstration", r"示范[点村镇区带]|试点"),
        ("brand", r"品牌"),
    ):
        if match := re.search(words, named):
            return Found(kind, title.passages, f"名称里有“{match[0]}”")
    if match := re.search(r"工作法", intro):
        return Found("method", (), "文章介绍的是工作法")
    if match := re.search(r"(?:党建|优秀|十佳|十大)品牌(?!效应)", intro):
        return Found("brand", (), f"文章介绍的是“{match[0]}”")
    if match := CASE_WORDS.search(intro) or PRACTICE.search(f"{named}{body}"):
        return Found("innovation", (), f"文中用“{match[0]}”一词，未见工作法、品牌、书记项目、示范点的名目")
    return Found(
        None, (), "没有说明类型的词，请选择", ("innovation", "brand", "method", "secretary-project", "demonstration")
    )
