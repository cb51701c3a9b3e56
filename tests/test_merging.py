"""Two records made one, and parted again so that the database is as it was."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.test import Client

from cases.duplicates import merging, parting
from cases.duplicates.carrying import DECISIONS
from cases.duplicates.fields import proposed
from cases.models import (
    AuditEntry,
    AwardEntry,
    Case,
    CaseVersion,
    Correction,
    Credit,
    IndexChange,
    Merge,
    Organisation,
    PossibleDuplicate,
    ShortlistItem,
    WorkingCopy,
)
from tests.builders import (
    attach,
    figure,
    make_case,
    make_district,
    make_draft,
    make_list,
    make_organisation,
    make_shortlist,
    make_source,
    make_theme,
    make_user,
)
from tests.desk import signed_in

pytestmark = pytest.mark.django_db

# What a merge and its undoing leave behind: the audit, the outbox of the search, the record of the merge itself.
BY_THE_WAY = {
    *("cases_auditentry", "cases_audithead", "cases_indexchange", "cases_merge"),
    *("django_admin_log", "django_session", "django_content_type"),
}
# What grows, lest a form that was opened in between overwrites unseen: versions, and what each of them said.
GROWING = {"cases_caseversion"}


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables as they are stored, but for the numbers of versions."""
    models = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(set(models) - BY_THE_WAY - GROWING):
            names = [
                connection.ops.quote_name(str(field.column))
                for field in models[table]._meta.concrete_fields
                if field.name != "version"
            ]
            cursor.execute(f"SELECT {', '.join(names)} FROM {table}")
            found[table] = sorted(cursor.fetchall(), key=repr)
    return found


def versions() -> dict[str, dict[Any, int]]:
    found = {}
    for model in apps.get_app_config("cases").get_models():
        if any(field.name == "version" for field in model._meta.concrete_fields):
            found[model._meta.label] = dict(model._base_manager.values_list("pk", "version"))
    return found


def said() -> set[tuple[Any, ...]]:
    rows = CaseVersion.objects.values_list("pk", "case", "number", "by", "at", "why", "changed", "snapshot")
    return {tuple(map(str, row)) for row in rows}


def assert_as_before(before: Any, numbers: Any, told: set[tuple[Any, ...]]) -> None:
    after = everything()
    assert {table: rows for table, rows in after.items() if rows != before[table]} == {}
    for label, known in versions().items():
        assert known.keys() == numbers[label].keys()
        assert all(known[pk] >= number for pk, number in numbers[label].items())
    assert told <= said()


def full_pair(**fields: Any) -> tuple[Case, Case]:
    """Two cases that are one, with everything that a case may have, partly the same on both."""
    author, checker = make_user(group="录入员"), make_user(group="审核员")
    body, partner = make_organisation(), make_organisation("合办", district=make_district())
    kept = make_draft(
        "红苗工程",
        number="2020-0001",
        themes=[make_theme()],
        leads=[body],
        figures=[figure("5.25")],
        background="<p>背景</p>",
    )
    gone = make_draft(
        "越秀区红苗工程", number="2020-0007", themes=[make_theme(), make_theme("智慧党建")], leads=[body, partner],
        figures=[figure("5.25"), figure(3, "覆盖党员", year=2020)], brand_name="红苗工程", approach="<p>做法</p>",
        created_by=author, part_of=make_draft("整体"),
    )  # fmt: skip
    gone.citations.update(locator="第三段")
    gone.citations.create(source=make_source("second"), position=1)
    attach(gone, "方案.pdf", "方案")
    Correction.objects.create(case=gone, text="改了", reason="来源有误")
    make_list(slug="both", cases=[kept, gone, make_case("另一个")])
    make_draft("部分", part_of=gone)
    make_shortlist(kept, gone, owner=author, notes=["给处长看", "周三"])
    make_shortlist(gone)
    gone.submit(by=author)
    gone.send_back(by=checker, reason="再改")
    WorkingCopy.objects.keep(author, gone, "", {"title": ["改到一半"]}, 1, is_last=True)
    PossibleDuplicate.objects.create(
        kind="cases.case", first=min(kept.pk, gone.pk), second=max(kept.pk, gone.pk), score=0.9, why="标题相近"
    )
    for case in (kept, gone):
        if fields.get("published"):
            Case.objects.get(pk=case.pk).publish(by=checker)
        case.refresh_from_db()
    return kept, gone


