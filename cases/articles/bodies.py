"""Bodies as articles name them: which words are one, which the library has, and of what kind a new one is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from cases.articles.context import Context
from cases.articles.found import BodyFound, Passage
from cases.articles.knowledge import Body
from cases.articles.lines import Line, tidied
from cases.duplicates.names import canonical
from districts.gazetteer import decide
from districts.models import PLACEHOLDER_NAMES

# What a body's name ends with, longest first, and the value of Organisation.Kind that follows from it.
PARTY = (
    ("department", "组织部"),
    ("working-committee", "党工委|[^机]工作委员会|直机关工委|机关工委|教育工委|工委"),
    ("leading-group", "党组"),
    ("general-branch", "党总支(?:部)?(?:委员会)?|总支部委员会"),
    ("branch", "党支部(?:委员会)?|支部委员会|支部"),
    ("committee", "党委|直属机关委员会|中共.*委员会|联合党委|[省市区县旗]委|纪委(?:监委)?"),
)
OTHERS = (
    ("social", "协会|商会|学会|联合会|基金会|促进会|研究会|总工会|妇联|团委|联盟|志愿服务队"),
    ("school", "学校|小学|中学|大学|学院|幼儿园|党校|职高|附中"),
    ("institution", "医院|卫生院|卫生服务中心|图书馆|文化馆|博物馆|研究所|党群服务中心|服务中心|管理中心|事务中心"),
    ("media", "报社|日报|电视台|传媒中心|融媒体中心|课题组|杂志社"),
    (
        "enterprise",
        "公司|集团|银行|分行|支行|厂|供电局|邮政局|烟草局|矿业?|油田|合作社|股份|电网|铁路局|航空|银行股份|事务所",
    ),
    (
        "government",
        "局|厅|办公室|人民政府|政府|法院|检察院|街道办事处|办事处|街道办|街道|管委会|管理委员会|委员会|宣传部|统战部|政法委|"
        "社会工作部|[教卫发]委|发改委|卫健委|国资委|海关|公安分局|分局|支队|大队|[^中]国家机关|机关|镇|乡|苏木|政务服务中心",
    ),
    ("other", "社区|居委会|村委会|村|小区|街区|园区|联合体|教育系统|系统|研究院"),
)
KINDS = tuple((kind, re.compile(rf"(?:{endings})$")) for kind, endings in (*PARTY, *OTHERS))
# Endings that make a line a body's name even where it names no place: 中国中铁某局集团有限公司党委.
FIRM = re.compile(r"(?:公司|集团|党委|党组|党工委|党总支|党支部|委员会|大学|学院|医院|银行|协会|商会)$")
SEPARATORS = re.compile(r"[ 、;/|,]+")
HAN = re.compile(r"[\u4e00-\u9fff]")
NAME = re.compile(r"[\w()“”\"·—-]{3,50}")
VERBS = re.compile(
    r"推[进动行]|加强|打造|建[设立强好]|深化|创新|助力|激[活发]|强化|引领|赋能|聚焦|构建|实施|开展|做[实强优]|提升|探索|凝聚|服务(?!中心|局|站|队)|"
    r"让|把|用|以|走进|当好|发挥|共建|融合|破解|书写|绘就|点亮|擦亮|筑牢|织密"
)
OF_THE_PLACE = re.compile(
    r"(?!市[场容]|市民(?!政|族)|市政(?!府|协|法|务)|区[域间块]|[县省]域|旗[帜下舰])[省市区县旗州盟]"
)
# An office and the body that its holder leads: 市委常委、组织部长 leads 市委组织部.
OFFICES = (
    (re.compile(r"委(?:常委)?[、,]? ?组织部部?长"), "委组织部"),
    (re.compile(r"委书记"), "委"),
    (re.compile(r"(党工委|党委|党组|党总支|党支部)(?:副?书记)"), ""),
    (re.compile(r"(局)(?:党组书记)?[、,]?局长"), ""),
)


def kind_of(name: str) -> str:
    """The value of Organisation.Kind that a name's ending tells, or nothing."""
    return next((kind for kind, endings in KINDS if endings.search(name)), "")


def bodies_of_line(line: Line, context: Context) -> tuple[Passage, ...]:
    """Where the bodies are of which a line consists; nothing if the line is anything else."""
    if not line.is_heading or line.plain.endswith(":"):
        return ()
    found, place = [], 0
    for piece in SEPARATORS.split(line.plain):
        start = line.plain.index(piece, place) if piece else place
        place = start + len(piece)
        if not piece or not is_body(piece, line.start + start, context):
            return ()
        found.append(line.part(start, place))
    return tuple(found)


