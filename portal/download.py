"""The whole library to take away, and what programs can read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases.exports.case import COLUMNS
from cases.models import Case
from cases.models.case_queryset import CaseQuerySet
from cases.throttle import rate_of
from portal.api.serializers import Case as CaseShape


@dataclass(frozen=True)
class Field:
    """A column of the table with the keys of the data that go with it, and what they hold."""

    heading: str
    keys: str
    told: str


def fields() -> Iterator[Field]:
    """What both files have, from the exporter's columns and the API's description."""
    told = {name: str(one.help_text) for name, one in CaseShape().fields.items()}
    for column in COLUMNS:
        keys = column.data_keys
        said = [told[key] for key in keys if told.get(key, column.heading) != column.heading]
        yield Field(column.heading, "、".join(keys), "；".join(said))


def last_change(cases: CaseQuerySet) -> datetime | None:
    known: dict[str, Any] = cases.aggregate(Max("updated_at"), Max("published_at"))
    return max(filter(None, known.values()), default=None)


def citation(changed: datetime | None, address: str) -> str:
    """The library as GB/T 7714—2015 cites a database that is online."""
    name, owner = settings.SITE["name"], settings.SITE["owner"]
    day = f"({timezone.localdate(changed).isoformat()})" if changed else ""
    today = timezone.localdate().isoformat()
    return f"{owner + '. ' if owner else ''}{name}[DB/OL]. {day}[{today}]. {address}."


@require_safe
def download(request: HttpRequest) -> HttpResponse:
    cases = Case.objects.visible_to(request.user)
    changed = last_change(cases)
    context = {
        "count": cases.count(),
        "changed": changed,
        "fields": list(fields()),
        "citation": citation(changed, request.build_absolute_uri("/")),
        "rate": rate_of("api"),
    }
    return render(request, "portal/download.html", context)
