"""Organisations, sources, lists, accounts and districts in the admin."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from cases.models import AwardEntry, AwardList, Organisation, Source
from tests.builders import (
    make_case,
    make_district,
    make_draft,
    make_organisation,
    make_user,
)
from tests.desk import (
    CASES,
    errors,
    filled,
    management_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def test_earlier_names_are_one_a_line_and_found(checker: Client) -> None:
    data = {"name": "中共海珠区委组织部", "kind": "department", "former_names": " 旧名甲 \r\n\r\n旧名乙\r\n旧名甲"}
    assert checker.post("/admin/cases/organisation/add/", data).status_code == 302

    organisation = Organisation.objects.get()
    query = "?app_label=cases&model_name=credit&field_name=organisation&term=旧名乙"
    found = checker.get(f"/admin/autocomplete/{query}").json()["results"]
    assert organisation.earlier_names == ["旧名甲", "旧名乙"]
    assert [one["text"] for one in found] == ["中共海珠区委组织部"]


def test_a_source_without_a_key_gets_one(entry: Client) -> None:
    data = {
        "kind": "newspaper",
        "publisher": "南方日报",
        "title": "报道",
        "published": "2020-11",
        "url": "example.org/a",
    }

    assert entry.post("/admin/cases/source/add/", data).status_code == 302

    source = Source.objects.get()
    assert source.key.startswith("source-")
    assert source.url == "https://example.org/a"


def entries(*ranks: str, order: str = "ranked", **more: str) -> dict[str, str]:
    data = {
        "title": "十大案例",
        "slug": "ten",
        "year": "2020",
        "level": "city",
        "order": order,
        "status": "draft",
        "funnel-TOTAL_FORMS": "0",
        "funnel-INITIAL_FORMS": "0",
        "entries-TOTAL_FORMS": str(len(ranks)),
        "entries-INITIAL_FORMS": "0",
    }
    for index, rank in enumerate(ranks):
        data |= {
            f"entries-{index}-title": f"条目{index}",
            f"entries-{index}-rank": rank,
            f"entries-{index}-position": str(index),
        }
    return data | more


def test_a_ranked_list_needs_each_rank_once(checker: Client) -> None:
    url = "/admin/cases/awardlist/add/"

    assert "名次 1 重复：条目0、条目1" in errors(checker.post(url, entries("1", "1")))
    assert "还缺：条目1" in errors(checker.post(url, entries("1", "")))
    assert not AwardList.objects.exists()
    assert checker.post(url, entries("", "", order="unordered")).status_code == 302


def test_the_form_of_a_list_offers_the_series_there_are(checker: Client) -> None:
    url = "/admin/cases/awardlist/add/"
    checker.post(url, entries("1", series=" 年榜<b> "))
    assert AwardList.objects.get().series == "年榜<b>"

    form = checker.get(url).content.decode()

    assert '<datalist id="known-series"><option value="年榜&lt;b&gt;"></datalist>' in form
    assert 'list="known-series"' in form


def test_two_entries_may_swap_their_ranks(checker: Client) -> None:
    checker.post("/admin/cases/awardlist/add/", entries("1", "2"))
    url = f"/admin/cases/awardlist/{AwardList.objects.get().pk}/change/"

    data = filled(checker.get(url), **{"entries-0-rank": "2", "entries-1-rank": "1"})
    assert checker.post(url, data).status_code == 302

    assert dict(AwardEntry.objects.values_list("title", "rank")) == {"条目0": 2, "条目1": 1}


def test_a_rank_is_free_once_its_entry_is_removed(checker: Client) -> None:
    checker.post("/admin/cases/awardlist/add/", entries("1", "2"))
    url = f"/admin/cases/awardlist/{AwardList.objects.get().pk}/change/"

    data = filled(checker.get(url), **{"entries-0-rank": "2", "entries-1-DELETE": "on"})
    assert checker.post(url, data).status_code == 302

    assert dict(AwardEntry.objects.values_list("title", "rank")) == {"条目0": 2}


def test_what_readers_see_of_bodies_and_sources_only_checkers_change(entry: Client, checker: Client) -> None:
    district = make_district()
    shown, hidden = (make_organisation(name, district=district) for name in ("公开单位", "草稿单位"))
    make_case(leads=[shown])
    make_draft(leads=[hidden])
    source = Source.objects.get()

    for client, record, answer in (
        (entry, shown, 403),
        (entry, hidden, 302),
        (entry, source, 403),
        (checker, shown, 302),
        (checker, source, 302),
    ):
        url = reverse(f"admin:cases_{record._meta.model_name}_change", args=[record.pk])
        data = filled(client.get(url)) if answer == 302 else {}
        assert client.post(url, data).status_code == answer, record


def test_only_who_may_publish_lists_moves_their_status(entry: Client, checker: Client) -> None:
    url = "/admin/cases/awardlist/add/"
    entry.post(url, entries("1", status="published"))
    award_list = AwardList.objects.get()
    assert award_list.status == "draft"

    change = f"/admin/cases/awardlist/{award_list.pk}/change/"
    data = filled(checker.get(change), status="published")
    assert checker.post(change, data).status_code == 302
    award_list.refresh_from_db()
    assert award_list.status == "published"
    assert entry.post(change, data).status_code == 403


def test_built_in_roles_are_fixed_and_accounts_are_switched_off_instead_of_deleted(administrator: Client) -> None:
    group, user = Group.objects.get(name="录入员"), make_user("zhang", group="录入员")

    assert administrator.post(f"/admin/auth/group/{group.pk}/change/", {"name": "别的"}).status_code == 403
    assert administrator.post(f"/admin/auth/group/{group.pk}/delete/", {"post": "yes"}).status_code == 403
    assert administrator.post(f"/admin/auth/user/{user.pk}/delete/", {"post": "yes"}).status_code == 403


def test_an_administrator_makes_accounts_but_no_superusers(administrator: Client) -> None:
    group = Group.objects.get(name="录入员")
    data = {
        "username": "li",
        "last_name": "李四",
        "groups": [group.pk],
        "is_superuser": "on",
        **management_of(administrator.get("/admin/auth/user/add/")),
    }
    assert administrator.post("/admin/auth/user/add/", data).status_code == 200

    user = group.user_set.get()
    assert (user.last_name, user.is_staff, user.is_superuser) == ("李四", True, False)
    change = f"/admin/auth/user/{user.pk}/change/"
    administrator.post(change, filled(administrator.get(change), is_superuser="on"))
    user.refresh_from_db()
    assert not user.is_superuser

    user.is_superuser = True
    user.save()
    assert administrator.post(change, data).status_code == 403
    assert administrator.post(f"/admin/auth/user/{user.pk}/password/", data).status_code == 403


@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("越秀", ["广东省广州市越秀区"]),
        ("440104", ["广东省广州市越秀区"]),
        ("440000", ["广东省", "广东省广州市", "广东省广州市越秀区"]),
    ],
)
def test_districts_are_found_by_name_and_by_official_code(entry: Client, term: str, found: list[str]) -> None:
    make_district("440104")
    make_district("2207")

    query = f"?app_label=cases&model_name=case&field_name=district&term={term}"
    answer = entry.get(f"/admin/autocomplete/{query}").json()

    assert [one["text"] for one in answer["results"]] == found


def test_the_place_filter_takes_the_subtree(entry: Client) -> None:
    make_draft("越秀的", district=make_district("440104"))
    make_draft("松原的", district=make_district("2207"))

    page = entry.get(f"{CASES}?place=44")

    assert [case.title for case in page.context["cl"].result_list] == ["越秀的"]
