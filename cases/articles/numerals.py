"""Numbers as articles print them, with qualifier and unit: 接近100万平方米, 2500多名, 五千余人, 97%以上."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from cases.articles.found import Passage
from cases.articles.measures import LONG_MEASURES, MEASURES, UNIT
from cases.models.qualifier import Qualifier

LARGEST = Decimal(10) ** 14  # what a figure's column takes
FINEST = -4

AFTER = re.compile(r" ?(?P<inner>[多余来几])?(?P<times>万亿|千万|百万|亿|万|千|百)?(?P<more>[多余来几+]|有余)? ?")

BEFORE = {
    "不少于": Qualifier.NOT_BELOW,
    "不低于": Qualifier.NOT_BELOW,
    "不下于": Qualifier.NOT_BELOW,
    "不小于": Qualifier.NOT_BELOW,
    "至少": Qualifier.AT_LEAST,
    "超过了": Qualifier.OVER,
    "超过": Qualifier.OVER,
    "超出": Qualifier.OVER,
    "突破": Qualifier.OVER,
    "高于": Qualifier.OVER,
    "多于": Qualifier.OVER,
    "超": Qualifier.OVER,
    "逾": Qualifier.OVER,
    "接近": Qualifier.NEARLY,
    "将近": Qualifier.NEARLY,
    "近": Qualifier.NEARLY,
    "大约": Qualifier.ABOUT,
    "约为": Qualifier.ABOUT,
    "约有": Qualifier.ABOUT,
    "约": Qualifier.ABOUT,
}
# 节约, 附近 and 赶超 are words, not qualifiers; 突破 before a small number is what somebody did.
IN_WORDS = re.compile(r"(?:[节签预公合制契邀大条]约|[附最邻临靠亲贴]近|[赶反]超)$")
QUALIFIER = re.compile(f"(?:{'|'.join(sorted(BEFORE, key=len, reverse=True))})\\s?$")
INNER = {"多": Qualifier.MORE, "余": Qualifier.ODD, "有余": Qualifier.ODD, "来": Qualifier.ABOUT, "+": Qualifier.OVER}
BEHIND = re.compile(r"(?P<upwards>及?以上|之上)|(?P<about>左右|上下)|(?P<below>及?以下|以内|之内)")
BEHIND_QUALIFIERS = {"upwards": Qualifier.UPWARDS, "about": Qualifier.ABOUT}

# What can follow a number that counts something; looked for first, so that others cost nothing. Groups give nothing
# back: a text of nothing but digits is read once.
FOLLOWING = "".join(sorted({unit[0] for unit in (*LONG_MEASURES, *MEASURES)} | set("多余来几万亿千百十+有")))
HAN = "零〇一二两三四五六七八九十百千万亿"
NUMBER = re.compile(
    r"百分之(?P<share>[零一二两三四五六七八九十百]{1,5}+)(?:点(?P<point>[零一二三四五六七八九]{1,4}+))?+"
    r"|(?<![\d.])(?P<digits>(?>\d{1,3}(?:,\d{3})++(?!\d)(?:\.\d++)?+|\d++(?:\.\d++)?+))(?= ?["
    + re.escape(FOLLOWING)
    + rf"])|(?<![{HAN}])(?P<han>[{HAN}]++)(?=[\u4e00-\u9fff㎡%，。；、,;]|$)"
)
# Numbers in 万 of people, whom the text counts without a measure word: 180多万常住人口, 用户突破120万.
PEOPLE = (
    "人口|居民|群众|村民|市民|用户|粉丝|党员|职工|员工|游客|学生|师生|会员|志愿者|老人|老年人|新市民|务工人员|第一书记|干部|网格员|骑手"
    "|农民"
)
PEOPLE_AFTER = re.compile(rf"(?:的)?[\u4e00-\u9fff“]{{0,5}}?(?:{PEOPLE})")
WATCHED = "阅读量|浏览量|点击量|播放量|访问量|点赞量|转发量|点赞数|点击率|阅读数|转发数|曝光量|观看量"
MONEY_BEFORE = re.compile(
    r"(?:投资|投入|资金|经费|产值|收入|营收|成交额|补贴|奖金|善款|增收)(?:额|总额)?"
    r"(?:已经?|累计|共|达到?|超过?|突破|近|约|为|了){0,3}$"
)
COUNTED_BEFORE = re.compile(
    rf"(?:(?P<people>{PEOPLE})|(?P<watched>{WATCHED}))(?:总?数|总量)?(?:已经?|累计|高)?(?:达到?|为|有|共|突破|超过?|约)?$"
)

HAN_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
HAN_TIMES = {"十": 10, "百": 100, "千": 1000}
TIMES = {"百": 10**2, "千": 10**3, "万": 10**4, "百万": 10**6, "千万": 10**7, "亿": 10**8, "万亿": 10**12}
# 近千名, 百余家: without a word before them such numbers are names and sayings (百名第一书记, 千家万户).
BARE = {"百": 100, "千": 1000, "万": 10**4, "百万": 10**6, "千万": 10**7, "亿": 10**8}
BARE |= {"百亿": 10**10, "千亿": 10**11}
COUNTED_IN_WORDS = frozenset("人名户家亩支场件篇栋座") | {"人次", "场次", "户次", "元", "平方米", "公里"}


@dataclass(frozen=True)
class Number:
    """A number with what belongs to it: printed from `start` to `end`, its digits from `digits` on."""

    start: int
    digits: int
    end: int
    value: Decimal
    unit: str
    qualifier: str
    is_upper_bound: bool = False  # 以下, 以内: there is no qualifier for it
    is_continued: bool = False  # 连续6年
    is_in_words: bool = False

    @property
    def passage(self) -> Passage:
        return Passage(self.start, self.end)


def read_han(numeral: str) -> int | None:
    """The value of a numeral in characters, 二百六十三万 is 2630000; None where it is none (十百千万, 一二三)."""
    if len(numeral) > 16:
        return None
    total = 0
    for mark, times in (("亿", 10**8), ("万", 10**4)):
        if mark in numeral:
            head, numeral = numeral.split(mark, 1)
            section = _section(head)
            if not section:
                return None
            total += section * times
    rest = _section(numeral) if numeral else 0
    return None if rest is None else total + rest


def _section(numeral: str) -> int | None:
    """A numeral below ten thousand; None where digits and 十百千 do not take turns downwards."""
    total, digit, last = 0, None, 10**4
    for character in numeral:
        if character in HAN_TIMES:
            times = HAN_TIMES[character]
            if times >= last or (digit is None and (times != 10 or total)):
                return None
            total, digit, last = total + (1 if digit is None else digit) * times, None, times
        elif character in HAN_DIGITS:
            if digit:
                return None
            digit = HAN_DIGITS[character]
        else:
            return None
    if digit is not None and last == 10**4 and len(numeral) > 1:
        return None
    return total + (digit or 0)


def number_at(text: str, match: re.Match[str]) -> Number | None:
    """What a match of `NUMBER` says with its neighbours; None where nothing is counted or the number is not one."""
    before = _qualifier_before(text, match.start())
    if match["share"]:
        share = _share(match)
        return _finished(text, match.start(), before, share, "%", match.end(), "")
    after = AFTER.match(text, match.end())
    if after is None:
        return None
    inner = after["inner"] or after["more"] or ""
    if inner == "几" or after["more"] == "几" or (after["inner"] and after["more"]):
        return None
    value = _value(match, after, before)
    if value is None:
        return None
    unit, end = _unit(text, match, after)
    if not unit:
        return None
    return _finished(text, match.start(), before, value, unit, end, INNER.get(inner, ""), bool(match["han"]))


def _qualifier_before(text: str, start: int) -> tuple[int, str]:
    window = text[max(0, start - 6) : start]
    found = QUALIFIER.search(window)
    if not found or IN_WORDS.search(window.rstrip()):
        return start, ""
    return start - (len(window) - found.start()), BEFORE[found[0].strip()]


def _share(match: re.Match[str]) -> Decimal | None:
    whole = read_han(match["share"])
    if whole is None:
        return None
    point = "".join(str(HAN_DIGITS[character]) for character in match["point"] or "")
    return Decimal(f"{whole}.{point or 0}")


def _value(match: re.Match[str], after: re.Match[str], before: tuple[int, str]) -> Decimal | None:
    times = TIMES.get(after["times"] or "", 1)
    if match["digits"]:
        if len(match["digits"]) > 20:
            return None
        try:
            return Decimal(match["digits"].replace(",", "")) * times
        except InvalidOperation:
            return None
    numeral = match["han"]
    if numeral in BARE:
        is_said = (before[1] or after["inner"]) and not after["times"]
        return Decimal(BARE[numeral]) if is_said else None
    value = read_han(numeral)
    if value is None or not set(numeral) & {"十", "百", "千", "万", "亿"}:
        return None
    return Decimal(value) * times


def _unit(text: str, match: re.Match[str], after: re.Match[str]) -> tuple[str, int]:
    """The unit behind a number and where it ends; 人 or 次 where people or views in 万 are counted without one."""
    if unit := UNIT.match(text, after.end()):
        return unit[0].replace("％", "%"), unit.end()
    end = after.end() if not text[after.start() : after.end()].endswith(" ") else after.end() - 1
    if not (after["times"] or (match["han"] and {"万", "亿"} & set(match["han"]))):
        return "", end
    if PEOPLE_AFTER.match(text, end, end + 10):
        return "人", end
    before = text[max(0, match.start() - 16) : match.start()]
    if MONEY_BEFORE.search(before):
        return "元", end
    counted = COUNTED_BEFORE.search(before)
    if counted:
        return ("人" if counted["people"] else "次"), end
    return "", end


def _finished(
    text: str,
    digits: int,
    before: tuple[int, str],
    value: Decimal | None,
    unit: str,
    end: int,
    inner: str,
    is_in_words: bool = False,
) -> Number | None:
    """Put together what was read; None where it does not fit a figure."""
    if value is None or value >= LARGEST or _places(value) < FINEST:
        return None
    start, qualifier = before
    if text[start:digits].startswith("突破") and value < 100 and unit != "%":
        start, qualifier = digits, ""
    behind = BEHIND.match(text, end)
    if behind and not behind["below"]:
        end = behind.end()
    kind = behind.lastgroup if behind else None
    qualifier = qualifier or inner or BEHIND_QUALIFIERS.get(kind or "", "")
    is_continued = unit in {"年", "届"} and text[max(0, digits - 2) : digits] == "连续"
    if is_continued:
        start = digits - 2
    if is_in_words and not qualifier and value < 100 and unit not in COUNTED_IN_WORDS:
        return None
    return Number(start, digits, end, value, unit, str(qualifier), kind == "below", is_continued, is_in_words)


def _places(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return exponent if isinstance(exponent, int) else FINEST - 1
