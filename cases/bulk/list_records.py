"""Award lists as plain values, with their funnel and entries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models

from cases import search
from cases.bulk.names import Names, source_line
from cases.bulk.records import Records, State
from cases.models import AwardEntry, AwardList, FunnelStage, Source
from cases.models.qualifier import Qualifier

ENTRY = ("title", "organisations_as_announced", "rank", "tier", "note")


class ListRecords(Records):
    model = AwardList
    name, measure = "榜单", "份"
    columns = ("slug", "title", "year", "level", "series", "organiser", "order", "description", "how_made", "status")
    labels = {
        "slug": "网址代号",
        "title": "名称",
        "year": "年份",
        "level": "级别",
        "series": "系列",
        "organiser": "主办方",
        "order": "排列方式",
        "description": "说明",
        "how_made": "产生办法",
        "status": "状态",
        "funnel": "评选环节",
        "entries": "条目",
        "sources": "来源",
    }

    def all(self) -> models.QuerySet[Any]:
        return AwardList.objects.prefetch_related("funnel", "sources", "entries__organisations", "entries__case")

    def state(self, row: AwardList) -> State:
        return super().state(row) | {
            "funnel": [[stage.stage, stage.qualifier, stage.count] for stage in row.funnel.all()],
            "entries": [entry_state(entry) for entry in row.entries.all()],
            "sources": sorted(source.pk for source in row.sources.all()),
        }

    def create(self, values: Sequence[State], by: Any) -> list[AwardList]:
        made = []
        for state in values:
            own = {name: state[name] for name in self.columns if name in state and name != "organiser"}
            award = AwardList.objects.create(organiser_id=state.get("organiser"), created_by=by, **own)
            self._write_parts(award, state)
            made.append(award)
        return made

    def change(self, row: AwardList, values: State, by: Any, why: str) -> None:
        super().change(row, values, by, why)
        self._write_parts(row, values)

    def _write_parts(self, award: AwardList, state: State) -> None:
        if "sources" in state:
            award.sources.set(state["sources"])
        if "funnel" in state:
            award.funnel.all().delete()
            FunnelStage.objects.bulk_create(
                FunnelStage(award_list=award, position=place, stage=stage, qualifier=qualifier, count=count)
                for place, (stage, qualifier, count) in enumerate(state["funnel"])
            )
        if "entries" in state:
            self._write_entries(award, state["entries"])

    def _write_entries(self, award: AwardList, wanted: Sequence[State]) -> None:
        """All anew: nothing refers to an entry, and two may swap their ranks."""
        search.record(award.entries.values_list("case_id", flat=True))
        award.entries.all().delete()
        entries = [
            AwardEntry(
                award_list=award,
                position=place,
                district_id=entry["district"],
                case_id=entry["case"],
                **{name: entry[name] for name in ENTRY},
            )
            for place, entry in enumerate(wanted)
        ]
        AwardEntry.objects.bulk_create(entries, batch_size=500)
        through = AwardEntry.organisations.through
        through.objects.bulk_create(
            through(awardentry_id=row.pk, organisation_id=body)
            for row, entry in zip(entries, wanted, strict=True)
            for body in entry["organisations"]
        )

    def cases_showing(self, pks: Sequence[int]) -> list[int]:
        entries = AwardEntry.objects.filter(award_list__in=pks).exclude(case=None)
        return list(entries.values_list("case_id", flat=True))

    def shown(self, name: str, value: Any, names: Names) -> str:
        if name == "funnel":
            return "\n".join(map(funnel_line, value))
        if name == "entries":
            return "\n".join(entry_line(place, entry) for place, entry in enumerate(value, start=1))
        if name == "sources":
            return "\n".join(
                source_line(one["new"]) if isinstance(one, dict) else names.told(Source, one) for one in value
            )
        return super().shown(name, value, names)


def entry_state(entry: AwardEntry) -> State:
    return {name: getattr(entry, name) for name in ENTRY} | {
        "organisations": sorted(body.pk for body in entry.organisations.all()),
        "district": entry.district_id,
        "case": entry.case_id,
    }


def entry_line(place: int, entry: State) -> str:
    """One entry as exports write it in a cell."""
    standing = f"第 {entry['rank']} 名" if entry["rank"] else entry["tier"]
    return " ".join(filter(None, (f"{place}.", entry["title"], standing)))


def funnel_line(stage: Sequence[Any]) -> str:
    name, qualifier, count = stage
    return f"{name}：{Qualifier.write(qualifier, f'{count:,}', '件')}"
