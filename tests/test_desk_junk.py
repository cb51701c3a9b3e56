"""Whatever stands in an address or a form of the desk is answered: with a page, a refusal or what is wrong."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from django.contrib import admin
from django.test import Client

from cases.models import BulkChange, Case, CaseVersion, SearchCount
from tests.builders import make_draft, make_list, make_organisation, make_source, make_term
from tests.desk import CASES, filled, page_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

NESTED = "[" * 100_000
# Digits that are none to int(), numbers that no database holds, and more digits than Python reads.
KEYS = ["²", "9" * 30, "9" * 5000, "-1", "1_0", "\u202e"]


def test_only_its_own_filters_narrow_a_list(administrator: Client) -> None:
    listed = admin.site._registry.keys() - {SearchCount}  # of which there is a report, and no list
    lists = [f"/admin/{model._meta.label_lower.replace('.', '/')}/" for model in listed]
    asked = ["id__in=" + "9" * 30, "pk__in=" + "9" * 30, "id__gt=0"]

    answers = {f"{path}?{one}": administrator.get(f"{path}?{one}") for path in lists for one in asked}

    assert len(answers) > 40
    assert {path: told.status_code for path, told in answers.items() if told.status_code != 302} == {}
    assert {told["Location"].partition("?")[2] for told in answers.values()} == {"e=1"}
    for one in ("version__range=0000", "updated_at__year=0", f"created_by={'9' * 30}", "summary__startswith=a"):
        assert administrator.get(f"{CASES}?{one}")["Location"] == f"{CASES}?e=1"
    assert administrator.get(f"{CASES}?created_by__password__startswith=a").status_code == 400
    assert administrator.get(f"{CASES}?status__exact=draft&year=2020&sector__id__exact=1").status_code == 200


def test_no_key_in_an_address_breaks_a_page(administrator: Client) -> None:
    case = make_draft()
    CaseVersion.objects.begin(case)
    change = BulkChange.objects.create(kind="edit", subject="案例", title="批量修改", by_name="某人")
    pages = [
        "cases/case/{}/change/",
        "cases/case/{}/history/compare/",
        f"cases/case/{case.pk}/history/compare/?old={{0}}&new={{0}}",
        f"cases/case/{case.pk}/history/?p={{}}",
        "cases/bulkchange/{}/change/",
        f"cases/bulkchange/{change.pk}/change/?p={{}}",
        "cases/discarded/{}/change/",
        "cases/case/import/{}/",
        "cases/case/replace/?ids={}",
        "cases/organisation/checks/?name={0}&without={0}",
        "cases/case/add/?year={0}&part_of={0}&themes={0}&district={0}",
        "autocomplete/?app_label=cases&model_name=case&field_name=part_of&term={0}&page={0}",
    ]

    answers = {(page, key): administrator.get(f"/admin/{page.format(quote(key))}") for page in pages for key in KEYS}

    assert {told.status_code for told in answers.values()} <= {200, 302, 404}


@pytest.mark.parametrize("sent", [NESTED, '[{"name": "\\ud800"}, {"entries": [1]}]', "1" * 5000])
def test_what_a_form_sends_back_as_its_beginning_is_read_or_counts_as_nothing(administrator: Client, sent: str) -> None:
    body = make_organisation()
    records: dict[str, Any] = {
        "organisation": body,
        "awardlist": make_list(organiser=body, status="draft"),
        "source": make_source(),
        "term": make_term(),
    }
    for model, record in records.items():
        path = f"/admin/cases/{model}/{record.pk}/change/"
        stale = filled(administrator.get(path), version="0", base=sent, base_rows=sent, began="1")

        response = administrator.post(path, stale)

        assert response.status_code == 200
        assert "别人修改了" in response.content.decode()


@pytest.mark.parametrize("place", ["²", "9" * 5000, "", "-1"])
def test_a_place_that_there_is_not_is_not_replaced(administrator: Client, place: str) -> None:
    case = make_draft("党群服务")
    page = f"{CASES}replace/?ids={case.pk}"
    asked = {"words": "党群", "by": "群众", "fields_chosen": ["title"]}
    digest = administrator.post(page, asked).context["digest"]

    ticked = {"place": [f"cases.case:{case.pk}:title:{place}"]}
    response = administrator.post(page, asked | ticked | {"confirm": "1", "digest": digest})

    assert "一处也没有勾选" in response.content.decode()
    assert Case.objects.get().title == "党群服务"


@pytest.mark.parametrize("markup", ["<blockquote>" * 5_000, "<ul><li>" * 5_000, "<table><tr><td>" * 5_000])
def test_no_depth_of_markup_breaks_a_save(administrator: Client, markup: str) -> None:
    case = make_draft()

    form = filled(administrator.get(page_of(case)), approach=f"{markup}文字")
    response = administrator.post(page_of(case), form)

    assert response.status_code == 302
    assert Case.objects.get().approach_text == "文字"
