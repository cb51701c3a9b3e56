"""The bin: deleting and putting back leave the database as it was; only administrators delete for good."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.test import Client

from cases import search
from cases.attachments_left import kept as kept_files
from cases.discarding import discard, empty
from cases.models import (
    Attachment,
    AuditEntry,
    AwardList,
    Case,
    CaseVersion,
    Citation,
    Correction,
    Discarded,
    FunnelStage,
    IndexChange,
    Organisation,
    Sector,
    Source,
    Theme,
)
from cases.restoring import restore
from tests.builders import (
    attach,
    figure,
    make_case,
    make_district,
    make_draft,
    make_list,
    make_organisation,
    make_sector,
    make_shortlist,
    make_source,
    make_term,
    make_theme,
    make_user,
)
from tests.desk import CASES, page_of, signed_in, told
from tests.pages import exported

pytestmark = pytest.mark.django_db

BIN = "/admin/cases/discarded/"
# What is written by the way: the outbox of the search, the log of the admin and the audit.
BY_THE_WAY = {
    *("cases_indexchange", "cases_discarded", "cases_auditentry", "cases_audithead"),
    *("django_admin_log", "django_session", "django_content_type"),
}


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables as they are stored."""
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.managed}
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(tables - BY_THE_WAY):
            cursor.execute(f"SELECT * FROM {table}")
            found[table] = sorted(cursor.fetchall(), key=repr)
    return found


def whole_case() -> Case:
    """A draft with everything that a case may have, on a list and on a reader's."""
    author, checker = make_user(group="录入员"), make_user(group="审核员")
    whole = make_draft("整体")
    case = make_draft(
        "红苗工程", themes=[make_theme(), make_theme("智慧党建")], figures=[figure("5.25"), figure(3, "覆盖党员")],
        part_of=whole, created_by=author,
    )  # fmt: skip
    attach(case, "方案.pdf", "方案")
    Correction.objects.create(case=case, text="改了", reason="来源有误")
    make_list(cases=[case, make_case("另一个")])
    make_shortlist(case, owner=author, notes=["给处长看"])
    make_shortlist(case)
    case.submit(by=author)
    case.send_back(by=checker, reason="再改")
    case.refresh_from_db()
    return case


def whole_list() -> AwardList:
    award = make_list(cases=[make_case(), make_draft()], organiser=make_organisation("主办"), status="draft")
    award.sources.set([make_source("a"), make_source("b")])
    award.entries.all()[0].organisations.set(Organisation.objects.all())
    FunnelStage.objects.create(award_list=award, stage="征集", count=160)
    return award


def used_theme() -> Theme:
    theme = make_theme("红色物业")
    make_case("公开的", themes=[theme, make_theme()])
    make_draft("草稿", themes=[theme])
    return theme


def used_group() -> Group:
    group = Group.objects.create(name="专家")
    group.permissions.set(Group.objects.get(name="录入员").permissions.all()[:3])
    make_user().groups.add(group)
    return group


KINDS: dict[str, Callable[[], models.Model]] = {
    "case": whole_case,
    "list": whole_list,
    "theme": used_theme,
    "organisation": lambda: make_organisation("无人提到的", district=make_district(), parent=make_organisation()),
    "source": lambda: make_source("unused", title="没有引用的"),
    "sector": lambda: make_sector("医院"),
    "term": lambda: make_term("两新组织", "新经济组织和新社会组织"),
    "district": lambda: make_district("440104002"),
    "group": used_group,
}


@pytest.mark.parametrize("kind", KINDS)
def test_deleted_and_put_back_the_database_is_as_it_was(kind: str) -> None:
    record = KINDS[kind]()
    user = make_user(group="管理员")
    before = everything()

    kept = discard(record, by=user)

    assert not type(record)._base_manager.filter(pk=kept.object_id).exists()
    assert everything() != before
    assert restore(Discarded.objects.get()) == []
    assert everything() == before
    assert not Discarded.objects.exists()
    acts = AuditEntry.objects.order_by("number").values_list("action", "username", "about_kind")
    assert list(acts)[-2:] == [
        ("discarded", user.username, record._meta.label_lower),
        ("undiscarded", "", record._meta.label_lower),
    ]


