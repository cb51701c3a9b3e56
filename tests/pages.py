"""Read pages as a reader does."""

import csv
import io
import re
from html import unescape
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


def text_of(response: Any) -> str:
    """The visible words of a page, white space folded."""
    body = re.sub(r"(?s)<(script|style|head)\b.*?</\1>|</?mark>", "", response.content.decode())
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body))).strip()


def without_token(response: Any) -> str:
    """A page as it was sent, but for the tokens of its forms, which are others each time."""
    return re.sub(r'(name="csrfmiddlewaretoken" value=)"[^"]*"', r"\1", response.content.decode())


def cards(response: Any) -> list[str]:
    """The titles of the cards on a page, in order."""
    html = response.content.decode()
    titles = re.findall(r'(?s)<article class="card-case">\s*<h3>(.*?)</h3>', html)
    return [unescape(re.sub(r"<[^>]+>", "", title)).strip() for title in titles]


def exported(client: Client, query: str = "") -> list[str]:
    """The numbers of the cases in the JSON export, in order."""
    response = client.get(f"/cases/export.json{query}")
    assert response.status_code == 200
    data = response.json()
    assert data["count"] == len(data["cases"])
    return [case["number"] for case in data["cases"]]


def downloaded(client: Client, table: str, query: str = "") -> list[list[str]]:
    """The rows of one table of statistics, headings first."""
    response = client.get(f"/statistics/export.csv?table={table}&{query}")
    assert response.status_code == 200
    text = response.content.decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def sums(client: Client, query: str = "") -> list[list[Any]]:
    """Of each indicator on the page: name, what it comes to, over how many cases, and how many figures are left out."""
    page = client.get(f"/statistics/?{query}")
    opened = page.context["opened"]
    return [[one.indicator.name, one.indicator.label, one.indicator.count, one.indicator.left_out] for one in opened]


def queries_of(client: Client, *addresses: str) -> dict[str, int]:
    """How many queries each of these pages costs."""
    counts = {}
    for address in addresses:
        with CaptureQueriesContext(connection) as made:
            assert client.get(address).status_code == 200
        counts[address] = len(made)
    return counts
