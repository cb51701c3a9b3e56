"""Cases as plain values, with their credits, figures, sources and themes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from cases.bulk.names import Names, source_line
from cases.bulk.records import BATCH, Records, State
from cases.models import Case, CaseVersion, Citation, Credit, Figure, IssuedNumber, StatusChange
from cases.models.qualifier import Qualifier, plain_number
from cases.models.source import Source
from cases.rich_text import plain_text
from cases.scheduling import at_its_time

FIGURE = ("indicator", "qualifier", "value", "unit", "year", "source", "as_printed", "evidence")


class CaseRecords(Records):
    model = Case
    name, measure = "案例", "个"
    columns = (
        "title",
        "brand_name",
        "kind",
        "year",
        "start_year",
        "district",
        "sector",
        "part_of",
        *Case.SECTIONS,
        "status",
        "published_at",
        "publish_at",
        "scheduled_by",
    )
    labels = {
        "title": "标题",
        "brand_name": "品牌名称",
        "kind": "类型",
        "year": "年度",
        "start_year": "开始年份",
        "district": "区划",
        "sector": "领域",
        "themes": "主题",
        "part_of": "所属案例",
        "credits": "署名",
        "summary": "摘要",
        "background": "背景与起因",
        "approach": "主要做法",
        "results": "工作成效",
        "lessons": "经验启示",
        "figures": "成效数据",
        "citations": "来源",
        "status": "状态",
        "published_at": "发布时间",
        "publish_at": "定时发布",
    }

    def all(self) -> models.QuerySet[Any]:
        # Sources are read here, too, so that a line of a file can be compared with what it was written from.
        return Case.objects.prefetch_related("themes", "credits", "figures", "citations__source")

    def state(self, row: Case) -> State:
        return super().state(row) | {
            "themes": sorted(theme.pk for theme in row.themes.all()),
            "credits": [[credit.organisation_id, credit.role] for credit in row.credits.all()],
            "figures": [figure_state(figure) for figure in row.figures.all()],
            "citations": [[citation.source_id, citation.locator] for citation in row.citations.all()],
        }

    def create(self, values: Sequence[State], by: Any) -> list[Case]:
        numbers = _issue([state["year"] for state in values])
        cases = [
            Case(
                number=number, created_by=by, **{_attname(name): state[name] for name in self.columns if name in state}
            )
            for number, state in zip(numbers, values, strict=True)
        ]
        Case.objects.bulk_create(cases, batch_size=200)
        pairs = list(zip(cases, values, strict=True))
        through = Case.themes.through
        through.objects.bulk_create(
            [through(case_id=case.pk, theme_id=theme) for case, state in pairs for theme in state.get("themes", ())],
            batch_size=500,
        )
        for part in (self._credits, self._figures, self._citations):
            rows: list[Any] = [row for case, state in pairs for row in part(case, state)]
            if rows:
                type(rows[0])._default_manager.bulk_create(rows, batch_size=500)
        return cases

    def change(self, row: Case, values: State, by: Any, why: str) -> None:
        values = _still_to_come(values)
        super().change(row, values, by, why)
        if "themes" in values:
            row.themes.set(values["themes"])
        if "credits" in values:
            _replace(row.credits.all(), self._credits(row, values), ("organisation_id", "role"))
        if "figures" in values:
            _replace(row.figures.all(), self._figures(row, values), ("indicator", "unit", "year", "value"))
        if "citations" in values:
            _replace(row.citations.all(), self._citations(row, values), ("source_id",))
        if values.get("status", row.status) != row.status:
            StatusChange.objects.create(case=row, before=row.status, after=values["status"], by=by, reason=why[:500])
        if at := values.get("publish_at"):
            at_its_time(at)

    def _credits(self, case: Case, state: State) -> list[Credit]:
        pairs = state.get("credits", ())
        return [
            Credit(case=case, organisation_id=body, role=role, position=place)
            for place, (body, role) in enumerate(pairs)
        ]

    def _figures(self, case: Case, state: State) -> list[Figure]:
        return [
            Figure(
                case=case,
                position=place,
                source_id=figure["source"],
                value=Decimal(figure["value"]),
                # What a step of before kept has no evidence.
                **{name: figure.get(name, "") for name in FIGURE if name not in {"source", "value"}},
            )
            for place, figure in enumerate(state.get("figures", ()))
        ]

    def _citations(self, case: Case, state: State) -> list[Citation]:
        pairs = state.get("citations", ())
        return [
            Citation(case=case, source_id=source, locator=locator, position=place)
            for place, (source, locator) in enumerate(pairs)
        ]

    def stamp(self, row: Case) -> str:
        """Whatever changes a case takes a version."""
        return str(row.version)

    def stamps(self, pks: Iterable[int]) -> dict[int, str]:
        wanted, found = list(pks), {}
        for start in range(0, len(wanted), BATCH):
            versions = Case.objects.filter(pk__in=wanted[start : start + BATCH]).order_by()
            found.update({pk: str(version) for pk, version in versions.values_list("pk", "version")})
        return found

    def begin(self, pks: Sequence[int]) -> None:
        CaseVersion.objects.begin_many(pks)

    def keep(self, pks: Sequence[int], by: Any, why: str) -> None:
        CaseVersion.objects.record_many(pks, by=by, why=why)

    def remove(self, pks: Sequence[int]) -> None:
        typed = Case.objects.filter(pk__in=pks, working_copies__isnull=False).order_by("number").distinct()
        if being_edited := "、".join(case.number for case in typed[:5]):
            raise ValidationError(f"有人正在改这一步新增的案例，还没有保存：{being_edited}。请等他们保存或丢弃")
        super().remove(pks)

    def cases_showing(self, pks: Sequence[int]) -> list[int]:
        return list(pks)

    def shown(self, name: str, value: Any, names: Names) -> str:
        if name == "themes":
            told = {pk: word for word, pk in names.themes.items()}
            return "、".join(told.get(pk, "") for pk in value)
        if name == "credits":
            return "、".join(
                f"{names.organisations.get(body, '（其他管辖范围的组织）')}（{Credit.Role(role).label}）"
                for body, role in value
            )
        if name == "figures":
            return "\n".join(map(figure_line, value))
        if name == "citations":
            return "\n".join(
                source_line(source["new"]) if isinstance(source, dict) else names.told(Source, source)
                for source, _ in value
            )
        if name in Case.SECTIONS[1:]:
            return plain_text(value or "")
        if name in {"published_at", "publish_at"} and value:
            return f"{timezone.localtime(_moment(value)):%Y-%m-%d %H:%M}"
        return super().shown(name, value, names)


def _still_to_come(values: State) -> State:
    """Without a time for publication that went by meanwhile: nobody expects it any more."""
    if not values.get("publish_at"):
        return values
    at = _moment(values["publish_at"])
    return values | ({"publish_at": at} if at > timezone.now() else {"publish_at": None, "scheduled_by": None})


def _moment(value: Any) -> datetime:
    """A time as a state has it, or as it comes back from JSON."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def figure_state(figure: Figure) -> dict[str, Any]:
    return {
        "indicator": figure.indicator,
        "qualifier": figure.qualifier,
        "value": format(figure.value.normalize(), "f"),
        "unit": figure.unit,
        "year": figure.year,
        "source": figure.source_id,
        "as_printed": figure.as_printed,
        "evidence": figure.evidence,
    }


