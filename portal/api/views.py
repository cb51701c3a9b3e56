"""The answers of the API. Nobody is signed in here: everybody gets what the public may see."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.shortcuts import get_object_or_404
from drf_spectacular.generators import SchemaGenerator
from rest_framework.decorators import api_view, content_negotiation_class, renderer_classes
from rest_framework.request import Request
from rest_framework.response import Response

from cases.district_counts import DistrictCounts
from cases.duplicates.redirecting import follows_merged_case, follows_merged_organisation
from cases.exports.asked import Asked
from cases.exports.award import award_export
from cases.exports.case import case_as_data
from cases.exports.json import cleaned_data
from cases.exports.organisation import organisation_as_data
from cases.filters import AwardFilter, CaseFilter, EntryFilter, OrganisationFilter
from cases.models import AwardList, Case, Organisation, Sector, Theme
from districts.models import District, compact_code
from portal.api import data
from portal.api.asking import PAGING, Paging, check, check_names
from portal.api.description import described
from portal.api.filters import DistrictListFilter
from portal.api.pages import OpenApiJSON, OpenApiYAML, Page
from portal.api.rendering import JSON, ByFormat

PUBLIC = AnonymousUser()
METHODS = ["GET", "HEAD"]


@described("index")
@api_view(METHODS)
@renderer_classes([JSON, Page])
def index(request: Request) -> Response:
    check_names(request)
    return Response(
        {
            "title": settings.SITE["name"],
            "licence": settings.SITE["licence"],
            "cases": Case.objects.visible_to(PUBLIC).count(),
            "addresses": data.addresses(request.build_absolute_uri),
        }
    )


@described("schema")
@api_view(METHODS)
@renderer_classes([OpenApiJSON, OpenApiYAML])
@content_negotiation_class(ByFormat)
def schema(request: Request) -> Response:
    check_names(request, "format")
    return Response(SchemaGenerator().get_schema(public=True))


@described("cases")
@api_view(METHODS)
def case_list(request: Request) -> Response:
    browse = CaseFilter(request.query_params, Case.objects.visible_to(PUBLIC), request=request)
    check(browse, request, *PAGING)
    paging = Paging.of(request, len(browse.found))
    rows = [_case(case, request) for case in browse.part(paging.part)]
    return Response(paging.answer(rows, certain=browse.certain))


@described("case")
@api_view(METHODS)
@follows_merged_case(user=PUBLIC)
def case_detail(request: Request, number: str) -> Response:
    check_names(request)
    return Response(_case(get_object_or_404(Case.objects.visible_to(PUBLIC).for_page(), number=number), request))


def _case(case: Case, request: Request) -> Any:
    return cleaned_data(case_as_data(case, request.build_absolute_uri))


@described("organisations")
@api_view(METHODS)
def organisation_list(request: Request) -> Response:
    browse = OrganisationFilter(request.query_params, Organisation.objects.visible_to(PUBLIC), request=request)
    check(browse, request, *PAGING)
    paging = Paging.of(request, browse.found.count())
    found = browse.found.for_export(Organisation.objects.visible_to(PUBLIC))
    rows = [_organisation(body, request) for body in found[paging.part]]
    return Response(paging.answer(rows))


@described("organisation")
@api_view(METHODS)
@follows_merged_organisation(user=PUBLIC)
def organisation_detail(request: Request, pk: int) -> Response:
    check_names(request)
    visible = Organisation.objects.visible_to(PUBLIC)
    body = get_object_or_404(visible.with_case_counts(PUBLIC).for_export(visible), pk=pk)
    return Response(_organisation(body, request))


def _organisation(body: Organisation, request: Request) -> Any:
    return cleaned_data(organisation_as_data(body, request.build_absolute_uri))


def _district_counts() -> DistrictCounts:
    return DistrictCounts(Case.objects.visible_to(PUBLIC).count_by_district())


@described("districts")
@api_view(METHODS)
def district_list(request: Request) -> Response:
    browse = DistrictListFilter(request.query_params, District.objects.visible_to(PUBLIC).places(), request=request)
    check(browse, request, *PAGING)
    paging, counts = Paging.of(request, browse.found.count()), _district_counts()
    rows = [data.district_as_data(place, counts, request.build_absolute_uri) for place in browse.found[paging.part]]
    return Response(paging.answer(rows))


@described("district")
@api_view(METHODS)
def district_detail(request: Request, code: str) -> Response:
    check_names(request)
    place = get_object_or_404(District.objects.visible_to(PUBLIC).places(), code=compact_code(code))
    return Response(data.district_as_data(place, _district_counts(), request.build_absolute_uri))


@described("awards")
@api_view(METHODS)
def award_list(request: Request) -> Response:
    browse = AwardFilter(request.query_params, AwardList.objects.visible_to(PUBLIC), request=request)
    check(browse, request, *PAGING)
    paging = Paging.of(request, browse.found.count())
    rows = [data.award_in_brief(award, request.build_absolute_uri) for award in browse.found[paging.part]]
    return Response(paging.answer(rows))


@described("award")
@api_view(METHODS)
def award_detail(request: Request, slug: str) -> Response:
    award = get_object_or_404(AwardList.objects.visible_to(PUBLIC).for_page(), slug=slug)
    browse = EntryFilter(request.query_params, award, request=request)
    check(browse, request)
    export = award_export(replace(Asked.by(request, "award", "json", slug), user=PUBLIC))
    entries = [export.data(entry) for entry in export.rows]
    return Response(cleaned_data({**export.head, "count": export.count, "entries": entries}))


@described("sectors")
@api_view(METHODS)
def sector_list(request: Request) -> Response:
    return _vocabulary(request, Sector)


@described("themes")
@api_view(METHODS)
def theme_list(request: Request) -> Response:
    return _vocabulary(request, Theme)


def _vocabulary(request: Request, model: type[Sector] | type[Theme]) -> Response:
    check_names(request, *PAGING)
    counted: Any = model.objects.visible_to(PUBLIC).with_case_counts(Case.objects.visible_to(PUBLIC))
    words = list(model.objects.visible_to(PUBLIC))
    paging = Paging.of(request, len(words))
    counts = dict(counted.values_list("pk", "case_count"))
    return Response(paging.answer(data.vocabulary_as_data(words[paging.part], counts)))


@described("vocabulary")
@api_view(METHODS)
def vocabulary(request: Request) -> Response:
    check_names(request)
    return Response(data.choices_as_data())


@described("statistics")
@api_view(METHODS)
def statistics(request: Request) -> Response:
    browse = CaseFilter(request.query_params, Case.objects.visible_to(PUBLIC), request=request)
    check(browse, request)
    return Response(data.counts_as_data(browse))
