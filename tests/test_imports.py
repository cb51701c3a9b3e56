"""Bringing in cases, organisations and lists: what each row would do, then all of it or nothing."""

from __future__ import annotations

import io
import json
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from cases.bulk import queue
from cases.models import AuditEntry, AwardList, BulkChange, Case, Import, Organisation
from cases.models.imported import SILENCE
from tests.builders import (
    figure,
    make_case,
    make_district,
    make_draft,
    make_list,
    make_organisation,
    make_sector,
    make_source,
    make_theme,
)
from tests.desk import CASES, colleague, signed_in
from tests.exporting import write_waiting
from tests.pages import queries_of, text_of
from tests.tables import BODIES, LISTS, as_csv, brought, changes, confirm, found, xlsx

pytestmark = pytest.mark.django_db

HEAD = ["编号", "标题", "年度", "区划", "领域", "主题", "主办组织", "摘要", "成效数据", "来源"]
ROW = [
    None,
    "红苗工程",
    2020.0,
    "广东省广州市越秀区",
    "城市社区",
    "党群服务、智慧党建",
    "越秀区委组织部",
    "选派青年党员。",
    "培育骨干：超过 160 名（２０２０年）\n覆盖党员：2.3万名",
    "南方都市报：党建创新十大案例，2020-11\n羊城晚报：红苗成林，2021年3月2日，https://example.com/b",
]


@pytest.fixture
def words() -> None:
    """What the rows of these tests refer to."""
    make_sector()
    make_theme()
    make_theme("智慧党建")
    make_organisation(short_name="越秀区委组织部", district=make_district())
    make_source(created_by=colleague())


def row(**given: Any) -> list[Any]:
    return [given.get(heading, value) for heading, value in zip(HEAD, ROW, strict=True)]


def told(case: Case) -> dict[str, Any]:
    return {
        "title": case.title,
        "status": case.status,
        "year": case.year,
        "district": str(case.district),
        "sector": str(case.sector),
        "themes": sorted(theme.name for theme in case.themes.all()),
        "credits": [str(credit) for credit in case.credits.all()],
        "figures": [str(one) for one in case.figures.all()],
        "sources": [citation.reference for citation in case.citations.all()],
        "by": case.created_by.get_username() if case.created_by else None,
    }


@pytest.mark.usefixtures("words")
def test_a_new_row_is_a_draft_with_all_that_it_says(entry: Client) -> None:
    page = brought(entry, xlsx([HEAD, row()]))

    assert found(page) == [(2, "新增", "红苗工程", [])]
    assert not Case.objects.exists()
    done = confirm(entry, page)
    assert "新增 1 个，修改 0 个" in text_of(done)
    assert told(Case.objects.get()) == {
        "title": "红苗工程",
        "status": "draft",
        "year": 2020,
        "district": "广东省广州市越秀区",
        "sector": "城市社区",
        "themes": ["党群服务", "智慧党建"],
        "credits": ["中共广州市越秀区委组织部（主办）"],
        "figures": ["培育骨干 超过 160 名", "覆盖党员 23,000 名"],
        "sources": [
            "南方都市报：《党建创新十大案例》，2020年11月",
            "羊城晚报：《红苗成林》，2021年3月2日，https://example.com/b",
        ],
        "by": "luru",
    }
    assert Import.objects.get().stored == ""


@pytest.mark.usefixtures("words")
@pytest.mark.parametrize(
    ("delimiter", "encoding"), [(",", "utf-8-sig"), (";", "utf-8"), ("\t", "gb18030"), ("\t", "utf-16")]
)
def test_csv_is_read_in_the_usual_encodings_and_delimiters(entry: Client, delimiter: str, encoding: str) -> None:
    page = brought(entry, as_csv([HEAD, row()], delimiter, encoding), name="表.csv")

    assert found(page) == [(2, "新增", "红苗工程", [])]


