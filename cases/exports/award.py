"""One award list as a file: its entries as announced, and how and by whom it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from openpyxl import Workbook

from cases.exports import csv, xlsx
from cases.exports.columns import Column
from cases.exports.json import cleaned_data, source_as_data
from cases.models import AwardEntry

if TYPE_CHECKING:
    from cases.filters import EntryFilter


def _case_number(entry: AwardEntry) -> str:
    return entry.shown_case.number if entry.shown_case else ""


def _case_url(entry: AwardEntry, request: HttpRequest) -> str:
    return request.build_absolute_uri(entry.shown_case.get_absolute_url()) if entry.shown_case else ""


COLUMNS: list[Column[AwardEntry]] = [
    Column("序号", 6, lambda entry, request: entry.place),
    Column("名次", 6, lambda entry, request: entry.rank),
    Column("等次", 10, lambda entry, request: entry.tier),
    Column("公布的名称", 40, lambda entry, request: entry.title),
    Column("公布的单位", 36, lambda entry, request: entry.organisations_as_announced),
    Column("单位现名", 36, lambda entry, request: entry.present_names),
    Column("区划代码", 11, lambda entry, request: entry.district.public_code if entry.district else ""),
    Column("区划", 22, lambda entry, request: str(entry.district or "")),
    Column("案例编号", 11, lambda entry, request: _case_number(entry)),
    Column("案例网址", 36, _case_url),
    Column("备注", 30, lambda entry, request: entry.note),
]


def write_award_csv(browse: EntryFilter, request: HttpRequest) -> HttpResponse:
    """Answer with the entries alone, columns as in the workbook."""
    rows = ([column.cell(entry, request) for column in COLUMNS] for entry in browse.found)
    return csv.answer([column.heading for column in COLUMNS], rows, f"{browse.award.slug}.csv")


def write_award_xlsx(browse: EntryFilter, request: HttpRequest) -> HttpResponse:
    """Answer with a workbook of two sheets: 榜单, 说明."""
    book = Workbook(write_only=True)
    sheet = xlsx.Sheet(book, "榜单", {column.heading: column.width for column in COLUMNS})
    for entry in browse.found:
        sheet.add([column.cell(entry, request) for column in COLUMNS])
    xlsx.add_notes(book, *_about(browse, request))
    return xlsx.answer(book, f"{browse.award.slug}.xlsx")


def _about(browse: EntryFilter, request: HttpRequest) -> list[tuple[str, Any]]:
    award = browse.award
    return [
        ("榜单", award.title),
        ("年份", award.year),
        ("级别", award.get_level_display()),
        ("主办方", str(award.organiser or "")),
        ("排列方式", award.get_order_display()),
        ("说明", award.description),
        ("产生办法", award.how_made),
        *((stage.stage, stage.count_label) for stage in award.funnel.all()),
        *(("来源", source.reference) for source in award.sources.all()),
        ("筛选条件", "；".join(choice.label for choice in browse.chosen) or "全部条目"),
        ("条目数", len(browse.found)),
        ("网址", request.build_absolute_uri(award.get_absolute_url())),
        ("导出时间", xlsx.now()),
        ("出处", xlsx.LIBRARY),
        ("使用说明", "名称和单位以公布时为准；引用时请注明来源"),
    ]


def write_award_json(browse: EntryFilter, request: HttpRequest) -> JsonResponse:
    """Answer with the list's own data and its `entries`."""
    award = browse.award
    data = {
        "title": award.title,
        "url": request.build_absolute_uri(award.get_absolute_url()),
        "year": award.year,
        "level": award.get_level_display(),
        "organiser": award.organiser.name if award.organiser else None,
        "order": award.get_order_display(),
        "series": award.series or None,
        "description": award.description,
        "how_made": award.how_made,
        "funnel": [
            {"stage": stage.stage, "qualifier": stage.get_qualifier_display(), "count": stage.count}
            for stage in award.funnel.all()
        ],
        "sources": [source_as_data(source) for source in award.sources.all()],
        "count": len(browse.found),
        "entries": [_entry_as_data(entry, request) for entry in browse.found],
    }
    return JsonResponse(cleaned_data(data), json_dumps_params={"ensure_ascii": False, "indent": 1})


def _entry_as_data(entry: AwardEntry, request: HttpRequest) -> dict[str, Any]:
    place, case = entry.district, entry.shown_case
    return {
        "place": entry.place,
        "rank": entry.rank,
        "tier": entry.tier or None,
        "title": entry.title,
        "organisations_as_announced": entry.organisations_as_announced,
        "organisations": [body.name for body in entry.organisations.all()],
        "district": {"code": place.public_code, "name": place.name} if place else None,
        "case": {"number": case.number, "url": _case_url(entry, request)} if case else None,
        "note": entry.note,
    }