def is_body(name: str, start: int, context: Context) -> bool:
    """Whether words at a place of the article are a body's name: one that the library has, or of its shape."""
    if not HAN.search(name) or not NAME.fullmatch(name):
        return False
    if canonical(name) in context.knowledge.bodies_by_key:
        return True
    if not kind_of(name) or name[0] in '“"(':
        return False
    if name.startswith("中共") or is_of_the_place(name):
        return True
    begins = context.places.within(start, start + len(name))
    if begins and begins[0].start <= start + 2:
        tail = name[begins[0].end - start :]
        return not VERBS.search(re.sub(r"“[^”]*”", "", tail)) or bool(re.search(r"公司|局$", name))
    return bool(FIRM.search(name)) and len(name) >= 5 and not VERBS.search(name)


def is_of_the_place(name: str) -> bool:
    """Whether a name leaves the place of the article unsaid: 市教育局, 县委组织部."""
    return len(name) >= 3 and bool(OF_THE_PLACE.match(name)) and not VERBS.search(OF_THE_PLACE.sub("", name, count=1))


def _in_full(name: str, context: Context) -> tuple[str, str]:
    """市教育局 in an article on 长沙市 is 长沙市教育局: that name and the code of the place, if there is one."""
    gazetteer = context.knowledge.gazetteer
    for code in context.most_named:
        for length in (6, 4, 2):
            place = gazetteer.names.get(code[:length], "")
            if len(code) >= length and place.endswith(name[0]) and place not in PLACEHOLDER_NAMES:
                return place + name[1:], code[:length]
    return name, ""


def body_at(passage: Passage, context: Context, around: Iterable[str] = (), name: str = "") -> BodyFound:
    """The body that is named at a passage: one of the library's, one to choose, or a new one with kind and district."""
    name = name or tidied(passage.of(context.text))
    codes = district_of(passage, context, around)
    if not codes and is_of_the_place(name):
        name, code = _in_full(name, context)
        codes = (code,) if code else ()
    district = codes[0] if len(codes) == 1 else ""
    known = [body for body in context.knowledge.bodies_by_key.get(canonical(name), ()) if _fits(body, name, codes)]
    if len(known) == 1:
        body = known[0]
        how = "名称" if body.name == name else f"与“{name}”为同一组织"
        return BodyFound(
            body.name, passage, body.pk, kind=body.kind, district=body.district, why=f"库中已有：按{how}对应"
        )
    kind = kind_of(name)
    if known:
        keys = tuple(body.pk for body in known)
        return BodyFound(name, passage, None, keys, kind, district, why=f"库中有 {len(known)} 个组织可对应，请选择")
    return BodyFound(
        name, passage, kind=kind, district=district, why="库中没有，按名称新建；类别依名称末尾、区划依地名推定"
    )


def district_of(passage: Passage, context: Context, around: Iterable[str] = ()) -> tuple[str, ...]:
    """Codes of the division in a body's name, the lowest one; none if it names none."""
    mentions = context.places.within(*passage)
    if not mentions:
        return ()
    lowest = max(mentions, key=lambda mention: max(map(len, mention.codes)))
    return decide(lowest.codes, (*around, *context.around(passage.start)))


def _fits(body: Body, name: str, codes: tuple[str, ...]) -> bool:
    """A body of the same name somewhere else is another one."""
    if not codes or not body.district or tidied(body.name) == tidied(name):
        return True
    return any(code.startswith(body.district) or body.district.startswith(code) for code in codes)


def led_by(line: Line, context: Context) -> BodyFound | None:
    """The body whose head signs a text: 赤峰市委常委、组织部长 李炯 is 赤峰市委组织部."""
    for office, adds in OFFICES:
        if match := office.search(line.plain):
            start = len(line.plain) - len(line.plain.lstrip("■●◆▲★□○◇ "))
            end = match.end(1) if match.lastindex else match.start()
            passage = line.part(start, end)
            name = tidied(passage.of(context.text)) + adds
            return body_at(passage, context, name=name)
    return None


def bodies_in(passage: Passage, context: Context) -> list[Passage]:
    """Where a running text names bodies in full: 中共…, or a place and what follows it up to an ending."""
    found: list[Passage] = []
    piece = context.plain[passage.start : passage.end]
    last = -1
    for mention in context.places.within(*passage):
        if mention.start < last:
            continue
        match = IN_TEXT.match(piece, mention.end - passage.start)
        if match is None:
            continue
        start = mention.start
        while (before := context.mention_ending_at(start)) is not None:
            start = before.start
        if context.plain[max(0, start - 2) : start] == "中共":
            start -= 2
        last = passage.start + match.end()
        found.append(Passage(start, last))
    return found


IN_TEXT = re.compile(
    r"(?:委(?:组织部|宣传部|统战部|政法委|社会工作部|员会(?:组织部|宣传部|统战部)?|直机关工委)?(?![员托任内])|党工委(?:组织部)?|党委(?!书记项目)|党组(?!织)|工作委员会|"
    r"[\u4e00-\u9fff]{0,14}?"
    r"(?:委员会|党工委|党委|党组(?!织)|党总支|党支部|组织部|管委会|街道办事处|有限公司|集团|(?<![大格布结当全时])局|医院|大学)"
    r"(?:委员会|党委|党组|党总支|党支部)?)"
)


