"""What a number counts, in words that can be read alone: 建立临时党组织, 覆盖党员, 机关参与联建覆盖率."""

from __future__ import annotations

import re

from cases.articles.found import Passage
from cases.articles.numerals import Number

LONGEST = 60
BREAK = re.compile(r"[，,；;。：:！？!?\n]")
# What was done to the things counted, as such articles say it; longest first where one begins like another.
VERBS = (
    "建立健全 制定出台 讨论并研究 挖掘培养 选派 推选 建立 组建 成立 创建 打造 建设 建成 新建 改建 改造 修建 开设 开办 设立 设置 举办 承办 开展 "
    "召开 组织 发动 动员 派出 选聘 招录 招聘 录用 招募 培养 培育 培训 发展 新增 增加 解决 化解 调解 调处 办理 办结 办好 办成 完成 收集 征集 "
    "梳理 排查 走访 慰问 帮扶 资助 救助 服务 惠及 覆盖 受益 带动 吸引 引进 引入 整合 盘活 清理 拆除 整治 整改 修订 制定 出台 印发 发布 推送 "
    "发放 募集 筹集 筹措 投入 争取 落实 拨付 节约 节省 降低 减少 减轻 压缩 缩短 提高 增长 提升 上升 下降 认领 结对 联系 对接 签订 签约 达成 "
    "转化 孵化 受理 接待 接访 评选 表彰 选树 涵盖 纳入 吸纳 嵌入 列支 管理 划分 驻守 转移 种植 流转 铺设 安装 加装 更新 销售 帮销 实施 推动 推进 "
    "推出 提供 拓展 消除 统筹 配备 储备 选配 选拔 调整 处理 处置 回应 答复 采纳 形成 聚集 集聚 入驻 落地 开通 开放 搭建 构建"
).split()
VERB_AT_END = re.compile(f"(?:{'|'.join(sorted(VERBS, key=len, reverse=True))})(?:了|成立|建立|形成)?$")
VERB = re.compile("|".join(sorted(VERBS, key=len, reverse=True)))
# Said around the number, but no part of what it counts.
LEAD_IN = re.compile(
    r"^(?:并|且|又|再|还|也|其中|目前|现已|现|已经|已|截至[^，]{0,12}|累计|共计|共|总共|一共|先后|陆续|同时|此外|通过|全年|今年|去年|今年以来"
    r"|去年以来|近年来|(?:19|20)\d{2}年(?:底|初|以来)?|全[市区县省旗镇村国州盟街]+|当前|为|由|将|对|在|从|以|和|与|及|及其|、|有|的|是|使|让|把|各"
    r"|[一二三四五六七八九十]是|深入|积极|有效|成功|持续|集中|精准|创新)+"
)
TAIL = re.compile(
    r"(?:已经?|共计?|累计|总计|合计|达到?了?|高达|多达|约?为|有|共有|仅有|是|[超突]过?|提升[至到]|提高[至到]|降[至到低]+|增[至到加]+|扩大到|发展到"
    r"|增加到|上升[至到]|[的了、“”]|分别|比例|人数|数量|总数|总量|在|于|近|约|由|从|到|至|等|成为|最初|目前)+$"
)
KEPT_TAIL = re.compile(r"(?:人数|数量|总数|总量|比例)$")
# Where the thing that is counted ends.
AFTER_NOUN = re.compile(
    r"[，,；;。：:！？!?\n（(]|与|和(?!谐|平)|及|、|分别|在(?!职|册|岗|校|编|建)|对(?!口|接)|将|为(?!民)|由|把|被|向|到|于|以|进行|开展|参加|参与|担任|完成|获|入选|深入"
    r"|面向|全部|签订|占|均|都|共同|进企|长期|结对|实现|采取|严守|奋战|就|来|入驻|已|按|用于|也|而|之间|从|并(?!联)|给|作为|工作责任|定期"
)
SUBJECT_UNITS = {"%", "‰", "倍", "岁", "个百分点", "百分点", "分"}
MONEY = {"元", "美元", "欧元", "港元", "万元", "亿元"}
AREA = {"平方米", "平方公里", "㎡", "m²", "公顷", "亩", "公里", "千米", "米", "吨", "斤", "公斤"}


