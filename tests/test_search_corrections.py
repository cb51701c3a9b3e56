"""“您是不是要找”, and cases told in the same words."""

from typing import Any

import pytest

from cases import search
from cases.models import Case
from tests.builders import make_case, make_district, make_draft, make_organisation, make_term, make_theme

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def corrected(text: str, cases: Any = None) -> list[str]:
    return search.corrections(text, Case.objects.visible_to(None) if cases is None else cases)


@pytest.fixture
def library(db: None) -> None:
    street = make_organisation("五角场街道")
    make_case("深化“红苗工程”", brand_name="红苗工程", leads=[street], district=make_district("440105"))
    make_case(
        "老楼加装电梯", approach="社区里推选楼栋长，做到有呼必应。", leads=[street], district=make_district("4403")
    )
    make_draft("秘密行动", brand_name="密谋工程", leads=[make_organisation("秘密组织")])
    search.rebuild()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("红描工程", ["红苗工程"]),
        ("洪苗工程", ["红苗工程"]),
        ("红苗功成", ["红苗工程"]),
        ("红苗工", []),
        ("紅描工程", ["红苗工程"]),
        ("hongmiaogongcheng", ["红苗工程"]),
        ("hongmiao gongcheng", ["红苗工程"]),
        ("hongmiaogongchen", ["红苗工程"]),
        ("加装电提", ["加装电梯"]),
        ("楼栋涨", ["楼栋长"]),
        ("老楼 加装电提", ["老楼加装电梯"]),
        ("“楼栋涨”", ["楼栋长"]),
        ("社区加装电提", ["社区 加装电梯"]),
        ("海猪", ["海珠"]),
        ("海珠曲", ["海珠区", "海珠"]),
        ("密谋工成", []),
        ("秘密组之", []),
        ("zzzzzz", []),
        ("毫无关系的话", []),
        ("红描工程 -越秀", ["红苗工程 -越秀"]),
        ("", []),
        ("标题:红描", []),
        ("长" * 250, []),
    ],
)
def test_near_words_that_find_something_are_offered(library: None, text: str, expected: list[str]) -> None:
    assert corrected(text) == expected


def test_a_term_is_offered_too(library: None) -> None:
    make_term("楼长", "楼栋长")
    assert corrected("搂长") == ["楼长"]


def test_nothing_is_offered_that_finds_nothing_among_the_cases_asked_for(library: None) -> None:
    assert corrected("红描工程", Case.objects.visible_to(None).filter(brand_name="")) == []
    Case.objects.get(brand_name="红苗工程").withdraw(by=None)
    assert corrected("红描工程") == []


def test_a_word_that_finds_something_is_left_alone(library: None) -> None:
    assert corrected("红苗工程") == []
    assert corrected("红苗工程 加装电梯") == []


def test_without_an_index_nothing_is_offered(db: None) -> None:
    make_case("红苗工程")
    assert corrected("红描工程") == []


def test_cases_told_in_the_same_words_are_like_each_other() -> None:
    one = make_case("商圈党建联盟", summary="商场、楼宇党支部结成联盟，共办公益市集。", themes=[make_theme("组织共建")])
    near = make_case("楼宇党支部联盟", summary="写字楼党支部结成联盟，为白领办公益市集。")
    themed = make_case("其他", summary="各不相干。", themes=[make_theme("组织共建")])
    placed = make_case("河长巡河", summary="清理河道。", leads=[make_organisation("中共广州市越秀区委组织部")])
    draft = make_draft("商圈党建联盟", summary="商场、楼宇党支部结成联盟，共办公益市集。")
    search.rebuild()
    alike = search.like(one, 5)
    assert alike[:2] == [near.pk, themed.pk]
    assert not {one.pk, placed.pk, draft.pk} & set(alike)
    assert search.like(one, 1) == [near.pk]


def test_without_an_index_nothing_is_like_a_case() -> None:
    make_case("商圈党建联盟")
    assert search.like(make_case("商圈党建联盟"), 5) == []