@pytest.mark.parametrize("published", [False, True])
def test_merged_and_undone_the_database_is_as_it_was(published: bool) -> None:
    kept, gone = full_pair(published=published)
    user = make_user(group="审核员")
    before, numbers, told = everything(), versions(), said()

    merge = merging.merge(kept, gone, by=user, choices={"approach": "gone", "background": "both", "themes": "both"})

    assert not Case.objects.filter(pk=gone.pk).exists()
    assert everything() != before
    between = versions()
    parting.part(merge, by=user)
    assert_as_before(before, numbers, told)
    touched = [("cases.Case", kept.pk), *(("cases.Case", pk) for pk in gone.parts.values_list("pk", flat=True))]
    touched += [("cases.AwardList", pk) for pk in gone.awards.values_list("award_list", flat=True)]
    assert len(touched) == 3
    assert all(versions()[label][pk] > between[label][pk] > numbers[label][pk] for label, pk in touched)
    acts = AuditEntry.objects.order_by("number").values_list("action", "username", "about_name", "details")
    assert list(acts)[-2:] == [
        ("merged", user.username, "2020-0001", '{"merged":["2020-0007"]}'),
        ("unmerged", user.username, "2020-0007", '{"into":["2020-0001"]}'),
    ]


def test_the_database_keeps_no_merge_of_a_record_with_itself() -> None:
    told = dict.fromkeys(("gone_key", "gone_title", "kept_key", "kept_title", "by_name"), "")
    with pytest.raises(IntegrityError, match="merged_into_another"):
        Merge.objects.create(kind="cases.case", gone_id=7, kept_id=7, kept_state={}, data=[], **told)


def test_relations_without_a_decision_are_found() -> None:
    decided: dict[Any, Any] = dict(DECISIONS)
    for model, decisions in decided.items():
        relations = {
            f"{one.related_model._meta.label}.{one.field.name}"
            for one in model._meta.related_objects
            if not one.many_to_many or one.through._meta.auto_created  # else its rows have their own decision
        }
        assert relations == set(decisions), "say in cases/duplicates/carrying.py what becomes of it when two are merged"


def full_bodies() -> tuple[Organisation, Organisation]:
    """One body entered twice, with all that hangs on each."""
    district = make_district()
    kept = make_organisation("越秀区委组织部", district=district, former_names="越秀区组织部")
    gone = make_organisation(
        "中共广州市越秀区委组织部", short_name="越秀组", district=district, former_names="中共越秀区委组织部",
        parent=make_organisation("中共广州市委组织部"),
    )  # fmt: skip
    both, one = make_case("两次署名", leads=[kept, gone]), make_case("一次署名", leads=[gone])
    make_draft("草稿", leads=[gone])
    award = make_list(slug="a", cases=[both, one], organiser=gone)
    for entry in award.entries.all():
        entry.organisations.set([gone])
    award.entries.all()[0].organisations.add(kept)
    make_organisation("下级", parent=gone, district=district)
    return kept, gone


def test_organisations_merged_and_undone_the_database_is_as_it_was() -> None:
    kept, gone = full_bodies()
    user = make_user(group="审核员")
    before, numbers, told = everything(), versions(), said()

    merge = merging.merge(kept, gone, by=user, choices={"name": "gone", "short_name": "gone"})

    kept = Organisation.objects.get(pk=kept.pk)
    assert (kept.name, kept.short_name) == ("中共广州市越秀区委组织部", "越秀组")
    assert kept.parent == Organisation.objects.get(name="中共广州市委组织部")
    assert kept.earlier_names == ["越秀区组织部", "越秀区委组织部", "中共越秀区委组织部"]
    credits = Credit.objects.order_by("pk").values_list("case__title", "organisation")
    assert list(credits) == [("两次署名", kept.pk), ("一次署名", kept.pk), ("草稿", kept.pk)]
    entered = AwardEntry.organisations.through.objects.order_by("awardentry").values_list("awardentry__title")
    assert [title for (title,) in entered] == ["两次署名", "一次署名"]
    assert list(kept.organised_lists.values_list("slug", flat=True)) == ["a"]
    assert [child.name for child in kept.children.all()] == ["下级"]
    assert merge.told == [
        "署名 2 个；另 1 个两边都有，同一案例同一角色只留一个",
        "榜单条目 1 个；另 1 个两边都有，同一条目只留一次",
        "主办的榜单 1 个",
        "下级组织 1 个",
    ]
    parting.part(merge, by=user)
    assert_as_before(before, numbers, told)


