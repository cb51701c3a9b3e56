"""What the database itself refuses, how cases move, and what readers may see."""

from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from cases.models import AwardEntry, Case, IssuedNumber, Organisation, Source, StatusChange
from tests.builders import make_case, make_district, make_draft, make_list, make_organisation, make_user
from tests.commands import manage

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("missing", "word"),
    [("district", "区划"), ("sector", "领域"), ("summary", "摘要"), ("credits", "主办组织"), ("citations", "来源")],
)
def test_publishing_names_what_is_missing_and_changes_nothing(missing: str, word: str) -> None:
    case = make_draft()
    if missing in {"credits", "citations"}:
        getattr(case, missing).all().delete()
    else:
        setattr(case, missing, "" if missing == "summary" else None)
        case.save()

    with pytest.raises(ValidationError, match=f"还不能发布，缺少：{word}'"):
        case.publish(by=None)

    assert Case.objects.get().status == Case.Status.DRAFT
    assert not StatusChange.objects.exists()


@pytest.mark.parametrize("missing", ["district", "sector", "credits", "citations"])
def test_the_database_refuses_a_published_case_that_lacks_something(missing: str) -> None:
    whole, lacking = make_draft("齐全"), make_draft("缺项")
    if missing in {"credits", "citations"}:
        getattr(lacking, missing).all().delete()
    else:
        Case.objects.filter(pk=lacking.pk).update(**{missing: None})

    Case.objects.filter(pk=whole.pk).update(status="published", published_at="2020-11-16T00:00Z")
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=lacking.pk).update(status="published", published_at="2020-11-16T00:00Z")

    assert [case.title for case in Case.objects.published()] == ["齐全"]


@pytest.mark.parametrize("kept", ["credits", "citations"])
def test_the_database_refuses_to_take_the_last_lead_or_source_of_a_published_case(kept: str) -> None:
    case = make_case(leads=[make_organisation("甲"), make_organisation("乙")])

    if kept == "credits":
        case.credits.all()[0].delete()  # one of two may go
    with pytest.raises(IntegrityError), transaction.atomic():
        getattr(case, kept).all().delete()
    if kept == "credits":
        with pytest.raises(IntegrityError), transaction.atomic():
            case.credits.update(role="partner")

    assert getattr(case, kept).count() == 1
    case.withdraw(by=None)
    getattr(case, kept).all().delete()


def test_a_number_is_given_once_even_after_its_case_is_gone() -> None:
    first, second = make_draft(year=2020), make_draft(year=2020)
    other_year = make_draft(year=2021)
    assert (first.number, second.number, other_year.number) == ("2020-0001", "2020-0002", "2021-0001")

    second.delete()

    assert make_draft(year=2020).number == "2020-0003"
    with pytest.raises(ValidationError, match="已经用过"):
        make_draft(number="2020-0002")
    with pytest.raises(ValidationError, match="有误"):
        make_draft(number="20-2")
    assert IssuedNumber.objects.count() == 4


def test_the_database_refuses_a_number_twice() -> None:
    make_draft(number="2020-0007")
    other = make_draft()

    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=other.pk).update(number="2020-0007")


def test_moves_record_who_when_and_why() -> None:
    author, checker = make_user("author"), make_user("checker")
    case = make_draft()

    case.submit(by=author)
    case.send_back(by=checker, reason="请补充数据")
    case.submit(by=author)
    case.publish(by=checker)
    case.withdraw(by=checker, reason="重复")

    changes = [(c.before, c.after, c.by, c.reason) for c in case.status_changes.order_by("pk")]
    assert changes == [
        ("draft", "review", author, ""),
        ("review", "draft", checker, "请补充数据"),
        ("draft", "review", author, ""),
        ("review", "published", checker, ""),
        ("published", "withdrawn", checker, "重复"),
    ]
    assert all(c.at for c in case.status_changes.all())


def test_a_move_that_is_not_allowed_is_refused() -> None:
    case = make_draft()

    with pytest.raises(ValidationError, match="现为“草稿”，不能撤下"):
        case.withdraw(by=None)

    case.publish(by=None)
    with pytest.raises(ValidationError, match="现为“已发布”，不能提交审核"):
        case.submit(by=None)
    assert Case.objects.get().status == "published"


def test_a_second_publication_keeps_the_first_date() -> None:
    case = make_case()
    first = case.published_at

    case.withdraw(by=None)
    case.publish(by=None)

    assert Case.objects.get().published_at == first


def test_ranks_are_unique_within_a_list() -> None:
    one, other = make_list(slug="one", order="ranked"), make_list(slug="other", order="ranked")
    AwardEntry.objects.create(award_list=one, title="甲", rank=1)
    AwardEntry.objects.create(award_list=other, title="乙", rank=1)
    AwardEntry.objects.create(award_list=one, title="丙")
    AwardEntry.objects.create(award_list=one, title="丁")

    with pytest.raises(IntegrityError), transaction.atomic():
        AwardEntry.objects.create(award_list=one, title="戊", rank=1)


def test_an_entry_stays_as_announced_when_its_case_changes_or_goes() -> None:
    case = make_draft("原标题")
    award = make_list(cases=[case])

    case.title = "新标题"
    case.save()
    case.delete()

    entry = award.entries.get()
    assert (entry.title, entry.case) == ("原标题", None)


