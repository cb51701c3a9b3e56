"""What probably is there twice: names of bodies, likeness of cases, the list of pairs, and what a curator is told."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.duplicates.finding import likely_cases, likely_organisations
from cases.duplicates.knowing import KnownBodies, KnownCases
from cases.duplicates.likeness import LONG, Told, _of_long, _of_usual, compare, keys_of, shingles
from cases.duplicates.listing import LISTED, MOST_OF_ONE, find_all, look_again_at_case
from cases.duplicates.names import canonical, same
from cases.models import Case, Merge, Organisation, PossibleDuplicate
from tests.builders import make_case, make_district, make_draft, make_organisation, make_user
from tests.desk import ADD, entered, opened, page_of, signed_in, told
from tests.pages import queries_of

pytestmark = [pytest.mark.django_db]

LIST = "/admin/cases/possibleduplicate/"


def two(one: Any, other: Any) -> str:
    return f"/admin/cases/merge/{one._meta.model_name}/{one.pk}/{other.pk}/"


ONE_BODY = [
    {"中共广州市白云区委组织部", "中国共产党广州市白云区委员会组织部", "廣州市白雲區委組織部", "白云区委组织部"},
    {"中共广州市白云区委员会", "中共白云区委", "白云区委", "白云区党委", "广州市白云区委员会"},
    {"中共广州市越秀区人民街道工作委员会", "人民街道党工委", "人民街党工委", "越秀区人民街道党工委"},
    {"人民街道办事处", "人民街办事处", "人民街道办", "广州市越秀区人民街道办事处"},
    {"中共广州市直属机关工作委员会", "广州市直机关工委", "广州市直属机关党工委"},
    {"中共广州市民政局党组", "广州市民政局党组"},
    {"中共某某集团有限公司委员会", "某某集团有限责任公司党委", "某某集团公司党委"},
    {"中共海珠区两新组织工作委员会", "海珠区新经济组织和新社会组织党工委", "海珠区“两新”组织党工委"},
    {"江南新村社区党总支部", "江南新村社区党总支", "中共江南新村社区总支部委员会"},
    {"花都区新华镇人民政府", "新华镇政府"},
    {"花都区市场监督管理局", "花都区市场监管局"},
    {"白云区委老干部局"},
    {"贵阳市白云区委组织部"},
    {"中共广州市民政局机关委员会", "广州市民政局机关党委"},
    {"广州市民政局"},
    {"广州市住房和城乡建设委员会"},
    {"中共广州市住房和城乡建设委员会"},
    {"白云街道党工委"},
    {"北京路步行街党委", "中共北京路步行街委员会"},
]
# The one spelling that two places share: only the district tells whose it is.
TWO_PLACES = {"白云区委组织部", "贵阳市白云区委组织部"}


@pytest.mark.any_database
def test_names_of_one_body_are_one_and_of_two_are_two() -> None:
    written = [(number, name) for number, names in enumerate(ONE_BODY) for name in sorted(names)]
    wrong = [
        (one, other)
        for first, one in written
        for second, other in written
        if same(one, other) != (first == second) and {one, other} != TWO_PLACES
    ]
    # Two full names that both begin with their own places are compared through the shorter one in between.
    assert [(one, other) for one, other in wrong if canonical(one) == canonical(other)] == []
    assert wrong == []


WORDS = "党群服务中心把闲置的物业用房改成议事厅居民提出问题社区党委召集物业公司业委会和街道科室一起商量当场定下"
OTHER = "企业党支部在车间里设立党员责任区把安全生产的要求分到每一个班组老师傅带着年轻工人查隐患写记录每个月评一次先进"


def story(number: int, kept: float = 1.0) -> str:
    """A text of its own for each number, of which the last part is another's from some place on."""
    text = "".join(
        f"{chr(0x4E00 + number * 37 + place * 11)}{WORDS[place % len(WORDS)]}{place}" for place in range(120)
    )
    return text[: int(len(text) * kept)] + (OTHER * 3 if kept < 1 else "")


# Title, brand, lead organisations, text; whether it is the case of PATTERN.
PATTERN = Told("“红苗工程”让青年党员下沉社区", "红苗工程", frozenset({1}), story(1))
SAME = {
    "title in another script": Told("「紅苗工程」讓青年黨員下沉社區", "", frozenset({1})),
    "title and text": Told("“红苗工程”让青年党员下沉社区", "", frozenset({2}), story(1)),
    "brand and body": Told("青年骨干怎样培养", "红苗工程", frozenset({1})),
    "brand in the title": Told("越秀区“红苗工程”培育青年骨干", "", frozenset({1})),
    "a little longer title": Told("越秀区“红苗工程”让青年党员下沉社区", "", frozenset({1})),
    "text of which a part was rewritten": Told("青年党员到社区去", "", frozenset(), story(1, 0.7)),
    "text alone": Told("一个完全不同的题目", "别的品牌", frozenset({2}), story(1)),
}
OTHERS = {
    "another of the same body": Told("“书记有约”听民声", "书记有约", frozenset({1}), story(2)),
    "the same theme elsewhere": Told("党建引领基层治理", "", frozenset({2}), story(3)),
    "a title with a few of the words": Told("青年党员突击队", "", frozenset({3}), story(4)),
    "the same title of another body": Told("“红苗工程”让青年党员下沉社区", "", frozenset({2}), story(5)),
    "the same brand of another body": Told("乡村的红苗", "红苗工程", frozenset({3}), story(6)),
    "nothing": Told("", "", frozenset({1})),
}


