"""Who gets what at each address of the desk: parsed from `desk_routes.txt`, and asked of the running portal.

After adding an address: `pytest tests/test_desk_routes.py --write-desk-routes` writes the table as the portal answers
now. Read every line that it changed: is that what this person should get?
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Group, User
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from cases.discarding import discard
from cases.duplicates import merging
from cases.models import BulkChange, Case, CaseVersion, Citation, ExportRecord, Import, Notice, PossibleDuplicate
from tests.builders import (
    make_district,
    make_draft,
    make_list,
    make_organisation,
    make_sector,
    make_source,
    make_term,
    make_theme,
    make_user,
)
from tests.proposed import make_article

TABLE = Path(__file__).with_suffix(".txt")
DESK = ("admin/",)
METHODS = ("GET", "POST")
# Everybody but the last works in 越秀区; what is `foreign` is in 海珠区.
PEOPLE = ("anonymous", "reader", "只读", "录入员", "审核员", "管理员")
OWN, FOREIGN = "440104", "440105"

HEAD = f"""# route, method, whose record, and what these are answered: {"、".join(PEOPLE)}
# sign-in: led to it; away: told that there is no such record; on: led on; otherwise the status"""

DAY = timedelta(days=1)

Line = tuple[str, str, str]
Objects = dict[str, dict[str, Any]]


def addresses(patterns: Any = None, before: str = "") -> Iterator[str]:
    """Every route of the desk as Django knows it."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern) and route.startswith(DESK):
            yield route


def expected() -> dict[Line, list[str]]:
    """The table: (route, method, object) and what each of PEOPLE is answered."""
    table = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            route, method, kind, *answers = line.split()
            table[route, method, kind] = answers
    return table


def make_objects() -> Objects:
    """One record of each kind, in the states that matter, in the curators' district and in a foreign one."""
    own, foreign = make_district(OWN), make_district(FOREIGN)
    body, other = make_organisation("越秀单位", district=own), make_organisation("海珠单位", district=foreign)
    cases = {state: make_draft(state, district=own, leads=[body]) for state in ("own", *list(Case.Status)[1:])}
    cases |= {name: make_draft(name, district=foreign, leads=[other]) for name in ("foreign", "foreign-published")}
    for name in ("published", "withdrawn", "foreign-published"):
        cases[name].publish(by=None)
    cases["withdrawn"].withdraw(by=None, reason="有误")
    cases["review"].submit(by=None)
    for case in cases.values():
        CaseVersion.objects.begin(case)
    someone = make_user("someone", group="录入员", districts=[FOREIGN])
    bins = {
        name: discard(make_draft(f"扔掉的 {name}", district=place), by=someone)
        for name, place in (("own", own), ("foreign", foreign))
    }
    twins = {
        name: [make_draft("成对", district=place) for _ in range(2)]
        for name, place in (("own", own), ("foreign", foreign))
    }
    merges = {
        name: merging.merge(*(make_draft("合并", district=place) for _ in range(2)), by=user_of("管理员"))
        for name, place in (("own", own), ("foreign", foreign))
    }
    hidden = make_source("hidden")
    Citation.objects.filter(case__district=foreign).update(source=hidden)
    return make_imports(someone) | {
        "articleimport": {
            name: make_article(user) for name, user in (("own", user_of("录入员")), ("foreign", someone))
        },
        "case": cases,
        "organisation": {
            "own": make_organisation("越秀未公开单位", district=own),
            "published": body,
            "foreign": make_organisation("海珠未公开单位", district=foreign),
            "foreign-published": other,
        },
        "awardlist": {
            "own": make_list("草稿榜", slug="own", status="draft", organiser=body),
            "published": make_list("公开榜", slug="published", organiser=body),
            "foreign": make_list("海珠草稿榜", slug="foreign", status="draft", organiser=other),
        },
        "source": {"published": make_source(), "foreign-published": hidden},
        "term": {"any": make_term()},
        "sector": {"any": make_sector("医院")},
        "theme": {"any": make_theme("智慧党建")},
        "district": {"any": own},
        "group": {"any": Group.objects.create(name="自建"), "built-in": Group.objects.get(name="录入员")},
        "user": {"any": someone},
        "bulkchange": {
            name: BulkChange.objects.create(kind="edit", subject="案例", title="批量修改", by_name="某人", by=by)
            for name, by in (("own", user_of("录入员")), ("foreign", someone))
        },
        "discarded": bins,
        "merge": merges,
        "possibleduplicate": {
            name: PossibleDuplicate.objects.create(
                kind="cases.case", first=min(one.pk, other.pk), second=max(one.pk, other.pk), score=0.9, why="标题相同"
            )
            for name, (one, other) in twins.items()
        },
        "pair": twins,
        "notice": {
            name: Notice.objects.create(user=user, case=cases["own"], kind="handed-in")
            for name, user in (("own", user_of("录入员")), ("foreign", someone))
        },
        "exportrecord": {
            "any": ExportRecord.objects.create(
                by_name="某人", subject="案例", form="CSV", count=1, unpublished_count=1, items="", unpublished_items=""
            )
        },
    }


