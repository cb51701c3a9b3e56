"""The bench measures: each of its measures on a library small enough to know the answer."""

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from django.test import Client

from cases import search
from cases.models import Case
from tests.bench import building, exporting, processes, quality, speed, stock
from tests.bench.__main__ import parse, tasks
from tests.bench.queries import Vocabulary, by_kind
from tests.bench.rows import Row, Times, share, table
from tests.builders import make_case, make_district, make_draft, make_list, make_sector, make_theme
from tests.generated import generate

pytestmark = pytest.mark.any_database

TEXT = "社区党委牵头成立加装电梯议事会，组织楼栋党员上门征求意见。物业公司负责施工管理，居民代表全程监督工程质量。"


@pytest.fixture
def stock_index(tmp_path: Path) -> Iterator[None]:
    stock.connect(tmp_path / "stock")
    yield
    del django_settings.HAYSTACK_CONNECTIONS[stock.ALIAS]


@pytest.fixture
def few(db: None) -> list[Case]:
    """Three cases with different words, indexed."""
    cases = [
        make_case("加装电梯的越秀办法", approach=TEXT, number="2020-0001"),
        make_case("河涌整治工作法", approach="河长牵头，巡河护水。企业捐资修缮碧道。", number="2020-0002"),
        make_case("商圈党建联盟", approach="商户轮值，共建共享。白领党员组织夜市巡查。", number="2020-0003"),
    ]
    make_list("十大案例", cases=cases[:1])
    search.rebuild()
    return cases


def make_shipped() -> None:
    """What a generated library is made of."""
    for code in ("440104", "440105", "440111", "440104002"):
        make_district(code)
    for number, name in enumerate(("城市社区", "农村", "园区"), 1):
        make_case(f"{name}案例", sector=make_sector(name), themes=[make_theme(name)], approach=TEXT * number)


@pytest.mark.django_db
def test_a_generated_library_is_public_complete_and_has_no_title_twice() -> None:
    make_shipped()
    generate(120)
    made = Case.objects.visible_to(None).filter(number__regex=r"-\d{6}$")
    assert made.count() == 120
    assert len({case.title for case in made}) == 120
    assert not any(case.missing_for_publication() for case in made)
    assert 1300 < sum(len(case.background + case.approach + case.results) for case in made) / 120 < 2200
    assert 5 < made.filter(awards__award_list__status="published").distinct().count() < 40
    assert 20 < made.exclude(brand_name="").count() < 70


@pytest.mark.django_db
def test_the_same_seed_makes_the_same_cases() -> None:
    make_shipped()
    drafts = []
    for _ in range(2):
        before = transaction.savepoint()
        generate(5, seed=3)
        drafts.append(list(Case.objects.order_by("number").values_list("number", "title", "approach")))
        transaction.savepoint_rollback(before)
    assert len(drafts[0]) == 8
    assert drafts[0] == drafts[1]


def test_stock_searches_counts_and_marks_as_the_tutorial_does(few: list[Case], stock_index: None) -> None:
    draft = make_draft("加装电梯的草稿", approach=TEXT)
    assert stock.rebuild() == 3
    assert stock.ids("电梯", 20) == [few[0].pk]
    assert stock.page("电梯") == 1
    assert stock.page("无此词语") == 0
    facets = stock.asked("党员").facet("lists").facet("district").facet_counts()["fields"]
    assert facets == {"lists": [(None, 2), ("十大案例", 1)], "district": [(make_district().full_name, 3)]}
    assert stock.finds("议事会", few[0])
    assert not stock.finds("议事会", few[1])
    draft.publish(by=None)
    stock.save(draft)
    assert set(stock.ids("电梯", 20)) == {few[0].pk, draft.pk}


def test_recall_counts_the_runs_that_find_their_case(few: list[Case], stock_index: None) -> None:
    stock.rebuild()
    whole, *by_length = quality.recall(random.Random(1), 3, with_stock=True)
    assert (whole.ours, whole.holds) == ("100 % of 21", True)
    assert whole.numbers["ours_found"] == 21 > whole.numbers["stock_found"] > 0
    assert [row.ours for row in by_length[:7]] == ["100 % of 3"] * 7


