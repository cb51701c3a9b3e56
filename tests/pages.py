"""Read pages as a reader does."""

import re
from html import unescape
from typing import Any

from django.test import Client


def text_of(response: Any) -> str:
    """The visible words of a page, white space folded."""
    body = re.sub(r"(?s)<(script|style|head)\b.*?</\1>|</?mark>", "", response.content.decode())
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body))).strip()


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
