"""What a case gives to every export, written down once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils import timezone

from cases.exports.asked import Asked, ExportRefused
from cases.exports.description import Absolute, Column, Detail, Export, Part, Subject, Told, now, number_of
from cases.exports.district import district_columns, place_as_data
from cases.filters import CaseFilter
from cases.models import AwardList, Case, Credit, Figure, Source
from cases.models.source import chinese_date


def _leads(case: Case, absolute: Absolute) -> str:
    return "、".join(credit.organisation.name for credit in case.credits.all() if credit.role == Credit.Role.LEAD)


def _others(case: Case, absolute: Absolute) -> str:
    others = (credit for credit in case.credits.all() if credit.role != Credit.Role.LEAD)
    return "、".join(f"{credit.organisation.name}（{credit.get_role_display()}）" for credit in others)


def _awards(case: Case, absolute: Absolute) -> list[str]:
    return [_award(entry.award_list, entry.standing) for entry in case.shown_awards]


def _award(award: AwardList, standing: str) -> str:
    year = "" if str(award.year) in award.title else f"{award.year}年"
    return " ".join(filter(None, (year, award.title, standing)))


def _sources(case: Case, absolute: Absolute) -> list[str]:
    return [citation.reference for citation in case.citations.all()]


def _corrections(case: Case, absolute: Absolute) -> list[str]:
    return [
        f"{chinese_date(one.date)}：{one.text}" + (f"（{one.reason}）" if one.reason else "")
        for one in case.corrections.all()
    ]


def _figures(case: Case, absolute: Absolute) -> list[str]:
    return [
        f"{figure.indicator}：{figure.label}" + (f"（{figure.year}年）" if figure.year else "")
        for figure in case.figures.all()
    ]


def _figure_rows(case: Case) -> Iterator[list[Any]]:
    for figure in case.figures.all():
        yield [
            figure.indicator,
            figure.get_qualifier_display(),
            number_of(figure.value),
            figure.unit,
            figure.year,
            str(figure.source or ""),
        ]


def _figures_told(case: Case) -> Iterator[list[str]]:
    for figure in case.figures.all():
        yield [figure.indicator, figure.label, f"{figure.year}年" if figure.year else ""]


def _source_rows(case: Case) -> Iterator[list[Any]]:
    for citation in case.citations.all():
        source = citation.source
        place = "，".join(filter(None, (source.page, citation.locator)))
        yield [source.publisher, source.title, source.authors, source.published_label, place, source.url]


def _sources_told(case: Case) -> Iterator[list[str]]:
    for citation in case.citations.all():
        yield [citation.reference]


FIGURES = Detail[Case](
    "成效数据",
    {"指标": 26, "限定词": 8, "数值": 14, "单位": 10, "年份": 7, "来源": 36},
    _figure_rows,
    ("指标", "数据", "年份"),
    _figures_told,
)
SOURCES = Detail[Case](
    "来源",
    {"发布者": 20, "来源标题": 40, "作者": 14, "发布日期": 14, "位置": 14, "来源网址": 36},
    _source_rows,
    ("来源",),
    _sources_told,
)

COLUMNS: list[Column[Case]] = [
    Column("number", "编号", 11, lambda case, absolute: case.number),
    Column("title", "标题", 36, lambda case, absolute: case.title, Part.HEADING),
    Column("kind", "类型", 10, lambda case, absolute: case.get_kind_display()),
    Column("brand_name", "品牌名称", 18, lambda case, absolute: case.brand_name),
    *district_columns(lambda case: case.district),
    Column("sector", "领域", 12, lambda case, absolute: str(case.sector or "")),
    Column("themes", "主题", 20, lambda case, absolute: "、".join(theme.name for theme in case.themes.all())),
    Column("year", "年度", 7, lambda case, absolute: case.year, keys=()),
    Column("start_year", "开始年份", 9, lambda case, absolute: case.start_year),
    Column("leads", "主办组织", 30, _leads, keys=("organisations",)),
    Column("others", "其他组织", 30, _others, keys=("organisations",)),
    Column("summary", "摘要", 50, lambda case, absolute: case.summary, Part.TEXT),
    Column("background", "背景与起因", 50, lambda case, absolute: case.background_text, Part.TEXT),
    Column("approach", "主要做法", 60, lambda case, absolute: case.approach_text, Part.TEXT),
    Column("results", "工作成效", 50, lambda case, absolute: case.results_text, Part.TEXT),
    Column("lessons", "经验启示", 40, lambda case, absolute: case.lessons_text, Part.TEXT),
    Column("figures", "成效数据", 40, _figures, Part.TABLE, FIGURES),
    Column("awards", "入选榜单", 36, _awards, Part.LIST),
    Column("sources", "来源", 40, _sources, Part.LIST, SOURCES),
    Column("corrections", "勘误", 30, _corrections, Part.LIST),
    Column(
        "published",
        "入库日期",
        13,
        lambda case, absolute: timezone.localdate(case.published_at) if case.published_at else None,
        keys=(),
    ),
    Column("url", "网址", 36, lambda case, absolute: absolute(case.get_absolute_url())),
]


def source_as_data(source: Source) -> dict[str, str]:
    return {name: getattr(source, name) for name in ("publisher", "title", "authors", "published", "page", "url")}


def figure_as_data(figure: Figure) -> dict[str, Any]:
    return {
        "indicator": figure.indicator,
        "value": number_of(figure.value),
        "qualifier": figure.get_qualifier_display(),
        "unit": figure.unit,
        "year": figure.year,
    }


def case_as_data(case: Case, absolute: Absolute) -> dict[str, Any]:
    """Return one case, prepared by `for_page()`, with plain text in its sections: the shape promised to programs."""
    return {
        "number": case.number,
        "title": case.title,
        "url": absolute(case.get_absolute_url()),
        "kind": case.get_kind_display(),
        "brand_name": case.brand_name,
        "district": place_as_data(case.district),
        "sector": case.sector.name if case.sector else None,
        "themes": [theme.name for theme in case.themes.all()],
        "start_year": case.start_year,
        "organisations": [{"name": c.organisation.name, "role": c.get_role_display()} for c in case.credits.all()],
        **{section: case.text_of(section) for section in Case.SECTIONS},
        "figures": [figure_as_data(figure) for figure in case.figures.all()],
        "sources": [source_as_data(citation.source) for citation in case.citations.all()],
        "awards": [
            {"list": e.award_list.title, "year": e.award_list.year, "rank": e.rank, "tier": e.tier or None}
            for e in case.shown_awards
        ],
        "corrections": [
            {"date": c.date.isoformat(), "text": c.text, "reason": c.reason} for c in case.corrections.all()
        ],
    }


CASES = Subject[Case]("案例", "个", "cases", COLUMNS, case_as_data, identity=("number", "title"))


def library_export(asked: Asked) -> Export[Case]:
    """Describe the file of all public cases with the licence: once where there is a head, else in every row."""
    browse = CaseFilter(QueryDict("sort=oldest"), Case.objects.visible_to(None))
    name, licence = settings.SITE["name"], settings.SITE["licence"]
    told = Told()
    of_row = Column[Case]("licence", "许可", 30, lambda case, absolute: f"{name}：{licence}", Part.ABSENT)
    return Export(
        title=f"{name}全库",
        stem="library",
        subject=CASES,
        rows=told.noting(browse.in_order()),
        told=told,
        count=len(browse.found),
        absolute=asked.absolute,
        columns=[*COLUMNS, of_row] if asked.form == "csv" else COLUMNS,
        head={
            "title": name,
            "url": asked.absolute("/"),
            "licence": licence,
            "exported_at": timezone.localtime().isoformat(timespec="seconds"),
        },
    )


def case_export(asked: Asked) -> Export[Case]:
    """Describe the file of the cases of a query, in the order of the page."""
    page = reverse("cases:list")
    browse = CaseFilter(asked.params, Case.objects.visible_to(asked.user), request=asked)
    if browse.errors_in_words:
        raise ExportRefused(browse.errors_in_words, page)
    told = Told()
    return Export(
        title="基层党建创新案例",
        stem="cases",
        subject=CASES,
        rows=told.noting(browse.in_order()),
        told=told,
        count=len(browse.found),
        absolute=asked.absolute,
        columns=asked.columns(COLUMNS, page),
        notes=[
            ("检索词", browse.words or "无"),
            ("筛选条件", "；".join(browse.conditions) or "全部案例"),
            ("排序", browse.SORTS[browse.order][0]),
            ("案例数", len(browse.found)),
            ("导出时间", now()),
            ("网址", asked.page(page)),
            *asked.licence,
        ],
    )


def one_case_export(asked: Asked) -> Export[Case]:
    """Describe the file of the case with the number that is asked for."""
    case = Case.objects.visible_to(asked.user).numbered([asked.key]).for_page().first()
    if case is None:
        raise Http404
    return Export(
        title=case.title,
        stem=case.number,
        subject=CASES,
        rows=[case],
        count=1,
        absolute=asked.absolute,
        columns=asked.columns(COLUMNS, case.get_absolute_url()),
        notes=[("导出时间", now()), *asked.licence],
    )