@pytest.mark.usefixtures("words")
def test_one_bad_row_changes_nothing_and_every_bad_row_is_named(entry: Client) -> None:
    rows = [row(标题=f"案例{number}") for number in range(5)]
    rows[1][2], rows[3][4], rows[3][6] = "去年", "城市社群", "越秀区组织部"
    page = brought(entry, xlsx([HEAD, *rows]))

    assert [one[:2] for one in found(page)] == [(2, "新增"), (3, "有误"), (4, "新增"), (5, "有误"), (6, "新增")]
    wrong = entry.get(f"{page.context['brought'].get_absolute_url()}?show=wrong")
    assert [(number, faults) for number, _, _, faults in found(wrong)] == [
        (3, ["年度：“去年”应为整数，如 2020"]),
        (
            5,
            [
                "领域：没有名为“城市社群”的领域，可选：城市社区",
                "主办组织：没有名为“越秀区组织部”的组织，请先导入或新建，或改用规范全称",
            ],
        ),
    ]
    assert "确认导入" not in text_of(page)
    confirm(entry, page)
    assert not Case.objects.exists()
    assert not BulkChange.objects.exists()


@pytest.mark.usefixtures("words")
def test_a_number_updates_what_the_file_has_and_nothing_else(checker: Client) -> None:
    case = make_case("旧标题", figures=[figure(3, as_printed="三个")], themes=[make_theme()])
    page = brought(checker, xlsx([["编号", "标题", "主题"], [case.number, "新标题", "党群服务"]]))

    assert changes(page) == [[["标题", "旧标题", "新标题"]]]
    confirm(checker, page)
    stored = Case.objects.get()
    assert (stored.title, stored.version, stored.status, stored.summary) == (
        "新标题",
        case.version + 1,
        "published",
        case.summary,
    )
    assert [one.as_printed for one in stored.figures.all()] == ["三个"]


@pytest.mark.usefixtures("words")
@pytest.mark.parametrize("form", ["xlsx", "csv"])
@pytest.mark.parametrize("page", [CASES, BODIES, LISTS])
def test_what_is_exported_and_brought_in_again_is_the_same(administrator: Client, form: str, page: str) -> None:
    body = make_organisation(
        "中共广州市委组织部", kind="department", former_names="老名\n更老的名", district=make_district("4401")
    )
    lead = make_organisation(short_name="越秀区委组织部")
    lead.parent = body
    lead.save()
    case = make_case(
        "红苗工程",
        leads=[lead, body],
        themes=[make_theme(), make_theme("智慧党建")],
        approach="第一段。\n\n- 一\n- 二",
        figures=[
            figure("95.5", "满意度", "%", qualifier="over"),
            figure(160, year=2020, qualifier="more", as_printed="百六"),
        ],
    )
    award = make_list(slug="shown", cases=[case, make_draft("草稿")], organiser=body)
    award.entries.get(case=case).organisations.set([lead])
    award.funnel.create(stage="征集", qualifier="over", count=1600)
    award.sources.set([make_source()])
    columns = {CASES: "cases", BODIES: "organisations", LISTS: "lists"}
    opened = administrator.get(f"{page}export/")
    names = [name for name, _ in opened.context["form"].fields["column"].choices]
    file: Any = administrator.post(
        f"{page}export/", {"form": form, "scope": "all", "column": names} | {"scope": "whole"}
    )
    content = b"".join(file.streaming_content) if file.streaming else file.content
    assert columns[page] in file["Content-Disposition"]

    again = brought(administrator, content, page, f"导出.{form}")

    assert {(finding, *faults) for _, finding, _, faults in found(again)} == {("相同",)}


