"""What an award list gives to an export in which it is one of many: itself a row, its entries hanging on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cases.exports.award import entry_as_data, list_as_data
from cases.exports.description import Absolute, Column, Detail, Part, Subject
from cases.models import AwardEntry, AwardList


def _numbered(award: AwardList) -> Iterator[AwardEntry]:
    for place, entry in enumerate(award.entries.all(), start=1):
        entry.place = place
        yield entry


def _entry_rows(award: AwardList) -> Iterator[list[Any]]:
    for entry in _numbered(award):
        yield [
            entry.place,
            entry.rank,
            entry.tier,
            entry.title,
            entry.organisations_as_announced,
            entry.present_names,
            str(entry.district or ""),
            entry.shown_case.number if entry.shown_case else "",
            entry.note,
        ]


def _entries_told(award: AwardList) -> Iterator[list[str]]:
    for entry in _numbered(award):
        yield [str(entry.place), entry.title, entry.organisations_as_announced, entry.standing]


ENTRIES = Detail[AwardList](
    "条目",
    {
        "序号": 6,
        "名次": 6,
        "等次": 10,
        "公布的名称": 40,
        "公布的单位": 36,
        "单位现名": 36,
        "区划": 22,
        "案例编号": 11,
        "备注": 30,
    },
    _entry_rows,
    ("序号", "公布的名称", "公布的单位", "名次或等次"),
    _entries_told,
)


def _entry_lines(award: AwardList, absolute: Absolute) -> list[str]:
    return [" ".join(filter(None, (f"{entry.place}.", entry.title, entry.standing))) for entry in _numbered(award)]


COLUMNS: list[Column[AwardList]] = [
    Column("title", "名称", 40, lambda award, absolute: award.title, Part.HEADING),
    Column("year", "年份", 7, lambda award, absolute: award.year),
    Column("level", "级别", 8, lambda award, absolute: award.get_level_display()),
    Column("series", "系列", 20, lambda award, absolute: award.series),
    Column("organiser", "主办方", 30, lambda award, absolute: str(award.organiser or "")),
    Column("order", "排列方式", 10, lambda award, absolute: award.get_order_display()),
    Column("description", "说明", 50, lambda award, absolute: award.description, Part.TEXT),
    Column("how_made", "产生办法", 50, lambda award, absolute: award.how_made, Part.TEXT),
    Column(
        "funnel",
        "评选环节",
        20,
        lambda award, absolute: [f"{stage.stage}：{stage.count_label}" for stage in award.funnel.all()],
        Part.LIST,
    ),
    Column("entries", "条目", 50, _entry_lines, Part.TABLE, ENTRIES),
    Column(
        "sources",
        "来源",
        40,
        lambda award, absolute: [source.reference for source in award.sources.all()],
        Part.LIST,
    ),
    Column("url", "网址", 36, lambda award, absolute: absolute(award.get_absolute_url())),
]


def _as_data(award: AwardList, absolute: Absolute) -> dict[str, Any]:
    """Return one list, prepared by `for_export()`."""
    entries = [entry_as_data(entry, absolute) for entry in _numbered(award)]
    return list_as_data(award, absolute) | {"entries": entries}


LISTS = Subject[AwardList]("榜单", "份", "lists", COLUMNS, _as_data, identity=("title", "year"))
