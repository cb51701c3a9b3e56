"""Award lists: how they were made, what stands on them in which order, and their other years."""

import re
from typing import Any

import pytest
from django.test import Client

from cases.filters import EntryFilter
from cases.models import AwardEntry, AwardList, FunnelStage
from tests.builders import (
    make_case,
    make_district,
    make_draft,
    make_list,
    make_organisation,
    make_sector,
    make_source,
)
from tests.pages import cards, queries_of, text_of

pytestmark = pytest.mark.django_db


def make_funnel(award: AwardList, *stages: tuple[str, str, int]) -> None:
    for position, (stage, qualifier, count) in enumerate(stages):
        FunnelStage.objects.create(award_list=award, stage=stage, qualifier=qualifier, count=count, position=position)


def make_entry(award: AwardList, title: str, **fields: Any) -> AwardEntry:
    """Add an entry at the end of a list; takes `bodies` as a list."""
    bodies = fields.pop("bodies", [])
    entry = AwardEntry.objects.create(award_list=award, title=title, position=award.entries.count(), **fields)
    entry.organisations.set(bodies)
    return entry


def part(response: Any, name: str) -> str:
    """The visible words of one section of a page."""
    found = re.search(rf'(?s)<section[^>]*id="{name}".*?</section>', response.content.decode())
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split()) if found else ""


def standing(response: Any) -> list[str]:
    """Tier headings, ranks and titles of the entries, from top to bottom."""
    html = response.content.decode()
    html = html[html.index('id="entries"') :].split("</section>")[0]
    found = re.findall(r'(?s)<h3 class="tier">(.*?)<span|<p class="rank">(.*?)</p>|<h[34]>(.*?)</h[34]>', html)
    return [" ".join(re.sub(r"<[^>]+>", "", "".join(words)).split()) for words in found]


def bands(response: Any) -> list[float]:
    """The widths of the funnel's bands, in percent."""
    return [
        float(width) for width in re.findall(r'<rect x="[\d.e-]+%" y="0" width="([\d.]+)%"', response.content.decode())
    ]


def test_a_list_tells_how_it_was_made_and_what_stands_on_it_in_the_published_order(client: Client) -> None:
    cases = [make_case(title) for title in ("丙", "甲", "乙")]
    award = make_list(
        "创新榜", slug="top", cases=cases, how_made="初选后由专家评审。", organiser=make_organisation("课题组")
    )
    make_funnel(award, ("征集", "over", 160), ("入选", "", 10))
    award.sources.add(make_source())

    page = client.get("/awards/top/")

    assert cards(page) == ["丙", "甲", "乙"]
    for words in ("初选后由专家评审。", "征集 超过 160 件", "入选 10 件 占征集约 6%", "课题组", "南方都市报"):
        assert words in text_of(page)
    assert text_of(page).count("不分先后") == 1
    assert bands(page) == [100, 6.25]
    assert '<a href="/awards/top/">创新榜</a>' in client.get("/awards/").content.decode()


@pytest.mark.parametrize(
    ("counts", "widths"),
    [
        ([], []),
        ([87], []),
        ([5000, 10], [100, 1]),
        ([600, 300, 150, 60, 30, 6], [100, 50, 25, 10, 5, 1]),
        ([30, 40], [75, 100]),
        ([160, 0], [100, 0]),
        ([0, 0], [0, 0]),
    ],
)
def test_the_funnel_is_drawn_from_two_stages_on_and_no_stage_is_too_thin_to_see(
    client: Client, counts: list[int], widths: list[float]
) -> None:
    award = make_list(slug="top", cases=[make_case()])
    make_funnel(award, *[(f"环节{place}", "", count) for place, count in enumerate(counts)])

    page = client.get("/awards/top/")

    assert bands(page) == widths
    assert ("产生办法" in text_of(page)) == bool(counts)
    for place, count in enumerate(counts):
        assert f"环节{place} {count:,} 件" in text_of(page)


def test_a_ranked_list_stands_by_rank(client: Client) -> None:
    award = make_list(slug="ranked", order="ranked")
    for title, rank in (("未排", None), ("第二", 2), ("第一", 1)):
        make_entry(award, title, rank=rank)

    page = client.get("/awards/ranked/")

    assert standing(page) == ["第 1 名", "第一", "第 2 名", "第二", "未列名次", "未排"]
    assert "不分先后" not in text_of(page)


def test_a_tiered_list_stands_under_its_tiers_in_the_order_in_which_they_were_announced(client: Client) -> None:
    award = make_list(slug="tiered", order="tiered")
    for title, tier in (("甲", "一等奖"), ("乙", "二等奖"), ("丙", ""), ("丁", "一等奖"), ("戊", "二等奖")):
        make_entry(award, title, tier=tier)

    assert standing(client.get("/awards/tiered/")) == [
        "一等奖", "甲", "丁", "二等奖", "乙", "戊", "未分等次", "丙",
    ]  # fmt: skip


