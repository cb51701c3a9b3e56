"""A curator meets in the admin what belongs to their districts, and nothing else by any door."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from cases.models import AwardEntry, AwardList, Case, Organisation, Source
from cases.remits import remit_of
from tests.builders import (
    make_case,
    make_district,
    make_draft,
    make_list,
    make_organisation,
    make_source,
    make_user,
)
from tests.desk import ADD, CASES, colleague, entered, errors, filled, opened, page_of, signed_in
from tests.pages import text_of

pytestmark = pytest.mark.django_db

SECRET = "海珠秘题"


@pytest.fixture
def yuexiu(db: None) -> Client:
    return signed_in("审核员", "yuexiu", districts=["440104"])


def foreign_draft(**fields: Any) -> Case:
    """A draft of another district, with a body and a source of its own, on a draft list of its own."""
    district = make_district("440105")
    body = make_organisation("海珠秘密单位", district=district)
    draft = make_draft(SECRET, district=district, leads=[body], **fields)
    draft.citations.update(source=make_source("secret", title="海珠秘密来源"))
    make_list("海珠秘密榜", slug="secret", status="draft", organiser=body, series="海珠秘密系列", cases=[draft])
    return draft


def offered(client: Client, model: str, field: str, term: str) -> list[str]:
    query = f"?app_label=cases&model_name={model}&field_name={field}&term={term}"
    return [one["text"] for one in client.get(f"/admin/autocomplete/{query}").json()["results"]]


LISTS = ["case", "organisation", "awardlist", "source", "theme", "sector"]


@pytest.mark.parametrize("group", ["只读", "录入员", "审核员"])
def test_no_list_no_filter_no_count_and_no_search_box_tells_of_another_district(group: str) -> None:
    client = signed_in(group, districts=["440104"])
    foreign_draft(themes=[])
    make_draft("越秀草稿", leads=[make_organisation(district=make_district())])
    make_draft("海珠同题", district=make_district("4403F01"))

    pages = [f"/admin/cases/{model}/{query}" for model in LISTS for query in ("", "?q=海珠", "?q=秘")]
    told = [page for page in pages if "海珠" in text_of(client.get(page)).replace("?q=海珠", "")]

    assert told == []
    shown = text_of(client.get(CASES))
    assert "越秀草稿" in shown
    assert "广州市" in shown
    assert "深圳市" not in shown  # in the filter by place
    # The field of both drafts: only one of them counts here.
    assert re.search(r"城市社区\s+\S+\s+\d+\s+1\b", text_of(client.get("/admin/cases/sector/")))


def test_the_sweep_notices_what_is_of_the_own_district() -> None:
    client = signed_in("审核员", districts=["440105"])
    foreign_draft()

    assert [m for m in LISTS if "海珠" in text_of(client.get(f"/admin/cases/{m}/"))] == LISTS[:4]


def test_choosers_offer_what_is_public_or_of_the_own_districts(yuexiu: Client) -> None:
    foreign_draft()
    make_case("海珠公开", district=make_district("440105"), leads=[make_organisation("海珠公开单位")])
    own = make_draft("海珠路草稿", leads=[make_organisation("海珠路单位", district=make_district())])

    assert offered(yuexiu, "case", "part_of", "海珠") == [str(own), str(Case.objects.get(title="海珠公开"))]
    assert offered(yuexiu, "credit", "organisation", "海珠") == ["海珠公开单位", "海珠路单位"]
    assert offered(yuexiu, "awardlist", "organiser", "秘密") == []
    assert offered(yuexiu, "citation", "source", "秘密") == []
    assert offered(yuexiu, "case", "district", "区") == ["广东省广州市越秀区"]
    assert "海珠秘密系列" not in yuexiu.get("/admin/cases/awardlist/add/").content.decode()


def test_what_a_chooser_does_not_offer_no_form_takes(yuexiu: Client) -> None:
    hidden = foreign_draft()
    data = entered(
        district=hidden.district_id,
        part_of=hidden.pk,
        **{
            "credits-0-organisation": hidden.credits.get().organisation_id,
            "citations-0-source": hidden.citations.get().source_id,
        },
    )

    answer = yuexiu.post(ADD, data)

    assert "只能选择您管辖的区划" in errors(answer)
    assert SECRET not in answer.content.decode()
    assert "海珠秘密" not in answer.content.decode()
    assert len(answer.context["errors"]) == 4
    assert list(Case.objects.all()) == [hidden]


def test_a_record_of_another_district_is_neither_shown_nor_changed(yuexiu: Client) -> None:
    hidden = foreign_draft()

    for address in (page_of(hidden), f"{CASES}{hidden.pk}/history/"):
        assert SECRET not in text_of(yuexiu.get(address, follow=True))
    assert yuexiu.get(hidden.get_absolute_url()).status_code == 404
    for action in ("submit_selected", "publish_selected"):
        yuexiu.post(CASES, {"action": action, "_selected_action": [hidden.pk]})
    exported = yuexiu.get(f"{CASES}export/?ids={hidden.pk}")

    hidden.refresh_from_db()
    assert hidden.status == "draft"
    assert SECRET not in text_of(exported)
    assert "0" in text_of(exported)


def test_a_link_to_what_one_may_not_see_is_kept_and_not_told(yuexiu: Client) -> None:
    hidden = foreign_draft()
    own = make_draft("越秀草稿", part_of=hidden)
    award = make_list("越秀榜", status="draft", organiser=make_organisation("越秀单位", district=make_district()))
    entry = AwardEntry.objects.create(award_list=award, title="公布的名称", case=hidden)

    page = yuexiu.get(page_of(own))
    assert SECRET not in page.content.decode()
    assert "不在您的管辖区划，未公开" in page.content.decode()
    assert yuexiu.post(page_of(own), opened(yuexiu, own, title="改过")).status_code == 302
    own.refresh_from_db()
    assert (own.title, own.part_of) == ("改过", hidden)

    address = f"/admin/cases/awardlist/{award.pk}/change/"
    form = yuexiu.get(address)
    assert SECRET not in form.content.decode()
    assert yuexiu.post(address, filled(form, title="改过的榜")).status_code == 302
    entry.refresh_from_db()
    assert (entry.award_list.title, entry.case) == ("改过的榜", hidden)


def test_a_case_without_a_district_is_met_by_colleagues_of_who_entered_it(yuexiu: Client) -> None:
    make_draft("还没有区划", district=None, created_by=colleague())
    make_draft("越秀同事的", district=None, created_by=make_user("b", group="录入员", districts=["440104002"]))
    make_draft("外区的", district=None, created_by=make_user("c", group="录入员", districts=["440105"]))

    titles = [case.title for case in yuexiu.get(CASES).context["cl"].queryset]

    # 广东省 is not below 越秀区.
    assert titles == ["越秀同事的"]


def test_what_is_entered_belongs_to_who_entered_it(entry: Client) -> None:
    body = {"name": "某企业党委", "kind": "committee", "former_names": ""}
    source = {"kind": "webpage", "publisher": "某网", "title": "某文", "note": ""}
    assert entry.post("/admin/cases/organisation/add/", body).status_code == 302
    assert entry.post("/admin/cases/source/add/", source).status_code == 302
    assert entry.post(ADD, entered(district="")).status_code == 302

    for record in (Organisation.objects.get(name="某企业党委"), Source.objects.get(title="某文"), Case.objects.get()):
        assert record.created_by is not None
        assert record.created_by.username == "luru"
        assert type(record).objects.editable_by(record.created_by).filter(pk=record.pk).exists()


def test_a_body_may_be_placed_above_the_own_district_but_not_beside_it(yuexiu: Client) -> None:
    data = {"name": "某单位", "kind": "department", "former_names": ""}

    beside = yuexiu.post("/admin/cases/organisation/add/", data | {"district": make_district("440105").pk})
    above = yuexiu.post("/admin/cases/organisation/add/", data | {"district": make_district("4401").pk})

    assert "只能选择您管辖的区划" in errors(beside)
    assert above.status_code == 302


def test_a_source_that_others_stand_on_is_changed_by_neither(yuexiu: Client) -> None:
    make_draft()
    shared, own = make_source(), make_source("own", created_by=colleague())
    make_draft("海珠的", district=make_district("440105"))  # cites the same source
    Source.objects.filter(pk=own.pk).update(created_by=make_user("d", group="录入员", districts=["440104"]))

    user = make_user("e", group="审核员", districts=["440104"])

    assert shared in Source.objects.curated_by(user)
    assert list(Source.objects.editable_by(user)) == [own]


def test_one_with_several_districts_reaches_all_below_them_and_one_without_any_reaches_nothing() -> None:
    user = make_user(group="审核员", districts=["440104", "4403"])
    nobody = make_user(group="审核员", districts=[])
    for code in ("440104002", "440105", "4403F01", "4401"):
        make_draft(code, district=make_district(code))

    assert {case.title for case in Case.objects.curated_by(user)} == {"440104002", "4403F01"}
    assert remit_of(user).covers(make_district("4403F01"))
    assert not remit_of(user).covers(make_district("4401"))
    assert list(Case.objects.curated_by(nobody)) == list(AwardList.objects.curated_by(nobody)) == []
    assert Case.objects.curated_by(make_user(group="管理员")).count() == 4
    assert Case.objects.curated_by(make_user()).count() == Case.objects.curated_by(None).count() == 0


def test_the_reading_role_sees_the_drafts_of_its_districts_and_changes_nothing() -> None:
    client = signed_in("只读", districts=["440104"])
    own, hidden = make_draft("越秀草稿"), foreign_draft()

    assert "越秀草稿" in text_of(client.get(page_of(own)))
    assert 'name="_save"' not in client.get(page_of(own)).content.decode()
    assert client.get(own.get_absolute_url()).status_code == 200
    assert client.get(hidden.get_absolute_url()).status_code == 404
    assert client.post(page_of(own), {"title": "改过"}).status_code == 403
    assert client.post(CASES, {"action": "submit_selected", "_selected_action": [own.pk]}).status_code in {200, 302}
    own.refresh_from_db()
    assert own.status == "draft"