def test_of_a_small_set_all_that_are_one_are_found_and_no_others() -> None:
    likely = {name: compare(PATTERN, told).score >= LISTED for name, told in (SAME | OTHERS).items()}

    assert likely == dict.fromkeys(SAME, True) | dict.fromkeys(OTHERS, False)
    assert compare(PATTERN, SAME["title and text"]).why == "标题相同，正文相同"
    assert compare(PATTERN, SAME["brand and body"]).why == "品牌名称相同，主办组织相同"
    assert compare(PATTERN, SAME["text of which a part was rewritten"]).why == "正文八成相同"


@pytest.mark.parametrize("kept", [0.6, 0.8, 0.95])
def test_texts_with_much_in_common_share_a_key(kept: float) -> None:
    missed = [number for number in range(40) if not keys_of(story(number)) & keys_of(story(number, kept))]

    assert missed == []
    assert sum(bool(keys_of(story(one)) & keys_of(story(one + 50))) for one in range(40)) == 0


# The list


def pairs() -> list[tuple[str, ...]]:
    names: dict[str, Any] = {"cases.case": Case, "cases.organisation": Organisation}
    return [
        (*(str(names[row.kind].objects.get(pk=pk)) for pk in (row.first, row.second)), row.why, row.state)
        for row in PossibleDuplicate.objects.order_by("kind", "first", "second")
    ]


def test_the_list_has_what_probably_is_the_same_and_keeps_what_was_decided() -> None:
    here, there = make_district("440104"), make_district("440105")
    body = make_organisation("中共广州市越秀区委组织部", district=here)
    make_organisation("越秀区委组织部", district=here)
    make_organisation("中共越秀区委员会", district=here)
    make_organisation("江南社区党委", district=here)
    make_organisation("中共江南社区委员会", district=there)
    first = make_draft("红苗工程", number="2020-0001", leads=[body])
    make_draft("紅苗工程", number="2020-0002", leads=[body])
    make_draft("完全是另一回事", number="2020-0003", approach=story(1), leads=[body], part_of=first)
    make_draft("题目不一样的", number="2020-0004", approach=story(1, 0.9), leads=[body])
    make_draft("红苗工程（一）", number="2020-0005", leads=[body], part_of=first)

    assert find_all() == {"cases.case": 3, "cases.organisation": 1}

    found = pairs()
    assert found == [
        ("2020-0001 红苗工程", "2020-0002 紅苗工程", "标题相同，主办组织相同", "open"),
        ("2020-0002 紅苗工程", "2020-0005 红苗工程（一）", "标题相近，主办组织相同", "open"),
        ("2020-0003 完全是另一回事", "2020-0004 题目不一样的", "主办组织相同，正文九成相同", "open"),
        ("中共广州市越秀区委组织部", "越秀区委组织部", "名称只差上级地名“广州市”", "open"),
    ]
    for row in PossibleDuplicate.objects.all():
        PossibleDuplicate.objects.decide(row.kind, row.first, row.second, is_different=True, by=None)
    call_command("find_duplicates", verbosity=0)
    assert pairs() == [(*pair[:3], "different") for pair in found]
    PossibleDuplicate.objects.update(state="open")
    Case.objects.filter(number="2020-0002").update(title="改成别的题目")
    find_all()
    assert [one[:2] for one in pairs()] == [found[2][:2], found[3][:2]]


def test_of_many_alike_each_has_a_few_pairs_on_the_list() -> None:
    for _ in range(12):
        make_draft("红苗工程")

    find_all()

    counts = Counter(pk for pair in PossibleDuplicate.objects.values_list("first", "second") for pk in pair)
    assert set(counts) == set(Case.objects.values_list("pk", flat=True))
    assert PossibleDuplicate.objects.count() <= 12 * MOST_OF_ONE


