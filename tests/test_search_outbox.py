"""What changes is written down, and the index follows."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from cases import search
from cases.models import AwardEntry, Case, Credit, Figure, IndexChange
from tests.builders import make_case, make_district, make_draft, make_list, make_organisation, make_sector, make_theme
from tests.test_search_index import current, found, proposed

pytestmark = pytest.mark.django_db


def waiting() -> set[int]:
    """The cases that the outbox names; empties it."""
    named = set(IndexChange.objects.values_list("case_id", flat=True))
    IndexChange.objects.all().delete()
    return named


def test_every_change_of_what_a_case_shows_is_written_down() -> None:
    district, sector, theme = make_district("440105"), make_sector("商圈市场"), make_theme("党建品牌")
    body, other_body = make_organisation("某某街道"), make_organisation("某某社区")
    case = make_draft("甲", district=district, sector=sector, leads=[body], themes=[theme])
    bystander = make_draft("乙")
    award_list = make_list("十大案例", cases=[case])
    waiting()

    def edit_and_save(record: Any, **values: Any) -> None:
        for name, value in values.items():
            setattr(record, name, value)
        record.save()

    credit = Credit.objects.create(case=case, organisation=other_body, role=Credit.Role.PARTNER)
    assert waiting() == {case.pk}
    figure = Figure.objects.create(case=case, indicator="覆盖", value=1, unit="个")
    assert waiting() == {case.pk}
    changes: list[Callable[[], Any]] = [
        lambda: edit_and_save(case, title="甲乙"),
        lambda: case.publish(by=None),
        lambda: edit_and_save(figure, value=2),
        lambda: edit_and_save(credit, role=Credit.Role.REPORTER),
        lambda: edit_and_save(body, name="某某街道党工委"),
        lambda: edit_and_save(district, name="新海珠区"),
        lambda: edit_and_save(make_district("4401"), name="新广州市"),
        lambda: edit_and_save(sector, name="商圈"),
        lambda: edit_and_save(theme, name="品牌"),
        lambda: edit_and_save(award_list, title="十佳案例"),
        lambda: edit_and_save(award_list, status="draft"),
        lambda: case.themes.clear(),
        lambda: case.themes.add(theme),
        lambda: theme.cases.remove(case),
        lambda: theme.cases.add(case),
        lambda: theme.cases.clear(),
        lambda: theme.cases.set([case]),
        theme.delete,
        figure.delete,
        credit.delete,
        lambda: case.withdraw(by=None),
        award_list.delete,
    ]
    for number, change in enumerate(changes):
        change()
        named = waiting()
        assert case.pk in named, number
        if number != 6:  # the city has the bystander in it as well
            assert bystander.pk not in named, number
    key = case.pk
    case.delete()
    assert waiting() == {key}


def test_a_part_that_goes_over_to_another_case_names_both() -> None:
    first, second = make_draft("甲"), make_draft("乙")
    make_list("十大案例", cases=[first])
    waiting()
    entry = AwardEntry.objects.get(case=first)
    entry.case = second
    entry.save()
    assert waiting() == {first.pk, second.pk}


def test_what_touches_no_case_writes_nothing_down() -> None:
    make_draft("甲")
    waiting()
    make_organisation("新的组织")
    make_theme("新的主题")
    make_district("2207")
    make_list("空的榜单")
    assert waiting() == set()


def test_a_change_that_is_rolled_back_leaves_nothing_behind() -> None:
    case = make_case("甲")
    waiting()

    def fail() -> None:
        with transaction.atomic():
            case.title = "乙"
            case.save()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert waiting() == set()


def test_paths_around_the_signals_write_down_themselves(django_assert_num_queries: Any) -> None:
    cases = [make_case("旧题目"), make_case("旧题目")]
    search.rebuild()
    Case.objects.update(title="新题目")
    with django_assert_num_queries(1):
        search.record(case.pk for case in cases)
    assert search.drain() == 2
    assert set(found("新题目").ids) == {case.pk for case in cases}


def test_a_change_is_found_after_draining() -> None:
    case, draft = make_case("加装电梯"), make_draft("加装电梯")
    search.rebuild()
    assert proposed("电梯") == {case.pk}
    case.title = "垃圾分类"
    case.save()
    draft.publish(by=None)
    assert search.drain() == 2
    assert proposed("电梯") == {draft.pk}
    assert proposed("垃圾分类") == {case.pk}
    assert search.drain() == 0


def test_a_withdrawn_case_is_gone_at_once_though_the_index_still_has_it() -> None:
    case, stays = make_case("党员先锋岗"), make_case("党员先锋岗")
    search.rebuild()
    case.withdraw(by=None)
    assert proposed("先锋岗") == {case.pk, stays.pk}
    assert found("先锋岗").ids == [stays.pk]
    search.drain()
    assert proposed("先锋岗") == {stays.pk}


def test_names_reach_the_cases_that_show_them() -> None:
    body = make_organisation("甲街道党工委")
    cases = {make_case("一", leads=[body]).pk, make_case("二", leads=[body]).pk}
    other = make_case("三")
    search.rebuild()
    body.name = "乙街道党工委"
    body.save()
    search.drain()
    assert proposed("“乙街道党工委”") == cases
    assert proposed("“甲街道党工委”") == set()
    district = make_district("4401")
    district.name = "羊城市"
    district.save()
    search.drain()
    assert proposed("“羊城市越秀区”") == {*cases, other.pk}


def test_many_drains_keep_few_files_and_lose_nothing() -> None:
    search.rebuild()
    cases = []
    for number in range(25):
        cases.append(make_case(f"第{number}件"))
        search.drain()
    for case in cases[::2]:
        case.withdraw(by=None)
    search.drain()
    assert proposed("件") == {case.pk for case in cases[1::2]}
    assert len(list(current().glob("*.seg"))) < 12
    assert search.reconcile() == search.Reconciled(0, 0, 0)


def test_documents_cost_a_constant_number_of_queries(django_assert_num_queries: Any) -> None:
    def drain_many(count: int) -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        for number in range(count):
            make_case("甲", themes=[make_theme(f"主题{number}")], leads=[make_organisation(f"组织{number}")])
        with CaptureQueriesContext(connection) as queries:
            search.drain()
        return len(queries)

    search.rebuild()
    assert drain_many(2) == drain_many(12)
