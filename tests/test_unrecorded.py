"""Numbers in the text of a case that are not among its figures are offered on its form, and taken over."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.admin.working_copy import token_of
from cases.models import Case
from tests.builders import figure, make_district, make_draft
from tests.desk import ADD, CASES, entered, filled, page_of, signed_in, told
from tests.test_working_copies import typed

pytestmark = [pytest.mark.any_database, pytest.mark.django_db]
FIGURES = f"{CASES}figures/"
TEXT = "<p>2022年，组建突击队24支。</p><p>办结诉求1.02万个，每半年讲1次党课。</p>"


def offered(client: Client, sent: dict[str, Any]) -> list[tuple[str, ...]]:
    answer = client.post(FIGURES, sent).json()
    assert answer["number"] == len(answer["figures"])
    return [tuple(one[name] for name in ("indicator", "value", "unit", "year")) for one in answer["figures"]]


def test_numbers_of_the_text_are_offered_with_their_sentence_but_for_those_that_the_rows_have(entry: Client) -> None:
    sent = entered(typed_by=typed(entry, ADD)["typed_by"], results=TEXT, summary="组建突击队24支。")

    (first, second) = entry.post(FIGURES, sent).json()["figures"]

    assert first == {
        "key": first["key"],
        "indicator": "组建突击队",
        "qualifier": "",
        "value": "24",
        "unit": "支",
        "year": "2022",
        "as_printed": "24支",
        "label": "24 支",
        "section": "工作成效",
        "before": "2022年，组建突击队",
        "after": "。",
    }
    assert (second["value"], second["as_printed"]) == ("10200", "1.02万个")
    recorded = sent | {"figures-0-value": "1.02万", "figures-0-unit": " 个"}
    assert offered(entry, recorded) == [("组建突击队", "24", "支", "2022")]
    assert len(offered(entry, recorded | {"figures-0-DELETE": "on"})) == 2


def test_what_is_offered_is_said_to_nobody_who_may_not_edit_the_case(entry: Client, administrator: Client) -> None:
    foreign = make_draft(district=make_district("2207"), results=TEXT)
    own = typed(entry, ADD)["typed_by"]
    user = entry.get(ADD).wsgi_request.user

    assert entry.post(FIGURES, {"typed_by": token_of(user, foreign, ""), "results": TEXT}).status_code == 404
    assert signed_in("只读").post(FIGURES, {"typed_by": own, "results": TEXT}).status_code == 404
    assert administrator.post(FIGURES, {"typed_by": own, "results": TEXT}).status_code == 400
    assert Client(enforce_csrf_checks=True).post(FIGURES, {"typed_by": own}).status_code in {302, 403}
    assert "组建突击队" not in entry.get(page_of(foreign)).content.decode()


def test_without_a_script_ticked_numbers_are_saved_as_rows_after_those_there_are(entry: Client) -> None:
    case = make_draft(results=TEXT, figures=[figure(300, "服务群众", "人次", year=2020, position=3)])
    page = entry.get(page_of(case))
    keys = {one.value: one.key for one in page.context["proposals"]}
    assert sorted(keys) == ["10200", "24"]

    answer = entry.post(page_of(case), filled(page, _take_figure=[keys["10200"], "gone"]), follow=True)

    assert [(str(one), one.as_printed, one.year) for one in case.figures.all()] == [
        ("服务群众 300 人次", "", 2020),
        ("办结诉求 10,200 个", "1.02万个", None),
    ]
    assert "勾选的数字有 1 个" in told(answer)
    assert [one.value for one in entry.get(page_of(case)).context["proposals"]] == ["24"]


def test_ticked_numbers_stand_in_the_rows_when_the_form_is_refused(entry: Client) -> None:
    page = entry.post(ADD, entered(title="", results=TEXT))
    (key, _) = [one.key for one in page.context["proposals"]]

    again = entry.post(ADD, filled(page, title="", _take_figure=[key]))

    assert not Case.objects.exists()
    (rows,) = [one.formset for one in again.context["inline_admin_formsets"] if one.formset.prefix == "figures"]
    assert [form["indicator"].value() for form in rows.forms][:2] == ["培育青年骨干", "组建突击队"]
    assert [one.value for one in again.context["proposals"]] == ["10200"]


def test_a_longer_text_asks_the_database_for_no_more_and_lists_fifty(entry: Client) -> None:
    sent = entered(typed_by=typed(entry, ADD)["typed_by"], results=TEXT)
    entry.post(FIGURES, sent)
    with CaptureQueriesContext(connection) as short:
        entry.post(FIGURES, sent)
    with CaptureQueriesContext(connection) as long:
        answer = entry.post(FIGURES, sent | {"results": "".join(f"建成站点{n}个。" for n in range(1, 71))}).json()

    assert len(long) == len(short)
    assert (len(answer["figures"]), answer["number"]) == (50, 70)