@pytest.mark.usefixtures("words")
def test_the_same_case_twice_in_the_file_or_already_in_the_library_is_wrong(entry: Client) -> None:
    lead = Organisation.objects.get()
    old = make_draft("红苗·工程", leads=[lead])
    page = brought(entry, xlsx([HEAD, row(), row(标题="另一"), row(标题="“另一”")]))

    assert found(page) == [
        (2, "有误", "红苗工程", [f"标题：库里已有同一主办组织的同名案例 {old.number}。要修改它，请填上编号"]),
        (3, "新增", "另一", []),
        (4, "有误", "“另一”", ["标题：与第 3 行的标题和主办组织相同，请删去其一"]),
    ]


@pytest.mark.usefixtures("words")
def test_a_case_of_another_district_is_neither_changed_nor_told_of(entry: Client) -> None:
    own, hidden = make_draft("自己的"), make_draft("松原的草稿", district=make_district("2207"))
    foreign = make_case("松原的", district=make_district("2207"))
    page = brought(
        entry,
        xlsx(
            [
                ["编号", "标题", "区划"],
                [hidden.number, "改", "越秀区"],
                [foreign.number, "改", "越秀区"],
                [own.number, "改", "松原市"],
            ]
        ),
    )

    assert [faults for *_, faults in found(page)] == [
        [f"编号：没有编号为“{hidden.number}”的案例，或它不在您的管辖范围。新增的案例请把编号留空"],
        [f"编号：没有编号为“{foreign.number}”的案例，或它不在您的管辖范围。新增的案例请把编号留空"],
        ["区划：不在您的管辖范围，请改为您管辖的区划"],
    ]
    assert "松原的草稿" not in text_of(page)


def test_who_only_enters_does_not_change_what_is_public(entry: Client) -> None:
    case = make_case("公开的")
    page = brought(entry, xlsx([["编号", "标题"], [case.number, "改"]]))

    assert [finding for _, finding, *_ in found(page)] == ["有误"]


def test_a_published_case_stays_complete(checker: Client) -> None:
    case = make_case("公开的")
    page = brought(checker, xlsx([["编号", "摘要", "主办组织", "来源"], [case.number, "", "", None]]))

    assert [faults for *_, faults in found(page)] == [
        [
            "摘要：已发布的案例不能没有这一项；要清空，请先撤下案例",
            "主办组织：已发布的案例至少要有一个主办组织",
            "来源：已发布的案例至少要有一个来源",
        ]
    ]


def test_a_case_in_review_keeps_its_district(checker: Client) -> None:
    case = make_draft("待审的")
    case.submit(by=None)

    page = brought(checker, xlsx([["编号", "区划"], [case.number, ""]]))

    assert [faults for *_, faults in found(page)] == [["区划：待审的案例要有区划；要清空，请先退回或撤回"]]


def test_a_case_that_changed_after_the_preview_is_shown_anew(checker: Client) -> None:
    first, other = make_draft("第一"), make_draft("第二")
    page = brought(checker, xlsx([["编号", "标题"], [first.number, "改一"], [other.number, "改二"]]))
    Case.objects.filter(pk=other.pk).update(version=2, title="别人改的")

    again = confirm(checker, page)

    assert "预览以后库里的内容有了变化" in text_of(again)
    assert changes(again) == [[["标题", "第一", "改一"]], [["标题", "别人改的", "改二"]]]
    assert set(Case.objects.values_list("title", flat=True)) == {"第一", "别人改的"}
    confirm(checker, again)
    assert set(Case.objects.values_list("title", flat=True)) == {"改一", "改二"}


def test_a_change_elsewhere_does_not_stop_an_import(checker: Client) -> None:
    case, other = make_draft("第一"), make_draft("第二")
    page = brought(checker, xlsx([["编号", "标题"], [case.number, "改一"]]))
    Case.objects.filter(pk=other.pk).update(version=2, title="别人改的")

    confirm(checker, page)

    assert Case.objects.get(pk=case.pk).title == "改一"


