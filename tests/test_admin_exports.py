"""Taking away what the admin lists: who may, what is in the file, what is recorded."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from openpyxl import load_workbook

from cases.exports.case import COLUMNS as CASE_COLUMNS
from cases.exports.forms import FORMS
from cases.models import Case, ExportFile, ExportRecord, Organisation
from cases.models.export_record import RecordsStay
from tests.builders import (
    figure,
    make_case,
    make_district,
    make_draft,
    make_list,
    make_organisation,
    make_sector,
    make_source,
    make_user,
)
from tests.desk import CASES, colleague, signed_in, told
from tests.exporting import content_of, write_waiting
from tests.pages import queries_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

BODIES, LISTS, RECORDS = "/admin/cases/organisation/", "/admin/cases/awardlist/", "/admin/cases/exportrecord/"
COLUMNS = {
    CASES: ["number", "title", "leads"],
    BODIES: ["name", "superior", "cases"],
    LISTS: ["title", "organiser", "entries"],
}


def export(client: Client, page: str, query: str = "", scope: str = "public", **given: Any) -> Any:
    data = {"form": "csv", "scope": scope, "column": COLUMNS[page]} | given
    return client.post(f"{page}export/{query}", data)


def rows(response: Any) -> list[dict[str, str]]:
    assert response.status_code == 200
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def titles(response: Any) -> list[str]:
    return [row["标题"] for row in rows(response)]


def notes_of(book: Any) -> dict[str, Any]:
    return dict(row[:2] for row in book["说明"].iter_rows(values_only=True))


def states() -> dict[str, Case]:
    """A case in each state, each of another body."""
    cases = {
        name: make_draft(f"{name}案例", leads=[make_organisation(f"{name}单位")])
        for name in ("草稿", "待审", "公开", "撤下")
    }
    cases["待审"].submit(by=None)
    cases["公开"].publish(by=None)
    cases["撤下"].publish(by=None)
    cases["撤下"].withdraw(by=None)
    return cases


@pytest.mark.parametrize("group", ["录入员", "审核员", "管理员"])
def test_everybody_takes_away_what_readers_see_and_nothing_else_unless_it_is_asked_for(group: str) -> None:
    states()
    client = signed_in(group)

    assert titles(export(client, CASES)) == ["公开案例"]
    assert not ExportRecord.objects.exists()


def test_the_file_of_what_is_public_is_the_readers_own(entry: Client, client: Client) -> None:
    states()
    make_case("带数据", background="背景。", figures=[figure(3)])
    names = [column.name for column in CASE_COLUMNS]

    from_admin = export(entry, CASES, "?o=1", form="json", column=names).json()

    assert from_admin == client.get("/cases/export.json?sort=title").json() | {
        "cases": sorted(client.get("/cases/export.json").json()["cases"], key=lambda case: case["number"])
    }


def test_without_the_right_a_mixed_selection_is_refused_with_numbers_and_the_rest_offered(entry: Client) -> None:
    cases = states()
    ids = ",".join(str(case.pk) for case in cases.values())

    page = entry.get(f"{CASES}export/?ids={ids}")
    refused = export(entry, CASES, f"?ids={ids}", "whole")
    taken = export(entry, CASES, f"?ids={ids}")

    told_so = "其中 3 个未公开，您没有导出未公开材料的权限。可以只导出已公开的 1 个"
    assert told_so in text_of(page)
    assert 'value="只导出已公开的 1 个"' in page.content.decode()
    assert refused.status_code == 403
    assert told_so in text_of(refused)
    assert "草稿案例" not in refused.content.decode()
    assert titles(taken) == ["公开案例"]
    assert not ExportRecord.objects.exists()


def test_without_the_right_a_selection_of_drafts_alone_offers_nothing(entry: Client) -> None:
    draft = make_draft()

    page = entry.get(f"{CASES}export/?ids={draft.pk}")

    assert "其中 1 个未公开，您没有导出未公开材料的权限。请联系审核员导出。" in text_of(page)
    assert 'type="submit" class="default"' not in page.content.decode()
    response = export(entry, CASES, f"?ids={draft.pk}")
    assert "没有可以导出的案例" in text_of(response)


def test_with_the_right_the_whole_is_marked_in_the_file_and_recorded() -> None:
    cases = states()
    client = Client()
    user = make_user("shenhe", group="审核员", last_name="王芳")
    client.force_login(user)

    response = export(client, CASES, "?q=案例&o=1", "whole")

    assert [(row["标题"], row["状态"]) for row in rows(response)] == [
        ("草稿案例", "草稿"),
        ("待审案例", "待审"),
        ("公开案例", "已发布"),
        ("撤下案例", "已撤下"),
    ]
    assert 'filename="cases-internal.csv"' in response["Content-Disposition"]
    record = ExportRecord.objects.get()
    numbers = [case.number for case in cases.values()]
    assert (record.by, record.by_name, record.subject, record.form) == (user, "王芳（shenhe）", "案例", "CSV")
    assert (record.count, record.unpublished_count, record.conditions) == (4, 3, "关键词：案例")
    assert record.items == "、".join(numbers)
    assert record.unpublished_items == "、".join(number for number in numbers if number != cases["公开"].number)


def test_with_the_right_the_published_alone_are_neither_marked_nor_recorded(checker: Client) -> None:
    states()

    row = rows(export(checker, CASES))[0]

    assert row["标题"] == "公开案例"
    assert "状态" not in row
    assert not ExportRecord.objects.exists()


def test_the_files_that_hold_notes_say_that_they_must_not_be_passed_on(checker: Client) -> None:
    states()

    named = [*COLUMNS[CASES], "sources"]
    book = load_workbook(io.BytesIO(export(checker, CASES, scope="whole", form="xlsx", column=named).content))
    data = json.loads(export(checker, CASES, scope="whole", form="json").content)

    notes = notes_of(book)
    assert (notes["注意"], notes["未公开"], notes["案例数"]) == ("内含未公开材料，请勿外传", 3, 4)
    assert {row[1] for row in book["来源"].iter_rows(values_only=True)} == {"状态", "草稿", "待审", "已发布", "已撤下"}
    assert data["notice"] == "内含未公开材料，请勿外传"
    assert {case["title"]: case["status"] for case in data["cases"]}["草稿案例"] == "草稿"
    public = load_workbook(io.BytesIO(export(checker, CASES, form="xlsx").content))
    assert "注意" not in notes_of(public)


def test_without_its_record_there_is_no_file(checker: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    states()

    def full(*args: Any, **kwargs: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(ExportRecord, "save", full)
    checker.raise_request_exception = False

    assert export(checker, CASES, scope="whole").status_code == 500
    assert export(checker, CASES).status_code == 200


def test_the_current_filter_is_taken_whole_beyond_the_page_and_in_its_order(entry: Client) -> None:
    rural = make_sector("农村", "rural")
    for number in range(60):
        make_case(f"农村{number:02}", sector=rural)
    make_case("别处", sector=make_sector("机关", "government"))

    response = export(entry, CASES, f"?sector__id__exact={rural.pk}&o=2&p=2")

    assert titles(response) == [f"农村{number:02}" for number in range(60)]
    page = entry.get(f"{CASES}?sector__id__exact={rural.pk}&o=2").content.decode()
    assert f'href="export/?o=2&amp;sector__id__exact={rural.pk}" class="exportlink">导出这 60 条</a>' in page


def test_the_action_leads_to_the_page_for_what_is_ticked_or_for_all_that_match(entry: Client) -> None:
    first, second = make_case("甲"), make_case("乙")
    ticked = {"action": "export_selected", "_selected_action": [first.pk, second.pk], "index": 0}

    one = entry.post(f"{CASES}?q=甲", {**ticked, "_selected_action": [first.pk]})
    across = entry.post(f"{CASES}?q=甲", {**ticked, "select_across": 1})

    assert one["Location"] == f"export/?ids={first.pk}"
    assert across["Location"] == "export/?q=%E7%94%B2"
    assert "2 个案例 。 勾选的 2 个" in text_of(entry.get(f"{CASES}export/?ids={first.pk},{second.pk}"))
    assert "1 个案例 。 关键词：甲" in text_of(entry.get(f"{CASES}export/?q=甲"))


def test_more_than_an_address_holds_are_not_ticked(entry: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cases.admin.exporting.MOST_TICKED", 1)
    cases = [make_case("甲"), make_case("乙")]
    ids = [case.pk for case in cases]

    response = entry.post(CASES, {"action": "export_selected", "_selected_action": ids, "index": 0}, follow=True)

    assert "一次最多勾选 1 条，更多的请用右上角“导出”" in told(response)
    assert titles(export(entry, CASES, f"?ids={ids[0]},{ids[1]}")) == ["甲"]


def test_where_nothing_is_hidden_the_whole_is_what_readers_see(checker: Client) -> None:
    make_case("公开案例")

    response = export(checker, CASES, scope="whole")

    assert "状态" not in rows(response)[0]
    assert "internal" not in response["Content-Disposition"]
    assert not ExportRecord.objects.exists()


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"column": []}, "至少勾选一个栏目"),
        ({"column": ["nope"]}, "nope 不在可用的选项中"),
        ({"form": "exe"}, "exe 不在可用的选项中"),
    ],
)
def test_bad_choices_are_told_and_give_no_file(entry: Client, given: dict[str, Any], fault: str) -> None:
    make_case()

    response = export(entry, CASES, **given)

    assert response.status_code == 200
    assert fault in text_of(response)
    assert "Content-Disposition" not in response


@pytest.mark.parametrize("query", ["?nope=1", "?status__exact=%27", "?ids=x", "?ids=", "?o=x", "?p=x"])
def test_an_odd_address_gives_no_row_that_was_not_asked_for(entry: Client, query: str) -> None:
    make_case()

    response = entry.get(f"{CASES}export/{query}", follow=True)

    assert response.status_code == 200
    if query.startswith("?ids"):
        assert "0 个案例" in text_of(response)
    if query.startswith("?nope"):
        assert "筛选条件有误" in told(response)


@pytest.fixture
def in_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("csv", "json"):
        monkeypatch.setitem(FORMS, name, replace(FORMS[name], at_once=0))


def queued(client: Client, response: Any) -> ExportFile:
    """The file that an answer leads to, once it is written."""
    assert response.status_code == 303
    write_waiting()
    return ExportFile.objects.get(key=response["Location"].strip("/").split("/")[1])


def test_what_takes_long_is_written_in_the_queue_for_whoever_asked_alone(
    checker: Client, client: Client, in_the_queue: None
) -> None:
    states()
    file = queued(checker, export(checker, CASES, scope="whole", column=["title"]))

    lines = csv.DictReader(io.StringIO(content_of(checker, file).decode("utf-8-sig")))
    assert {row["标题"] for row in lines} == {"草稿案例", "待审案例", "公开案例", "撤下案例"}
    assert client.get(file.get_absolute_url()).status_code == 404
    assert client.get(file.get_download_url()).status_code == 404
    assert signed_in("管理员").get(file.get_download_url()).status_code == 404
    record = ExportRecord.objects.get()
    assert (record.count, record.unpublished_count, record.conditions) == (4, 3, "全部案例")


def test_who_lost_the_right_meanwhile_gets_nothing_of_what_is_not_public(checker: Client, in_the_queue: None) -> None:
    states()
    before = export(checker, CASES, scope="whole")
    done = queued(checker, export(checker, CASES, scope="whole", form="json"))
    assert ExportRecord.objects.count() == 2
    waiting = export(checker, CASES, scope="whole", column=["title"])
    User.objects.get(groups__name="审核员").groups.set([Group.objects.get(name="录入员")])

    assert checker.get(done.get_download_url()).status_code == 410
    assert queued(checker, waiting).fault
    assert checker.get(before["Location"] + "file").status_code == 410
    assert ExportRecord.objects.count() == 2


def test_what_was_published_is_the_curators_even_when_it_is_withdrawn(checker: Client, in_the_queue: None) -> None:
    case = states()["公开"]
    file = queued(checker, export(checker, CASES))
    case.withdraw(by=None)

    assert checker.get(file.get_download_url()).status_code == 200


def test_what_a_format_cannot_hold_is_said_beside_the_formats(entry: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FORMS, "csv", replace(FORMS["csv"], most=4))
    for number in range(5):
        make_case(f"案例{number}")

    response = export(entry, CASES)

    assert "CSV 一次最多 4 个案例，这里有 5 个案例。" in text_of(response)
    assert "Content-Disposition" not in response
    assert len(export(entry, CASES, form="json").json()["cases"]) == 5


def near(name: str, **fields: Any) -> Organisation:
    """A body of the curators' own district."""
    return make_organisation(name, district=make_district(), **fields)