def test_what_is_in_the_bin_is_in_no_list_search_or_export_and_keeps_its_files(client: Client) -> None:
    make_case("公开案例", number="2020-0001")
    case = make_case("撤下的", number="2020-0002")
    file = Path(settings.MEDIA_ROOT) / str(attach(case, "方案.pdf", "方案").file.name)
    search.rebuild()
    case.withdraw(by=None)
    kept = discard(case, by=None)
    assert exported(client, "?q=撤下的") == []
    assert file.exists()

    restore(kept)
    restored = Case.objects.get(number="2020-0002")
    restored.publish(by=None)
    search.drain()
    assert exported(client, "?q=撤下的") == ["2020-0002"]
    assert client.get(restored.attachments.get().get_absolute_url()).status_code == 200


def test_a_theme_that_comes_back_is_looked_for_again() -> None:
    theme = used_theme()
    kept = discard(theme, by=None)
    IndexChange.objects.all().delete()

    restore(kept)

    cases = Case.objects.filter(themes__name="红色物业")
    assert set(IndexChange.objects.values_list("case_id", flat=True)) == {case.pk for case in cases}
    assert cases.count() == 2


def test_a_published_case_is_not_discarded() -> None:
    with pytest.raises(ValidationError, match="已发布，不能删除"):
        discard(make_case(), by=None)


def _taken_name() -> tuple[Discarded, str]:
    kept = discard(make_organisation("同名"), by=None)
    make_organisation("同名")
    return kept, "名称“同名”已被别的组织使用"


def _taken_slug() -> tuple[Discarded, str]:
    kept = discard(make_list(slug="ten", status="draft"), by=None)
    make_list(slug="ten")
    return kept, "网址代号“ten”已被别的榜单使用"


def _taken_spelling() -> tuple[Discarded, str]:
    kept = discard(make_term("两新组织", "新社会组织"), by=None)
    make_term("新社会组织")
    return kept, "本身就是词条“新社会组织”"


def _gone_to_the_bin() -> tuple[Discarded, str]:
    case = make_draft(sector=make_sector("医院"))
    kept = discard(case, by=None)
    discard(Sector.objects.get(name="医院"), by=None)
    return kept, "领域“医院”已删除，在回收站里，请先恢复"


def _gone_for_good() -> tuple[Discarded, str]:
    case = make_draft()
    Citation.objects.create(case=case, source=make_source("other"))
    kept = discard(case, by=None)
    Source.objects.filter(key="other").delete()
    return kept, "原来的来源已经不在库里"


@pytest.mark.parametrize("obstacle", [_taken_name, _taken_slug, _taken_spelling, _gone_to_the_bin, _gone_for_good])
def test_what_cannot_come_back_says_why_and_changes_nothing(obstacle: Callable[[], tuple[Discarded, str]]) -> None:
    kept, said = obstacle()
    before = everything()

    with pytest.raises(ValidationError) as refused:
        restore(kept)

    assert said in "；".join(refused.value.messages)
    assert everything() == before
    assert Discarded.objects.filter(pk=kept.pk).exists()


def test_links_are_set_again_where_they_are_free_and_told_where_not() -> None:
    case, other, theme = make_draft("甲"), make_draft("乙"), make_theme("红色物业")
    case.themes.add(theme)
    free, taken = make_list("一", cases=[case]).entries.get(), make_list("二", cases=[case]).entries.get()
    kept = discard(case, by=None)
    type(taken).objects.filter(pk=taken.pk).update(case=other)
    theme.delete()

    lost = restore(kept)

    for entry in (free, taken):
        entry.refresh_from_db()
    assert (free.case_id, taken.case_id) == (kept.object_id, other.pk)
    assert lost == ["原来的主题已经不在库里，没有重新关联", "榜单条目“甲”已改连别处"]


def test_the_entry_of_a_list_that_is_a_draft_is_not_named_to_who_puts_its_case_back() -> None:
    case, other = make_draft("甲"), make_draft("乙")
    taken = make_list("未公开的榜单", cases=[case], status="draft").entries.get()
    kept = discard(case, by=None)
    type(taken).objects.filter(pk=taken.pk).update(case=other, title="未公布的名称")

    assert restore(kept) == ["榜单条目已改连别处"]