def test_a_run_that_is_not_found_fails_the_bar(few: list[Case], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quality, "ours", lambda words: [])
    whole, *others = quality.recall(random.Random(1), 3, with_stock=False)
    assert (whole.ours, whole.holds) == ("0 % of 21", False)
    assert not any(row.stock for row in [whole, *others])


def test_both_scripts_are_compared_where_they_differ(few: list[Case], monkeypatch: pytest.MonkeyPatch) -> None:
    row = quality.same_in_both_scripts(["电梯", "企业 碧道", "巡河"])
    assert (row.ours, row.holds) == ("100 % of 2", True)
    monkeypatch.setattr(quality, "ours", lambda words: [len(words)] if "电" in words else [])
    row = quality.same_in_both_scripts(["电梯", "企业 碧道", "巡河"])
    assert (row.ours, row.holds) == ("50 % of 2", False)


def test_judged_queries_are_right_when_the_expected_case_or_one_as_good_is_first(
    few: list[Case], tmp_path: Path
) -> None:
    file = tmp_path / "judged.yaml"
    file.write_text(
        '- {query: 电梯, first: "2020-0001"}\n'
        '- {query: 巡河, first: "2020-0009", or: ["2020-0002"]}\n'
        '- {query: 党员, first: "2020-0008"}\n'
    )
    count, first, among = quality.judged(file, with_stock=False)
    assert (count.ours, count.holds) == ("3", False)
    assert (first.ours, first.holds) == ("66.67 % of 3", False)
    assert first.numbers["missed"][0].startswith("党员: ")
    assert (among.ours, among.holds) == ("66.67 % of 3", False)
    assert not quality.judged(tmp_path / "none.yaml", with_stock=False)[0].holds


def test_questions_are_scored_by_the_place_of_their_paragraph(db: None, stock_index: None, tmp_path: Path) -> None:
    make_district("44")
    paragraphs = [
        {"context": "河长每周巡河，发现排污口当日上报。", "qas": [{"question": "河长多久巡河一次？"}]},
        {"context": "电梯由物业公司负责维护，费用分摊。", "qas": [{"question": "电梯由谁负责维护？"}]},
    ]
    file = tmp_path / "cmrc.json"
    file.write_text(json.dumps({"data": [{"paragraphs": paragraphs}]}))
    questions = quality.load_cmrc(file)
    search.rebuild()
    stock.rebuild()
    row, loose = quality.cmrc(questions, with_stock=True)
    assert (row.ours, row.holds) == ("1.0000", True)
    assert loose.numbers["stock"] > row.numbers["stock"]
    places = {"河长多久巡河一次？": [2, 1], "电梯由谁负责维护？": []}
    keys = list(Case.objects.order_by("number").values_list("pk", flat=True))
    assert quality.reciprocal_rank(questions, lambda text: [keys[place - 1] for place in places[text]]) == 0.25


def test_pages_are_timed_and_their_queries_counted(few: list[Case], stock_index: None) -> None:
    stock.rebuild()
    counted = speed.counted_queries()
    single = {"/cases/2020-0001/", "/cases/2020-0002/", "/cases/2020-0003/"}
    assert set(counted) == {"/cases/", *single, *speed.OTHERS}
    more = counted | {"/cases/": counted["/cases/"] + 1}
    assert [row.holds for row in speed.query_rows(counted, more)] == [False, True, *[True for _ in speed.OTHERS]]
    rows = speed.pages(random.Random(1), 2, True)
    rows += speed.searches(Vocabulary(random.Random(1)), 2, 1, True)
    rows += [speed.narrowed(["电梯"], 2), speed.suggestions(1)]
    asked = {row.measure: row.bar for row in rows if row.holds is not None}
    assert list(asked.values()) == ["p50 < 40 ms", "p50 < 20 ms", "p50 < 100 ms", "≥ 8 ×"]
    assert next(row for row in rows if row.measure.startswith("`/cases/?q=`, frequent word")).stock