def figure_line(figure: dict[str, Any]) -> str:
    """One figure as exports write it in a cell."""
    label = Qualifier.write(figure["qualifier"], plain_number(Decimal(figure["value"])), figure["unit"])
    return f"{figure['indicator']}：{label}" + (f"（{figure['year']}年）" if figure["year"] else "")


def _issue(years: Iterable[int]) -> list[str]:
    """Give out a number for each of these years, as many as there are in two queries."""
    wanted = list(years)
    last: dict[int, int] = defaultdict(int)
    found = IssuedNumber.objects.filter(year__in=set(wanted)).values_list("year")
    last.update(found.annotate(models.Max("serial")).order_by())
    issued = []
    for year in wanted:
        last[year] += 1
        issued.append(IssuedNumber(year=year, serial=last[year], issued_at=timezone.now()))
    IssuedNumber.objects.bulk_create(issued, batch_size=500)
    return [str(number) for number in issued]


def _attname(name: str) -> str:
    return str(Case._meta.get_field(name).attname)  # type: ignore[union-attr]


def _replace(stored: Iterable[Any], wanted: Sequence[Any], key: tuple[str, ...]) -> None:
    """Bring rows to a wanted state: new ones first, lest a published case is ever without its lead or source."""
    known = {tuple(getattr(row, name) for name in key): row for row in stored}
    fresh = []
    for row in wanted:
        same = known.pop(tuple(getattr(row, name) for name in key), None)
        if same is None:
            fresh.append(row)
            continue
        row.pk, row._state.adding = same.pk, False
        if any(
            getattr(row, field.attname) != getattr(same, field.attname) for field in type(row)._meta.concrete_fields
        ):
            row.save()
    if fresh:
        type(fresh[0])._default_manager.bulk_create(fresh)
    for row in known.values():
        row.delete()
