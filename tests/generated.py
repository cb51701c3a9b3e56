"""Generated libraries to measure with: new cases of some 1,500 characters, made of the shipped cases' own clauses."""

import random
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import accumulate
from typing import Any

from django.db import models
from django.utils import timezone

from cases.models import (
    AwardEntry,
    AwardList,
    Case,
    Citation,
    Credit,
    Figure,
    Organisation,
    Sector,
    Source,
    Theme,
)
from districts.models import District

LENGTH = 1500
FIRST_NUMBER = 100_000
BATCH = 500
YEARS = range(2015, 2026)
# Shares of all cases.
AWARDED, BRANDED, SPLICED = 0.15, 0.35, 0.4


def listed(words: str) -> list[str]:
    return words.split()


# Made-up names, so that a generated library has rare words too and nobody real is credited with what is invented.
PLACE_HEADS = "东西南北金银玉龙凤石云清明永安福和新长高大平宝华荔榕康泰"
PLACE_TAILS = "湖山河桥塘岗岭围涌溪坪洲湾园坑田井埔头尾埗朗沙滘"
PLACE_KINDS = ["社区", "社区", "社区", "村", "花园", "大厦", "工业园", "市场"]
BRAND_HEADS = listed(
    "红棉 红荔 同心 先锋 暖阳 初心 向阳 蜂巢 金穗 连心 星火 木棉 领航 聚力 春雨 邻里 灯塔 磐石 榕树 禾苗"
)
BRAND_TAILS = listed("工程 工作法 驿站 计划 行动 联盟 议事厅 先锋队 书记工作室 服务圈 党建链 微家 课堂 热线")
ACTIONS = listed("党建引领 支部牵头 党员带头 书记领办 多方共建 网格联动 数字赋能 红色物业推动 群众点单 清单管理助力")
TOPICS = listed(
    "加装电梯 老旧小区改造 垃圾分类 停车难治理 矛盾纠纷调解 商圈服务 楼宇党建 乡村振兴 养老服务 新就业群体关爱 "
    "园区企业服务 城中村治理 志愿服务 基层减负 物业管理 河涌整治 产业链协同 便民服务 青少年托管 人居环境整治"
)
BODY_FORMS = [
    ("中共{district}{place}社区委员会", Organisation.Kind.COMMITTEE),
    ("中共{district}{place}村总支部委员会", Organisation.Kind.GENERAL_BRANCH),
    ("{district}{place}街道党工委", Organisation.Kind.WORKING_COMMITTEE),
    ("{district}{place}科技有限公司党支部", Organisation.Kind.BRANCH),
    ("{district}{place}物业服务有限公司", Organisation.Kind.ENTERPRISE),
    ("{district}{place}社会工作服务中心", Organisation.Kind.SOCIAL),
    ("{district}{place}小学", Organisation.Kind.SCHOOL),
    ("{district}{place}街道办事处", Organisation.Kind.GOVERNMENT),
]
INDICATORS = [("覆盖党员", "名"), ("服务群众", "人次"), ("解决问题", "个"), ("参与单位", "家"), ("投入资金", "元")]

# Called with how many cases are made, and how many there will be.
Progress = Callable[[int, int], None]


def skewed(chance: random.Random, items: Sequence[Any]) -> Callable[[], Any]:
    """Return a draw in which the second item comes half as often as the first, the third a third as often …"""
    shuffled = chance.sample(items, len(items))
    weights = list(accumulate(1 / rank for rank in range(1, len(items) + 1)))
    return lambda: chance.choices(shuffled, cum_weights=weights)[0]


