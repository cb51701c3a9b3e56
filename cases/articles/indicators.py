"""What a number counts, in words that can be read alone: 建立临时党组织, 覆盖党员, 机关参与联建覆盖率."""

from __future__ import annotations

import re

from cases.articles.found import Passage
from cases.articles.measures import UNIT
from cases.articles.numerals import Number
from cases.articles.verbs import CUTTING, VERB, VERB_AT_END, VERB_AT_START

LONGEST = 60
BREAK = re.compile(r"[，,；;。：:！？!?\n]")
# Said around the number, but no part of what it counts.
LEAD_IN = re.compile(
    r"^(?:并|且|又|再|还|也|其中|目前|现已|现有?|已经?|截至[^，]{0,12}|累计|共计?(?![青产建享治同])|总共|一共|先后|陆续|同时|此外|通过|全年|今年以来|今年|去年以来|去年"
    r"|近年来|近[一两二三四五十\d]+年来?|[一两二三四五\d]+年来|(?:19|20)\d{2}年(?:底|初|末|度|以来)?|连续\d+年|全(?:街道|乡镇|系统|[市区县省旗镇村国州盟乡街])+"
    r"|当前|为(?!民)|由|将|对(?!口|接)|在(?!职|册|岗|校|编|建|库)|从(?!业)|以|和(?!谐|平)|与|及其?|、|有(?![效力])|的|是|使|让|把|各(?![类级])"
    r"|[一二三四五六七八九十]是|深入|积极|有效|成功|持续|集中|精准|创新(?=开展)|率先|首批|高标准|高质量|科学|实现(?=.*率$)|该|等|辖区内?|通过)+"
)
TAIL = re.compile(
    r"(?:已经?|共计?|累计|总计|合计|达到?了?|高达|多达|约?为|共?有|仅有|是|[超突]过?|提[升高][至到]|降[至到低]+|增[至到加]+|扩大到|发展到|减少[至到]"
    r"|增加到|上升[至到]|下降[至到]|[的了、]|分别|在|于|近|(?<!节)约|由|从|到|至|等|成为|最初|目前)+$"
)
# Of 不低于250平方米、400平方米, of 218户688人 and of 2口(13亩) the second has the words before the first.
LISTED = re.compile(
    rf"(?:分别)?(?:不低于|不少于|超过|近|约|达到?|为)?(?:\d[\d.,]*[^\d、]{{0,6}}、|\d[\d.,]*[多余]?[万亿]?(?:{UNIT.pattern})[（(]?)$"
)
AFTER_OTHERS = re.compile(r"\d[^、]{0,14}、")
NOUN_ENDS = re.compile(
    r"[，,；;。：:！？!?\n]|与|及(?!时)|(?<!温)和(?!谐|平|睦)|分别|(?<!所)在(?!职|册|岗|校|编|建|库|线)|对(?!口|接|象|外)|将|分(?=为|成|别)|为(?!民|主)|由|把|被|向|到(?!的|户|岗)|(?<!关)于|以"
    r"|进行|开展|参加|参与|担任|完成|获|入选|深入|面向|全部|全面|全员|签订|占|均|都|共同|共|进企|长期|结对|实现|采取|严守|奋战|就(?![业餐医学诊近])|来|已|按|用于|也|而|成为|从(?!业)|并(?!联)"
    r"|给|作为|工作责任|定期|每|主动|积极|持续|定向|分组|统一|同台|脱颖|齐聚|逐一|穿梭|竞相|常态|一对一|“一对|呢|之间|予以|星罗|协助|奔赴|投身|加入|下沉(?=到|社|一)"
)
# 党员由2019年的42名增加到187名: both numbers are of 党员.
FROM_TO = re.compile(
    r"(?:已经?)?[从由](?:[^，,；;。]{0,10}的)?(?:\d[\d.,]*[多余]?[万亿]?[^\d，]{1,5}?)?(?:减少|增加|增长|提[升高]|下降|降|上升|发展|扩大|增|升|缩短)?"
    r"[至到为]?(?:目前的?|不到|不足|仅)?$"
    r"|^(?:减少|增加|增长|提[升高]|下降|降|上升|发展|扩大)[至到为](?:(?:19|20)\d\d年[底末初]?的?)?$"
)
# Said alone it tells nothing; with what the clause before is about it does.
OF_SOMETHING = re.compile(
    r"(?:占比均?|占|比例|同比|增幅|降幅|分别|增长|下降|上升|减少|增加|提高|覆盖|受益|参加|累计|总面积|面积|其中|平均|年均|人数|总数|数量)+$"
)
# Where what is counted stands before 的, and what comes after is something of it: 20个单位的业务.
HEADS = re.compile(
    r"(?:员|人|者|干部|民|师|书记|群众|户|工|专家|单位|企业|组织|社区|村|支部|机构|小区|街道|公司|商户|楼|会|队|项目|中心|站|网格|平台|镇街|党委)$"
)
LATER_VERB = re.compile(
    r"(?<=[\u4e00-\u9fff”）)])(?:成立|建立|组建|转为|编入|回归|达到|提升|带领|带引|带头|组成|纳入|合并|执法|研究|受益|受惠|投入|落地|挂牌|打造|搭建|提供)"
)
SUBJECT_UNITS = {"%", "‰", "倍", "岁", "个百分点", "百分点", "分"}
MONEY = {"元", "美元", "欧元", "港元", "万元", "亿元"}
AREA = {"平方米", "平方公里", "㎡", "m²", "公顷", "亩", "公里", "千米", "米", "吨", "斤", "公斤"}
PEOPLE = {"名", "人", "位"}


