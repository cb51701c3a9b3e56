"""How a reader works a shortlist: collects, sees what is there, sends its form back."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from cases.models import Case, Shortlist
from cases.shortlist_edit import mark
from tests.builders import make_user

COLLECT = "/shortlist/collect/"


def signed_in(name: str = "reader") -> Client:
    client = Client()
    client.force_login(make_user(name))
    return client


def collect(client: Client, *cases: Case, back: str = "/cases/") -> None:
    for case in cases:
        assert client.post(COLLECT, {"add": case.number, "back": back}).status_code == 302


def kept(shortlist: Shortlist) -> list[tuple[str, str]]:
    """Titles and notes as they are stored, in order."""
    return [(item.case.title, item.note) for item in shortlist.items.select_related("case")]


def taken(client: Client, address: str = "/shortlist/export.json") -> list[tuple[str, str]]:
    """Titles and notes as a reader gets them in a file, in order."""
    response = client.get(address)
    assert response.status_code == 200
    return [(case["title"], case.get("note", "—")) for case in json.loads(response.content)["cases"]]


def titles(client: Client, address: str = "/shortlist/") -> list[str]:
    """The titles on the page of a list, in order."""
    context = client.get(address).context
    lines = context["edit"].lines if context.get("edit") else context.get("lines", [])
    return [line.case.title for line in lines]


def form_of(shortlist: Shortlist, **notes: str) -> dict[str, Any]:
    """What a browser sends for the list as it is now, with these notes, by title, typed over."""
    items = list(shortlist.items.select_related("case"))
    data: dict[str, Any] = {"item": [item.pk for item in items]}
    for item in items:
        data[f"was-{item.pk}"] = mark(item.note)
        data[f"note-{item.pk}"] = notes.get(item.case.title, item.note)
    return data


def told(response: Any) -> str:
    """All messages of a page."""
    return " ".join(str(message) for message in response.context["messages"])