def test_a_circle_of_superiors_or_parts_is_refused() -> None:
    upper = make_organisation("上级")
    lower = make_organisation("下级", parent=upper)
    upper.parent = lower
    with pytest.raises(ValidationError, match="绕成了圈"):
        upper.clean()

    whole = make_draft("整体")
    part = make_draft("部分", part_of=whole)
    whole.part_of = part
    with pytest.raises(ValidationError, match="绕成了圈"):
        whole.clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=whole.pk).update(part_of=whole.pk)


@pytest.mark.parametrize("value", ["2020-13", "2020-11-31", "20201116", "2020-1", "去年"])
def test_a_date_that_is_none_is_refused(value: str) -> None:
    source = Source(key="a", kind="newspaper", publisher="报", title="题", published=value)

    with pytest.raises(ValidationError) as refusal:
        source.full_clean()

    assert "published" in refusal.value.message_dict


@pytest.mark.parametrize(
    ("value", "label"), [("2020", "2020年"), ("2020-11", "2020年11月"), ("2020-11-06", "2020年11月6日"), ("", "")]
)
def test_a_partial_date_is_written_as_far_as_it_is_known(value: str, label: str) -> None:
    assert Source(published=value).published_label == label


def test_readers_and_curators_see_published_cases_only_unless_they_preview() -> None:
    reader, curator = make_user(), make_user(group="审核员")
    shown, hidden = make_case("公开"), make_draft("草稿")

    for user in (None, reader, curator):
        assert list(Case.objects.visible_to(user)) == [shown]
    assert list(Case.objects.visible_to(reader, preview=True)) == [shown]
    assert set(Case.objects.visible_to(curator, preview=True)) == {shown, hidden}


def test_an_organisation_is_seen_only_where_something_public_names_it() -> None:
    upper = make_organisation("上级")
    named = make_organisation("署名单位", parent=upper)
    organiser, listed = make_organisation("主办方"), make_organisation("榜上单位")
    make_case(leads=[named])
    make_list(organiser=organiser).entries.create(title="条目").organisations.add(listed)
    make_draft(leads=[make_organisation("草稿单位")])
    draft_list = make_list(organiser=make_organisation("草稿榜主办方"), status="draft")
    draft_list.entries.create(title="条目").organisations.add(make_organisation("草稿榜上单位"))
    make_organisation("无关单位")

    seen = Organisation.objects.visible_to(None)

    assert {o.name for o in seen} == {"上级", "署名单位", "主办方", "榜上单位"}


def test_figures_read_as_readers_write_them() -> None:
    case = make_draft(
        figures=[
            {"indicator": "征集", "qualifier": "over", "value": 160, "unit": "件"},
            {"indicator": "党员", "qualifier": "more", "value": 2500, "unit": "名"},
            {"indicator": "占比", "value": "95", "unit": "%"},
            {"indicator": "覆盖率", "qualifier": "upwards", "value": "97", "unit": "%"},
            {"indicator": "办结率", "value": "93.4", "unit": "%"},
            {"indicator": "投入", "qualifier": "more", "value": 80_000_000, "unit": "元"},
            {"indicator": "单位", "qualifier": "nearly", "value": 20, "unit": "个"},
        ]
    )

    assert [figure.label for figure in case.figures.order_by("pk")] == [
        "超过 160 件",
        "2,500 多名",
        "95%",
        "97%以上",
        "93.4%",
        "80,000,000 多元",
        "近 20 个",
    ]


def test_a_subtree_of_organisations_and_entries_follows_the_district() -> None:
    inside = make_organisation("区里", district=make_district("440104"))
    make_organisation("市里", district=make_district("4401"))

    assert list(Organisation.objects.within(make_district("440104"))) == [inside]


def test_a_move_makes_open_forms_stale() -> None:
    case = make_draft()

    case.submit(by=None)
    case.publish(by=None)

    assert Case.objects.get().version == 3
    assert not case.claim_version(1)


def test_the_database_refuses_the_same_figure_twice_with_or_without_a_year() -> None:
    figure = {"indicator": "党员", "value": 5, "unit": "名"}
    case = make_draft(figures=[figure, figure | {"year": 2019}, figure | {"year": 2020}])

    for year in (None, 2020):
        with pytest.raises(IntegrityError), transaction.atomic():
            case.figures.create(**figure, year=year)


def test_entries_follow_the_district_too() -> None:
    award = make_list()
    inside = award.entries.create(title="街道", district=make_district("440104002"))
    award.entries.create(title="邻区", district=make_district("440105"))

    assert list(AwardEntry.objects.within(make_district("440104"))) == [inside]


def test_many_ids_are_one_parameter() -> None:
    first, second = make_case("甲"), make_case("乙")
    make_case("丙")

    found = Case.objects.among([second.pk, *range(10**6, 10**6 + 50_000), first.pk])

    assert set(found) == {first, second}
    assert not Case.objects.among([])


@pytest.mark.any_database
@pytest.mark.parametrize("tables", ["districts", "cases zero"])
def test_the_guards_mind_databases_without_the_tables(migrated: Path, tables: str) -> None:
    result = manage("migrate", *tables.split(), "-v0", data_dir=migrated)

    assert result.returncode == 0, result.stderr
