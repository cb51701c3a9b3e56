"""A case's sector and themes, by the words that the field uses for them, and the years it tells of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from cases.articles.context import Context
from cases.articles.found import Found, Passage

# Words that speak for a sector or theme of the shipped vocabulary, by slug; one that curators added speaks for itself.
SECTORS: Mapping[str, str] = {
    "urban-community": "社区|居民区|小区|楼栋|业委会|物业|邻里|居民|街坊|加装电梯|党群服务中心|楼组|睦邻",
    "rural": (
        "行政村|村党|村两委|乡村|农村|村级|村民|农户|农业|合作社|嘎查|苏木|牧民|牧区|第一书记|城中村|经济社|村社|党支部领办|"
        "田间|田埂|村干部"
    ),
    "government": "机关党|机关干部|机关工委|直属机关|市直|区直|县直|模范机关|处室|科室|政务服务|窗口",
    "state-owned-enterprise": "国企|国有企业|央企|集团公司|车间|班组|工地|项目部|矿区|电网|供电|钢铁|生产线|职工",
    "industrial-park": "园区|开发区|孵化器|孵化|众创空间|产业园|科技园|高新区|试验区|加速器",
    "business-district": "商圈|市场|商户|个体户|步行街|商会|商业街|夜市|店铺|专业市场|楼宇|写字楼",
    "new-organisations": "两新|社会组织|非公企业|非公有制|行业协会|新社会组织|律师|民办",
    "internet": "互联网企业|互联网公司|网络公司|游戏|电商|平台企业|直播|网红|算法|程序员",
    "school": "学校|校园|教师|学生|师生|中小学|幼儿园|高校|大学|课堂|思政|校长|家长",
    "hospital": "医院|医生|医护|患者|病房|科室主任|卫生院|门诊|诊疗|护士|医疗|病区",
    "new-employment": "新就业|骑手|快递|外卖|网约车|货车司机|小哥|配送员|暖新|新业态",
    "industry": "行业党委|行业系统|旅游|全系统|产业链|链上|上下游|供应链|水务|河长|林草|交通运输|轨道|景区",
}
THEMES: Mapping[str, str] = {
    "governance": "基层治理|社会治理|城市治理|社区治理|共建共治共享|治理体系|治理效能|治理共同体",
    "cadres": "干部|第一书记|选派|挂职|培训班|考核|述职|头雁|带头人",
    "service": "党群服务|服务群众|为民服务|便民|服务中心|服务事项|服务站|驿站|阵地",
    "standardisation": "标准化|规范化|标准体系|星级|达标|建设标准",
    "co-building": "共建|结对|联建|联席会议|联盟|联合体|联合党委|大党委|大工委|共同体|兼职委员",
    "industry-chain": "产业链|链上|供应链|红链|链主|产业集群",
    "digital": "智慧党建|数字化|大数据|小程序|平台上|云平台|智慧|信息化|人工智能|数智|APP|公众号",
    "rural-revitalisation": "乡村振兴|脱贫|强村|农业|村集体|集体经济|富民|农民增收|美丽村庄|扶贫",
    "member-education": "党员教育|微党课|党课|宣讲|学习教育|党员管理|政治生日|主题教育|述责|学堂|课堂",
    "integrity": "廉政|廉洁|纪检|监督执纪|党风廉政|清廉|作风|留痕|微腐败",
    "grid": "网格|网格员|楼栋长|楼长|微网格",
    "property": "物业|业委会|业主委员会|红色管家|红心物业",
    "livelihood": "民生实事|微心愿|加装电梯|养老|托管|食堂|老旧小区|微实事|急难愁盼|停车|助老|就医",
    "epidemic-control": "疫情|防控|核酸|抗疫|战疫|复工复产|疫苗",
    "business-environment": "营商环境|服务企业|助企|惠企|暖企|纾困|审批|政策咨询|企业服务",
    "deliberation": "协商|议事|民主|听证|议事厅|圆桌|恳谈|提案|共商",
    "volunteering": "志愿|义工|突击队|先锋岗|服务队|公益",
    "coverage": "两个覆盖|组织覆盖|工作覆盖|应建尽建|全覆盖|组建党组织|建立党组织|成立党支部|集中组建|空白点",
    "red-heritage": "红色资源|红色教育|革命|旧址|红色基因|红色线路|纪念馆|史迹|红色美丽|老区",
    "environment": "治水|河长|黑臭|生态|环境整治|垃圾分类|污染|绿化|碧水|巡河|湿地|林长",
    "institutions": "制度|机制|规程|办法|清单|实施方案|实施细则|措施|考核体系",
    "branding": "品牌|一街道一品牌|特色党建|矩阵|IP",
    "community-workers": "社区工作者|社工岗|专职社工|社工|职业体系",
}
TITLE_WEIGHT = 4
MOST_THEMES = 3
LEAST, STANDS_OUT, LEAD_WEIGHT = 2, 1.4, 6
LEAST_OF_THEME = 3
LONGEST_READ = 20_000
MARKS = re.compile(r"[“”\"]")
# What an article calls after its year is of that year: 2020广州城市治理榜, 2023年“成绩单”.
OF_YEAR = re.compile(
    r"((?:19|20)\d\d)(?:年度?)?[^。;,\d]{0,12}?(?:榜|[十百][大佳]|优秀|案例|成绩单|品牌|评选|关键词|年度)"
)
SINCE = re.compile(
    r"(?:自|从)?((?:19|20)\d\d)年(?:\d{1,2}月)?(?:\d{1,2}日)?"
    r"(?:以来|起|开始|至今|初|底|,?[^。;!?]{0,14}?(?:启动|成立|揭牌|启用|推行|创建|开展|率先|首创|试点|列入|实施))"
)
YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?= ?年|[\u4e00-\u9fff“])")


def _cues(names: Mapping[str, str], cues: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The words that speak for each sector or theme; its own name is one of them."""
    return {
        slug: tuple(dict.fromkeys(filter(None, (MARKS.sub("", name), *cues.get(slug, "").split("|")))))
        for slug, name in names.items()
    }


