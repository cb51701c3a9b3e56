"""What the figures of many cases come to: what adds up, what counts, and where each comes from."""

import pytest
from django.test import Client

from cases.figure_sums import Datum, FigureSums, Indicator
from cases.models import Case, Figure
from tests.builders import figure, make_case, make_draft, make_source
from tests.pace import within
from tests.pages import downloaded, sums, text_of

pytestmark = pytest.mark.django_db

MANY = 12_000
SECONDS = 0.5


def test_figures_are_summed_within_an_indicator_and_a_unit(client: Client) -> None:
    make_case("甲", figures=[figure(7136, "举办活动", "次"), figure(3)])
    make_case("乙", figures=[figure("2.5"), figure(4, "举办活动", "场")])
    make_case("丙", figures=[figure(10, qualifier="over"), figure(20, "下沉党员", "名", qualifier="odd")])

    assert sums(client) == [
        ["建立党支部", "约 15.5 个", 3, 0],
        ["下沉党员", "20 余名", 1, 0],
        ["举办活动", "4 场", 1, 0],
        ["举办活动", "7,136 次", 1, 0],
    ]
    assert downloaded(client, "figures")[1] == ["建立党支部", "个", "15.5", "是", "3", "2.5", "3", "10", "0"]


@pytest.mark.parametrize("few", [1000, 0])
def test_figures_of_other_cases_and_of_drafts_are_not_summed(
    client: Client, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr("cases.figure_sums.FEW", few)
    make_case("甲", figures=[figure(3)])
    make_case("乙", year=2019, figures=[figure(100)])
    draft = make_draft("丙", figures=[figure(1000)])

    assert sums(client, "year=2020") == [["建立党支部", "3 个", 1, 0]]
    # Whoever is asked for a case that readers may not see.
    assert FigureSums(None, {draft.pk}).indicators == []


@pytest.mark.parametrize(
    ("indicator", "unit"),
    [
        ("走访率", "%"),
        ("满意度提高", "个百分点"),
        ("党组织层级", "级"),
        ("处级干部平均年龄降幅", "岁"),
        ("民意测评位次", "位"),
        ("加装电梯所用时间", "年"),
        ("每月减轻负担", "元"),
        ("人均增收", "元"),
        ("规划建设支部（目标）", "个"),
        ("组织生活会次数要求", "次"),
    ],
)
def test_shares_ranks_times_averages_and_aims_are_not_summed(client: Client, indicator: str, unit: str) -> None:
    for number, value in enumerate((10, 20, 90)):
        make_case(f"案例{number}", figures=[figure(value, indicator, unit)])

    (opened,) = client.get("/statistics/").context["opened"]

    space = "" if unit.startswith("%") else " "
    assert opened.indicator.total is None
    assert opened.indicator.label == f"20{space}{unit}"
    assert opened.indicator.range_label == f"10–90{space}{unit}"
    assert downloaded(client, "figures")[1] == [indicator, unit, "不合计", "否", "3", "10", "20", "90", "0"]


@pytest.mark.parametrize(
    ("indicator", "unit"),
    [
        ("率先建成的示范点", "个"),
        ("服务群众", "人次"),
        ("组建小分队", "支"),
        ("场馆面积", "平方米"),
        ("参训党员", "位"),
    ],
)
def test_what_can_be_counted_is_summed(client: Client, indicator: str, unit: str) -> None:
    make_case("甲", figures=[figure(1, indicator, unit)])
    make_case("乙", figures=[figure(2, indicator, unit)])

    assert sums(client) == [[indicator, f"3 {unit}", 2, 0]]


def test_of_a_case_only_the_latest_figure_counts_and_of_a_year_the_largest(client: Client) -> None:
    make_case("甲", figures=[figure(100), figure(1, year=2021), figure(2, year=2023), figure(3, year=2023)])
    make_case("乙", figures=[figure(10, year=2019), figure(20)])

    (opened,) = client.get("/statistics/").context["opened"]

    assert (opened.indicator.label, opened.indicator.count, opened.indicator.left_out) == ("13 个", 2, 4)
    assert [(single.figure.value, single.figure.year, single.why_not) for single in opened.singles] == [
        (10, 2019, ""),
        (3, 2023, ""),
        (100, None, "同一案例有年份更近的数"),
        (20, None, "同一案例有年份更近的数"),
        (2, 2023, "同一案例同年有更大的数"),
    ]
    assert "另有 1 项数据，见导出的明细。" in text_of(client.get("/statistics/"))
    assert len(downloaded(client, "single-figures")) == 1 + 6


def test_a_part_does_not_count_beside_its_whole(client: Client) -> None:
    whole = make_case("整体", figures=[figure(100)], year=2020)
    between = make_case("中间", part_of=whole, figures=[figure(7, "举办活动", "次")])
    make_case("部分", part_of=between, figures=[figure(60), figure(5, "举办活动", "次"), figure(1, "下沉党员", "名")])
    make_case("别的", figures=[figure(1)], year=2019)
    Case.objects.filter(title="部分").update(year=2019)

    assert sums(client) == [
        ["建立党支部", "101 个", 2, 1],
        ["举办活动", "7 次", 1, 1],
        ["下沉党员", "1 名", 1, 0],
    ]
    # Where the whole is not among the cases counted, its parts stand for themselves.
    assert sums(client, "year=2019") == [
        ["建立党支部", "61 个", 2, 0],
        ["下沉党员", "1 名", 1, 0],
        ["举办活动", "5 次", 1, 0],
    ]
    reasons = {row[8]: row[6] for row in downloaded(client, "single-figures") if row[0] == "建立党支部"}
    assert reasons == {"整体": "", "别的": "", "部分": "整体案例已有此项数据"}


def test_a_draft_whole_takes_nothing_from_its_published_parts(client: Client) -> None:
    whole = make_draft("草稿", figures=[figure(100)])
    make_case("部分", part_of=whole, figures=[figure(60)])

    assert sums(client) == [["建立党支部", "60 个", 1, 0]]


def test_a_circle_of_parts_ends(client: Client) -> None:
    one, other = make_case("甲", figures=[figure(1)]), make_case("乙", figures=[figure(2)])
    Case.objects.filter(pk=one.pk).update(part_of=other)
    Case.objects.filter(pk=other.pk).update(part_of=one)
    make_case("丙", part_of=one, figures=[figure(5, "举办活动", "次")])

    assert sums(client) == [["建立党支部", "3 个", 2, 0], ["举办活动", "5 次", 1, 0]]


def test_a_figure_is_shown_as_printed_with_its_case_and_source(client: Client) -> None:
    source = make_source(
        "daily", publisher="南方日报", title="三年创建", url="https://example.org/a", published="2022-06-30"
    )
    case = make_case(
        "网格支部", figures=[figure(90000, "下沉党员", "名", qualifier="odd", as_printed="9万余名", source=source)]
    )

    page = client.get("/statistics/")

    text = text_of(page)
    assert "网格支部 90,000 余名 原文：9万余名" in text
    assert "南方日报： 三年创建 ，2022年6月30日" in text
    assert f'href="{case.get_absolute_url()}"' in page.content.decode()
    assert 'href="https://example.org/a"' in page.content.decode()


def test_indicators_come_in_pages_those_of_most_cases_first(client: Client) -> None:
    for title in ("甲", "乙"):
        make_case(title, figures=[figure(1, "常见", "个")])
    make_case("丙", figures=[figure(1, f"指标{number:02d}", "个") for number in range(40)])

    pages = [sums(client, f"page={number}") for number in (1, 2, 3, 4)]

    assert [row[0] for page in pages[:3] for row in page] == ["常见", *(f"指标{number:02d}" for number in range(40))]
    assert pages[3] == pages[2]
    assert 'href="?q=x&amp;page=2#figures"' not in client.get("/statistics/").content.decode()
    assert "page=2#figures" in client.get("/statistics/").content.decode()


def test_why_a_figure_does_not_count_is_told_of_each_of_thousands_at_once() -> None:
    indicator = Indicator([Datum(float(pk), pk, pk, "服务群众", "人次", 2020, "") for pk in range(MANY)], {0: 1})
    figures = [Figure(pk=pk, case_id=pk, value=pk, year=2020) for pk in range(MANY)]

    reasons = within(SECONDS, lambda: [indicator.why_not(figure) for figure in figures])
    assert reasons == ["整体案例已有此项数据"] + [""] * (MANY - 1)
