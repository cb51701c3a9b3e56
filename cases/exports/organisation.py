"""What an organisation gives to every export."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from cases.exports.asked import Asked, ExportRefused
from cases.exports.description import Absolute, Column, Export, Part, Subject, now
from cases.exports.district import district_columns, place_as_data
from cases.filters import OrganisationFilter
from cases.models import Organisation


def _superior(body: Organisation, absolute: Absolute) -> str:
    return body.shown_parent.name if body.shown_parent else ""


COLUMNS: list[Column[Organisation]] = [
    Column("name", "名称", 36, lambda body, absolute: body.name, keys=("id", "name")),
    Column("short_name", "简称", 18, lambda body, absolute: body.short_name),
    Column("kind", "类别", 10, lambda body, absolute: body.get_kind_display()),
    Column("former_names", "曾用名", 30, lambda body, absolute: body.earlier_names),
    Column("superior", "上级组织", 36, _superior),
    *district_columns(lambda body: body.district, "所在区划"),
    Column("cases", "已发布案例数", 13, lambda body, absolute: body.case_count, keys=("case_count",)),
    Column("url", "网址", 36, lambda body, absolute: absolute(body.get_absolute_url()), Part.ABSENT),
]


def organisation_as_data(body: Organisation, absolute: Absolute) -> dict[str, Any]:
    """Return one organisation, prepared by `for_export()`."""
    return {
        "id": body.pk,
        "name": body.name,
        "short_name": body.short_name,
        "kind": body.get_kind_display(),
        "district": place_as_data(body.district),
        "former_names": body.earlier_names,
        "superior": _superior(body, absolute) or None,
        "case_count": body.case_count,
        "url": absolute(body.get_absolute_url()),
    }


ORGANISATIONS = Subject[Organisation]("组织", "个", "organisations", COLUMNS, organisation_as_data, identity=("name",))


def organisation_export(asked: Asked) -> Export[Organisation]:
    """Describe the file of the organisations of a list, in its order."""
    page = reverse("cases:organisations")
    browse = OrganisationFilter(asked.params, Organisation.objects.visible_to(asked.user), request=asked)
    if browse.errors_in_words:
        raise ExportRefused(browse.errors_in_words, page)
    found = list(browse.found.for_export(Organisation.objects.visible_to(asked.user)))
    return Export(
        title="组织名录",
        stem="organisations",
        subject=ORGANISATIONS,
        rows=found,
        count=len(found),
        absolute=asked.absolute,
        columns=asked.columns(COLUMNS, page),
        notes=[
            ("筛选条件", "；".join(browse.conditions) or "全部组织"),
            ("组织数", len(found)),
            ("导出时间", now()),
            ("网址", asked.page(page)),
            *asked.licence,
        ],
    )