@pytest.mark.any_database
def test_a_longer_library_costs_no_more_queries() -> None:
    def entered(count: int) -> None:
        for number in range(count):
            make_draft(f"{chr(0x4E00 + number * 50)}社区的{chr(0x5E00 + number * 70)}办法", approach=story(number))

    user = make_user(group="管理员")
    case = make_draft("红苗工程", approach=story(1))
    entered(3)
    likely_cases("红苗工程", "红苗", [1], story(1), user)  # what is read once
    counts = []
    for count in (0, 40):
        entered(count)
        find_all()
        with CaptureQueriesContext(connection) as one:
            likely_cases("红苗工程", "红苗", [1], story(1), user)
        with CaptureQueriesContext(connection) as again:
            look_again_at_case(case)
        with CaptureQueriesContext(connection) as whole:
            find_all()
        counts.append([len(one), len(again), len(whole)])
    assert counts[0] == counts[1]


def test_what_a_curator_may_not_see_is_likely_to_nobody() -> None:
    elsewhere = make_district("440105")
    hidden = make_draft(
        "红苗工程", district=elsewhere, approach=story(1), leads=[make_organisation("乙", district=elsewhere)]
    )
    body = make_organisation("海珠区秘密党委", district=elsewhere)
    shown = make_case("红苗工程", district=elsewhere)
    curator, administrator = (make_user(group=group, districts=["440104"]) for group in ("录入员", "管理员"))
    find_all()

    def found(user: Any) -> tuple[list[int], list[int]]:
        cases = likely_cases("红苗工程", "", [], story(1), user)
        return [one.pk for one in cases], [one.pk for one in likely_organisations("中共海珠区秘密委员会", "", user)]

    assert found(curator) == ([shown.pk], [])
    assert found(administrator) == ([hidden.pk, shown.pk], [body.pk])
    (told,) = likely_cases("红苗工程", "", [], "", curator)
    assert (told.label, told.address, told.why) == (str(shown), shown.get_absolute_url(), "标题相同")


# In the admin


def open_pair(one: Any, other: Any) -> PossibleDuplicate:
    first, second = sorted((one.pk, other.pk))
    kind = one._meta.label_lower
    return PossibleDuplicate.objects.create(kind=kind, first=first, second=second, score=0.8, why="标题相同")


def test_the_list_shows_a_checker_the_pairs_they_may_see_and_no_other() -> None:
    foreign = make_district("440105")
    own = [make_draft(f"越秀草稿{n}") for n in range(2)]
    public, hidden = make_case("海珠公开", district=foreign), make_draft("海珠秘密", district=foreign)
    rows = [open_pair(*own), open_pair(own[0], public), open_pair(own[0], hidden), open_pair(public, hidden)]
    bodies = [make_organisation(f"海珠隐秘单位{n}", district=foreign) for n in range(2)]
    open_pair(*bodies)
    checker = signed_in("审核员", districts=["440104"])

    answer = checker.get(LIST)

    page = answer.content.decode()
    assert answer.context["cl"].result_count == 2
    assert [title in page for title in ("越秀草稿0", "越秀草稿1", "海珠公开", "海珠秘密", "海珠隐秘")] == [
        True, True, True, False, False,
    ]  # fmt: skip
    assert signed_in("录入员").get(LIST).status_code == 403
    sent = {"action": "tell_apart", "_selected_action": [row.pk for row in rows]}
    assert "2 对已记为“不是同一个”" in told(checker.post(LIST, sent, follow=True))
    assert list(PossibleDuplicate.objects.filter(state="different")) == rows[:2]
    assert "越秀草稿1" not in checker.get(LIST).content.decode()
    sent = {"action": "open_again", "_selected_action": [rows[0].pk]}
    checker.post(f"{LIST}?state=different", sent)
    assert "越秀草稿1" in checker.get(LIST).content.decode()
    for pair in ((own[0], hidden), (public, hidden)):
        assert checker.get(two(*pair)).status_code == 404


@pytest.mark.any_database
def test_a_longer_list_costs_no_more_queries() -> None:
    checker = signed_in("审核员")
    checker.get(LIST)  # what is read once
    counts: list[int] = []
    for count in (2, 12):
        for number in range(count):
            open_pair(make_draft(f"{count} 甲{number}"), make_draft(f"{count} 乙{number}"))
            open_pair(
                make_organisation(f"{count} 丙{number}", district=make_district()),
                make_organisation(f"{count} 丁{number}", district=make_district()),
            )
        counts += queries_of(checker, LIST).values()
    assert counts[0] == counts[1]


