"""What an award list gives to every export: its entries as announced, and how and by whom it was made."""

from __future__ import annotations

from typing import Any

from django.http import Http404

from cases.exports.asked import Asked, ExportRefused
from cases.exports.case import source_as_data
from cases.exports.description import Absolute, Column, Export, Note, Part, Subject, Told, now
from cases.exports.district import district_columns, place_as_data
from cases.filters import EntryFilter
from cases.models import AwardEntry, AwardList


def _case_number(entry: AwardEntry, absolute: Absolute) -> str:
    return entry.shown_case.number if entry.shown_case else ""


def _case_url(entry: AwardEntry, absolute: Absolute) -> str:
    return absolute(entry.shown_case.get_absolute_url()) if entry.shown_case else ""


COLUMNS: list[Column[AwardEntry]] = [
    Column("place", "序号", 6, lambda entry, absolute: entry.place),
    Column("rank", "名次", 6, lambda entry, absolute: entry.rank),
    Column("tier", "等次", 10, lambda entry, absolute: entry.tier),
    Column("title", "公布的名称", 40, lambda entry, absolute: entry.title),
    Column(
        "announced",
        "公布的单位",
        36,
        lambda entry, absolute: entry.organisations_as_announced,
        keys=("organisations_as_announced",),
    ),
    Column("organisations", "单位现名", 36, lambda entry, absolute: entry.present_names),
    *district_columns(lambda entry: entry.district),
    Column("case", "案例编号", 11, _case_number),
    Column("case_url", "案例网址", 36, _case_url, Part.ABSENT, keys=("case",)),
    Column("note", "备注", 30, lambda entry, absolute: entry.note),
]


def entry_as_data(entry: AwardEntry, absolute: Absolute) -> dict[str, Any]:
    case = entry.shown_case
    return {
        "place": entry.place,
        "rank": entry.rank,
        "tier": entry.tier or None,
        "title": entry.title,
        "organisations_as_announced": entry.organisations_as_announced,
        "organisations": [body.name for body in entry.organisations.all()],
        "district": place_as_data(entry.district),
        "case": {"number": case.number, "url": _case_url(entry, absolute)} if case else None,
        "note": entry.note,
    }


ENTRIES = Subject[AwardEntry]("榜单", "条", "entries", COLUMNS, entry_as_data)


def award_export(asked: Asked) -> Export[AwardEntry]:
    """Describe the file of a list's entries that match, with what is known of the list itself."""
    award = AwardList.objects.visible_to(asked.user).for_page().filter(slug=asked.key).first()
    if award is None:
        raise Http404
    browse = EntryFilter(asked.params, award, request=asked)
    if browse.errors_in_words:
        raise ExportRefused(browse.errors_in_words, award.get_absolute_url())
    return Export(
        title=award.title,
        stem=award.slug,
        subject=ENTRIES,
        rows=browse.found,
        count=len(browse.found),
        absolute=asked.absolute,
        columns=asked.columns(COLUMNS, award.get_absolute_url()),
        notes=[*_about(browse, asked), *asked.licence],
        head=list_as_data(award, asked.absolute),
        told=Told({entry.shown_case.pk for entry in browse.found if entry.shown_case}, {award.pk}),
    )


def _about(browse: EntryFilter, asked: Asked) -> list[Note]:
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
        ("网址", asked.page(award.get_absolute_url())),
        ("导出时间", now()),
        ("使用说明", "名称和单位以公布时为准"),
    ]


def list_as_data(award: AwardList, absolute: Absolute) -> dict[str, Any]:
    """Return what is known of a list, without its entries."""
    return {
        "title": award.title,
        "url": absolute(award.get_absolute_url()),
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
    }
