"""Numbers as articles print them, with qualifier and unit: 接近100万平方米, 2500多名, 五千余人, 97%以上."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from cases.articles.found import Passage
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

# Measure words, and after each what would make it the beginning of another word: 家 but not 家庭.
MEASURES = {
    "个": "性|体(?!工商)|人(?!次)|案(?![例件])|税|月|小时|工作日|季度|星期|年|钟头",
    "名": "单|录|称|额|师|牌|誉|义",
    "位": "于|置|次|列|居",
    "家": "庭|长|属|园(?!区)|门|乡|政|访|风",
    "人": "民|大|工|才|员|力|均|物|选|事|居|性",
    "户": "籍|外|均",
    "件": "",
    "项": "目",
    "条": "例|件|款|线",
    "支": "部|委|付|出|持|援|教|农",
    "次": "日|年|序|要|生",
    "场": "地|所|景|馆|域",
    "期": "间|限|末|刊|望",
    "份": "子|额",
    "篇": "章|幅",
    "栋": "",
    "幢": "",
    "座": "谈|位|落|右",
    "处": "理|置|级|于|长|室|科|罚|分|在",
    "所": "有|在|属|以|需|长|得|谓|辖",
    "间": "隔|接|断",
    "套": "餐|路",
    "台": "账|阶|风",
    "辆": "",
    "部": "门|队|分|署|长|委|级|位",
    "本": "地|土|次|村|镇|区|市|县|级|科|人|身|着|案|月|周|年|届|文|报|网|轮",
    "册": "",
    "张": "贴|扬",
    "块": "状",
    "面": "积|向|对|临|貌|前|上|试",
    "枚": "",
    "批": "评|准|示|发|复|量",
    "轮": "流|值|训|换|岗|班|椅",
    "类": "型|别|似",
    "种": "植|子|类|养|粮",
    "款": "项",
    "宗": "旨|教",
    "起": "来|步|点|到|用|草|义|诉",
    "例": "如|会|行|外",
    "对": "于|口|接|象|应|标|此|外|照|比|策|待|所|各|全|困",
    "组": "织|建|长|成|团|员",
    "节": "约|能|点|日|省|假|水|目",
    "堂": "",
    "门": "店|户|类|口|前|槛",
    "艘": "",
    "架": "构|设|空",
    "株": "",
    "棵": "",
    "头": "部|雁|脑|衔",
    "只": "有|要|是|能|需|为",
    "盏": "",
    "幅": "度|员",
    "封": "闭|控|面",
    "首": "位|要|次|批|个|先|届|创|都",
    "集": "体|中|团|聚|合|成|群|市|镇|约|结",
    "笔": "记|试",
    "单": "位|元|独|一|体|项",
    "片": "区|面",
    "道": "路|德|口|理|具",
    "桩": "",
    "眼": "光|界",
    "则": "由|是|为|在",
    "元": "素|旦|月|宵|老",
    "亩": "均|产",
    "斤": "",
    "吨": "",
    "米": "粮|线",
    "倍": "感|加|增",
    "分": "钟|别|类|级|之|布|管|享|析|组|步|层|批|工|散|担|支|解|公司|局|会|期|校|院|厂|中心|行|点",
    "岁": "月|末",
    "年": "",
    "届": "",
}
LONG_MEASURES = (
    *(
        "平方公里",
        "平方千米",
        "平方米",
        "立方米",
        "千瓦时",
        "兆瓦时",
        "千瓦",
        "兆瓦",
        "公顷",
        "公里",
        "千米",
        "公斤",
        "千克",
        "㎡",
        "m²",
        "吨标准煤",
    ),
    *(
        "人次",
        "人份",
        "户次",
        "家次",
        "件次",
        "台次",
        "车次",
        "场次",
        "批次",
        "班次",
        "课时",
        "学时",
        "节课",
        "堂课",
        "个百分点",
        "百分点",
    ),
    *("大类", "小类", "美元", "欧元", "港元", "件套", "点位", "万元", "亿元", "%", "％", "‰"),
)
UNIT = re.compile(
    "|".join(
        [
            *map(re.escape, sorted(LONG_MEASURES, key=len, reverse=True)),
            *(f"{word}(?!{others})" if others else word for word, others in MEASURES.items()),
        ]
    )
)
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
