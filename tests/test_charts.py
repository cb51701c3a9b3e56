"""Where the parts of pictures stand."""

from cases.charts import Bars, Columns, Steps
from cases.choices import Choice


def choices(*counts: int) -> list[Choice]:
    return [Choice(str(number), f"第{number}项", count, False, "") for number, count in enumerate(counts)]


def test_the_longest_bar_is_as_wide_as_the_picture_and_none_with_cases_is_invisible() -> None:
    picture = Bars(choices(1000, 250, 1, 0))

    assert [(bar.width, bar.top) for bar in picture.bars] == [("100%", 0), ("25%", 46), ("1%", 92), ("0%", 138)]
    assert picture.height == 4 * 46


def test_what_is_too_much_for_a_picture_is_said_and_a_long_name_is_cut() -> None:
    picture = Bars([Choice("x", "党" * 40, 1, False, ""), *choices(*[1] * 20)])

    assert picture.left_out == 5
    assert picture.bars[0].label == "党" * 14 + "…"
    assert picture.bars[0].item.label == "党" * 40


def test_columns_stand_side_by_side_on_one_line() -> None:
    picture = Columns(choices(10, 0, 5, 1))

    assert [(c.slot, c.slot_width, c.middle) for c in picture.columns] == [
        ("0%", "25%", "12.5%"),
        ("25%", "25%", "37.5%"),
        ("50%", "25%", "62.5%"),
        ("75%", "25%", "87.5%"),
    ]
    assert [c.height for c in picture.columns] == [150, 0, 75, 15]
    assert {c.top + c.height for c in picture.columns} == {picture.base}
    assert Columns(choices(0)).columns[0].height == 0


def test_steps_part_the_numbers_without_gaps() -> None:
    assert Steps(0).legend == []
    assert Steps(3).legend == [(1, "1 个"), (2, "2 个"), (3, "3 个")]
    assert Steps(15).legend == [(1, "1 个"), (2, "2 个"), (3, "3–5 个"), (4, "6–8 个"), (5, "9–15 个")]
    for most in range(1, 3000, 7):
        steps = Steps(most)
        found = [steps.of(count) for count in range(most + 1)]
        assert found == sorted(found)
        assert found[:2] == [0, 1]
        assert found[-1] == len(steps.legend) <= 5