def test_an_import_is_its_bringers_alone(entry: Client, administrator: Client) -> None:
    case = make_draft("第一")
    one = brought(entry, xlsx([["编号", "标题"], [case.number, "改一"]])).context["brought"]

    assert administrator.get(one.get_absolute_url()).status_code == 404
    assert administrator.post(one.get_absolute_url(), {"confirm": "1", "digest": one.digest}).status_code == 404
    assert Case.objects.get().title == "第一"


def test_organisations_may_name_superiors_of_the_same_file(entry: Client) -> None:
    make_district()
    head = ["名称", "类别", "上级组织", "所在区划", "曾用名"]
    page = brought(
        entry,
        xlsx(
            [head, ["支部", "党支部", "党委", "越秀区", "老支部、旧支部"], ["党委", "党委", None, "越秀区", ""]], "组织"
        ),
        BODIES,
    )

    assert [finding for _, finding, *_ in found(page)] == ["新增", "新增"]
    confirm(entry, page)
    branch: Any = Organisation.objects.get(name="支部")
    assert (branch.parent.name, branch.former_names, branch.created_by.username) == ("党委", "老支部\n旧支部", "luru")


def test_an_organisation_is_not_made_twice_nor_its_own_superior(entry: Client) -> None:
    make_organisation("党委", kind="committee", short_name="委", district=make_district())
    page = brought(
        entry,
        xlsx(
            [
                ["名称", "类别", "上级组织"],
                ["委", "党委", ""],
                ["甲", "党委", "乙"],
                ["乙", "党委", "甲"],
                ["甲", "党委", ""],
            ],
            "组织",
        ),
        BODIES,
    )

    assert [faults for *_, faults in found(page)] == [
        ["名称：“委”是“党委”的简称或曾用名，不能另建。请改写那个组织的全称"],
        [],
        ["上级组织：上级组织绕成了圈：所填上级在本组织之下，或就是它自己"],
        ["名称：“甲”在第 3 行已经有了，请合并成一行"],
    ]


@pytest.mark.usefixtures("words")
def test_a_list_comes_with_its_entries(checker: Client) -> None:
    case = make_case("红苗工程", leads=[Organisation.objects.get()])
    page = brought(
        checker,
        xlsx(
            [
                ["网址代号", "名称", "年份", "级别", "评选环节", "排列方式"],
                ["gz-2020", "治理榜", "2020年", "市级", "征集：超过 1,600 件", "排名"],
            ],
            "榜单",
            条目=[
                ["榜单", "名次", "公布的名称", "单位现名", "案例编号"],
                ["gz-2020", 2, "乙", "", ""],
                ["gz-2020", 1, "甲", "越秀区委组织部", case.number],
            ],
        ),
        LISTS,
    )

    assert found(page) == [(2, "新增", "治理榜", [])]
    confirm(checker, page)
    award = AwardList.objects.get()
    assert (award.status, [str(one) for one in award.funnel.all()]) == ("draft", ["征集 超过 1,600 件"])
    assert [(one.rank, one.title, one.case, list(one.organisations.all())) for one in award.entries.all()] == [
        (2, "乙", None, []),
        (1, "甲", case, [Organisation.objects.get()]),
    ]


def test_entries_of_a_list_come_in_a_cell_too(checker: Client) -> None:
    lines = "1. 甲｜单位｜第1名\n2. 乙｜｜第２名"
    page = brought(
        checker,
        as_csv([["网址代号", "名称", "年份", "级别", "条目"], ["gz", "榜", "2020", "市级", lines]]),
        LISTS,
        "榜.csv",
    )

    confirm(checker, page)
    assert list(AwardList.objects.get().entries.values_list("rank", "title", "organisations_as_announced")) == [
        (1, "甲", "单位"),
        (2, "乙", ""),
    ]


