"""Changing many cases in one step, finding and replacing words in them, and undoing each step as one."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from cases.bulk.replacing import replaced
from cases.models import AwardList, BulkChange, BulkRecord, Case, Organisation, Source, WorkingCopy
from tests.builders import (
    figure,
    make_case,
    make_district,
    make_draft,
    make_organisation,
    make_sector,
    make_theme,
    make_user,
)
from tests.desk import CASES, signed_in, told
from tests.pages import queries_of, text_of
from tests.tables import BODIES, LISTS, brought, confirm, xlsx

pytestmark = pytest.mark.django_db

TEXTS = ["title", "summary", "approach"]


def ids(*cases: Case) -> str:
    return ",".join(str(case.pk) for case in cases)


def done(client: Client, page: str, cases: str, data: dict[str, Any], **more: Any) -> Any:
    """What comes of confirming a preview: the page after it."""
    address = f"{CASES}{page}/?ids={cases}"
    shown = client.post(address, data)
    assert shown.context["is_previewed"]
    places = re.findall(r'name="place" value="([^"]+)"', shown.content.decode())
    sent = data | {"confirm": "1", "digest": shown.context["digest"], "place": places} | more
    return client.post(address, sent, follow=True)


def undone(client: Client) -> str:
    change = BulkChange.objects.first()
    assert change is not None
    return told(client.post(f"/admin/cases/bulkchange/{change.pk}/undo/", follow=True))


def test_an_edit_shows_each_case_and_what_cannot_be_changed_and_why(entry: Client) -> None:
    theme, rural = make_theme(), make_sector("农村")
    draft, same = make_draft("草稿"), make_draft("已是", themes=[theme], sector=rural)
    public = make_case("公开的")
    data = {"theme_act": "add", "themes": [theme.pk], "sector": rural.pk}
    page = entry.post(f"{CASES}bulk-edit/?ids={ids(draft, same, public)}", data)

    assert [(one.label, one.changes) for one in page.context["changed"]] == [
        (str(draft), [["主题", "", "党群服务"], ["领域", "城市社区", "农村"]])
    ]
    assert [(one.label, one.refusal) for one in page.context["refused"]] == [
        (str(public), "现为“已发布”，或不在您的管辖范围，您不能修改")
    ]
    assert page.context["counts"]["same"] == 1
    assert not BulkChange.objects.exists()
    done(entry, "bulk-edit", ids(draft, same, public), data)
    assert dict(Case.objects.values_list("title", "sector__name")) == {
        "草稿": "农村",
        "已是": "农村",
        "公开的": "城市社区",
    }
    assert dict(Case.objects.values_list("title", "version")) == {"草稿": 2, "已是": 1, "公开的": public.version}


@pytest.mark.parametrize(("act", "after"), [("add", ["一", "二", "三"]), ("remove", ["一"]), ("set", ["二", "三"])])
def test_themes_are_added_taken_away_or_set(checker: Client, act: str, after: list[str]) -> None:
    first, second, third = make_theme("一"), make_theme("二"), make_theme("三")
    case = make_draft(themes=[first, second])
    done(checker, "bulk-edit", ids(case), {"theme_act": act, "themes": [second.pk, third.pk]})

    assert sorted(case.themes.values_list("pk")) == sorted(make_theme(name).pk for name in after) or sorted(
        case.themes.values_list("name", flat=True)
    ) == sorted(after)


def test_a_status_moves_as_the_workflow_has_it_and_comes_back(checker: Client) -> None:
    draft, published, bare = make_draft("草稿"), make_case("公开的"), make_draft("没摘要", summary="")
    data = {"move": "publish", "reason": "集中发布"}
    page = checker.post(f"{CASES}bulk-edit/?ids={ids(draft, published, bare)}", data)

    assert [one.refusal for one in page.context["refused"]] == ["还不能发布，缺少：摘要", "现为“已发布”，不能发布"]
    done(checker, "bulk-edit", ids(draft, published, bare), data)
    draft.refresh_from_db()
    assert (draft.status, draft.published_at is not None) == ("published", True)
    assert "已撤销" in undone(checker)
    draft.refresh_from_db()
    assert (draft.status, draft.published_at) == ("draft", None)
    assert [str(one) for one in draft.status_changes.all()] == ["已发布 → 草稿", "草稿 → 已发布"]


@pytest.mark.parametrize(("ahead", "is_set"), [(timedelta(days=2), True), (timedelta(minutes=-1), False)])
def test_a_set_time_comes_back_unless_it_went_by(checker: Client, ahead: timedelta, is_set: bool) -> None:
    case, at = make_draft("定时的"), timezone.now() + timedelta(days=1)
    by = User.objects.get(pk=checker.session["_auth_user_id"])
    case.submit(by=by)
    case.schedule(by=by, at=at)
    done(checker, "bulk-edit", ids(case), {"move": "send_back", "reason": "再改改"})
    case.refresh_from_db()
    assert (case.status, case.publish_at, case.scheduled_by) == ("draft", None, None)
    record = BulkRecord.objects.get()
    record.before["publish_at"] = (timezone.now() + ahead).isoformat()
    record.save()

    assert "已撤销" in undone(checker)
    case.refresh_from_db()
    assert (case.status, case.publish_at is not None, case.scheduled_by) == ("review", is_set, by if is_set else None)


def test_nobody_hands_in_what_no_checker_would_see(entry: Client) -> None:
    case = make_draft("没有区划", district=None, created_by=User.objects.get(pk=entry.session["_auth_user_id"]))
    page = entry.post(f"{CASES}bulk-edit/?ids={ids(case)}", {"move": "submit"})

    assert [one.refusal for one in page.context["refused"]] == ["还不能提交审核，缺少：区划"]
    assert [name for name, _ in page.context["form"].fields["move"].choices] == ["", "submit", "take_back"]


def test_an_edit_of_another_preview_is_not_carried_out(checker: Client) -> None:
    first, second = make_draft("第一"), make_draft("第二")
    data = {"sector": make_sector("农村").pk}
    address = f"{CASES}bulk-edit/?ids={ids(first, second)}"
    shown = checker.post(address, data)
    Case.objects.filter(pk=second.pk).update(version=2)

    again = checker.post(address, data | {"confirm": "1", "digest": shown.context["digest"]})

    assert "预览以后有了变化" in told(again)
    assert set(Case.objects.values_list("sector__name", flat=True)) == {"城市社区"}


def test_nobody_files_beyond_their_districts_nor_touches_what_is_there(checker: Client) -> None:
    own, foreign = make_draft("自己的"), make_draft("松原的草稿", district=make_district("2207"))
    page = checker.post(f"{CASES}bulk-edit/?ids={ids(own, foreign)}", {"district": "2207"})

    assert [(one.label, one.refusal) for one in page.context["refused"]] == [(str(own), "所选区划不在您的管辖范围")]
    found = checker.post(
        f"{CASES}replace/?ids={ids(own, foreign)}", {"words": "的", "by": "之", "fields_chosen": TEXTS}
    )
    assert "松原的草稿" not in text_of(page) + text_of(found)
    done(checker, "replace", ids(own, foreign), {"words": "的", "by": "之", "fields_chosen": TEXTS})
    assert set(Case.objects.values_list("title", flat=True)) == {"自己之", "松原的草稿"}


def test_words_are_replaced_where_they_are_ticked_and_come_back(checker: Client) -> None:
    case = make_draft(
        "网格 网格",
        summary="网格员。",
        approach="Ｇ网格\n\n* 一.网格",
        figures=[figure(3, "网格数"), figure(4, "站点")],
    )
    other = make_draft("无关")
    data = {"words": "网格", "by": "片区", "fields_chosen": [*TEXTS, "figure_indicator"]}
    address = f"{CASES}replace/?ids={ids(case, other)}"
    shown = checker.post(address, data)
    places = re.findall(r'name="place" value="([^"]+)"', shown.content.decode())

    assert (len(places), shown.context["search"].count) == (6, 6)
    kept = [place for place in places if not place.endswith("title:0")]
    done(checker, "replace", ids(case, other), data, place=kept)
    case.refresh_from_db()
    assert (case.title, case.summary, case.approach) == ("网格 片区", "片区员。", "<p>Ｇ片区</p><p>* 一.片区</p>")
    assert [one.indicator for one in case.figures.all()] == ["片区数", "站点"]
    assert (case.version, Case.objects.get(pk=other.pk).version) == (2, 1)
    assert "已撤销" in undone(checker)
    case.refresh_from_db()
    assert (case.title, case.summary, case.approach, case.version) == (
        "网格 网格",
        "网格员。",
        "<p>Ｇ网格</p><p>* 一.网格</p>",
        3,
    )
    assert [one.indicator for one in case.figures.all()] == ["网格数", "站点"]


def test_a_source_that_others_cite_is_changed_only_by_who_may(entry: Client, administrator: Client) -> None:
    case = make_draft("草稿")
    make_case("松原的", district=make_district("2207"))
    data = {"words": "都市报", "by": "日报", "fields_chosen": ["source_publisher"]}
    page = entry.post(f"{CASES}replace/?ids={ids(case)}", data)

    assert [hit.refusal for hit in page.context["search"].refused] == [
        "已公开或不在草稿状态，或者不在您的管辖范围，您不能修改"
    ]
    done(administrator, "replace", ids(case), data)
    assert Source.objects.get().publisher == "南方日报"
    assert "已撤销" in undone(administrator)
    assert Source.objects.get().publisher == "南方都市报"


def test_a_place_that_would_grow_too_long_is_refused(checker: Client) -> None:
    case = make_draft("长" * 100)
    page = checker.post(f"{CASES}replace/?ids={ids(case)}", {"words": "长", "by": "很长", "fields_chosen": ["title"]})

    assert "替换以后不能保存" in page.context["search"].refused[0].refusal


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("text", "words", "by", "after"),
    [
        ("<p>党群<strong>服务</strong>，服务</p>", "服务", "<b>", "<p>党群<strong>&lt;b&gt;</strong>，&lt;b&gt;</p>"),
        ("<p title='p'>p &amp; p</p>", "p", "q", "<p title='p'>q &amp; q</p>"),
        ("<p>a &lt; b</p>", "< b", "> c", "<p>a &gt; c</p>"),
        ("<p>服<em>务</em></p>", "服务", "x", "<p>服<em>务</em></p>"),
    ],
)
def test_replacing_in_rich_text_leaves_the_tags_alone(text: str, words: str, by: str, after: str) -> None:
    assert replaced(text, words, by, {0, 1, 2}, is_rich=True) == after


def test_an_import_is_undone_whole(administrator: Client) -> None:
    make_district()
    old = make_organisation("旧单位", kind="other", short_name="旧")
    page = brought(
        administrator,
        xlsx(
            [
                ["名称", "类别", "简称", "上级组织"],
                ["旧单位", "党委", "", ""],
                ["新单位", "党支部", "", "旧单位"],
                ["再下", "党支部", "", "新单位"],
            ],
            "组织",
        ),
        BODIES,
    )
    confirm(administrator, page)
    assert Organisation.objects.count() == 3
    head = ["标题", "年度", "主办组织", "来源"]
    confirm(administrator, brought(administrator, xlsx([head, ["新案例", 2021, "新单位", "新报：新题，2021"]])))

    # The organisation is credited by now.
    second, first = BulkChange.objects.all()
    answer = administrator.post(f"/admin/cases/bulkchange/{first.pk}/undo/", follow=True)
    assert "已被用到，不能撤销" in told(answer)
    assert Organisation.objects.count() == 3
    for change in (second, first):
        assert "已撤销" in told(administrator.post(f"/admin/cases/bulkchange/{change.pk}/undo/", follow=True))
    old.refresh_from_db()
    assert (Case.objects.count(), Source.objects.count(), Organisation.objects.count()) == (0, 0, 1)
    assert (old.kind, old.short_name) == ("other", "旧")
    assert "已经撤销过了" in told(administrator.post(f"/admin/cases/bulkchange/{first.pk}/undo/", follow=True))
    # The file is gone, and so are the records; what they said is still told.
    taken = text_of(administrator.get(f"/admin/cases/bulkchange/{second.pk}/change/"))
    assert "新案例" in taken
    assert "2021" in taken


def test_an_import_is_not_undone_under_somebodys_hands(checker: Client) -> None:
    confirm(checker, brought(checker, xlsx([["标题", "年度"], ["新案例", 2021]])))
    case = Case.objects.get()
    someone = make_user("某人", group="审核员")
    copy = WorkingCopy.objects.keep(someone, case, "", {"title": ["打了一半"]}, case.version)

    assert f"有人正在改这一步新增的案例，还没有保存：{case.number}" in undone(checker)
    assert WorkingCopy.objects.filter(pk=copy.pk).exists()
    copy.delete()
    assert "已撤销" in undone(checker)
    assert not Case.objects.exists()


def test_a_list_is_put_back_with_its_entries(checker: Client) -> None:
    head = ["网址代号", "名称", "年份", "级别"]
    entries = [["榜单", "公布的名称"], ["gz", "甲"], ["gz", "乙"]]
    confirm(checker, brought(checker, xlsx([head, ["gz", "榜", 2020, "市级"]], "榜单", 条目=entries), LISTS))
    award = AwardList.objects.get()
    changed = xlsx([head, ["gz", "新榜", 2020, "市级"]], "榜单", 条目=[["榜单", "公布的名称"], ["gz", "丙"]])
    confirm(checker, brought(checker, changed, LISTS))
    assert [one.title for one in award.entries.all()] == ["丙"]

    assert "已撤销" in undone(checker)
    award.refresh_from_db()
    assert (award.title, [one.title for one in award.entries.all()]) == ("榜", ["甲", "乙"])


def test_what_somebody_changed_since_stops_the_whole_undoing(checker: Client) -> None:
    first, second = make_draft("第一"), make_draft("第二")
    done(checker, "bulk-edit", ids(first, second), {"sector": make_sector("农村").pk})
    Case.objects.get(pk=second.pk).submit(by=None)

    answer = undone(checker)

    assert f"这些以后又有人改过或删去，或者您不能修改：{second}" in answer
    assert set(Case.objects.values_list("sector__name", flat=True)) == {"农村"}
    assert BulkChange.objects.get().undone_at is None


def test_a_step_is_seen_and_undone_by_who_made_it_and_by_administrators(checker: Client, administrator: Client) -> None:
    case = make_draft("第一")
    done(checker, "bulk-edit", ids(case), {"sector": make_sector("农村").pk})
    address = f"/admin/cases/bulkchange/{BulkChange.objects.get().pk}/"
    stranger = signed_in("审核员")

    assert stranger.get(f"{address}change/").status_code == 404
    assert stranger.post(f"{address}undo/").status_code == 404
    assert "批量修改：领域" not in text_of(stranger.get("/admin/cases/bulkchange/"))
    assert "批量修改：领域" in text_of(checker.get("/admin/cases/bulkchange/"))
    assert "农村" in text_of(administrator.get(f"{address}change/"))
    assert administrator.get(f"{address}undo/").status_code == 403
    assert "已撤销" in undone(administrator)


def test_pages_cost_no_more_for_more_cases(checker: Client) -> None:
    one, many = make_draft("第一"), [make_draft(f"案例{number}") for number in range(12)]
    rural = make_sector("农村")
    data = {"sector": str(rural.pk), "theme_act": "set"}
    counts = []
    for cases in ([one], [one], many):
        with_queries = queries_for(checker, f"{CASES}bulk-edit/?ids={ids(*cases)}", data)
        replaced_queries = queries_for(
            checker,
            f"{CASES}replace/?ids={ids(*cases)}",
            {"words": "党", "by": "", "fields_chosen": [*TEXTS, "source_title"]},
        )
        counts.append((with_queries, replaced_queries))
    assert counts[1] == counts[2]  # the first time, what stays in memory is read
    done(checker, "bulk-edit", ids(one), data)
    done(checker, "bulk-edit", ids(*many), data)
    pages = [f"/admin/cases/bulkchange/{pk}/change/" for pk in BulkChange.objects.values_list("pk", flat=True)]
    assert len(set(queries_of(checker, *pages).values())) == 1


def queries_for(client: Client, address: str, data: dict[str, Any]) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as made:
        assert client.post(address, data).status_code == 200
    return len(made)


def test_the_actions_of_the_list_lead_to_the_pages(entry: Client) -> None:
    case = make_draft("第一")
    for page in ("bulk_edit", "replace"):
        data = {"action": page, "_selected_action": [case.pk]}
        assert entry.post(CASES, data)["Location"] == f"{page.replace('_', '-')}/?ids={case.pk}"
        across = entry.post(f"{CASES}?q=第一", data | {"select_across": "1"})
        assert entry.get(f"{CASES}{across['Location']}").context["chosen"].count == 1


def test_who_only_reads_changes_nothing() -> None:
    case, reader = make_draft("第一"), signed_in("只读")

    assert [reader.get(f"{CASES}{page}/?ids={case.pk}").status_code for page in ("bulk-edit", "replace")] == [403, 403]