def test_what_is_not_answered_by_the_index_is_not_measured(few: list[Case], settings: Any, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="answered 404"):
        speed.visit(Client(), "/cases/2020-0009/")
    settings.SEARCH_ROOT = tmp_path / "elsewhere"
    with pytest.raises(RuntimeError, match="no usable index"):
        quality.ours("电梯")


def test_every_kind_of_query_is_drawn(few: list[Case]) -> None:
    kinds = by_kind(Vocabulary(random.Random(1)), 3)
    assert all(1 <= len(queries) == len(set(queries)) <= 3 for queries in kinds.values()), kinds
    public = Case.objects.visible_to(None)
    assert all(search.search(query, public).ids for query in kinds["phrase"] + kinds["Traditional"])
    assert not any(search.search(query, public).ids for query in kinds["nothing found"])


def test_a_reader_notices_answers_that_get_lost(few: list[Case]) -> None:
    reader = building.Reader(["电梯", "巡河", "无此词语"])
    for _ in range(4):
        reader.ask()
    assert reader.complaints == {"errors": 0, "empty": 0, "degraded": 0, "different": 0}
    for case in few:
        case.withdraw(by=None)
    reader.ask()
    assert reader.complaints == {"errors": 0, "empty": 1, "degraded": 0, "different": 1}


@pytest.mark.django_db(transaction=True)
def test_publications_are_timed_until_they_are_found(stock_index: None) -> None:
    make_case("已有案例")
    search.rebuild()
    stock.rebuild()
    row = building.freshness(2, 1)
    assert row.holds
    assert (row.numbers["ours"]["count"], row.numbers["stock"]["count"]) == (2, 1)


@pytest.mark.django_db
def test_the_query_of_a_large_file_has_as_many_cases_as_asked_for() -> None:
    city, rural = make_sector("城市社区", "urban"), make_sector("农村", "rural")
    for year, sector, number in ((2019, city, 6), (2020, city, 3), (2020, rural, 2), (2021, city, 1)):
        for _ in range(number):
            make_case(year=year, sector=sector)
    assert exporting.about(2) == ("year=2020&sector=rural", 2)
    assert exporting.about(7) == ("year=2019&year=2021", 7)
    for query, count in (exporting.about(2), exporting.about(7)):
        assert Client().get(f"/cases/export.json?{query}").json()["count"] == count


def test_memory_counts_the_children_of_a_process() -> None:
    child = "held = bytearray(80_000_000); import time; time.sleep(1)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', '{child}']); print('done')"
    printed, peak = processes.watch([sys.executable, "-c", parent])
    assert printed == "done\n"
    if not processes.PROC.is_dir():
        pytest.skip("this system does not tell what processes hold")
    assert 80 < peak < 200


def test_a_process_that_fails_is_not_measured() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        processes.watch([sys.executable, "-c", "raise SystemExit(3)"])


def test_the_table_has_a_line_for_each_measure() -> None:
    rows = [Row("快", "1 ms", "9 ms", "< 2 ms", True, library="300"), Row("a|b", "5 ms", bar="< 2 ms", holds=False)]
    assert table(rows).splitlines()[2:] == [
        "| 300 | 快 | 1 ms | 9 ms | < 2 ms | yes |",
        "|  | a\\|b | 5 ms |  | < 2 ms | FAILS |",
    ]
    assert str(Times(range(101))) == "50.0 / 95.0 / 99.0 ms; 50.0"
    assert (share(3, 3), share(99_999, 100_000), share(0, 0)) == (
        "100 % of 3",
        "99.99 % of 100000",
        "nothing to measure",
    )


@pytest.mark.parametrize(
    ("arguments", "libraries"),
    [
        ([], {"shipped": True, "1,000": True, "10,000": True}),
        (["--quick"], {"shipped": True, "300": True}),
        (["--sizes", "100000"], {"shipped": True, "100,000": False}),
        (["--sizes", "100000", "--stock"], {"shipped": True, "100,000": True}),
        (["--sizes", "50", "--no-stock"], {"shipped": False, "50": False}),
    ],
)
def test_stock_is_left_out_where_it_would_take_hours(arguments: list[str], libraries: dict[str, bool]) -> None:
    todo = tasks(parse(arguments))
    assert {library: task["with_stock"] for library, task in todo.items()} == libraries