def test_emptied_it_is_gone_with_its_files_and_nothing_else(django_capture_on_commit_callbacks: Any) -> None:
    case, other = make_draft("扔掉的"), make_draft("留下的")
    gone, stays = (Path(settings.MEDIA_ROOT) / str(attach(one, "a.pdf", "甲").file.name) for one in (case, other))
    discard(case, by=None)
    discard(other, by=None)

    with django_capture_on_commit_callbacks(execute=True):
        assert empty(Discarded.objects.filter(title__contains="扔掉的")) == 1

    assert (gone.exists(), stays.exists()) == (False, True)
    assert [row.title for row in Discarded.objects.all()] == [str(other)]


def test_a_file_that_a_version_of_another_case_names_outlasts_the_bin(django_capture_on_commit_callbacks: Any) -> None:
    kept, gone = make_draft("留下的"), make_draft("并入后又拆开的")
    file = attach(gone, "a.pdf", "甲")
    path = Path(settings.MEDIA_ROOT) / str(file.file.name)
    Attachment.objects.filter(pk=file.pk).update(case=kept)
    CaseVersion.objects.record(kept, by=None, why="合并")
    Attachment.objects.filter(pk=file.pk).update(case=gone)
    discard(gone, by=None)

    with django_capture_on_commit_callbacks(execute=True):
        assert empty(Discarded.objects.all()) == 1

    assert path.exists()
    CaseVersion.objects.filter(case=kept).delete()
    assert not kept_files({str(file.file.name)})


# In the admin


def test_an_entry_curator_throws_a_draft_away_and_gets_it_back(entry: Client) -> None:
    case, foreign = make_draft("我的"), make_draft("外地的", district=make_district("2207"))
    waiting = make_draft("待审的")
    waiting.submit(by=None)
    for other, status in ((foreign, 302), (waiting, 403)):  # the first is not even there for them
        assert entry.post(f"{CASES}{other.pk}/delete/", {"post": "yes"}).status_code == status
    assert "移到回收站吗" in entry.get(f"{CASES}{case.pk}/delete/").content.decode()

    answer = entry.post(f"{CASES}{case.pk}/delete/", {"post": "yes"}, follow=True)
    assert "已移到回收站" in told(answer)
    kept = Discarded.objects.get()
    assert (kept.title, kept.by.username, kept.district_code) == (str(case), "luru", "440104")  # type: ignore[union-attr]
    page = entry.get(f"{BIN}{kept.pk}/change/").content.decode()
    assert "署名 1" in page
    assert "彻底删除" not in page

    answer = entry.post(f"{BIN}{kept.pk}/restore/", follow=True)
    assert "已恢复" in told(answer)
    assert answer.redirect_chain == [(page_of(case), 302)]
    assert Case.objects.count() == 3


def test_the_bin_shows_each_what_they_could_have_deleted(entry: Client, checker: Client, administrator: Client) -> None:
    waiting = make_draft("待审的")
    waiting.submit(by=None)
    own = make_draft("无区划的", district=None, created_by=User.objects.get(username="luru"))
    for record in (
        make_draft("草稿的"), waiting, own, make_draft("外地的", district=make_district("2207")),
        make_organisation("组织"), make_theme("主题"),
    ):  # fmt: skip
        discard(record, by=None)

    def listed(client: Client) -> list[str]:
        return sorted(row.title.partition(" ")[2] or row.title for row in client.get(BIN).context["cl"].result_list)

    assert listed(entry) == ["无区划的", "草稿的"]
    assert listed(checker) == ["待审的", "草稿的"]
    assert listed(administrator) == sorted(["草稿的", "待审的", "无区划的", "外地的", "组织", "主题"])
    assert signed_in("只读").get(BIN).status_code == 403
    foreign = Discarded.objects.get(title__contains="外地的")
    assert entry.get(f"{BIN}{foreign.pk}/change/").status_code == 302
    assert entry.post(f"{BIN}{foreign.pk}/restore/").status_code == 403
    chosen = {"action": "restore_selected", "_selected_action": [foreign.pk], "index": "0"}
    entry.post(BIN, chosen)
    assert Discarded.objects.filter(pk=foreign.pk).exists()
    assert entry.get(f"{BIN}{foreign.pk}/restore/").status_code == 405


