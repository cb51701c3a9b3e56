"""The page of the whole library: files, licence, how to cite, and what each field is."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from cases.exports.case import COLUMNS
from cases.models import Case
from tests.builders import make_case, make_draft, make_sector
from tests.pages import queries_of, text_of

pytestmark = pytest.mark.django_db


def test_the_page_tells_how_many_cases_and_when_one_last_changed(client: Client, settings: Any) -> None:
    settings.SITE = settings.SITE | {"owner": "某市委组织部"}
    case = make_case()
    make_draft()
    early, late = datetime(2021, 1, 1, tzinfo=UTC), datetime(2021, 2, 3, 20, tzinfo=UTC)
    Case.objects.filter(pk=case.pk).update(published_at=early, updated_at=late)
    Case.objects.exclude(pk=case.pk).update(updated_at=datetime(2031, 1, 1, tzinfo=UTC))

    text = text_of(client.get("/download/"))

    assert "共有 1 个公开案例，最近一次更新在 2021年2月4日" in text
    assert "某市委组织部. 基层党建创新案例库[DB/OL]. (2021-02-04)[" in text
    assert settings.SITE["licence"] in text


def test_the_files_are_the_whole_library(client: Client) -> None:
    make_case("甲", sector=make_sector("农村"))
    make_case("乙")
    make_draft("草稿")
    html = client.get("/download/?sector=rural").content.decode()

    for form in ("csv", "json"):
        assert f'href="/download/library.{form}"' in html
        content = client.get(f"/download/library.{form}").content.decode()
        assert ("甲" in content, "乙" in content, "草稿" in content) == (True, True, False)


def test_every_column_is_explained(client: Client) -> None:
    html = client.get("/download/").content.decode()

    assert [column.heading for column in COLUMNS if f'<th scope="row">{column.heading}</th>' not in html] == []
    shown = client.get("/cases/export.json").json()
    assert shown["count"] == 0
    make_case()
    keys = client.get("/cases/export.json").json()["cases"][0]
    assert [key for key in keys if f"<code>{key}</code>" not in html] == []


def test_every_page_leads_there(client: Client) -> None:
    for page in ("/", "/cases/", "/nope/"):
        assert '<a href="/download/">数据与接口</a>' in client.get(page).content.decode()
    assert 'href="/download/"' in client.get("/api/", headers={"accept": "text/html"}).content.decode()


def test_an_empty_library_can_be_taken_away_too(client: Client) -> None:
    assert "共有 0 个公开案例。" in text_of(client.get("/download/"))
    assert client.get("/download/library.json").json()["cases"] == []


@pytest.mark.any_database
def test_a_larger_library_costs_no_more_queries(client: Client) -> None:
    make_case()
    few = queries_of(client, "/download/")
    for index in range(5):
        make_case(f"案例{index}")
    assert queries_of(client, "/download/") == few