@pytest.mark.parametrize("page", [CASES, BODIES, LISTS])
def test_the_template_offers_the_values_and_its_example_is_passed_over(entry: Client, page: str) -> None:
    make_sector()
    make_theme()
    file = entry.get(f"{page}import/template.xlsx")
    book = load_workbook(io.BytesIO(file.content))
    choices = {column[0].value: [cell.value for cell in column[1:] if cell.value] for column in book["可选值"].columns}
    offered = {str(one.sqref) for one in book.worksheets[0].data_validations.dataValidation}

    assert {CASES: ["类型", "领域", "主题"], BODIES: ["类别"], LISTS: ["级别", "排列方式"]}[page] == list(choices)
    assert len(offered) == {CASES: 2, BODIES: 1, LISTS: 2}[page]
    for name, content in (("模板.xlsx", file.content), ("模板.csv", entry.get(f"{page}import/template.csv").content)):
        assert "文件里没有要导入的行" in text_of(brought(entry, content, page, name))


@pytest.mark.usefixtures("words")
def test_the_example_of_the_template_is_good(administrator: Client) -> None:
    for page in (BODIES, CASES, LISTS):
        book = load_workbook(io.BytesIO(administrator.get(f"{page}import/template.xlsx").content))
        for sheet in book.worksheets[:2]:
            if str(sheet["A2"].value).startswith("示例"):
                sheet["A2"] = {CASES: None, BODIES: "另一组织"}.get(page, "guangzhou-2020")
        if page == BODIES:
            make_organisation("中共广州市委组织部")
        file = io.BytesIO()
        book.save(file)
        assert [
            (finding, faults) for _, finding, _, faults in found(brought(administrator, file.getvalue(), page))
        ] == [("新增", [])]


@pytest.mark.usefixtures("words")
def test_dates_formulas_and_error_cells_are_taken_for_what_they_show(entry: Client) -> None:
    page = brought(entry, xlsx([HEAD, row(年度=datetime(2020, 1, 1)), row(标题="#REF!"), row(标题="=1+1")]))

    assert [faults for *_, faults in found(page)] == [
        ["年度：应为数字，这一格是日期。请把单元格格式改为“常规”，再填四位年份"],
        ["：公式出错（#REF!），请在表格里改正，或直接填写内容"],
        ["标题：此字段不能为空。"],
    ]


def test_who_may_not_add_is_not_let_in() -> None:
    reader = signed_in("只读")

    assert [reader.get(f"{CASES}import/{path}").status_code for path in ("", "template.xlsx")] == [403, 403]
    assert "import/" not in reader.get(CASES).content.decode()


@pytest.mark.any_database
@pytest.mark.usefixtures("words")
def test_a_longer_preview_costs_no_more_queries(entry: Client) -> None:
    short = brought(entry, xlsx([HEAD, row()])).context["brought"]
    long = brought(entry, xlsx([HEAD, *(row(标题=f"案例{number}") for number in range(40))])).context["brought"]

    counts = queries_of(entry, short.get_absolute_url(), long.get_absolute_url())
    assert len(set(counts.values())) == 1


def test_texts_of_a_file_do_no_harm_on_the_page(entry: Client) -> None:
    page = brought(entry, xlsx([["编号", "标题"], ["2020-<img onerror=alert(1)>", "<script>x</script>"]]))

    assert "<img onerror" not in page.content.decode()
    assert "<script>x" not in page.content.decode()