def test_a_list_keeps_the_names_it_announced_and_tells_what_they_are_now(client: Client) -> None:
    renamed, unchanged = make_organisation("原单位"), make_organisation("中共广州市委", short_name="市委")
    longer = make_organisation("广州市越秀区民政局")
    award = make_list(slug="top")
    make_entry(award, "甲", organisations_as_announced="原单位", bodies=[renamed])
    make_entry(award, "丙", organisations_as_announced="越秀区民政局", bodies=[longer])
    make_entry(award, "乙", organisations_as_announced="市委", bodies=[unchanged])
    page = text_of(client.get("/awards/top/"))
    assert "原单位（公布时名称）" not in page
    assert "现名" not in page
    assert "市委（公布时名称） 中共广州市委" in page

    renamed.name = "新单位"
    renamed.save()

    assert "原单位（公布时名称） 现名 新单位" in text_of(client.get("/awards/top/"))


def test_an_entry_does_not_lead_to_a_case_that_is_not_public(client: Client) -> None:
    hidden = make_draft("未公开的案例", summary="未公开的摘要", sector=make_sector("医院", "hospital"))
    award = make_list(slug="top", cases=[hidden, make_case("公开的案例")])
    award.entries.filter(case=hidden).update(title="公布的名称")

    for address in ("/awards/top/", "/awards/top/export.json", "/awards/top/export.csv"):
        text = client.get(address).content.decode()
        assert "公布的名称" in text, address
        for secret in (hidden.number, "未公开", "医院"):
            assert secret not in text, address
    assert cards(client.get("/awards/top/?sector=hospital")) == []


def test_a_draft_list_is_nowhere(client: Client) -> None:
    body = make_organisation("单位", district=make_district())
    case = make_case("甲", leads=[body])
    secret = make_list("草稿榜单", slug="secret", cases=[case], status="draft", organiser=body, series="系列")
    secret.entries.get().organisations.add(body)
    secret.entries.update(district=make_district())
    make_list("公开榜单", slug="open", cases=[case], series="系列")

    assert client.get("/awards/secret/").status_code == 404
    assert client.get("/awards/secret/export.json").status_code == 404
    for address in (
        "/", "/awards/", "/awards/open/", "/cases/", case.get_absolute_url(), body.get_absolute_url(),
        "/districts/440104/", "/awards/?district=440104",
    ):  # fmt: skip
        assert "草稿榜单" not in text_of(client.get(address)), address
    assert "历届" not in text_of(client.get("/awards/open/"))
    assert "草稿榜单" not in client.get("/cases/export.json").content.decode()


def test_award_lists_are_filtered_and_each_choice_tells_how_many_it_would_show(client: Client) -> None:
    make_list("省里的", level="province", year=2021)
    make_list("市里的", level="city", year=2020)
    make_list("也是市里的", level="city", year=2021)
    make_list("草稿", level="county", year=2019, status="draft")

    assert "年份 2021年 2 个榜单 2020年 1 个榜单 级别 省级 1 个榜单 市级 2 个榜单 3 个榜单" in text_of(
        client.get("/awards/")
    )
    province = text_of(client.get("/awards/?level=province"))
    assert "省里的" in province
    assert "市里的" not in province
    both = text_of(client.get("/awards/?level=city&year=2021"))
    assert "也是市里的" in both
    assert "省里的" not in both
    assert "没有符合条件的榜单" in text_of(client.get("/awards/?year=1999"))


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("level=nope", "“nope”不是可选的级别"),
        ("year=20", "“20”不是年份"),
        ("district=999999", "没有代码为“999999”的区划"),
    ],
)
def test_a_bad_value_shows_an_error_and_no_list(client: Client, query: str, fault: str) -> None:
    make_list("不该出现")

    page = text_of(client.get(f"/awards/?{query}"))

    assert fault in page
    assert "不该出现" not in page


def test_lists_stand_by_year_with_level_organiser_and_funnel_in_words(client: Client) -> None:
    award = make_list("旧榜", year=2019, level="province", organiser=make_organisation("课题组"), cases=[make_case()])
    make_funnel(award, ("征集", "over", 160), ("初选", "", 40), ("入选", "", 10))
    make_list("新榜", year=2021)

    page = text_of(client.get("/awards/"))

    assert "2021年 新榜 市级 未列名单" in page
    assert "2019年 旧榜 省级 课题组 主办 征集超过 160 件，入选10 件 名单 1 条" in page