def indicator_of(text: str, number: Number, sentence: Passage) -> str:
    """A name of what is counted, from the words around the number; at most 60 characters, never empty."""
    before = BREAK.split(text[max(sentence.start, number.start - 60) : number.start])[-1]
    after = text[number.end : min(sentence.end, number.end + 48)].lstrip()
    for name in _names(number, before, after):
        named = _named(name)
        if named and OF_SOMETHING.fullmatch(named):
            return _named(_clauses_before(text, number, sentence) + named)
        if named:
            return named
    return _named(_clauses_before(text, number, sentence)) or f"数量（{number.unit}）"


def _names(number: Number, before: str, after: str) -> list[str]:
    """What the number may be called, the best first; empty ones among them."""
    if number.is_continued:
        return ["连续" + (_predicate(after) or "年数")]
    if number.unit in SUBJECT_UNITS:
        return [_subject(before, after), _noun(after, number.unit)]
    noun = _noun(after, number.unit)
    if number.unit in MONEY | AREA:
        name = _tidy(before)
        if after.startswith("的") and name.endswith("面积"):
            return [noun + name.removeprefix("建设")]
        return [name + noun if VERB.fullmatch(name) and number.unit in AREA else name, noun]
    if noun:
        return [_verb(before, number.unit) + noun]
    if number.unit in {"次", "趟", "轮"} and (done := _predicate(after)):
        return [_tidy(before) + done]
    return [_tidy(before), _predicate(after), TAIL.sub("", LISTED.sub("", before.strip()))]


def _named(name: str) -> str:
    name = re.sub(r"\s+", " ", name).strip(" 、，。；：的了")
    for opening, closing in ("“”", "（）", "()", "《》"):
        if name.count(opening) != name.count(closing):
            name = name.replace(opening, "").replace(closing, "")
    return name[:LONGEST] if len(name) > 1 or name in {"楼", "村"} else ""


def _noun(after: str, unit: str) -> str:
    """What follows the unit: the thing counted, up to where something else begins."""
    if unit == "人" and after.startswith("口"):
        after = f"人{after}"
    after = re.sub(r"^(?:以上|左右|的|多|余|就是|是|均为|都是|为|(?:19|20)\d{2}年度?)+", "", after)
    if BEHIND_NOTHING.match(after):
        return ""
    end = NOUN_ENDS.search(re.sub(r"“[^“”]*”", _hidden, after))
    noun = _enumerated(after[: end.start()] if end else after)
    if later := LATER_VERB.search(noun, 2):
        noun = noun[: later.start()]
    if "的" in noun:
        owner, _, thing = noun.partition("的")
        noun = owner if HEADS.search(owner) or not thing else noun
    if re.match(r"村(?![庄民居级委社党两干集、（(“]|$)", noun):
        noun = "村"
    return re.sub(r"(?<=[\u4e00-\u9fff”])[上中内里]$", "", noun).strip("的 ")


def _hidden(quoted: re.Match[str]) -> str:
    """A name in quotation marks ends no noun; “一对一” tells how something was done."""
    return quoted[0] if quoted[0].startswith("“一对") else "“" + "囗" * (len(quoted[0]) - 2) + "”"