class Subjects:
    """The words of all sectors and themes that the library has, to be counted in one case after the other."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.sectors = _cues(context.knowledge.sectors, SECTORS)
        self.themes = _cues(context.knowledge.themes, THEMES)

    def sector_of(self, title: str, body: Passage, lead_kinds: set[str]) -> Found[str]:
        """The sector whose words stand out; several to choose from where none does."""
        title, text = _read(title, body, self.context)
        scores = _scores(self.sectors, title, text)
        if "school" in lead_kinds and "school" in self.sectors:
            scores["school"] += LEAD_WEIGHT
        ranked = scores.most_common(4)
        if not ranked:
            return Found(why="没有领域的用语，请选择", choices=tuple(self.sectors))
        choices = tuple(slug for slug, _ in ranked)
        best, most = ranked[0]
        second = ranked[1][1] if len(ranked) > 1 else 0
        if most >= LEAST and most >= STANDS_OUT * second:
            words = self.sectors[best]
            return Found(best, _first(words, body, self.context), _because(words, title + text), choices)
        return Found(None, (), "几个领域的用语都有，请选择", choices)

    def themes_of(self, title: str, body: Passage) -> tuple[Found[str], ...]:
        """Up to three themes whose words come again and again, or stand in the title."""
        title, text = _read(title, body, self.context)
        found = []
        for slug, score in _scores(self.themes, title, text).most_common(MOST_THEMES):
            if score >= LEAST_OF_THEME:
                words = self.themes[slug]
                found.append(Found(slug, _first(words, body, self.context), _because(words, title + text)))
        return tuple(found)


def _scores(cues: Mapping[str, tuple[str, ...]], title: str, text: str) -> Counter[str]:
    # The title counts as often as its weight: it is read as that many copies of itself.
    read = "\n".join((*[title] * TITLE_WEIGHT, text))
    return +Counter({slug: sum(map(read.count, words)) for slug, words in cues.items()})


def _read(title: str, body: Passage, context: Context) -> tuple[str, str]:
    """Title and text without quotation marks; of a very long text the beginning says what it is about."""
    text = context.plain[body.start : min(body.end, body.start + LONGEST_READ)]
    return MARKS.sub("", title), MARKS.sub("", text)


def _because(words: tuple[str, ...], text: str) -> str:
    counted = Counter({word: text.count(word) for word in words})
    return "文中有" + "、".join(f"“{word}”{count}处" for word, count in counted.most_common(3) if count)


def _first(words: tuple[str, ...], body: Passage, context: Context) -> tuple[Passage, ...]:
    places = ((context.plain.find(word, body.start, body.end), word) for word in words)
    place, word = min(((place, word) for place, word in places if place >= 0), default=(-1, ""))
    return (Passage(place, place + len(word)),) if word else ()


def year_of(title: str, intro: Passage | None, published: Found[str], context: Context) -> Found[int]:
    """The year of the article: what its own heading and beginning say, or else when it was published."""
    if published.value:
        return Found(int(published.value[:4]), published.passages, "文章发布的年份")
    spoken: Counter[int] = Counter(int(year) for year in YEAR.findall(title))
    passages: list[Passage] = []
    if intro:
        for match in OF_YEAR.finditer(context.plain, intro.start, intro.end):
            spoken[int(match[1])] += 3
        for match in YEAR.finditer(context.plain, intro.start, intro.end):
            spoken[int(match[1])] += 1
            passages.append(Passage(*match.span(1)))
    if not spoken:
        return Found(why="文中没有说明年份")
    years = [year for year, count in spoken.most_common() if count == spoken.most_common(1)[0][1]]
    if len(years) > 1:
        return Found(None, tuple(passages), "开头提到几个年份，请选择", tuple(sorted(spoken)))
    return Found(
        years[0], tuple(place for place in passages if place.of(context.text) == str(years[0])), "开头说明的年份"
    )


def start_year_of(body: Passage, context: Context) -> Found[int]:
    """The earliest year since which the text says that it has gone on."""
    matches = list(SINCE.finditer(context.plain, body.start, body.end))
    if not matches:
        return Found()
    first = min(matches, key=lambda match: int(match[1]))
    years = sorted({int(match[1]) for match in matches})
    if len(years) > 1:
        return Found(
            None, tuple(Passage(*match.span()) for match in matches[:6]), "有几个起始年份，请选择", tuple(years)
        )
    return Found(int(first[1]), (Passage(*first.span()),), f"文中说“{first[0][:20]}”")
