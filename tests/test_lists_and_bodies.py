"""Pages of award lists, organisations and districts."""

import pytest
from django.test import Client

from cases.models import AwardEntry, FunnelStage
from tests.builders import (
    make_case,
    make_district,
    make_draft,
    make_list,
    make_organisation,
    make_sector,
    make_source,
)
from tests.pages import cards, text_of

pytestmark = pytest.mark.django_db


def test_a_list_tells_how_it_was_made_and_what_stands_on_it_in_the_published_order(client: Client) -> None:
    cases = [make_case(title) for title in ("丙", "甲", "乙")]
    award = make_list(
        "创新榜", slug="top", cases=cases, how_made="初选后由专家评审。", organiser=make_organisation("课题组")
    )
    FunnelStage.objects.create(award_list=award, stage="征集", qualifier="over", count=160, position=0)
    FunnelStage.objects.create(award_list=award, stage="入选", count=10, position=1)
    award.sources.add(make_source())

    page = client.get("/awards/top/")

    assert cards(page) == ["丙", "甲", "乙"]
    for words in ("条目（不分先后）", "初选后由专家评审。", "征集 超过 160 件", "入选 10 件", "课题组", "南方都市报"):
        assert words in text_of(page)
    assert '<a href="/awards/top/">创新榜</a>' in client.get("/awards/").content.decode()


def test_a_ranked_list_stands_by_rank(client: Client) -> None:
    award = make_list(slug="ranked", order="ranked")
    AwardEntry.objects.create(award_list=award, title="第二", rank=2, position=0)
    AwardEntry.objects.create(award_list=award, title="第一", rank=1, position=1)

    assert cards(client.get("/awards/ranked/")) == ["第 1 名 第一", "第 2 名 第二"]


def test_a_list_keeps_the_names_it_announced(client: Client) -> None:
    body = make_organisation("原单位")
    entry = make_list(slug="top").entries.create(title="条目", organisations_as_announced="原单位")
    entry.organisations.add(body)
    assert "公布时名称" not in text_of(client.get("/awards/top/"))

    body.name = "新单位"
    body.save()

    page = text_of(client.get("/awards/top/"))
    assert "原单位（公布时名称）" in page
    assert "新单位" in page


def test_an_entry_does_not_lead_to_a_case_that_is_not_public(client: Client) -> None:
    hidden = make_draft("未公开的案例", summary="未公开的摘要")
    award = make_list(slug="top", cases=[hidden])
    AwardEntry.objects.filter(award_list=award).update(title="公布的名称")

    page = client.get("/awards/top/")

    assert cards(page) == ["公布的名称"]
    assert hidden.number not in page.content.decode()
    assert "未公开" not in text_of(page)


def test_a_draft_list_is_nowhere(client: Client) -> None:
    case = make_case("甲", leads=[make_organisation("单位")])
    award = make_list("草稿榜单", slug="secret", cases=[case], status="draft")
    award.entries.get().organisations.add(make_organisation("单位"))

    assert client.get("/awards/secret/").status_code == 404
    organisation = make_organisation("单位").get_absolute_url()
    for address in ("/", "/awards/", "/cases/", case.get_absolute_url(), organisation, "/districts/440104/"):
        assert "草稿榜单" not in text_of(client.get(address)), address
    assert "草稿榜单" not in client.get("/cases/export.json").content.decode()


def test_award_lists_are_filtered_and_a_bad_value_shows_nothing(client: Client) -> None:
    make_list("省里的", level="province", year=2021)
    make_list("市里的", level="city", year=2020)

    province = text_of(client.get("/awards/?level=province"))
    assert "省里的" in province
    assert "市里的" not in province
    assert "省里的" in text_of(client.get("/awards/?level=province&year=2021"))
    page = text_of(client.get("/awards/?level=nope"))
    assert "“nope”不是可选的级别" in page
    assert "省里的" not in page


def test_an_organisation_shows_its_cases_lists_superior_and_subordinates(client: Client) -> None:
    upper = make_organisation("上级党委")
    body = make_organisation("本级组织部", parent=upper, former_names="旧名甲\n旧名乙", short_name="本级")
    make_case("本级案例", leads=[body])
    make_case("别人案例", leads=[make_organisation("下级党委", parent=body)])
    make_draft("草稿案例", leads=[body])
    make_draft("另一草稿", leads=[make_organisation("草稿下级", parent=body)])

    page = client.get(body.get_absolute_url())

    assert cards(page) == ["本级案例"]
    for words in ("上级党委", "旧名甲、旧名乙", "下级党委 1 个案例"):
        assert words in text_of(page)
    assert "草稿" not in text_of(page)


def test_an_organisation_that_only_a_draft_names_is_404(client: Client) -> None:
    body = make_organisation("草稿单位")
    make_draft(leads=[body])

    assert client.get(body.get_absolute_url()).status_code == 404
    assert "草稿单位" not in text_of(client.get("/organisations/"))


def test_organisations_are_found_by_any_of_their_names_in_both_scripts(client: Client) -> None:
    make_case(leads=[make_organisation("中共广州市社会组织委员会", short_name="社会组织党委", former_names="社组工委")])
    make_case(leads=[make_organisation("广州市水务局")])

    for words in ("社会组织", "社會組織", "社组工委", "组织党委"):
        page = text_of(client.get("/organisations/", {"q": words}))
        assert "中共广州市社会组织委员会" in page, words
        assert "广州市水务局" not in page, words


def test_a_district_leads_to_its_cases_and_down_the_tree(client: Client) -> None:
    make_case("街道案例", district=make_district("440104002"))
    make_case("邻区案例", district=make_district("440105"))
    make_draft("草稿案例", district=make_district("440104"))

    city = client.get("/districts/440100/")
    assert set(cards(city)) == {"街道案例", "邻区案例"}
    assert "越秀区 1 个案例" in text_of(city)
    assert cards(client.get("/districts/440104/")) == ["街道案例"]
    assert cards(client.get("/districts/440104002/")) == ["街道案例"]
    assert "草稿" not in text_of(client.get("/districts/440104/"))


def test_a_short_code_leads_to_the_full_one_and_an_unknown_one_is_404(client: Client) -> None:
    make_district("440104")

    assert client.get("/districts/4401/")["Location"] == "/districts/440100/"
    assert client.get("/districts/999999/").status_code == 404


def test_the_district_list_counts_subtrees_and_leaves_out_places_without_cases(client: Client) -> None:
    make_case(district=make_district("440104002"))
    make_case(district=make_district("440104"))
    make_district("440105")
    make_draft(district=make_district("2207"))

    page = text_of(client.get("/districts/"))

    assert "广东省 2 个案例 广州市 2 个案例 越秀区 2 个案例 人民街道 1 个案例" in page
    assert "海珠区" not in page
    assert "吉林省" not in page


def test_sectors_stand_in_their_set_order_and_lists_newest_first(client: Client) -> None:
    for position, name in ((2, "丙领域"), (0, "甲领域"), (1, "乙领域")):
        sector = make_sector(name)
        sector.position = position
        sector.save()
        make_case(sector=sector)
    for year in (2019, 2021, 2020):
        make_list(f"{year}榜单", year=year)

    page = text_of(client.get("/"))

    assert page.index("甲领域") < page.index("乙领域") < page.index("丙领域")
    assert page.index("2021榜单") < page.index("2020榜单") < page.index("2019榜单")