def indicator_of(text: str, number: Number, sentence: Passage) -> str:
    """A name of what is counted, from the words around the number; at most 60 characters, never empty."""
    before = _clause_before(text, number, sentence)
    after = text[number.end : min(sentence.end, number.end + 48)]
    noun = _noun(after)
    if number.is_continued:
        name = "连续" + (_predicate(after) or "年数")
    elif number.unit in SUBJECT_UNITS:
        name = _subject(before, after)
    elif number.unit in MONEY | AREA and not noun:
        name = _tidy(before)
    elif noun:
        name = _verb(before) + noun
    else:
        name = _tidy(before)
    return _named(name) or _named(_subject_of_sentence(text, number, sentence)) or f"数量（{number.unit}）"


def _named(name: str) -> str:
    name = re.sub(r"\s+", " ", name).strip(" 、，。；：的")
    if name.count("“") != name.count("”"):
        name = name.replace("“", "").replace("”", "")
    return name[:LONGEST]


def _clause_before(text: str, number: Number, sentence: Passage) -> str:
    start = max(sentence.start, number.start - 60)
    before = text[start : number.start]
    return BREAK.split(before)[-1]


def _noun(after: str) -> str:
    """What follows the unit: the thing counted, up to where something else begins."""
    after = after.lstrip()
    if after.startswith(("以上", "左右", "的", "多", "余")):
        after = after[2:] if after[0] in "以左" else after[1:]
    quoted = re.match(r"[^，,；;。]{0,12}?“[^“”]{1,16}”(?:“[^“”]{1,16}”)*", after)
    head = quoted[0] if quoted and not AFTER_NOUN.search(re.sub(r"“[^“”]*”", "", quoted[0])) else ""
    rest = after[len(head) :]
    end = AFTER_NOUN.search(rest)
    noun = head + (rest[: end.start()] if end else rest)
    if verb := re.search(
        r"(?<=[\u4e00-\u9fff”])(?:成立|建立|组建|转为|编入|回归|下沉|达到|提升|带领|带引|带头|驻守|组成|研究|纳入)",
        noun[2:],
    ):
        noun = noun[: 2 + verb.start()]
    return noun.strip("的 ")


def _verb(before: str) -> str:
    """The verb right before a number: 建立 before 366个临时党组织."""
    tail = re.sub(r"(?:了|共|累计|近|约)+$", "", before)
    found = VERB_AT_END.search(tail[-8:])
    return found[0].removesuffix("了") if found else ""


def _tidy(clause: str) -> str:
    """The clause before a number without what is said around it; from its last verb on where it is long."""
    clause = clause.strip()
    kept = KEPT_TAIL.search(clause)
    clause = TAIL.sub("", clause) if not kept else clause
    clause = LEAD_IN.sub("", clause)
    if len(clause) > 12:
        verbs = [match.start() for match in VERB.finditer(clause) if match.end() < len(clause)]
        if verbs and len(clause) - verbs[-1] >= 4:
            clause = clause[verbs[-1] :]
    return re.sub(r"(?<=[\u4e00-\u9fff])各类", "", clause)


def _subject(before: str, after: str) -> str:
    """What a share or growth is of: the clause before it, or what is said of it after."""
    name = _tidy_subject(before)
    if predicate := _predicate(after):
        if predicate.startswith(("实现", "达标", "走访", "完成", "覆盖", "办结", "落实")):
            return name + predicate
        return name or predicate
    return name


def _tidy_subject(before: str) -> str:
    clause = LEAD_IN.sub("", before.strip())
    if re.search(r"增长|下降|提高|减少|缩短|上升|提升$", clause[-3:]):
        return clause
    return TAIL.sub("", clause)


def _predicate(after: str) -> str:
    after = after.lstrip()
    if BEHIND_NOTHING.match(after):
        return ""
    return BREAK.split(after)[0][:24]


BEHIND_NOTHING = re.compile(r"[，,；;。：:！？!?\n、）)的和与]|$|以上|左右")


def _subject_of_sentence(text: str, number: Number, sentence: Passage) -> str:
    """What the clauses before speak of, where the number stands alone in its own."""
    before = text[max(sentence.start, number.start - 80) : number.start]
    clauses = [clause for clause in BREAK.split(before) if clause.strip()]
    return _tidy(clauses[-1]) if clauses else ""