# An office of the place that the article is about: 新区党工委 in an article on 大鹏新区.
RELATIVE = re.compile(
    r"(?<![\u4e00-\u9fff])(?:(新区|开发区|街道|[市区县旗镇乡])"
    r"(党工委|党委|委(?:组织部|社会工作部|宣传部|统战部)?))(?=[\u4e00-\u9fff、,])"
)


def bodies_of_place(code: str, passage: Passage, context: Context) -> list[BodyFound]:
    """The Party bodies of a division that a text names, in full or by the office alone; each once."""
    found: dict[str, BodyFound] = {}
    name = context.knowledge.gazetteer.names.get(code, "")
    for one in bodies_in(passage, context):
        if SPEAKS.match(context.plain, one.end):
            continue
        body = body_at(one, context)
        if body.district == code and body.kind in LEADING:
            found.setdefault(body.name, body)
    for match in RELATIVE.finditer(context.plain, *passage):
        if name.endswith(match[1]):
            body = body_at(Passage(*match.span()), context, (code,), name=f"{name}{match[2]}")
            if body.organisation or not body.choices:
                found.setdefault(body.name, replace(body, district=body.district or code))
    return list(found.values())


# Whose support was sought or who came along does not lead.
HELPS = re.compile(r"(?:争取|协调|联合|邀请|联系|会同|对接|依托|报请|提请|请|向|与|和|在)(?:了|到)?$")
COMMUNITY = re.compile(
    r"(?P<before>[\u4e00-\u9fff]{0,12}?)(?P<kind>社区|嘎查|村)(?P<office>(?:联合)?(?:党委|党总支部?|党支部))?"
)
ESTABLISHMENT = re.compile(
    r"(?<![\u4e00-\u9fff])(?P<before>[\u4e00-\u9fff]{2,14}?)(?P<kind>公司|集团|医院|学院|大学|学校)(?P<office>党委|党总支|党支部)"
)
COMMUNITY_OFFICE = re.compile(r"(?<![\u4e00-\u9fff])(?:社区|村)(党委|党总支|党支部)(?!书记)")
# What stands before the name proper: the places that it is in, and a word that leads up to it.
BEFORE_NAME = re.compile(r"^.*(?:街道|[镇乡区县市])(?=..)|^(?:针对|走进|来到|围绕|以|对|由|在|的|是|将|把|与|和|为)+")
NO_NAME = re.compile(
    r"参与|积极|深入|主动|进入|组织|开展|走|推广|中国|城乡|依托|示范|辖区|所在|各|全|每|该|本|我|们|多|两|新时代|周边|农村|城市|智慧|未来|幸福|美丽|和谐|现代|行政|自然|部门|党|群|"
    r"帮扶|驻|下沉|重点|联系|了|到|及|等|个|在|对|于|与|和|乡|镇|街|软弱|后进|薄弱|试点|特色"
)


def only_helps(passage: Passage, context: Context) -> bool:
    return bool(HELPS.search(context.plain[max(0, passage.start - 4) : passage.start]))


def of_the_community(passage: Passage, context: Context) -> BodyFound | None:
    """The Party body of the one community or firm that a text is about: 某某社区 … 社区党委 is 某某社区党委."""
    named: dict[str, list[re.Match[str]]] = {}
    for match in COMMUNITY.finditer(context.plain, *passage):
        own = BEFORE_NAME.sub("", BEFORE_NAME.sub("", match["before"]))
        if 2 <= len(own) <= 5 and not NO_NAME.search(own) and not VERBS.search(own):
            named.setdefault(own + match["kind"], []).append(match)
    if not named:
        for match in ESTABLISHMENT.finditer(context.plain, *passage):
            named.setdefault(match["before"] + match["kind"], []).append(match)
        named = {name: matches for name, matches in named.items() if len(matches) > 1}
    if len(named) != 1:
        return None
    ((name, matches),) = named.items()
    first = next((match for match in matches if match["office"]), matches[0])
    office = first["office"]
    if not office and (told := COMMUNITY_OFFICE.search(context.plain, *passage)):
        office = told[1]
    if not office and len(matches) < 2:
        return None
    begins = matches[0].start("kind")
    around = [mention.code for mention in context.places.within(max(0, begins - 20), begins)]
    begin = first.start("kind") - len(name.removesuffix(first["kind"]))
    body = body_at(Passage(begin, first.end()), context, name=f"{name}{office or ''}")
    return body if body.district or not any(around) else replace(body, district=[code for code in around if code][-1])


LEADING = frozenset({"department", "working-committee", "leading-group", "committee"})
# Whoever answers for a body in an interview; the body itself does not lead for that.
SPEAKS = re.compile(r"(?:有关|相关|主要)?(?:负责人|负责同志|书记|部长|副部长|常委|主任|工作人员)")
