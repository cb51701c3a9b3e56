"""An article in our own words, and what a reader would propose for it, written by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from cases.articles.found import (
    ArticleFound,
    BodyFound,
    CaseFound,
    FigureFound,
    Found,
    HonourFound,
    ListFound,
    ParagraphFound,
    Passage,
    SourceFound,
    StageFound,
)
from cases.articles.proposals import Keys, proposed
from cases.models import ArticleImport, Sector, Theme
from cases.models.article_import import digest_of_words
from districts.models import District
from tests.builders import make_district, make_organisation, make_sector, make_theme

TEXT = """邻里同心榜 两个做法入选
本次共收到超过160件申报，最后选出2件。
中共广州市越秀区委组织部
楼门议事 邻里和睦
老楼道无人打理，居民多有怨言。
成立楼门议事会，党员带头认领事项，覆盖党员超过2.3万名。
2019年，该做法入选“全市治理样本”。
中共广州市海珠区滨江街新芽企业党总支
“新芽工程” 带出好队伍
新芽企业把党课搬到车间，一年里办了46场。
出品：本地晚报编辑部"""


def at(words: str) -> Passage:
    start = TEXT.index(words)
    return Passage(start, start + len(words))


def found(words: str, value: Any = None) -> Found[Any]:
    return Found(words if value is None else value, (at(words),), "照文中的写法")


def article(organisation: int | None = None) -> ArticleFound:
    first = CaseFound(
        Passage(at("中共广州市越秀区").start, at("中共广州市海珠区").start),
        title=found("楼门议事 邻里和睦"),
        kind=Found("innovation"),
        leads=(
            BodyFound(
                "中共广州市越秀区委组织部",
                at("中共广州市越秀区委组织部"),
                organisation,
                kind="department",
                district="440104",
            ),
        ),
        district=Found("440104", (at("越秀区"),), "主办组织所在的区划"),
        sector=Found("urban-community"),
        themes=(Found("party-service"),),
        year=Found(2020),
        figures=(
            FigureFound(
                "覆盖党员",
                Decimal(23000),
                "名",
                at("超过2.3万名"),
                at("成立楼门议事会，党员带头认领事项，覆盖党员超过2.3万名。"),
                "over",
                2020,
            ),
        ),
        honours=(HonourFound("全市治理样本", at("入选“全市治理样本”"), "city", 2019),),
        paragraphs=(
            ParagraphFound(at("老楼道无人打理，居民多有怨言。"), "background"),
            ParagraphFound(at("成立楼门议事会，党员带头认领事项，覆盖党员超过2.3万名。"), "approach"),
            ParagraphFound(at("2019年，该做法入选“全市治理样本”。"), ""),
        ),
    )
    second = CaseFound(
        Passage(at("中共广州市海珠区").start, len(TEXT)),
        title=found("“新芽工程” 带出好队伍"),
        brand_name=found("新芽工程"),
        kind=Found("brand"),
        leads=(
            BodyFound(
                "中共广州市海珠区滨江街新芽企业党总支",
                at("中共广州市海珠区滨江街新芽企业党总支"),
                kind="general-branch",
                district="440105",
            ),
        ),
        district=Found(None, (at("海珠区"),), "文中写到两处", ("440105", "440104")),
        year=Found(2020),
        figures=(FigureFound("", Decimal(46), "场", at("46场"), at("新芽企业把党课搬到车间，一年里办了46场。")),),
        paragraphs=(ParagraphFound(at("新芽企业把党课搬到车间，一年里办了46场。"), "approach"),),
    )
    return ArticleFound(
        SourceFound(found("邻里同心榜 两个做法入选"), found("本地晚报"), Found("2020-11"), kind=Found("newspaper")),
        (first, second),
        ListFound(
            found("邻里同心榜"),
            None,
            Found(2020),
            Found("city"),
            funnel=(StageFound("征集", 160, at("超过160件"), "over"),),
        ),
        "单位、标题、正文",
    )


def make_article(user: Any, *, times: int = 1, **fields: Any) -> ArticleImport:
    """Return this article as it waits for its curator; `times` says how often each of its cases is told."""
    make_sector(slug="urban-community")
    make_theme(slug="party-service")
    body = make_organisation(district=make_district())
    make_district("440105")
    read = article(body.pk)
    read = ArticleFound(read.source, read.cases * times, read.award_list, read.shape)
    keys = Keys(
        dict(District.objects.values_list("code", "pk")),
        dict(Sector.objects.values_list("slug", "pk")),
        dict(Theme.objects.values_list("slug", "pk")),
    )
    given = {"title": "邻里同心榜 两个做法入选", "state": ArticleImport.State.REVIEWING} | fields
    return ArticleImport.objects.create(
        original=TEXT,
        text=TEXT,
        digest=digest_of_words(TEXT),
        title_digest=digest_of_words(given["title"]),
        proposals=proposed(read, TEXT, keys, {}),
        created_by=user,
        by_name=user.get_username(),
        **given,
    )
