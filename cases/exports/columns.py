"""What a case gives to every export, written down once."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.http import HttpRequest

from cases.models import Case, Credit

# Control characters that no spreadsheet or XML can hold, and halves of surrogate pairs.
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def cleaned(text: str) -> str:
    """Return the text without characters that files cannot hold."""
    return UNWRITABLE.sub("", text)


Row = TypeVar("Row")


@dataclass(frozen=True)
class Column(Generic[Row]):
    """A heading, a width in characters, and how to get the cell from a row, say a case prepared by `for_page()`."""

    heading: str
    width: int
    cell: Callable[[Row, HttpRequest], Any]


def _names(case: Case, *, lead: bool) -> str:
    return "、".join(
        credit.organisation.name if lead else f"{credit.organisation.name}（{credit.get_role_display()}）"
        for credit in case.credits.all()
        if (credit.role == Credit.Role.LEAD) == lead
    )


def _awards(case: Case) -> str:
    return "\n".join(
        f"{entry.award_list.year}年 {entry.award_list.title} {entry.standing}".strip() for entry in case.shown_awards
    )


def _sources(case: Case) -> str:
    return "\n".join(citation.source.reference for citation in case.citations.all())


def _figures(case: Case) -> str:
    return "\n".join(
        f"{figure.indicator}：{figure.label}" + (f"（{figure.year}年）" if figure.year else "")
        for figure in case.figures.all()
    )


COLUMNS: list[Column[Case]] = [
    Column("编号", 11, lambda case, request: case.number),
    Column("标题", 36, lambda case, request: case.title),
    Column("类型", 10, lambda case, request: case.get_kind_display()),
    Column("品牌名称", 18, lambda case, request: case.brand_name),
    Column("区划代码", 11, lambda case, request: case.district.public_code if case.district else ""),
    Column("区划", 22, lambda case, request: str(case.district or "")),
    Column("领域", 12, lambda case, request: str(case.sector or "")),
    Column("主题", 20, lambda case, request: "、".join(theme.name for theme in case.themes.all())),
    Column("年度", 7, lambda case, request: case.year),
    Column("开始年份", 9, lambda case, request: case.start_year),
    Column("主办组织", 30, lambda case, request: _names(case, lead=True)),
    Column("其他组织", 30, lambda case, request: _names(case, lead=False)),
    Column("摘要", 50, lambda case, request: case.summary),
    Column("背景与起因", 50, lambda case, request: case.background),
    Column("主要做法", 60, lambda case, request: case.approach),
    Column("工作成效", 50, lambda case, request: case.results),
    Column("经验启示", 40, lambda case, request: case.lessons),
    Column("成效数据", 40, lambda case, request: _figures(case)),
    Column("入选榜单", 36, lambda case, request: _awards(case)),
    Column("来源", 40, lambda case, request: _sources(case)),
    Column("网址", 36, lambda case, request: request.build_absolute_uri(case.get_absolute_url())),
]
