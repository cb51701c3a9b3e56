"""Repairing texts at the desk: cases chosen in their list, and tables that are imported."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from cases.audit import Action
from cases.models import AuditEntry, BulkChange, Case, CaseVersion, Source
from tests.builders import make_case, make_district, make_draft, make_organisation, make_sector, make_source, make_term
from tests.desk import CASES, colleague, signed_in, told
from tests.pages import text_of
from tests.tables import BODIES, LISTS, brought, changes, confirm, found, xlsx
from tests.test_bulk_changes import done, ids, queries_for, undone

pytestmark = [pytest.mark.any_database, pytest.mark.django_db]

FIELDS = ["title", "summary", "approach"]
DATA = {"fields_chosen": FIELDS}


def shown(client: Client, *cases: Case, **data: Any) -> Any:
    return client.post(f"{CASES}repair/?ids={ids(*cases)}", DATA | data)


def places(page: Any) -> list[tuple[str, str, str, str, bool]]:
    """Of each place: field, kind, before, after, and whether its box is ticked."""
    return [
        (one.field, one.kind, one.old, one.new, one.is_on) for hit in page.context["search"].hits for one in hit.places
    ]


def test_each_change_is_shown_beside_the_original_and_taken_over_as_ticked(checker: Client) -> None:
    case = make_draft(
        "創(chuàng)新,好",
        summary="“党建 业务”平台。",
        approach="<p>著力<strong>推動</strong>治理</p><p>基?层</p>",
    )
    clean = make_draft("无关")
    page = shown(checker, case, clean)

    assert places(page) == [
        ("标题", "繁体字", "創", "创", True),
        ("标题", "注音", "(chuàng)", "", True),
        ("标题", "标点", ",", "，", True),
        ("摘要", "疑似缺“+”", " ", "+", False),
        ("主要做法", "繁体字", "著", "着", True),
        ("主要做法", "繁体字", "動", "动", True),
    ]
    assert [(mark.field, mark.old) for hit in page.context["search"].hits for mark in hit.marks] == [("主要做法", "?")]
    html = page.content.decode()
    ticked = re.findall(r'name="place" value="([^"]+)" checked', html)
    assert len(ticked) == 5
    assert len(re.findall('name="place"', html)) == 6

    done(checker, "repair", ids(case, clean), DATA, place=ticked[1:])
    case.refresh_from_db()
    assert (case.title, case.summary, case.approach) == (
        "創新，好",
        "“党建 业务”平台。",
        "<p>着力<strong>推动</strong>治理</p><p>基?层</p>",
    )
    assert (case.version, Case.objects.get(pk=clean.pk).version) == (2, 1)
    assert CaseVersion.objects.filter(case=case).latest("number").why == "修复文字"
    assert AuditEntry.objects.filter(action=Action.BULK_CHANGED).count() == 1
    assert "已撤销" in undone(checker)
    case.refresh_from_db()
    assert (case.title, case.approach) == (
        "創(chuàng)新,好",
        "<p>著力<strong>推動</strong>治理</p><p>基?层</p>",
    )


def test_an_offer_is_taken_over_only_when_ticked(checker: Client) -> None:
    case = make_draft(summary="“党建 业务”平台。")
    done(checker, "repair", ids(case), DATA)
    case.refresh_from_db()

    assert case.summary == "“党建+业务”平台。"
    assert BulkChange.objects.get().title == "修复文字"


def test_what_may_not_be_changed_is_refused_and_what_is_foreign_not_shown(entry: Client) -> None:
    own, public = make_draft("創新"), make_case("公開的案例")
    foreign = make_draft("松原的創新", district=make_district("2207"))
    page = shown(entry, own, public, foreign)

    assert [hit.label for hit in page.context["search"].refused] == [str(public)]
    assert "松原" not in text_of(page)
    done(entry, "repair", ids(own, public, foreign), DATA)
    assert set(Case.objects.values_list("title", flat=True)) == {"创新", "公開的案例", "松原的創新"}
    assert signed_in("只读").get(f"{CASES}repair/?ids={own.pk}").status_code == 403


def test_a_record_that_changed_since_is_shown_again_and_not_changed(checker: Client) -> None:
    case = make_draft("創新")
    address, page = f"{CASES}repair/?ids={case.pk}", shown(checker, case)
    Case.objects.filter(pk=case.pk).update(title="創新發展", version=2)
    sent = DATA | {"confirm": "1", "digest": page.context["digest"], "place": [f"cases.case:{case.pk}:title:0"]}
    again = checker.post(address, sent)

    assert "预览以后有了变化" in told(again)
    assert Case.objects.get().title == "創新發展"


def test_nothing_ticked_and_nothing_to_repair_are_said(checker: Client) -> None:
    case, clean = make_draft("創新"), make_draft("没有问题")

    assert "一处也没有勾选" in text_of(done(checker, "repair", ids(case), DATA, place=[]))
    assert "没有发现问题" in text_of(shown(checker, clean))
    assert "至少勾选一个栏目" in text_of(checker.post(f"{CASES}repair/?ids={case.pk}", {"preview": "1"}))


def test_the_curators_words_are_kept_and_pages_cost_no_more_for_more_cases(checker: Client) -> None:
    make_term("後浪計劃")
    one, many = make_draft("後浪計劃創新"), [make_draft(f"第{number}後浪計劃創新") for number in range(12)]

    assert [place[2:4] for place in places(shown(checker, one))] == [("創", "创")]
    data = {"fields_chosen": [*FIELDS, "source_title"]}
    counts = [queries_for(checker, f"{CASES}repair/?ids={ids(*cases)}", data) for cases in ([one], [one], many)]
    assert counts[1] == counts[2]


def test_the_list_leads_to_the_page_which_shows_at_once_what_there_is(entry: Client) -> None:
    case = make_draft("創新")
    data = {"action": "repair", "_selected_action": [case.pk]}
    answer = entry.post(CASES, data)

    assert answer["Location"] == f"repair/?ids={case.pk}"
    assert places(entry.get(f"{CASES}{answer['Location']}")) == [("标题", "繁体字", "創", "创", True)]
    assert Case.objects.get().title == "創新"


# Imports

HEAD = ["编号", "标题", "年度", "区划", "领域", "主办组织", "摘要", "主要做法", "来源"]
ROW = [
    None,
    "創(chuàng)新,好",
    2020,
    "440104",
    "城市社区",
    "中共广州市越秀区委组织部",
    "基?党建",
    "著力推動\n\n治理",
    "nandu-2020",
]


@pytest.fixture
def words() -> None:
    """What the rows of these tests refer to."""
    make_sector()
    make_organisation(district=make_district())
    make_source(created_by=colleague())


@pytest.mark.usefixtures("words")
def test_an_imported_table_is_repaired_and_says_what_was(entry: Client) -> None:
    page = brought(entry, xlsx([HEAD, ROW]))
    row = page.context["page"].object_list[0]

    assert found(page) == [(2, "新增", "創(chuàng)新,好", [])]
    assert row.warnings == [
        ["标题", "修复文字 3 处（繁体字 1，注音 1，标点 1）：“創”改为“创”、“(chuàng)”删去、“,”改为“，”"],
        ["摘要", "有 1 处可疑，没有改，请对照原文：“基?党建”疑似缺字"],
        ["主要做法", "修复文字 2 处（繁体字 2）：“著”改为“着”、“動”改为“动”"],
    ]
    assert page.context["brought"].notices == [
        "修复了 1 行里的文字，共 5 处，逐行写明。要按原样导入，请放弃，重新选择文件并去掉“修复文字”的勾"
    ]
    confirm(entry, page)
    case = Case.objects.get()
    assert (case.title, case.summary, case.approach) == ("创新，好", "基?党建", "<p>着力推动</p><p>治理</p>")


@pytest.mark.usefixtures("words")
def test_a_table_is_imported_as_it_is_where_that_is_chosen(entry: Client) -> None:
    page = brought(entry, xlsx([HEAD, ROW]), as_is=True)

    assert page.context["brought"].notices == ["文字按原样读取，没有修复"]
    assert page.context["page"].object_list[0].warnings == []
    make_draft("库里有了变化")  # so that the file is read once more
    confirm(entry, page)
    assert Case.objects.filter(title="創(chuàng)新,好").exists()
    assert 'name="repair" id="id_repair" checked' in entry.get(f"{CASES}import/").content.decode()


@pytest.mark.usefixtures("words")
def test_what_the_library_has_just_so_is_no_change(checker: Client) -> None:
    case = make_draft("創新,好", approach="<h3>著力</h3><p>推動</p>", district=make_district())
    page = brought(checker, xlsx([["编号", "标题", "主要做法"], [case.number, "創新,好", "著力\n\n推動"]]))

    assert found(page) == [(2, "相同", str(case), [])]


def test_names_by_which_records_are_found_stay_as_they_are(administrator: Client) -> None:
    body = make_organisation("中共三七(廣州)委員會")
    page = brought(administrator, xlsx([["名称", "简称"], [body.name, "三七黨委"]], "组织"), BODIES)

    assert found(page) == [(2, "有变化", body.name, [])]
    assert changes(page) == [[["简称", "", "三七党委"]]]
    lists = brought(
        administrator,
        xlsx([["网址代号", "名称", "年度", "级别", "说明"], ["a-2020", "十大創新", 2020, "市级", "初選,評審"]], "榜单"),
        LISTS,
    )
    assert {name: new for name, _, new in changes(lists)[0] if name in ("名称", "说明")} == {
        "名称": "十大创新",
        "说明": "初选，评审",
    }
    assert Source.objects.count() == 0