def hidden_bodies() -> None:
    """A public body, one above it, one above that which nobody meets, and one that only a draft names."""
    top = near("不该出现的上级")
    middle = near("市委", parent=top)
    make_case("公开案例", leads=[near("区委", parent=middle)])
    make_draft("草稿案例", leads=[near("不该出现的单位"), near("区委")])


def test_bodies_that_only_drafts_name_are_in_no_file_without_the_right_by_no_column(entry: Client) -> None:
    hidden_bodies()

    response = export(entry, BODIES)

    assert [(row["名称"], row["上级组织"], row["已发布案例数"]) for row in rows(response)] == [
        ("区委", "市委", "1"),
        ("市委", "", "0"),
    ]
    assert export(entry, BODIES, scope="whole").status_code == 403


def test_with_the_right_hidden_bodies_are_marked_and_recorded(checker: Client) -> None:
    hidden_bodies()

    response = export(checker, BODIES, scope="whole")

    assert [(row["名称"], row["状态"], row["上级组织"]) for row in rows(response)] == [
        ("不该出现的上级", "未公开", ""),
        ("不该出现的单位", "未公开", ""),
        ("区委", "读者可见", "市委"),
        ("市委", "读者可见", "不该出现的上级"),
    ]
    assert ExportRecord.objects.get().unpublished_items == "不该出现的上级、不该出现的单位"