def test_what_hung_on_either_hangs_on_the_one_that_stays() -> None:
    kept, gone = full_pair(published=True)
    file = gone.attachments.get().pk
    lists = set(ShortlistItem.objects.filter(case=gone).values_list("shortlist", flat=True))

    merge = merging.merge(kept, gone, by=make_user(group="审核员"), choices={"approach": "gone", "themes": "both"})

    kept = Case.objects.get(pk=kept.pk)
    assert (kept.title, kept.brand_name, kept.background_text, kept.approach_text, str(kept.part_of)[10:]) == (
        "红苗工程", "红苗工程", "背景", "做法", "整体",
    )  # fmt: skip
    assert [(credit.organisation.name, credit.role) for credit in kept.credits.all()] == [
        ("中共广州市越秀区委组织部", "lead"),
        ("合办", "lead"),
    ]
    assert [figure.indicator for figure in kept.figures.all()] == ["建立党支部", "覆盖党员"]
    assert [(one.source.key, one.locator) for one in kept.citations.all()] == [("nandu-2020", "第三段"), ("second", "")]
    assert [theme.name for theme in kept.themes.all()] == ["党群服务", "智慧党建"]
    assert kept.attachments.get().pk == file
    assert kept.corrections.get().text == "改了"
    assert kept.awards.count() == 2
    assert [part.title for part in kept.parts.all()] == ["部分"]
    items = ShortlistItem.objects.filter(case=kept)
    assert set(items.values_list("shortlist", flat=True)) >= lists
    assert sorted(items.values_list("note", flat=True)) == ["", "给处长看\n周三"]
    assert {kept.pk, gone.pk} <= set(IndexChange.objects.values_list("case_id", flat=True))
    assert PossibleDuplicate.objects.get().state == "merged"
    assert CaseVersion.objects.of(kept)[0].why == "合并2020-0007《越秀区红苗工程》"
    assert merge.told == [
        "署名 1 个；另 1 个两边都有，同一组织同一角色只留一个",
        "成效数据 1 项；另 1 项两边都有，完全相同的数据只留一项",
        "来源 1 个；另 1 个两边都有，同一来源只留一个",
        "附件 1 个",
        "勘误 1 条",
        "榜单条目 1 个",
        "下属案例 1 个",
        "读者清单里的位置 1 处；另 1 处两边都有，两个都在的清单只留一个，备注并在一起",
        "审核意见和状态变更 3 条，随被合并的留存",
        "修改历史 4 版，随被合并的留存",
        "通知 3 条，随被合并的留存",
        "没有保存的内容 1 份，随被合并的留存",
    ]


# Where the old address leads


def merged(kept: Any, gone: Any, **choices: Any) -> Merge:
    return merging.merge(kept, gone, by=make_user(group="管理员"), **choices)


