"""The cases as data, in the shape that is promised to programs."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, JsonResponse

from cases.exports.columns import cleaned
from cases.models import Case, Source

if TYPE_CHECKING:
    from cases.filters import CaseFilter


def number_of(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def cleaned_data(value: Any) -> Any:
    """Clean every text of a nested structure."""
    if isinstance(value, str):
        return cleaned(value)
    if isinstance(value, list):
        return [cleaned_data(one) for one in value]
    if isinstance(value, dict):
        return {name: cleaned_data(one) for name, one in value.items()}
    return value


def source_as_data(source: Source) -> dict[str, str]:
    return {name: getattr(source, name) for name in ("publisher", "title", "authors", "published", "page", "url")}


def case_as_data(case: Case, request: HttpRequest) -> dict[str, Any]:
    """Return one case, prepared by `for_page()`, with plain text in its sections."""
    return {
        "number": case.number,
        "title": case.title,
        "url": request.build_absolute_uri(case.get_absolute_url()),
        "kind": case.get_kind_display(),
        "brand_name": case.brand_name,
        "district": {"code": case.district.public_code, "name": case.district.name} if case.district else None,
        "sector": case.sector.name if case.sector else None,
        "themes": [theme.name for theme in case.themes.all()],
        "start_year": case.start_year,
        "organisations": [{"name": c.organisation.name, "role": c.get_role_display()} for c in case.credits.all()],
        **{section: getattr(case, section) for section in Case.SECTIONS},
        "figures": [
            {
                "indicator": figure.indicator,
                "value": number_of(figure.value),
                "qualifier": figure.get_qualifier_display(),
                "unit": figure.unit,
                "year": figure.year,
            }
            for figure in case.figures.all()
        ],
        "sources": [source_as_data(citation.source) for citation in case.citations.all()],
        "awards": [
            {"list": e.award_list.title, "year": e.award_list.year, "rank": e.rank, "tier": e.tier or None}
            for e in case.shown_awards
        ],
        "corrections": [
            {"date": c.date.isoformat(), "text": c.text, "reason": c.reason} for c in case.corrections.all()
        ],
    }


def write_json(browse: CaseFilter, request: HttpRequest) -> JsonResponse:
    """Answer with `{"count": n, "cases": […]}`."""
    cases = [cleaned_data(case_as_data(case, request)) for case in browse.in_order()]
    data = {"count": len(cases), "cases": cases}
    return JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 1})
