"""The trial box: what a term would change, before it is saved."""

from __future__ import annotations

import random
import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases import search
from cases.models import Case, Term
from cases.search import supposing
from cases.search.analysis import lexicon
from tests.builders import make_case, make_draft, make_term
from tests.test_search_index import found

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def supposed(word: str, *synonyms: str, **fields: Any) -> search.Dictionary:
    return search.Dictionary.with_term(Term(word=word, synonyms_text="\n".join(synonyms), **fields))


def tried(dictionary: search.Dictionary, text: str) -> search.Found:
    return dictionary.find(text, Case.objects.visible_to(None)).found


def marked(pieces: list[search.Piece]) -> str:
    return " ".join(f"[{piece.text}]" if piece.differs else piece.text for piece in pieces)


# Cutting


def test_a_supposed_word_is_cut_whole_in_this_block_and_thread_alone() -> None:
    before = dict(lexicon.tokenizer.FREQ)
    dictionary, elsewhere = supposed("有呼必应"), search.Dictionary.current()

    with dictionary.in_use():
        beside: list[list[str]] = []
        other = threading.Thread(target=lambda: beside.append(supposing.segment("社区有呼必应")))
        other.start()
        other.join()

    assert beside == [["社区", "有", "呼", "必", "应"]]
    assert dictionary.cut("社區，“有呼必應”！") == ["社区", "有呼必应"]
    assert elsewhere.cut("社区有呼必应") == ["社区", "有", "呼", "必", "应"]
    assert before == lexicon.tokenizer.FREQ


def test_both_cuts_are_shown_with_what_differs() -> None:
    one, other = search.cut_by_both("社区有呼必应，居民点单", search.Dictionary.current(), supposed("有呼必应"))

    assert marked(one) == "社区 [有] [呼] [必] [应] 居民点 单"
    assert marked(other) == "社区 [有呼必应] 居民点 单"


def test_a_term_switched_off_is_cut_as_without_it() -> None:
    term = make_term("有呼必应")
    assert search.Dictionary.current().cut("有呼必应") == ["有呼必应"]
    term.is_active = False

    assert search.Dictionary.with_term(term).cut("有呼必应") == ["有", "呼", "必", "应"]


def test_what_another_process_made_of_a_term_cuts_the_next_query() -> None:
    term = make_term("有呼必应", is_active=False)
    assert search.Dictionary.current().cut("有呼必应") == ["有", "呼", "必", "应"]

    Term.objects.filter(pk=term.pk).update(is_active=True)  # of which this process hears nothing
    assert search.Dictionary.current().cut("有呼必应") == ["有呼必应"]
    Term.objects.filter(pk=term.pk).update(synonyms_text="一呼百应", changed_at=timezone.now())
    assert search.Dictionary.current().also_looks_for("有呼必应") == ["一呼百应"]
    Term.objects.all().delete()
    assert search.Dictionary.current().cut("有呼必应") == ["有", "呼", "必", "应"]


# Finding


def test_what_is_promised_is_what_search_finds_once_the_term_is_saved_and_the_index_made() -> None:
    chance = random.Random(7)
    parts = ["红苗", "苗红", "红", "苗", "红苗红", "红苗红", "党群服务", "网格", "，", "加装电梯"]

    def text(length: int) -> str:
        return "".join(chance.choice(parts) for _ in range(length))

    for _ in range(30):
        make_case(text(4), summary=text(12), approach=text(40), brand_name=chance.choice(["", text(2)]))
    search.rebuild()
    queries = [
        "红苗红",
        "红苗红 网格",
        "红苗红党群",
        "网格红苗红怎么加装电梯",
        "苗红红苗 OR 红苗红",
        "火苗火",
        "标题：红苗红",
    ]
    before = [found(query) for query in queries]
    promised = [supposed("红苗红", "火苗火").find(query, Case.objects.visible_to(None)) for query in queries]
    assert [found(query) for query in queries] == before

    make_term("红苗红", "火苗火")
    search.rebuild()

    assert [one.found for one in promised] == [found(query) for query in queries]
    assert not any(one.is_rough for one in promised)
    assert [one.found.ids for one in promised] != [one.ids for one in before]


def test_the_words_of_today_are_tried_as_indexed_even_before_the_index_has_them() -> None:
    for approach in ("红苗红。" * 5, "红苗，苗红。" * 9 + "红苗红", "红苗红，火苗"):
        make_case("培育人才", approach=approach)
    search.rebuild()
    make_term("红苗红")
    promised = tried(search.Dictionary.current(), "红苗红")
    search.rebuild()

    assert promised == found("红苗红")


def test_drafts_are_found_by_no_trial() -> None:
    public = make_case("培育红苗红")
    draft, withdrawn = make_draft("培育红苗红"), make_case("培育红苗红")
    search.rebuild()
    withdrawn.withdraw(by=None, reason="有误")

    for dictionary in (search.Dictionary.current(), supposed("红苗红", "培育")):
        assert tried(dictionary, "红苗红").ids == [public.pk]
        assert not {draft.pk, withdrawn.pk} & set(tried(dictionary, "培育").ids)