def test_lists_give_their_entries_and_name_no_case_that_is_not_public(entry: Client, checker: Client) -> None:
    shown, draft = make_case("公开案例"), make_draft("草稿案例")
    award = make_list("公开榜", slug="open", cases=[shown, draft], organiser=near("主办单位"))
    award.entries.filter(case=draft).update(title="公布的名称", rank=1)
    award.sources.add(make_source())
    make_list("草稿榜", slug="closed", status="draft", created_by=colleague())

    book = load_workbook(io.BytesIO(export(entry, LISTS, form="xlsx").content))
    data = export(entry, LISTS, form="json").json()
    whole = export(checker, LISTS, scope="whole", form="json").json()

    assert [row[:2] for row in book["榜单"].iter_rows(min_row=2, values_only=True)] == [("公开榜", "主办单位")]
    entries = list(book["条目"].iter_rows(min_row=2, values_only=True))
    assert [(row[2], row[5], row[9]) for row in entries] == [(1, "公布的名称", None), (2, "公开案例", shown.number)]
    assert [entry["case"] and entry["case"]["number"] for entry in data["lists"][0]["entries"]] == [None, shown.number]
    assert draft.number not in json.dumps([data, whole], ensure_ascii=False)
    assert [(one["title"], one["status"]) for one in whole["lists"]] == [("公开榜", "已发布"), ("草稿榜", "草稿")]
    assert ExportRecord.objects.get().unpublished_items == "closed"


