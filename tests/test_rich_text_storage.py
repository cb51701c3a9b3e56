"""Sections of cases are cleaned by whatever path they come, and the plain text beside them keeps step."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.models import Case
from tests.builders import attach, make_case, make_draft

pytestmark = pytest.mark.django_db

ATTACK = (
    "<p>治<strong>水</strong><img src=x onerror=alert(1)></p>"
    "<script>alert(2)</script><p>见<a href='javascript:x'>效</a></p>"
)
CLEAN, TEXT = "<p>治<strong>水</strong></p><p>见效</p>", "治水\n\n见效"


def stored(**conditions: Any) -> tuple[str, str]:
    """The two columns as the database has them."""
    return Case.objects.filter(**conditions).values_list("approach", "approach_text").get()


def by_save(case: Case, tmp_path: Path) -> None:
    case.approach = ATTACK
    case.save()


def by_update_fields(case: Case, tmp_path: Path) -> None:
    case.approach = ATTACK
    case.save(update_fields=["approach"])


def by_update(case: Case, tmp_path: Path) -> None:
    Case.objects.filter(pk=case.pk).update(approach=ATTACK)


def by_related_update(case: Case, tmp_path: Path) -> None:
    case.sources.get().cases.update(approach=ATTACK)


def by_bulk_update(case: Case, tmp_path: Path) -> None:
    case.approach = ATTACK
    Case.objects.bulk_update([case], ["approach"])


def by_update_or_create(case: Case, tmp_path: Path) -> None:
    Case.objects.update_or_create(number=case.number, defaults={"approach": ATTACK})


def by_bulk_create(case: Case, tmp_path: Path) -> None:
    again = Case(pk=case.pk, number=case.number, title="x", year=2020, approach=ATTACK)
    Case.objects.bulk_create([again], update_conflicts=True, unique_fields=["number"], update_fields=["approach"])


def by_full_clean(case: Case, tmp_path: Path) -> None:
    case.approach, case.approach_text = ATTACK, "something else"
    case.full_clean()
    case.save()


def by_a_row_without_its_text(case: Case, tmp_path: Path) -> None:
    case = Case.objects.in_brief().get(pk=case.pk)
    case.approach = ATTACK
    case.save()


def by_fixture(case: Case, tmp_path: Path) -> None:
    file = tmp_path / "cases.json"
    with file.open("w") as out:
        call_command("dumpdata", "cases.case", stdout=out)
    records = json.loads(file.read_text())
    assert "approach_text" not in records[0]["fields"]
    records[0]["fields"] |= {"approach": ATTACK, "approach_text": "<script>"}
    file.write_text(json.dumps(records))
    call_command("loaddata", str(file), verbosity=0)


PATHS = [by_save, by_update_fields, by_update, by_related_update, by_bulk_update, by_update_or_create]
PATHS += [by_bulk_create, by_full_clean, by_a_row_without_its_text, by_fixture]


@pytest.mark.parametrize("path", PATHS)
def test_a_text_is_cleaned_and_its_plain_text_derived_by_every_path(path: Any, tmp_path: Path) -> None:
    path(make_draft(approach="从前的做法"), tmp_path)

    assert stored() == (CLEAN, TEXT)


def test_a_text_that_is_given_as_plain_is_stored_as_paragraphs() -> None:
    case = make_draft(approach="第一段\n- 甲\n<img src=x onerror=alert(1)>")

    assert case.approach == "<p>第一段</p><ul><li>甲</li></ul><p>&lt;img src=x onerror=alert(1)&gt;</p>"
    assert stored() == (case.approach, "第一段\n\n- 甲\n\n<img src=x onerror=alert(1)>")


@pytest.mark.parametrize(
    "values",
    [
        {"approach": F("title")},
        {"approach": Value("<script>")},
        {"approach": Concat("approach", Value("<script>"))},
        {"approach_text": "别的"},
        {"approach": "甲", "approach_text": "乙"},
        {"approach": F("title"), "approach_text": F("title")},
    ],
)
def test_what_cannot_be_cleaned_or_is_derived_is_not_stored(values: dict[str, Any]) -> None:
    case = make_draft(approach="做法")

    with pytest.raises(TypeError):
        Case.objects.update(**values)
    for name, value in values.items():
        setattr(case, name, value)
    if hasattr(values.get("approach"), "resolve_expression"):
        with pytest.raises(TypeError):
            case.save()
        with pytest.raises(TypeError):
            Case.objects.bulk_update([case], ["approach"])
    with pytest.raises(TypeError):
        Case.objects.bulk_update([case], ["approach_text"])

    assert stored() == ("<p>做法</p>", "做法")


def test_saving_a_case_that_was_loaded_with_its_plain_texts_alone_changes_no_text() -> None:
    case = make_draft(approach=ATTACK)
    listed = Case.objects.for_list().get(pk=case.pk)
    assert listed.approach_text == TEXT
    listed.title = "改了标题"
    listed.save()

    assert stored() == (CLEAN, TEXT)


def test_an_unsaved_text_has_its_plain_text_at_once() -> None:
    case = make_draft()
    case.approach = ATTACK

    assert case.approach_text == TEXT
    assert [text for _, _, text in case.sections] == [TEXT]


def test_words_that_are_looked_for_are_not_taken_for_a_text_to_be_stored() -> None:
    case = make_draft(approach="加装电梯")

    assert Case.objects.get(approach__contains="电梯") == case
    assert Case.objects.get(approach_text="加装电梯") == case
    assert not Case.objects.filter(approach="").exists()


def test_a_section_may_have_so_many_characters_without_its_tags_and_no_more() -> None:
    case = make_draft(approach="".join(f"<p><strong>{'长' * 98}</strong></p>" for _ in range(500)))
    case.full_clean()
    case.approach += "<p>多</p>"

    with pytest.raises(ValidationError) as refused:
        case.full_clean()

    assert refused.value.message_dict == {
        "approach": ["这一节有 50,001 个字，超过 50,000 个字的上限，请删减，或把全文作为附件上传"]
    }


def test_a_page_reads_the_rich_texts_and_a_list_or_a_file_the_plain_ones(client: Client) -> None:
    case = make_case(approach="加装<电梯>")

    def columns(address: str) -> set[str]:
        with CaptureQueriesContext(connection) as made:
            assert client.get(address).status_code == 200
        read = " ".join(query["sql"].partition(" FROM ")[0] for query in made if "SELECT" in query["sql"])
        return {name for name in ("approach", "approach_text") if f'"{name}"' in read}

    assert columns(case.get_absolute_url()) == {"approach"}
    assert columns("/cases/export.json") == {"approach_text"}
    assert columns(f"/compare/?case={case.number}") == {"approach_text"}
    assert columns("/cases/") == columns("/") == set()


def test_the_page_shows_the_text_as_it_was_formatted(client: Client) -> None:
    case = make_draft()
    picture = attach(case, "a.png", "正门")
    case.approach = (
        "<h3>建组织</h3><p>治<strong>水</strong></p><table><tr><th>年份<tr><td>2020</table>"
        f"<p><img src='{picture.get_absolute_url()}' alt='正门'></p>"
    )
    case.save()
    case.publish(by=None)

    html = client.get(case.get_absolute_url()).content.decode()

    assert (
        '<div class="prose"><h3>建组织</h3><p>治<strong>水</strong></p><div class="table-box" role="group" '
        'aria-label="表格" tabindex="0"><table><thead><tr><th>年份</th></tr></thead>'
    ) in html.replace("<tbody><tr><th>年份</th></tr>", "<thead><tr><th>年份</th></tr></thead>")
    assert f'<img src="{picture.get_absolute_url()}" alt="正门">' in html


def test_what_stands_in_the_database_by_foul_means_is_harmless_on_the_page(client: Client) -> None:
    case = make_case(approach="做法")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_case SET approach = %s", ["<p>甲<img src=x onerror=alert(1)></p><script>b</script>"]
        )

    html = client.get(case.get_absolute_url()).content.decode()

    assert '<div class="prose"><p>甲<img></p></div>' in html


PLACES = [
    "/",
    "/cases/",
    "/cases/?q=治水",
    "/feed.xml",
    "/cases/export.json",
    "/cases/export.csv",
    "/statistics/",
    "/api/cases/",
]


def test_an_attack_is_harmless_wherever_the_text_shows(client: Client, administrator: Client) -> None:
    case = make_case("治水", **dict.fromkeys(Case.RICH, ATTACK))
    own = case.get_absolute_url()
    answers = [client.get(address) for address in (*PLACES, own, f"/api{own}", f"/compare/?case={case.number}")]
    answers += [administrator.get(f"/admin/cases/case/{address}") for address in ("", f"{case.pk}/change/")]

    for answer in answers:
        assert answer.status_code == 200
        said = b"".join(cast(Any, answer)) if answer.streaming else answer.content
        assert b"onerror" not in said
        assert b"alert(" not in said
        assert b"javascript:" not in said
    data = client.get("/cases/export.json").json()["cases"][0]
    assert [data[name] for name in Case.RICH] == [TEXT] * 4