def test_a_word_that_very_many_cases_have_is_said_to_be_roughly_placed(monkeypatch: Any) -> None:
    cases = {make_case(f"培育红苗红{number}").pk for number in range(3)}
    search.rebuild()
    monkeypatch.setattr(supposing, "MOST_READ", 2)

    answer = supposed("红苗红").find("红苗红", Case.objects.visible_to(None))

    assert (set(answer.found.ids), answer.is_rough) == (cases, True)


def test_without_an_index_the_database_answers_a_trial() -> None:
    case = make_case("新冠肺炎防控")
    answer = tried(supposed("疫情", "新冠肺炎"), "疫情")

    assert answer == search.Found([case.pk], degraded=True)


def test_a_trial_costs_the_same_for_more_cases() -> None:
    def queries(count: int) -> int:
        for number in range(count):
            make_case(f"培育红苗红{number}", figures=[{"indicator": "人数", "value": number, "unit": "人"}])
        search.rebuild()
        dictionary = supposed("红苗红")
        with CaptureQueriesContext(connection) as made:
            assert len(tried(dictionary, "红苗红").ids) >= count
        return len(made)

    few = queries(2)
    assert queries(12) == few


# The admin

TERMS, TRIAL = "/admin/cases/term/", "/admin/cases/term/trial/"
TYPED = {"word": "有呼必应", "synonyms_text": "一呼百应", "is_active": "on", "note": "", "trial_of_form": "1"}
ASKED = {"trial_text": "社区有呼必应", "trial_query": "一呼百应"}


def sides(response: Any) -> tuple[str, str, list[str], list[str]]:
    """Both cuts, and the titles that both queries show, those that the other has not in brackets."""
    assert response.status_code == 200
    trial = response.context["trial"]
    shown = [[f"[{hit.case.title}]" if hit.is_apart else hit.case.title for hit in one.hits] for one in trial.results]
    return marked(trial.cuts[0]), marked(trial.cuts[1]), shown[0], shown[1]


@pytest.fixture
def library() -> None:
    make_case("一呼百应")
    make_case("有呼必应")
    make_draft("有呼必应（草稿）")
    search.rebuild()


EXPECTED = (
    "社区 [有] [呼] [必] [应]",
    "社区 [有呼必应]",
    ["一呼百应"],
    ["一呼百应", "[有呼必应]"],
)


def test_what_is_typed_into_a_new_term_is_tried_and_not_saved(library: None, checker: Client) -> None:
    answer = checker.post(f"{TERMS}add/", {**TYPED, **ASKED, "_trial": "1"})

    assert sides(answer) == EXPECTED
    page = answer.content.decode()
    assert "草稿）" not in page
    assert 'class="errornote"' not in page
    assert 'value="有呼必应"' in page
    assert "一共新找到 1 个，不再找到 0 个。" in page
    assert not Term.objects.exists()


def test_what_is_typed_into_a_term_in_use_is_tried_beside_it_and_not_saved(library: None, checker: Client) -> None:
    term = make_term("有呼必应", "一呼百应")
    data = {**TYPED, **ASKED, "trial_term": str(term.pk), "version": "1", "_trial": "1"}
    data.pop("is_active")

    answer = checker.post(f"{TERMS}{term.pk}/change/", data)

    cut_now, cut_then, now, then = sides(answer)
    assert (cut_now, cut_then) == (EXPECTED[1], EXPECTED[0])
    assert (sorted(now), then) == (["[有呼必应]", "一呼百应"], ["一呼百应"])
    assert "停用后" in answer.content.decode()
    term.refresh_from_db()
    assert (term.is_active, term.version) == (True, 1)


@pytest.mark.parametrize("who", ["entry", "checker", "administrator"])
def test_the_page_of_trials_is_for_whoever_reads_terms(library: None, who: str, request: Any) -> None:
    client: Client = request.getfixturevalue(who)

    assert sides(client.post(TRIAL, {**TYPED, **ASKED})) == EXPECTED
    assert sides(client.get(TRIAL, ASKED))[2:] == (["一呼百应"], ["一呼百应"])
    assert not Term.objects.exists()


def test_on_the_page_a_word_that_is_a_term_is_that_term_changed(library: None, checker: Client) -> None:
    make_term("有呼必应", "一呼百应")

    _, _, now, then = sides(checker.post(TRIAL, {"word": "有呼必應", "synonyms_text": "", **ASKED}))

    assert (sorted(now), then) == (["[有呼必应]", "一呼百应"], ["一呼百应"])


def test_a_term_that_cannot_be_saved_says_why_and_shows_what_is(library: None, checker: Client) -> None:
    make_term("两新组织", "有呼必应")

    answer = checker.post(TRIAL, {**TYPED, **ASKED})

    assert "“有呼必应”已是词条“两新组织”的同义说法" in answer.content.decode()
    assert "改后" not in answer.content.decode()
    for junk in (
        {"word": "长" * 99},
        {"synonyms_text": "无主"},
        {"trial_query": "“”"},
        {"trial_text": "\0？", "word": "\0"},
    ):
        assert checker.post(TRIAL, {**ASKED, **junk}).status_code == 200


def test_the_box_costs_the_same_for_more_cases_and_terms(library: None, checker: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as made:
            sides(checker.post(TRIAL, {**TYPED, **ASKED}))
        return len(made)

    queries()  # what a process reads once
    few = queries()
    for number in range(12):
        make_case(f"有呼必应{number}")
        make_term(f"说法{number}", f"叫法{number}")
    search.rebuild()
    assert queries() == few