def test_many_are_deleted_and_put_back_at_once(checker: Client) -> None:
    drafts = [make_draft(f"第{number}") for number in range(3)]
    before = everything()
    chosen = {"action": "delete_selected", "_selected_action": [case.pk for case in drafts], "post": "yes"}

    answer = checker.post(CASES, chosen, follow=True)
    assert "可以在那里恢复" in told(answer)
    assert (Case.objects.count(), Discarded.objects.count()) == (0, 3)

    kept = list(Discarded.objects.values_list("pk", flat=True))
    checker.post(BIN, {"action": "restore_selected", "_selected_action": kept, "index": "0"})
    assert everything() == before


def test_only_administrators_empty_the_bin(checker: Client, administrator: Client) -> None:
    for title in ("一", "二", "三"):
        discard(make_draft(title), by=None)
    first, second, _ = Discarded.objects.order_by("pk")
    chosen = {"action": "delete_selected", "_selected_action": [second.pk], "post": "yes"}
    for address, data in (
        (f"{BIN}{first.pk}/delete/", {"post": "yes"}), (f"{BIN}empty/", {}), (BIN, chosen),
    ):  # fmt: skip
        assert checker.post(address, data).status_code in {302, 403}
    assert "清空回收站" not in checker.get(BIN).content.decode()
    assert Discarded.objects.count() == 3

    assert "不能再恢复" in administrator.get(f"{BIN}{first.pk}/delete/").content.decode()
    administrator.post(f"{BIN}{first.pk}/delete/", {"post": "yes"})
    assert "不能再恢复" in administrator.post(BIN, {k: v for k, v in chosen.items() if k != "post"}).content.decode()
    administrator.post(BIN, chosen)
    assert Discarded.objects.count() == 1
    assert "回收站里有 1 条记录" in administrator.get(f"{BIN}empty/").content.decode()
    assert "彻底删除了 1 条记录" in told(administrator.post(f"{BIN}empty/", follow=True))
    assert (Discarded.objects.count(), Case.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("model", "make"),
    [
        ("cases/organisation", lambda: make_organisation("某组织")),
        ("cases/awardlist", lambda: make_list(status="draft")),
        ("cases/source", make_source),
        ("cases/term", make_term),
        ("cases/theme", make_theme),
        ("cases/sector", make_sector),
        ("districts/district", lambda: make_district("440105")),
        ("auth/group", used_group),
    ],
)
def test_every_kind_that_the_admin_deletes_goes_into_the_bin(
    administrator: Client, model: str, make: Callable[[], models.Model]
) -> None:
    record = make()

    assert administrator.post(f"/admin/{model}/{record.pk}/delete/", {"post": "yes"}).status_code == 302

    kept = Discarded.objects.get()
    assert (kept.kind, kept.object_id) == (record._meta.label_lower, record.pk)
    assert not type(record)._base_manager.filter(pk=record.pk).exists()


def test_a_theme_is_deleted_once_no_case_has_it(administrator: Client) -> None:
    theme = used_theme()
    address = f"/admin/cases/theme/{theme.pk}/delete/"

    page = administrator.post(address, {"post": "yes"})
    assert page.context["protected"] == [str(case) for case in Case.objects.order_by("number")]
    theme.cases.clear()
    assert administrator.post(address, {"post": "yes"}).status_code == 302
    assert not type(theme).objects.filter(pk=theme.pk).exists()


def test_what_other_people_have_of_a_case_is_not_told_to_who_deletes_it(checker: Client) -> None:
    case = whole_case()

    page = checker.get(f"{CASES}{case.pk}/delete/").content.decode()
    page = page[page.index('id="deleted-objects"') :]

    assert "署名" in page
    for other in ("清单条目", "通知", "给处长看"):
        assert other not in page