def test_two_are_shown_beside_each_other_and_merged_as_chosen() -> None:
    kept, gone = (
        make_case("红苗工程", number="2020-0001"),
        make_draft("紅苗工程", number="2020-0002", brand_name="红苗"),
    )
    checker = signed_in("审核员", districts=["440104"])
    assert checker.get(two(gone, kept))["Location"] == two(kept, gone)
    page = checker.get(two(kept, gone)).content.decode()
    versions = dict(re.findall(r'name="(\w+_version)" value="(\d+)"', page))
    assert "标题相同，主办组织相同" in page
    assert "署名：1 个两边都有" in page

    Case.objects.get(pk=gone.pk).claim_version(gone.version)
    answer = checker.post(two(kept, gone), versions | {"field-title": "gone"})
    assert "没有合并：您打开之后，别人修改了“2020-0002 紅苗工程”" in answer.content.decode()
    assert re.search(r'name="field-title" value="gone" checked', answer.content.decode())
    versions = dict(re.findall(r'name="(\w+_version)" value="(\d+)"', answer.content.decode()))
    answer = checker.post(two(kept, gone), versions | {"field-title": "gone"}, follow=True)

    kept.refresh_from_db()
    assert (kept.title, kept.brand_name) == ("紅苗工程", "红苗")
    assert "2020-0002 紅苗工程已并入紅苗工程" in told(answer)
    merge = Merge.objects.get()
    assert signed_in("审核员", districts=["440105"]).get(merge.get_admin_url()).status_code == 404
    undo = f"/admin/cases/merge/{merge.pk}/undo/"
    assert signed_in("审核员", districts=["440105"]).post(undo).status_code == 403
    assert "合并已撤销" in told(checker.post(undo, follow=True))
    assert Case.objects.get(number="2020-0002").title == "紅苗工程"
    assert "没有撤销：这次合并已经撤销过了" in told(checker.post(undo, follow=True))


def test_two_of_which_one_is_elsewhere_can_be_told_apart_and_not_merged() -> None:
    own, public = make_draft("红苗工程"), make_case("紅苗工程", district=make_district("440105"))
    checker = signed_in("审核员", districts=["440104"])

    page = checker.get(two(public, own)).content.decode()

    assert "两个案例要都在您的管辖范围内才能合并" in page
    assert 'value="合并"' not in page
    sent = {"kept_version": public.version, "gone_version": own.version}
    assert checker.post(two(public, own), sent).context["faults"] == [
        "两个案例要都在您的管辖范围内才能合并，请联系上级审核员"
    ]
    assert Merge.objects.count() == 0
    checker.post(two(public, own), {"different": "1"})
    assert PossibleDuplicate.objects.get().state == "different"
    assert Case.objects.count() == 2


def test_after_a_save_the_likely_ones_are_named_unless_they_were_told_apart() -> None:
    known = make_draft("紅苗工程", number="2020-0001")
    make_draft("红苗工程", district=make_district("440105"), number="2020-0009")
    checker, entry = signed_in("审核员", districts=["440104"]), signed_in("录入员", districts=["440104"])

    def saved(client: Client) -> tuple[Case, str]:
        answer = client.post(ADD, entered(), follow=True)
        return Case.objects.latest("pk"), told(answer)

    case, message = saved(checker)
    assert f'<a href="{two(case, known)}"' in message
    assert "2020-0001 紅苗工程（标题相同，主办组织相同）" in message
    assert "2020-0009" not in message
    assert PossibleDuplicate.objects.get(first=known.pk, second=case.pk).state == "open"
    for other in Case.objects.exclude(pk=case.pk):
        PossibleDuplicate.objects.decide("cases.case", case.pk, other.pk, is_different=True, by=None)
    answer = checker.post(page_of(case), opened(checker, case), follow=True)
    assert "可能已经有这个案例" not in told(answer)
    case, message = saved(entry)
    assert f'<a href="{known.get_absolute_url()}"' in message


def test_a_file_that_brings_what_is_there_says_so_and_can_be_imported() -> None:
    body = make_organisation("中共广州市越秀区委组织部", district=make_district())
    known = make_draft("红苗工程", number="2020-0001", leads=[body])
    hidden = make_draft("秘密工程之二", number="2020-0002", district=make_district("440105"))
    user = make_user(group="录入员", districts=["440104"])

    cases, bodies = KnownCases(user), KnownBodies(user)

    found = cases.like(Told("紅苗工程", "", frozenset({body.pk})))
    assert found
    assert (found.pk, found.why) == (known.pk, "标题相同，主办组织相同")
    assert cases.like(Told(hidden.title)) is None
    named = bodies.like("中国共产党越秀区委组织部", "440104")
    assert named
    assert (named.pk, named.why) == (body.pk, "名称只差上级地名“广州市”")
    assert bodies.like("越秀区委组织部", "440105") is None


def test_few_texts_are_remembered_and_of_long_ones_hardly_any() -> None:
    """As somebody types, each stand of a text is another one: a long one takes megabytes."""
    for number in range(200):
        shingles(f"第{number}个短的正文")
    for number in range(4):
        shingles(f"{number}" * (LONG + 1))

    assert (_of_usual.cache_info().currsize, _of_long.cache_info().currsize) == (128, 2)