def test_the_old_address_of_a_case_leads_on_until_the_merge_is_undone(client: Client) -> None:
    first, second, third = (make_case(f"红苗 {n}", number=f"2020-000{n}") for n in (1, 2, 3))
    merged(second, first)
    merge = merged(third, second)

    for old, new in (
        ("/cases/2020-0001/?q=%E7%BA%A2", "/cases/2020-0003/?q=%E7%BA%A2"),
        ("/cases/2020-0002/export.json", "/cases/2020-0003/export.json"),
        ("/cases/2020-0001/cite.bib", "/cases/2020-0003/cite.bib"),
        ("/api/cases/2020-0002/", "/api/cases/2020-0003/"),
    ):
        response = client.get(old)
        assert (response.status_code, response["Location"]) == (302, new)
        assert "no-store" in response["Cache-Control"]
        assert client.get(new).status_code == 200
    assert "红苗 3" in client.get("/compare/?case=2020-0001&case=2020-0002").content.decode()
    parting.part(merge, by=make_user(group="管理员"))
    assert client.get("/cases/2020-0001/")["Location"] == "/cases/2020-0002/"
    assert client.get("/cases/2020-0002/").status_code == 200


def test_the_old_address_tells_nothing_of_what_is_not_public(client: Client) -> None:
    kept, gone = make_draft("秘密", number="2020-0001"), make_draft("秘密旧稿", number="2020-0002")
    merged(kept, gone)
    never = client.get("/cases/2020-0099/")
    curator, stranger = (signed_in("录入员", districts=[code]) for code in ("440104", "440105"))

    for reader in (client, stranger):
        response = reader.get("/cases/2020-0002/")
        assert response.status_code == never.status_code == 404
    assert client.get("/api/cases/2020-0002/").status_code == 404
    assert client.get("/cases/2020-0002/export.json").status_code == 404
    assert curator.get("/cases/2020-0002/")["Location"] == "/cases/2020-0001/"
    assert "秘密" not in client.get("/compare/?case=2020-0002").content.decode()


def test_the_number_of_a_draft_leads_to_a_public_case_for_curators_alone(client: Client) -> None:
    kept, gone = make_case("公开的", number="2020-0001"), make_draft("旧稿", number="2020-0002")
    merged(kept, gone)

    assert client.get("/cases/2020-0002/").status_code == 404
    assert client.get("/cases/2020-0002/cite.bib").status_code == 404
    assert "公开的" not in client.get("/compare/?case=2020-0002").content.decode()
    assert signed_in("录入员", districts=["440104"]).get("/cases/2020-0002/")["Location"] == "/cases/2020-0001/"


def test_the_old_address_of_an_organisation_leads_on_only_to_one_that_readers_meet(client: Client) -> None:
    kept, gone, hidden = make_organisation("甲街道党工委"), make_organisation("甲街工委"), make_organisation("乙")
    make_case(leads=[kept])
    merged(kept, gone)
    merged(hidden, other := make_organisation("乙工委"))

    assert client.get(f"/organisations/{gone.pk}/")["Location"] == f"/organisations/{kept.pk}/"
    assert client.get(f"/api/organisations/{gone.pk}/")["Location"] == f"/api/organisations/{kept.pk}/"
    assert client.get(f"/organisations/{other.pk}/").status_code == 404


# What forbids it


def test_who_may_not_change_both_may_not_merge_them() -> None:
    own, foreign = make_draft("甲"), make_draft("乙", district=make_district("440105"))
    checker = make_user(group="审核员", districts=["440104"])
    before = everything()

    for user, other, told in (
        (checker, foreign, "两个案例要都在您的管辖范围内才能合并，请联系上级审核员"),
        (make_user(group="录入员"), make_draft("丙"), "您没有合并案例的权限，请联系审核员"),
        (checker, own, "没有合并：其中一个已经删除，或者刚被别人合并"),
    ):
        with pytest.raises(ValidationError) as refused:
            merging.merge(own, other, by=user)
        assert refused.value.messages == [told]
    assert Merge.objects.count() == 0
    assert {table for table, rows in everything().items() if rows != before[table]} <= {
        "auth_user", "auth_user_groups", "cases_remit", "cases_case", "cases_issuednumber", "cases_credit",
        "cases_citation",
    }  # fmt: skip


def test_a_published_case_stays_and_stays_complete() -> None:
    public, draft = make_case("甲", number="2020-0001"), make_draft("乙", number="2020-0002", summary="")

    with pytest.raises(ValidationError, match="案例 2020-0001 已发布，2020-0002 没有：请保留已发布的那一个"):
        merged(draft, public)
    with pytest.raises(ValidationError, match="没有合并：已发布的案例不能没有摘要"):
        merged(public, draft, choices={"summary": "gone"})
    assert Case.objects.get(number="2020-0001").summary


