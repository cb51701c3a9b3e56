"""From the checked forms of an article to what is to be made."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

from cases.admin.article_forms import CaseForms
from cases.admin.article_pages import Overview
from cases.articles.found import Passage
from cases.articles.proposals import SECTIONS
from cases.articles.taking import Body, Honour, Taken, TakenCase, TakenList
from cases.models import AwardList, Organisation

FIGURE = ("indicator", "qualifier", "unit", "year")
SOURCE = ("kind", "title", "publisher", "published", "authors", "page", "url")


def taken_from(overview: Overview) -> Taken:
    """Raise ValidationError naming new organisations that the library has already."""
    cases = [_case(one, overview) for one in overview.kept]
    fresh = {body.name for case in cases for body in case.leads if body.organisation is None}
    if there := sorted(Organisation.objects.filter(name__in=fresh).values_list("name", flat=True)):
        raise ValidationError(f"库里已有这些组织，请选库里的：{'、'.join(there)}。选不到的请联系管理员")
    source = overview.source_form.cleaned_data
    known = source["existing"]
    return Taken(
        source=known.pk if known else {name: source[name] for name in SOURCE},
        cases=cases,
        award_list=_award_list(overview) if overview.proposals["list"]["take"] else None,
    )


def _award_list(overview: Overview) -> TakenList:
    data = overview.list_form.cleaned_data
    values = {name: data[name] for name in ("title", "year", "level")}
    values["order"] = data["order"] or AwardList.Order.UNORDERED.value
    values["organiser"] = data["organiser"].pk if data["organiser"] else None
    funnel = [
        [stage.cleaned_data["stage"], stage.cleaned_data["qualifier"], stage.cleaned_data["count"]]
        for stage in overview.stages
        if stage.kept["take"]
    ]
    return TakenList(values, funnel)


def _case(forms: CaseForms, overview: Overview) -> TakenCase:
    data, kept = forms.form.cleaned_data, forms.case
    leads = [one for one in forms.rows["leads"] if one.kept["take"]]
    return TakenCase(
        values={
            "title": data["title"],
            "brand_name": data["brand_name"],
            "kind": data["kind"],
            "year": data["year"],
            "start_year": data["start_year"],
            "district": data["district"].pk if data["district"] else None,
            "sector": int(data["sector"]) if data["sector"] else None,
            "themes": [int(key) for key in data["themes"]],
            "summary": "",
        },
        leads=[_body(one.cleaned_data) for one in leads],
        tier=kept.get("tier", ""),
        announced="、".join(filter(None, (one.kept.get("announced", "") for one in leads))),
        figures=[_figure(one) for one in forms.rows["figures"] if one.kept["take"]],
        honours=[_honour(one.cleaned_data) for one in forms.rows["honours"] if one.kept["act"]],
        sections=_sections(kept, overview.article.text),
    )


def _body(data: dict[str, Any]) -> Body:
    if data["organisation"]:
        return Body(data["organisation"].pk)
    return Body(None, data["name"], data["kind"], data["district"].pk if data["district"] else None)


def _figure(form: Any) -> dict[str, Any]:
    data = form.cleaned_data
    printed = {"as_printed": form.kept.get("as_printed", "")[:100], "evidence": form.kept.get("evidence", "")}
    return {name: data[name] for name in FIGURE} | {"value": format(data["value"], "f")} | printed


def _honour(data: dict[str, Any]) -> Honour:
    known = data["award_list"].pk if data["act"] == "existing" else None
    return Honour(known, data["name"], data["year"], data["level"], data["tier"])


def _sections(case: Any, text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {name: [] for name in SECTIONS}
    for row in case["paragraphs"]:
        if row["section"] in found:
            found[row["section"]] += [Passage(*at).of(text) for at in row["at"]]
    return {name: paragraphs for name, paragraphs in found.items() if paragraphs}
