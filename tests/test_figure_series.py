"""Figures of one case that compare."""

from decimal import Decimal
from typing import Any

import pytest

from cases.figure_series import Bar, Series, range_of, series_of
from cases.models import Figure


def figure(indicator: str, value: Any, unit: str = "个", year: int | None = None, qualifier: str = "") -> Figure:
    return Figure(indicator=indicator, value=Decimal(str(value)), unit=unit, year=year, qualifier=qualifier)


def test_an_indicator_in_several_years_is_one_group_in_their_order_with_the_change_in_words() -> None:
    figures = [
        figure("服务站", 325, year=2021),
        figure("服务站", 290, year=2019),
        figure("服务站", 310, year=2020),
        figure("党员", 80, year=2019),
        figure("服务站", 7, "处", year=2018),
        figure("服务站", 400),
    ]

    assert series_of(figures) == [
        Series(
            "服务站",
            [Bar("2019年", "290 个", "89.23%"), Bar("2020年", "310 个", "95.38%"), Bar("2021年", "325 个", "100%")],
            "2019年到2021年增加 35 个，增长 12%",
        )
    ]


@pytest.mark.parametrize(
    ("before", "after", "unit", "words"),
    [
        (400, 300, "名", "2019年到2020年减少 100 名，下降 25%"),
        (1000, 1025, "名", "2019年到2020年增加 25 名，增长 2.5%"),
        (10, 250, "家", "2019年到2020年增加 240 家，增长 24 倍"),
        (0, 35, "个", "2019年到2020年增加 35 个"),
        (100000, 100010, "个", "2019年到2020年增加 10 个"),
        (35, 35, "个", "2019年与2020年持平"),
        ("3.2", "4.8", "万元", "2019年到2020年增加 1.6 万元，增长 50%"),
        ("93.4", "98.1", "%", ""),
        ("3", "5", "个百分点", ""),
        ("3", "5", "‰", ""),
    ],
)
def test_the_change_is_told_with_its_rate_and_never_for_percentages(
    before: Any, after: Any, unit: str, words: str
) -> None:
    (series,) = series_of([figure("数", before, unit, 2019), figure("数", after, unit, 2020)])

    assert series.change == words


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        (("over", 16000), ("more", 23000), "2019年到2020年约增加 7,000 个，增长约 44%"),
        (("", 100), ("nearly", 200), "2019年到2020年约增加 100 个，增长约 100%"),
        (("over", 160), ("", 165), ""),
        (("about", 200), ("", 200), ""),
        (("more", 200), ("more", 200), ""),
        (("nearly", 200), ("about", 210), ""),
        (("", 100), ("at-least", 200), ""),
        (("upwards", 100), ("", 200), ""),
        (("not-below", 100), ("", 50), ""),
    ],
)
def test_qualified_numbers_change_about_or_not_for_certain(first: Any, second: Any, words: str) -> None:
    figures = [
        figure("数", value, year=year, qualifier=qualifier)
        for year, (qualifier, value) in zip((2019, 2020), (first, second), strict=True)
    ]

    assert series_of(figures)[0].change == words


def test_a_qualified_number_lies_within_its_last_place_and_a_tenth_of_itself() -> None:
    found = {q: range_of(figure("数", 2500, qualifier=q)) for q in ("", "over", "more", "odd", "nearly", "about")}

    above = (Decimal(2500), Decimal(2600))
    assert found == {
        "": (Decimal(2500), Decimal(2500)),
        "over": above,
        "more": above,
        "odd": above,
        "nearly": (Decimal(2400), Decimal(2500)),
        "about": (Decimal(2400), Decimal(2600)),
    }
    assert range_of(figure("数", 1000000, qualifier="nearly")) == (Decimal(900000), Decimal(1000000))
    assert range_of(figure("数", 100, qualifier="at-least")) is None


def test_two_numbers_for_one_year_are_drawn_both_and_no_change_is_told() -> None:
    figures = [figure("数", 10, year=2019), figure("数", 20, year=2020), figure("数", 30, year=2020)]

    assert series_of(figures) == [
        Series(
            "数", [Bar("2019年", "10 个", "33.33%"), Bar("2020年", "20 个", "66.67%"), Bar("2020年", "30 个", "100%")]
        )
    ]


def test_what_does_not_compare_is_not_drawn() -> None:
    assert series_of([]) == []
    assert series_of([figure("数", 1, year=2019), figure("数", 2, year=2019)]) == []
    assert series_of([figure("数", 1), figure("数", 2)]) == []
    assert series_of([figure("民调位次", 5, "位", 2019), figure("民调位次", 1, "位", 2020)]) == []
    assert series_of([figure("增幅", -5, year=2019), figure("增幅", 3, year=2020)]) == []


def test_zeros_in_every_year_have_no_bar() -> None:
    (series,) = series_of([figure("投诉", 0, "件", 2019), figure("投诉", 0, "件", 2020)])

    assert series == Series("投诉", [Bar("2019年", "0 件", "0%"), Bar("2020年", "0 件", "0%")], "2019年与2020年持平")


def test_percentages_are_drawn_up_to_the_whole() -> None:
    (series,) = series_of([figure("满意度", 50, "%", 2019), figure("满意度", 75, "%", 2020)])

    assert [bar.width for bar in series.bars] == ["50%", "75%"]


def test_parts_stand_below_their_whole() -> None:
    figures = [
        figure("参加党员", 2000, "名", 2021),
        figure("其中：在职党员", 1500, "名", 2021),
        figure("其中退休党员", 500, "名", 2021, "about"),
        figure("站点", 3),
    ]

    assert series_of(figures) == [
        Series(
            "参加党员（2021年）",
            [
                Bar("全部", "2,000 名", "100%"),
                Bar("在职党员", "1,500 名", "75%", "占 75%"),
                Bar("退休党员", "约 500 名", "25%", "约占 25%"),
            ],
        )
    ]


@pytest.mark.parametrize(
    "part",
    [
        figure("其中：女", 30, "名", 2021),
        figure("其中：女", 30, "户"),
        figure("其中：女", 300, "名"),
    ],
    ids=["another year", "another unit", "more than the whole"],
)
def test_a_part_that_cannot_be_one_is_not_drawn(part: Figure) -> None:
    assert series_of([figure("党员", 200, "名"), part]) == []
    assert series_of([part]) == []