class Quarry:
    """What cases are hewn from: the shipped sentences by sector, and districts, bodies and lists to file them under."""

    def __init__(self, count: int, chance: random.Random) -> None:
        self.chance = chance
        self.titles: set[str] = set()
        counties = District.objects.filter(code__startswith="44", level__in=["county", "town", "zone"])
        self.district = skewed(chance, list(counties))
        self.sector = skewed(chance, list(Sector.objects.all()))
        self.theme = skewed(chance, list(Theme.objects.all()))
        self.body = skewed(chance, self._bodies(max(30, count // 8)))
        self.lists = self._lists(max(6, min(60, count // 100)))
        self.sources = list(Source.objects.all())

    @cached_property
    def sentences(self) -> dict[int | None, list[str]]:
        """Every sentence of the published cases by the sector it is from, generated ones apart; under None all."""
        found: dict[int | None, list[str]] = defaultdict(list)
        written = Case.objects.visible_to(None).exclude(number__regex=r"-\d{6}$")
        for sector, *texts in written.values_list("sector_id", *Case.PLAIN):
            sentences = [sentence for text in texts for sentence in re.findall(r"[^。\n]{8,}。", text)]
            found[sector] += sentences
            found[None] += sentences
        return found

    def place(self) -> str:
        draw = self.chance.choice
        return draw(PLACE_HEADS) + draw(PLACE_TAILS) + draw(PLACE_KINDS)

    def brand(self) -> str:
        number = str(self.chance.randint(12, 999)) if self.chance.random() < 0.2 else ""
        return number + self.chance.choice(BRAND_HEADS) + self.chance.choice(BRAND_TAILS)

    def title(self, place: str, brand: str) -> str:
        """Return a title that no other generated case has."""
        draw = self.chance.choice
        while True:
            title = draw(ACTIONS) + draw(TOPICS)
            title = f"{brand}：{place}{title}" if brand else f"{title}的{place}实践"
            if title not in self.titles:
                self.titles.add(title)
                return title
            place = self.place()

    def sentence(self, sector: int | None) -> str:
        """Return a sentence, most often of the sector; many begin like one and end like another."""
        own = self.sentences.get(sector) or self.sentences[None]
        source = own if self.chance.random() < 0.7 else self.sentences[None]
        text = self.chance.choice(source)
        if self.chance.random() < SPLICED:
            head, comma, _ = text.partition("，")
            text = head + comma + self.chance.choice(source).rpartition("，")[2] if comma else text
        return re.sub(r"\d+", lambda _: str(self.chance.randint(2, 9999)), text)

    def text(self, sector: int | None, length: int, opening: str = "") -> str:
        """Return at least so many characters in paragraphs of some 250."""
        paragraphs = [opening]
        while sum(map(len, paragraphs)) < length:
            if len(paragraphs[-1]) > 250:
                paragraphs.append("")
            paragraphs[-1] += self.sentence(sector)
        return "\n\n".join(paragraphs)

    def _bodies(self, count: int) -> list[Organisation]:
        names = set(Organisation.objects.values_list("name", flat=True))
        made: list[Organisation] = []
        while len(made) < count:
            form, kind = self.chance.choice(BODY_FORMS)
            district = self.district()
            name = form.format(district=district.name, place=self.place()[:2])
            if name not in names:
                names.add(name)
                made.append(Organisation(name=name, kind=kind, district=district))
        return Organisation.objects.bulk_create(made, batch_size=BATCH)

    def _lists(self, count: int) -> list[AwardList]:
        levels = [AwardList.Level.CITY] * 3 + [AwardList.Level.COUNTY] * 3 + [AwardList.Level.PROVINCE]
        lists = []
        for serial in range(count):
            year, place = self.chance.choice(YEARS), self.district().name
            title = f"{year}年{place}基层党建创新案例第{serial + 1}榜"
            slug = f"generated-{FIRST_NUMBER + serial}"
            level = self.chance.choice(levels)
            lists.append(AwardList(title=title, slug=slug, year=year, level=level, status=AwardList.Status.PUBLISHED))
        return AwardList.objects.bulk_create(lists)


def generate(count: int, seed: int = 1, progress: Progress | None = None) -> None:
    """Add `count` published cases to a database that holds the shipped library; no index is touched.

    The same seed makes the same cases. Districts, sectors, themes and organisations are drawn as unevenly as in life.
    """
    quarry = Quarry(count, random.Random(seed))
    for start in range(0, count, BATCH):
        serials = range(start + 1, min(start + BATCH, count) + 1)
        made = Case.objects.bulk_create(_draft(quarry, serial) for serial in serials)
        for model, parts in _parts(quarry, made).items():
            model._default_manager.bulk_create(parts, batch_size=BATCH)
        Case.objects.filter(pk__in=[case.pk for case in made]).update(status=Case.Status.PUBLISHED)
        if progress:
            progress(serials[-1], count)


def _draft(quarry: Quarry, serial: int) -> Case:
    chance, district, sector = quarry.chance, quarry.district(), quarry.sector()
    year = chance.choice(YEARS)
    place = quarry.place()
    brand = quarry.brand() if chance.random() < BRANDED else ""
    own = f"{place}位于{district.full_name}，" + (f"由此形成“{brand}”。" if brand else "")
    return Case(
        number=f"{year}-{FIRST_NUMBER + serial}",
        title=quarry.title(place, brand),
        brand_name=brand,
        kind=Case.Kind.BRAND if brand else chance.choice(Case.Kind.values),
        year=year,
        district=district,
        sector=sector,
        summary=quarry.text(sector.pk, 60, f"{place}针对{chance.choice(TOPICS)}，"),
        background=quarry.text(sector.pk, LENGTH // 5, own),
        approach=quarry.text(sector.pk, LENGTH // 2),
        results=quarry.text(sector.pk, LENGTH // 6),
        lessons=quarry.text(sector.pk, LENGTH // 10) if chance.random() < 0.5 else "",
        published_at=timezone.now(),
    )


def _parts(quarry: Quarry, cases: Sequence[Case]) -> dict[type[models.Model], list[Any]]:
    """Return what belongs to these cases: who did them, who tells of them, and how they are filed."""
    chance, tagging = quarry.chance, Case.themes.through
    parts: dict[type[models.Model], list[Any]] = defaultdict(list)
    for case in cases:
        for position, body in enumerate({quarry.body() for _ in range(chance.choice([1, 1, 1, 2]))}):
            parts[Credit].append(Credit(case=case, organisation=body, position=position))
        for theme in {quarry.theme() for _ in range(chance.choice([1, 2, 2, 3]))}:
            parts[tagging].append(tagging(case=case, theme=theme))
        for indicator, unit in chance.sample(INDICATORS, chance.randint(0, 3)):
            value = chance.randint(10, 9999)
            parts[Figure].append(Figure(case=case, indicator=indicator, value=value, unit=unit))
        parts[Citation].append(Citation(case=case, source=chance.choice(quarry.sources)))
        if chance.random() < AWARDED:
            award_list = chance.choice(quarry.lists)
            parts[AwardEntry].append(AwardEntry(award_list=award_list, case=case, title=case.title))
    return parts
