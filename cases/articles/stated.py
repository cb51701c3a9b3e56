"""Whether a number is stated as a result or as scale, or only named, ordered, dated, required or planned."""

from __future__ import annotations

import re

from cases.articles.indicators import MONEY
from cases.articles.numerals import Number
from cases.models.qualifier import Qualifier

# Joined to its neighbours as part of a name or an expression: 1+6, 7×24, G20, 0951-6668888, 3.0版.
RANKED = re.compile(r"(?<![目之以此当先日会年提])前\s?$|第\s?$")
JOINED_AFTER = re.compile(r"[+＋×*/]|[-—–~～]\d|：\d\d")
RANGE = re.compile(r"\s?(?:[-—–~～]{1,2}|至|到)\s?(?:\d|[一二三四五六七八九十百])")
RANGE_BEFORE = re.compile(
    r"(?:\d[多余]?[万亿]?[个名家户人次件项条%元岁]?元?(?:[-—–~～]{1,2}|至|到)|[一二三四五六七八九十百千](?:[-—–~～]{1,2}|至))$"
)
FROM = re.compile(r"[从由自][^，。；]{0,20}$")

SCHEMES = re.compile(
    r"(?:大)?(?:方面|层面|维度|环节|阶段|步骤|要素|意识|自信|维护|关键词|字方针|统一|坚持|到位|必须|不准|覆盖率?目标|结合|转变|导向|原则)"
)
YEARS_AHEAD = re.compile(r"力争|争取到?|(?:^|[，,；;：。])[^，,；;。]{0,10}到(?:20\d\d年|“?十[四五六]五)")
PLANNED = re.compile(
    r"力争|争取在|(?:^|[，,；;：])[^，,；;]{0,12}(?:计划|拟|预计|有望|预期)(?=[用于在到今明投新建打培改完推整达再每\d])"
    r"|将(?=(?:在|于|陆续|继续|再|全部|全面|逐步|力争)?(?:实现|达|建成|新建|完成|打造|培育|新增|投入|形成|突破|有\d|在\d|于\d|惠及|覆盖))"
    r"|到20\d\d年底?(?:前)?，?(?:[^，]{0,12})?(?=基本|实现|建成|力争|全部|全市|全省|全区|全县|达)"
    r"|(?:^|[，,；;：])(?:\s*)(?:要|须|应当?|必须|务必|原则上|提倡|鼓励)(?![求素闻急对])"
    r"|[各都均](?:要|须|应)(?!求)|目标[是为]|进一步推动|原则上|尽量|不得|按照[^，]{0,16}(?:标准|要求|比例)[，,]"
)
REQUIRED = re.compile(
    r"至少|不少于|不低于|不得少于|不小于|不下于|不超过|最多|最高|最低|最少|不足|不到|少于|低于|小于|以内"
)
UPPER = re.compile(r"(?:不超过|不多于|不高于|最多|不足|不到|少于|低于|小于|未满|限)(?:于|了)?\s?$")
DONE = re.compile(r"已|目前|累计|实现|建成|[建完落达形改]成|达到|共(?=[有计\d建])|了|先后|现有|完成")
EVERY = re.compile(r"每(?:一?[年月周天日季期次名个户村家人层栋组支条所街镇班]|半年|季度|任期|届|逢|隔|两)|人均(?=\d)")
SEATS = re.compile(
    r"(?:^|[，,；;、：。]|各|村|小组|支部|下)(?:设立?|设置|配备|配)[^，,；;。]{0,12}(?:书记|组长|主任|站长|所长|队长|委员|联络员|指导员|组织员)?$"
)
SEATED = re.compile(r"(?:书记|组长|主任|站长|所长|队长|委员|联络员|指导员|组织员|委员长)\s?$")
WHERE = re.compile(r"(?:^|[在对凡向])[^，,；;。]*$")
AGED = re.compile(r"平均年龄|年龄(?:由|从|降|为|下降)|(?:下降|降低|降至|降到|年轻了?|降)$")
# 年收入50万元以上的村12个: the amount only says which villages were counted.
SORTS = re.compile(r"^的?[^，,；;。、\d]{1,10}?(?:已|共|有|达到?|占)*\d[\d.]*[多余]?[个户家名人处支%]")
# 评出一等奖2名、优胜奖5名 tells how a contest gave its prizes.
PRIZES = re.compile(r"(?:[特一二三]等|优秀|优胜|组织|[金银铜])奖\s?(?:\d+[名个项篇件份]、)?$")
PRIZE_UNITS = frozenset("名个项篇件份")
APART = re.compile(r"(?:距离?|相距|离)[^，,；;。]{0,12}$")
CONDITION = re.compile(r"(?:^|[，,；;：])\s*(?:凡|对于|如果|若(?!干)|当(?![地前年天日下时好选]))[^，,；;。]*$")
SMALL = 20
WINDOW = 120


def is_stated(text: str, number: Number, sentence: tuple[int, int]) -> bool:
    """Whether a number in its sentence is something that a curator would enter."""
    before = text[max(sentence[0], number.start - WINDOW) : number.start]
    after = text[number.end : min(sentence[1], number.end + 24)]
    clause = re.split(r"[，,；;。：:]", before)[-1]
    return not (
        number.is_upper_bound
        or _is_joined(text, number, before, after)
        or _is_measure_of_time(number, before)
        or SCHEMES.match(after)
        or APART.search(clause)
        or (number.unit in PRIZE_UNITS and PRIZES.search(clause))
        or (number.unit in MONEY and after.startswith("的") and SORTS.match(after))
        or _is_planned(before)
        or _is_required(text, number, sentence, clause, after)
    )


def _is_joined(text: str, number: Number, before: str, after: str) -> bool:
    """Whether a number is part of a name, an order or a range."""
    near = text[max(0, number.digits - 1) : number.digits]
    if near and (near in "+＋×*/.-—–~～#_" or (near.isascii() and near.isalnum())):
        return True
    if RANKED.search(before) or JOINED_AFTER.match(after):
        return True
    if RANGE.match(after) or RANGE_BEFORE.search(before[-8:]):
        return not FROM.search(before)
    return bool(UPPER.search(before))


def _is_measure_of_time(number: Number, before: str) -> bool:
    """Whether a number tells a span of time or an age, and not a practice kept up or a mean that changed."""
    if number.unit in {"年", "届"}:
        return not number.is_continued
    return number.unit == "岁" and not AGED.search(before)


def _is_planned(before: str) -> bool:
    return bool(PLANNED.search(before))


def _is_required(text: str, number: Number, sentence: tuple[int, int], clause: str, after: str) -> bool:
    """Whether a number is what something must have at least, each time or for each one, and not what was reached."""
    said = clause + text[number.start : number.end]
    if EVERY.search(clause) and number.value <= SMALL and number.unit != "%":
        return True
    if (
        number.value <= SMALL
        and SEATED.search(clause)
        and re.search(r"设|配备", text[sentence[0] : number.start][-40:])
    ):
        return True
    bounds = {Qualifier.OVER, Qualifier.UPWARDS, Qualifier.AT_LEAST, Qualifier.NOT_BELOW}
    if number.qualifier in bounds and after.startswith("的") and re.search(r"[在对凡]", clause):
        return True
    if CONDITION.search(clause) and number.qualifier in bounds:
        return True
    if not REQUIRED.search(said):
        return False
    return not DONE.search(text[sentence[0] : number.start])