def _enumerated(noun: str) -> str:
    """公园、广场、长廊 are counted together; 街道、57个职能部门 are not; 镇街、村居等党组织 are all 党组织."""
    items = noun.split("、")
    kept = [items[0]]
    depth = items[0].count("(") + items[0].count("（") - items[0].count(")") - items[0].count("）")
    for item in items[1:]:
        if re.match(r"[A-Z\d]", item) or (depth <= 0 and len(item) > 12):
            break
        kept.append(item)
        depth += item.count("(") + item.count("（") - item.count(")") - item.count("）")
    joined = "、".join(kept)
    told = re.search(r"等(?:各类|各级|各种|多个|多类)?([\u4e00-\u9fff“”]{2,})$", joined)
    return told[1] if told and len(kept) > 1 else joined


def _verb(before: str, unit: str) -> str:
    """The verb right before a number: 建立 before 366个临时党组织; none where it only says who made people do it."""
    found = VERB_AT_END.search(re.sub(r"(?:了|共|累计|近|约|到)+$", "", before)[-8:])
    verb = found[0] if found else ""
    return "" if verb in {"推动", "形成", "推进"} or (verb == "组织" and unit in PEOPLE) else verb


def _tidy(clause: str) -> str:
    """The clause before a number without what is said around it; from its last verb on where it is long."""
    clause = TAIL.sub("", LISTED.sub("", clause.strip()))
    verb = VERB_AT_START.match(clause)
    begun = verb[0] if verb else ""
    owner, _, thing = clause.rpartition("的")
    if re.search(r"\d", owner) and not re.search(r"\d", thing) and len(thing) > 1 and begun:
        return begun + thing
    clause = _after_others(FROM_TO.sub("", clause))
    clause = LEAD_IN.sub("", TAIL.sub("", clause))
    verb = VERB_AT_START.match(clause)
    begun = verb[0] if verb else ""
    if told := re.search(r"等(?:各类|各级|各种)?([\u4e00-\u9fff“”]{2,})$", clause):
        return begun + told[1]
    if len(clause) > 14:
        verbs = [match.start() for match in CUTTING.finditer(clause) if match.end() < len(clause)]
        if verbs and len(clause) - verbs[-1] >= 4:
            clause = clause[verbs[-1] :]
    return re.sub(r"(?<=[\u4e00-\u9fff])各类", "", clause)


def _after_others(clause: str) -> str:
    """What comes after the numbers that a clause lists before: 网格党支部785个、楼栋党小组2982个."""
    others = list(AFTER_OTHERS.finditer(clause))
    return clause[others[-1].end() :] if others else clause


def _subject(before: str, after: str) -> str:
    """What a share or growth is of: the clause before it, or what is said of it after."""
    name = LEAD_IN.sub("", _after_others(FROM_TO.sub("", LISTED.sub("", before.strip()))))
    if not re.search(r"(?:增长|下降|提高|减少|缩短|上升|提升|降低|压缩)$", name):
        name = TAIL.sub("", name)
    name = re.sub(r"^(?:.*?[市区县])?(?:率先)?在全[市区县省]$", "", name)
    predicate = _predicate(after)
    if re.match(r"实现|达标|走访|完成|覆盖|办结|落实|由", predicate):
        return name + predicate
    return name or predicate


BEHIND_NOTHING = re.compile(
    r"[\d（(，,；;。：:！？!?\n、）)\]\[和与]|减少|增加|下降|提[升高]|增长|扩大|发展到|缩短|降|的(?=[，。；])|$"
)


def _predicate(after: str) -> str:
    after = after.lstrip()
    if BEHIND_NOTHING.match(after) or after.startswith(("以上", "左右", "的")):
        return ""
    return BREAK.split(after)[0][:24]


def _clauses_before(text: str, number: Number, sentence: Passage) -> str:
    """What the clause before speaks of, where the number stands alone in its own."""
    before = text[max(sentence.start, number.start - 80) : number.start]
    clauses = [clause for clause in BREAK.split(before)[:-1] if clause.strip()]
    if not clauses:
        return ""
    clause = re.sub(rf"\d[\d.,]*[多余]?[万亿]?(?:{UNIT.pattern})?$", "", clauses[-1].strip())
    return _tidy(clause) or clause