def test_a_form_that_was_opened_before_another_save_is_refused() -> None:
    kept, gone = make_draft("甲"), make_draft("乙")
    versions = (kept.version, gone.version)
    Case.objects.get(pk=gone.pk).claim_version(gone.version)

    with pytest.raises(ValidationError, match="没有合并：您打开之后，别人修改了"):
        merged(kept, gone, versions=versions)
    assert Case.objects.filter(pk=gone.pk).exists()


def test_what_stands_above_the_other_one_never_goes_round() -> None:
    above = make_organisation("上")
    gone = make_organisation("中", parent=above)
    kept = make_organisation("下", parent=make_organisation("旁", parent=gone))

    merged(kept, gone)

    kept.refresh_from_db()
    assert (kept.parent, Organisation.objects.get(name="旁").parent) == (above, kept)


# What stands in the way of undoing


def test_a_later_change_stands_in_the_way_and_is_named() -> None:
    kept, gone = full_pair(published=True)
    user = make_user(group="管理员")
    merge = merging.merge(kept, gone, by=user)
    award = AwardEntry.objects.exclude(case__title="另一个").latest("pk")

    def refusal() -> list[str]:
        before = everything()
        with pytest.raises(ValidationError) as refused:
            parting.part(merge, by=user)
        assert everything() == before
        return refused.value.messages

    Case.objects.filter(pk=kept.pk).update(title="改过的标题")
    assert refusal() == ["案例 2020-0001合并以后又改过：标题。请先改回合并时的内容，或手工分开"]
    Case.objects.filter(pk=kept.pk).update(title="红苗工程")
    AwardEntry.objects.filter(pk=award.pk).update(case=make_case("第三个"))
    assert refusal() == [f"带过去的榜单条目“{award.title}”以后又改过"]
    AwardEntry.objects.filter(pk=award.pk).update(case=kept)
    later = merging.merge(Case.objects.get(pk=kept.pk), make_draft("又一个", number="2020-0050"), by=user)
    assert refusal() == ["案例 2020-0001以后又并入了2020-0050，请先撤销那一次合并"]
    parting.part(later, by=user)
    parting.part(merge, by=user)
    assert Case.objects.get(pk=gone.pk).title == "越秀区红苗工程"


def test_what_readers_did_to_their_lists_meanwhile_stays_theirs() -> None:
    kept, gone = make_case("甲"), make_case("乙")
    lists = [make_shortlist(gone), make_shortlist(gone), make_shortlist(kept, gone, notes=["一", "二"])]
    merge = merged(kept, gone)
    lists[0].items.all().delete()
    lists[2].items.update(note="读者改过")

    parting.part(merge, by=make_user(group="管理员"))

    told = [[(item.case.title, item.note) for item in one.items.all()] for one in lists]
    assert told == [[], [("乙", "")], [("甲", "读者改过"), ("乙", "二")]]


@pytest.mark.any_database
def test_loading_the_library_again_does_not_bring_a_merged_record_back(shipped_library: None) -> None:
    bodies = Organisation.objects.order_by("pk")[:2]
    cases = Case.objects.order_by("pk")[:2]
    for one, other in (bodies, cases):
        merged(one, other)
    before = everything()

    call_command("load_library", verbosity=0)

    assert everything() == before


@pytest.mark.any_database
def test_any_two_of_the_shipped_library_merge_and_part_again(shipped_library: None) -> None:
    user = make_user(group="管理员")
    chance = random.Random(7)
    before, told = everything(), said()
    for model in (Case, Organisation):
        for _ in range(8):
            kept, gone = chance.sample(list(model.objects.order_by("pk")), 2)
            fields = proposed(kept, gone)
            choices = {name: chance.choice(["kept", "gone"]) for name in fields}
            merge = merging.merge(kept, gone, by=user, choices=choices)
            parting.part(Merge.objects.get(pk=merge.pk), by=user)
    assert everything() == before
    assert told <= said()