def test_with_a_choice_of_scope_one_must_be_made(checker: Client) -> None:
    states()

    response = export(checker, CASES, scope="")

    assert "这个字段是必填项" in text_of(response)
    assert "Content-Disposition" not in response


@pytest.mark.parametrize("page", [CASES, BODIES, LISTS])
@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_written_of_every_list(checker: Client, page: str, form: str) -> None:
    hidden_bodies()
    make_list("公开榜", cases=[make_case()], organiser=near("主办单位"))
    make_list("草稿榜", status="draft", organiser=near("主办单位"))

    response = export(checker, page, scope="whole", form=form)

    assert response["Content-Type"] == FORMS[form].content_type
    assert len(response.content) > 100


@pytest.mark.parametrize("page", [CASES, BODIES, LISTS])
def test_a_longer_file_costs_no_more_queries(checker: Client, page: str, django_assert_max_num_queries: Any) -> None:
    def grow(count: int) -> None:
        for _ in range(count):
            number = Organisation.objects.count()
            body = make_organisation(
                f"组织{number}", parent=make_organisation(f"上级{number}"), district=make_district()
            )
            case = make_case(f"案例{number}", leads=[body], figures=[figure(number)])
            make_list(f"榜单{number}", cases=[case], organiser=body).sources.add(make_source())
            make_draft(f"草稿{number}", leads=[make_organisation(f"草稿组织{number}")])

    def cost() -> int:
        with django_assert_max_num_queries(40) as made:
            export(checker, page, scope="whole", column=[column.name for column in columns])
        return len(made)

    columns = checker.get(f"{page}export/").context["subject"].columns
    grow(3)
    few = cost()
    grow(6)
    assert cost() == few
    assert queries_of(checker, f"{page}export/")[f"{page}export/"] < 20