@pytest.fixture
def spread() -> AwardList:
    """Four entries of two sectors in three places."""
    rural, urban = make_sector("农村", "rural"), make_sector("城市社区", "urban")
    award = make_list("分布", slug="spread")
    for title, sector, code in (
        ("甲", rural, "440104"), ("乙", rural, "440105"), ("丙", urban, "440104002"), ("丁", None, "4401"),
    ):  # fmt: skip
        place = make_district(code)
        case = make_case(title, sector=sector, district=place) if sector else None
        make_entry(award, title, case=case, district=place)
    return award


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["甲", "乙", "丙", "丁"]),
        ("sector=rural", ["甲", "乙"]),
        ("sector=rural&sector=urban", ["甲", "乙", "丙"]),
        ("district=440104", ["甲", "丙"]),
        ("district=440100&sector=rural", ["甲", "乙"]),
        ("district=440105&sector=urban", []),
        ("district=999999", []),
        ("sector=nope", []),
    ],
)
def test_entries_are_narrowed_by_sector_and_district(
    client: Client, spread: AwardList, query: str, titles: list[str]
) -> None:
    assert cards(client.get(f"/awards/spread/?{query}")) == titles


def test_sectors_and_districts_tell_how_many_entries_they_have(client: Client, spread: AwardList) -> None:
    everything = part(client.get("/awards/spread/"), "entries")
    assert "领域 农村 2 条 城市社区 1 条 区划 广州市 4 条 越秀区 2 条 海珠区 1 条" in everything

    narrowed = part(client.get("/awards/spread/?district=440104"), "entries")
    assert "领域 农村 1 条 城市社区 1 条 区划 广州市 4 条 越秀区 2 条 × （取消） 海珠区 1 条" in narrowed
    assert "符合条件的有 2 条，共 4 条" in narrowed


def test_a_bad_value_shows_an_error_and_no_entry(client: Client, spread: AwardList, rf: Any) -> None:
    request = rf.get("/", {"district": "999999"})
    request.user = None
    assert EntryFilter(request.GET, spread, request=request).found == []
    assert "没有代码为“999999”的区划" in text_of(client.get("/awards/spread/?district=999999"))
    assert "没有名为“nope”的领域" in text_of(client.get("/awards/spread/?sector=nope"))


def test_a_list_without_entries_says_so(client: Client) -> None:
    make_list(slug="bare")

    page = text_of(client.get("/awards/bare/"))

    assert "来源没有列出入选名单" in page
    assert "Excel" not in page


def test_the_lists_of_a_series_stand_beside_each_other_with_who_was_on_several(client: Client) -> None:
    regular, once = make_organisation("常客"), make_organisation("稀客")
    for year in (2019, 2021, 2020):
        award = make_list(
            f"{year}年榜", slug=f"top-{year}", year=year, series="年榜", organiser=make_organisation("报社")
        )
        make_funnel(award, ("征集", "over", year - 1900), ("入选", "", 10))
        make_entry(award, "甲", bodies=[regular] if year != 2020 else [once])
    make_entry(award, "乙", bodies=[once])
    make_list("别的榜", series="别的")
    make_list("无系列", slug="alone")
    make_list("也无系列")

    series = part(client.get("/awards/top-2020/"), "series")

    assert series == (
        "历届（3 届） “年榜”历届榜单，最新的在前 年份 榜单 产生 级别 主办方 条目 "
        "2021年 2021年榜 征集超过 121 件，入选10 件 市级 报社 1 条 "
        "2020年 2020年榜 （本榜） 征集超过 120 件，入选10 件 市级 报社 2 条 "
        "2019年 2019年榜 征集超过 119 件，入选10 件 市级 报社 1 条 "
        "多次上榜的组织 常客 2019年、2021年，2 次"
    )
    assert part(client.get("/awards/alone/"), "series") == ""


@pytest.mark.any_database
def test_longer_lists_and_longer_series_cost_no_more_queries(client: Client) -> None:
    def grow(years: range) -> None:
        for year in years:
            award = make_list(f"{year}年榜", slug=f"top-{year}", year=year, series="年榜", order="tiered")
            make_funnel(award, ("征集", "", 100), ("入选", "", 10))
            award.sources.add(make_source(f"source-{year}"))
        for award in AwardList.objects.all():
            for number in range(len(years)):
                body = make_organisation(f"单位{years.start + number}")
                case = make_case(leads=[body], sector=make_sector(f"领域{number}"))
                make_entry(award, "甲", case=case, district=case.district, bodies=[body], tier=f"{number}等奖")

    addresses = ["/awards/", "/awards/top-2010/"] + [
        f"/awards/top-2010/export.{form}" for form in ("xlsx", "csv", "json")
    ]
    grow(range(2010, 2012))
    few = queries_of(client, *addresses)
    grow(range(2012, 2017))

    assert queries_of(client, *addresses) == few