def test_parting_bodies_has_search_look_at_the_cases_of_both() -> None:
    kept, gone = make_organisation("甲局"), make_organisation("乙局")
    cases = {make_case("甲案", leads=[kept]).pk, make_case("乙案", leads=[gone]).pk}
    merge = merged(kept, gone, choices={"name": "gone"})
    IndexChange.objects.all().delete()

    parting.part(merge, by=make_user(group="管理员"))

    assert set(IndexChange.objects.values_list("case_id", flat=True)) == cases


def test_bodies_stay_merged_while_a_later_merge_of_their_cases_stands() -> None:
    kept, gone = make_organisation("甲局"), make_organisation("乙局")
    case = make_draft("甲案", number="2020-0001", leads=[gone])
    first, user = merged(kept, gone), make_user(group="管理员")
    later = merged(Case.objects.get(pk=case.pk), make_draft("乙案", number="2020-0002"))

    with pytest.raises(ValidationError) as refused:
        parting.part(first, by=user)
    assert refused.value.messages == ["以后有案例并入了2020-0001，请先撤销那一次合并"]
    parting.part(later, by=user)
    parting.part(first, by=user)
    assert list(Credit.objects.filter(case=case).values_list("organisation", flat=True)) == [gone.pk]


def test_a_merge_can_be_undone_after_an_account_is_gone() -> None:
    kept, gone = full_pair()
    merge, author = merged(kept, gone), gone.created_by
    assert author
    author.delete()

    parting.part(merge, by=make_user(group="管理员"))

    back = Case.objects.get(pk=gone.pk)
    assert (back.created_by, WorkingCopy.objects.count(), back.attachments.count()) == (None, 0, 1)


def test_the_history_leads_those_who_may_undo_it_to_the_merge() -> None:
    kept, gone = make_draft("留下的"), make_draft("并入的旧稿", number="2020-0002")
    merge = merged(kept, gone)
    address, link = f"/admin/cases/case/{kept.pk}/history/", f'<a href="/admin/cases/merge/{merge.pk}/change/">'

    told = [signed_in(group).get(address).content.decode() for group in ("审核员", "录入员")]
    assert f"{link}2020-0002 并入的旧稿</a>" in told[0]
    assert link not in told[1]
    parting.part(merge, by=make_user(group="管理员"))
    assert link not in signed_in("审核员").get(address).content.decode()


def test_the_history_of_a_part_elsewhere_names_no_draft_that_it_was_part_of() -> None:
    kept, gone = make_draft("另一个"), make_draft("绝密标题")
    part = make_draft("部分", part_of=gone, district=make_district("440105"))
    curator = signed_in("录入员", districts=["440105"])

    merge = merged(kept, gone)
    parting.part(merge, by=make_user(group="管理员"))

    told = curator.get(f"/admin/cases/case/{part.pk}/history/").content.decode()
    assert "所属的案例撤销了合并" in told
    assert "绝密标题" not in told


def test_what_hangs_on_a_record_of_others_is_not_counted_for_who_may_not_merge_it() -> None:
    own, foreign = make_draft("红苗工程"), make_case("红苗工程", district=make_district("440105"))
    make_shortlist(foreign, owner=make_user())
    address = f"/admin/cases/merge/case/{foreign.pk}/{own.pk}/"
    checker = signed_in("审核员", districts=["440104"])

    for shown in (checker.get(address), checker.get(f"/admin/cases/merge/case/{own.pk}/{foreign.pk}/", follow=True)):
        page = shown.content.decode()
        assert "两个案例要都在您的管辖范围内才能合并" in page
        assert "会带过去的" not in page
    assert "会带过去的" in signed_in("管理员").get(address).content.decode()


def test_who_saves_or_moves_a_case_that_was_merged_meanwhile_is_told() -> None:
    kept, gone = make_draft("甲"), make_draft("乙")
    merged(kept, gone)

    assert gone.claim_version(gone.version) is False
    with pytest.raises(ValidationError, match="案例刚被删除，或并入了别的案例"):
        gone.submit(by=make_user(group="审核员"))