def test_only_administrators_read_the_records_and_nobody_changes_them(entry: Client, administrator: Client) -> None:
    states()
    export(administrator, CASES, scope="whole")
    record = ExportRecord.objects.get()
    superuser = Client()
    superuser.force_login(make_user("root", is_superuser=True, group="管理员"))

    assert entry.get(RECORDS).status_code == 403
    assert signed_in("审核员").get(RECORDS).status_code == 403
    for client in (administrator, superuser):
        shown = client.get(f"{RECORDS}{record.pk}/change/")
        assert shown.status_code == 200
        assert "全部案例" in text_of(shown)
        assert record.unpublished_items in text_of(shown)
        assert "案例" in text_of(client.get(RECORDS))
        assert 'name="_save"' not in shown.content.decode()
        assert client.get(f"{RECORDS}add/").status_code == 403
        assert client.post(f"{RECORDS}{record.pk}/change/", {"conditions": "改"}).status_code == 403
        assert client.post(f"{RECORDS}{record.pk}/delete/", {"post": "yes"}).status_code == 403
        assert "delete_selected" not in client.get(RECORDS).content.decode()
    record.refresh_from_db()
    assert record.conditions == "全部案例"


def test_records_can_only_be_added() -> None:
    record = ExportRecord.objects.create(
        by=make_user("gone"), by_name="王芳", subject="案例", form="CSV", count=1, unpublished_count=1
    )

    for change in (record.save, record.delete, ExportRecord.objects.all().delete):
        with pytest.raises(RecordsStay):
            change()
    with pytest.raises(RecordsStay):
        ExportRecord.objects.update(count=0)
    assert record.by
    record.by.delete()
    record.refresh_from_db()
    assert (record.by, record.by_name) == (None, "王芳")


def test_readers_and_staff_without_rights_export_nothing(client: Client) -> None:
    make_case()
    assert export(client, CASES).status_code == 302

    staff = make_user()
    staff.is_staff = True
    staff.save()
    client.force_login(staff)
    for page in (CASES, BODIES, LISTS):
        assert client.get(f"{page}export/").status_code == 403
        assert export(client, page).status_code == 403


def test_organisations_of_the_readers_list_come_as_files_in_its_order(client: Client) -> None:
    hidden_bodies()
    make_case("别的区划", leads=[make_organisation("海珠", kind="enterprise", district=make_district("440105"))])

    found = client.get("/organisations/export.json").json()
    some = client.get("/organisations/export.csv?kind=enterprise&district=440105&q=海").content.decode("utf-8-sig")
    book = load_workbook(io.BytesIO(client.get("/organisations/export.xlsx?kind=enterprise&q=海").content))

    assert [(body["name"], body["superior"], body["case_count"]) for body in found["organisations"]] == [
        ("区委", "市委", 1),
        ("海珠", None, 1),
        ("市委", None, 0),
    ]
    assert [row["名称"] for row in csv.DictReader(io.StringIO(some))] == ["海珠"]
    notes = notes_of(book)
    assert (notes["筛选条件"], notes["组织数"]) == ("名称含“海”；企业", 1)
    assert client.get("/organisations/export.csv?district=999999").status_code == 400
    assert client.get("/organisations/export.exe").status_code == 404