def kind_of(route: str, objects: Objects) -> str | None:
    """The kind of record that an address names."""
    if match := re.match(r"admin/cases/(\w+)/import/<slug:key>", route):
        return f"import-{match[1]}"
    if "<int:one>" in route:
        return "pair"
    match = re.match(r"admin/\w+/(\w+)/.*<(?:\w+:)?(?:object_id|id|pk)>", route)
    return match[1] if match and match[1] in objects else None


def asked(route: str, objects: Objects) -> Iterator[tuple[Line, str]]:
    """Each (route, method, object) that has to be in the table, and its address."""
    kind = kind_of(route, objects)
    records = list(objects[kind].items()) if kind else [("-", None)]
    if route.endswith("/<path:object_id>/"):
        records = records[:1]  # leads on to the form, whatever it is
    for name, record in records:
        address = re.sub(r"<(?:\w+:)?(\w+)>", partial(sample, record), route)
        address = address.replace(r"^(?P<app_label>auth|cases|districts)/$", "cases/").replace("(?P<url>.*)$", "nope")
        for method in METHODS:
            yield (route, method, name), f"/{address}"


def sample(record: Any, placeholder: re.Match[str]) -> str:
    """A value for one placeholder of a route: what names the record, where it does, else the first of its kind."""
    if isinstance(record, list):
        return {"noun": "case", "one": str(record[0].pk), "other": str(record[1].pk)}[placeholder[1]]
    if record and placeholder[1] in {"object_id", "id", "pk", "key"}:
        return str(record.key if placeholder[1] == "key" else record.pk)
    return {"form": "xlsx"}.get(placeholder[1], "1")


def user_of(person: str) -> User:
    known = User.objects.filter(username=person).first()
    return known or make_user(person, group="" if person == "reader" else person, districts=[OWN])


def client_of(person: str) -> Client:
    client = Client(raise_request_exception=False)
    if person != "anonymous":
        client.force_login(user_of(person))
    return client


def make_imports(someone: User) -> Objects:
    """Files that an 录入员 brought, and files of another's, for each kind of record that can be imported."""
    return {
        f"import-{model}": {
            name: Import.objects.create(
                user=user, subject=f"cases.{model}", name="a.csv", state="failed", expires_at=timezone.now() + DAY
            )
            for name, user in (("own", user_of("录入员")), ("foreign", someone))
        }
        for model in ("case", "organisation", "awardlist")
    }


def answer(client: Client, method: str, address: str) -> str:
    """The status, or for a redirect where to: sign-in, away (not for this person) or on. Nothing is left changed."""
    sent = {"post": "yes"} if address.endswith("/delete/") else {}
    cookies = client.cookies.output()
    with transaction.atomic():
        response = getattr(client, method.lower())(address, sent if method == "POST" else None)
        transaction.set_rollback(True)
    client.cookies.clear()
    client.cookies.load(cookies.replace("Set-Cookie: ", ""))
    if response.status_code != 302:
        return str(response.status_code)
    to = response["Location"]
    if "/login/" in to:
        return "sign-in"
    return "away" if to == "/admin/" else "on"


def found(objects: Objects) -> dict[Line, list[str]]:
    """What each of PEOPLE is answered now."""
    clients = [client_of(person) for person in PEOPLE]
    return {
        line: [answer(client, line[1], address) for client in clients]
        for route in sorted(set(addresses()))
        for line, address in asked(route, objects)
    }


def written(table: dict[Line, list[str]]) -> list[str]:
    """The table's lines, aligned."""
    return [
        f"{route:<56} {method:<4} {kind:<17} {' '.join(f'{one:<7}' for one in answers)}".rstrip()
        for (route, method, kind), answers in table.items()
    ]
