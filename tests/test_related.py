"""Cases that a reader of one may go on to."""

import pytest
from django.test import Client

from cases import search
from cases.models import Case
from cases.related import MOST, related_cases
from tests.builders import make_case, make_district, make_draft, make_sector
from tests.pages import text_of

pytestmark = pytest.mark.django_db


def titles(case: Case, without: list[Case] | None = None) -> list[str]:
    return [other.title for other in related_cases(case, None, without=without or [])]


def test_cases_in_the_same_words_come_first_then_those_of_the_place_and_field() -> None:
    school, street = make_sector("学校", "school"), make_sector("商圈市场", "shops")
    one = make_case("楼宇党建联盟", summary="写字楼党支部结成联盟。", sector=street)
    make_case("商圈党建联盟", summary="商场与写字楼结成联盟。", sector=school, district=make_district("4403"))
    make_case("同一区划", summary="清理河道。", sector=school)
    make_case("同一领域", summary="清运垃圾。", sector=street, district=make_district("4403"))
    make_case("毫不相干", summary="植树。", sector=school, district=make_district("2207"))
    make_draft("楼宇党建联盟草稿", summary="写字楼党支部结成联盟。", sector=street)
    search.rebuild()
    assert titles(one) == ["商圈党建联盟", "同一区划", "同一领域"]


def test_without_an_index_place_and_field_will_do() -> None:
    one = make_case("楼宇党建联盟")
    make_case("同一区划")
    make_case("毫不相干", sector=make_sector("学校", "school"), district=make_district("2207"))
    assert titles(one) == ["同一区划"]


def test_what_the_page_shows_already_and_what_was_withdrawn_is_left_out(client: Client) -> None:
    whole = make_case("楼宇党建联盟总案例", summary="写字楼党支部结成联盟。")
    part = make_case("楼宇党建联盟分案例", summary="写字楼党支部结成联盟。", part_of=whole)
    gone = make_case("楼宇党建联盟旧案例", summary="写字楼党支部结成联盟。")
    other = make_case("楼宇党建联盟新案例", summary="写字楼党支部结成联盟。")
    search.rebuild()
    gone.withdraw(by=None)
    assert titles(part, without=[whole]) == [other.title]
    page = text_of(client.get(part.get_absolute_url()))
    assert "相关案例 楼宇党建联盟新案例" in page
    assert gone.title not in page


def test_there_are_not_too_many() -> None:
    one, *_ = [make_case(f"楼宇党建联盟{number}") for number in range(MOST + 5)]
    search.rebuild()
    assert len(set(titles(one))) == MOST