@pytest.fixture
def in_the_background(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is too large to be read at once."""
    monkeypatch.setattr(queue, "AT_ONCE", 0)


@pytest.mark.usefixtures("words", "in_the_background")
def test_a_large_file_is_read_and_carried_out_by_the_worker(entry: Client) -> None:
    page = brought(entry, xlsx([HEAD, row()]))
    address = page.context["brought"].get_absolute_url()
    assert "正在排队" in text_of(page)
    assert 'http-equiv="refresh"' in page.content.decode()
    write_waiting()

    shown = entry.get(address)
    assert found(shown) == [(2, "新增", "红苗工程", [])]
    assert "排队导入" in text_of(confirm(entry, shown))
    assert not Case.objects.exists()
    write_waiting()
    assert "已经导入" in text_of(entry.get(address))
    assert Case.objects.count() == 1


@pytest.mark.usefixtures("words", "in_the_background")
def test_an_import_whose_worker_died_is_taken_up_again_and_given_up_the_second_time(entry: Client) -> None:
    one = brought(entry, xlsx([HEAD, row()])).context["brought"]
    for attempts, state in ((1, "waiting"), (2, "failed")):
        long_ago = timezone.now() - SILENCE * 2
        Import.objects.update(state="reading", begun_at=long_ago, touched_at=long_ago, attempts=attempts)
        queue.tend()
        one.refresh_from_db()
        assert one.state == state


@pytest.mark.usefixtures("words", "in_the_background")
def test_who_lost_the_right_meanwhile_imports_nothing(entry: Client) -> None:
    page = brought(entry, xlsx([HEAD, row()]))
    page.context["brought"].user.groups.clear()
    write_waiting()

    one = Import.objects.get()
    assert (one.state, one.fault, one.stored) == ("failed", "账号已停用，或不再有导入的权限", "")


@pytest.mark.usefixtures("words")
def test_a_file_is_gone_after_a_day(entry: Client) -> None:
    page = brought(entry, xlsx([HEAD, row()]))
    one = page.context["brought"]
    assert (one.path.is_file(), oct(one.path.stat().st_mode)[-3:]) == (True, "600")
    Import.objects.update(expires_at=timezone.now())

    assert entry.get(one.get_absolute_url()).status_code == 404
    assert confirm(entry, page).status_code == 404
    queue.clear()
    assert (one.path.exists(), Import.objects.count(), Case.objects.count()) == (False, 0, 0)


@pytest.mark.usefixtures("words")
def test_versions_and_the_audit_know_of_an_import(checker: Client) -> None:
    case = make_draft("旧标题")
    confirm(checker, brought(checker, xlsx([["编号", "标题"], [case.number, "新标题"]], "案例"), name="机密.xlsx"))

    assert [(one.number, one.why) for one in case.versions.order_by("number")] == [
        (1, ""),
        (2, "导入案例：机密.xlsx"),
    ]
    entry = AuditEntry.objects.get(action="imported")
    assert (entry.username, json.loads(entry.details)) == ("shenhe", {"subject": "案例", "created": 0, "changed": 1})
    assert "机密" not in f"{entry.about_name}{entry.details}"


@pytest.mark.usefixtures("words")
def test_a_section_keeps_its_form_where_the_file_says_the_same(checker: Client) -> None:
    html = "<h3>一、选派</h3><p>党员<strong>下沉</strong>社区。</p>"
    case = make_draft("带格式", approach=html, results=html)
    page = brought(
        checker, xlsx([["编号", "主要做法", "工作成效"], [case.number, "一、选派\n\n党员下沉社区。", "<b>改</b>过"]])
    )

    assert [(row.changes, row.warnings) for row in page.context["page"].object_list] == [
        (
            [["工作成效", "一、选派\n\n党员下沉社区。", "<b>改</b>过"]],
            [["工作成效", "原文的标题、加粗、表格等格式会变成纯文字"]],
        )
    ]
    confirm(checker, page)
    case.refresh_from_db()
    assert (case.approach, case.results, case.results_text) == (html, "<p>&lt;b&gt;改&lt;/b&gt;过</p>", "<b>改</b>过")


@pytest.mark.usefixtures("words")
def test_a_case_that_somebody_entered_after_the_preview_is_not_entered_twice(entry: Client) -> None:
    page = brought(entry, xlsx([HEAD, row()]))
    make_draft("红苗工程", leads=[Organisation.objects.get()])

    again = confirm(entry, page)

    assert [finding for _, finding, *_ in found(again)] == ["有误"]
    assert Case.objects.count() == 1
