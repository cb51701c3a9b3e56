"""Words proposed for the dictionary: from the library's texts, and from searches that found nothing."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from cases import search, word_proposals
from cases.models import Case, ProposedWord, SearchCount, Term, WordSurvey
from cases.search import coined
from tests.builders import make_case, make_draft, make_term
from tests.desk import told
from tests.pages import queries_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

WORDS = "/admin/cases/proposedword/"
# Around each word, other words before and after it, as in life.
AROUND = [("推广", "让居民满意"), ("落实", "见成效"), ("依托", "解难题"), ("围绕", "聚合力"), ("发挥", "好经验")]
AROUND += [("创新", "办实事")]


def texts_with(word: str) -> list[str]:
    """Texts with a word in each, and much else that no two have in common."""
    rest = ["".join(chr(0x5000 + 600 * number + sign) for sign in range(600)) for number in range(len(AROUND))]
    return [f"{before}{word}{after}。{rest[number]}" for number, (before, after) in enumerate(AROUND)]


def proposed(*words: str, known: Any = ()) -> list[str]:
    texts = list(enumerate("。".join(parts) for parts in zip(*map(texts_with, words), strict=True)))
    return [one.word for one in coined(texts, known)]


def test_what_holds_together_and_moves_freely_is_a_word_and_its_pieces_are_none() -> None:
    assert proposed("有呼必应") == ["有呼必应"]
    assert set(proposed("有呼必应", "镇街吹哨")) == {"有呼必应", "镇街吹哨"}


def test_words_that_are_known_are_not_proposed() -> None:
    assert proposed("有呼必应", "加装电梯", known=["加裝電梯"]) == ["有呼必应"]
    assert proposed("党建引领", "第一书记") == []


def test_what_only_stands_with_the_same_neighbour_is_a_piece_of_something() -> None:
    assert proposed("有呼必应机制") == ["有呼必应机制"]


def test_what_mostly_stands_within_a_longer_word_is_a_piece_of_it() -> None:
    texts = texts_with("有呼必应")
    alone = [f"{text}。呼必应{chr(0x9000 + number)}" for number, text in enumerate(texts[:4])]

    assert [one.word for one in coined(enumerate([*alone, *texts[4:]]), [])] == ["有呼必应"]


@pytest.mark.parametrize("phrase", ["的呼应", "呼应和", "响应的诉求", "开展呼哨", "呼哨期间", "三呼2应", "abcde"])
def test_what_begins_or_ends_with_a_particle_or_has_a_verb_for_everything_in_it_is_no_word(phrase: str) -> None:
    assert phrase not in proposed(phrase)


def test_a_word_is_written_as_the_texts_write_it() -> None:
    assert proposed("全覆盖呼應") == ["全覆盖呼應"]


def test_what_few_texts_have_is_not_proposed() -> None:
    assert coined(list(enumerate(texts_with("有呼必应")[:2])), []) == []


# The list of them


@pytest.fixture
def library() -> None:
    for number, text in enumerate(texts_with("有呼必应")):
        make_case(f"甲{number}", summary="甲", approach=text)
    for number, text in enumerate(texts_with("暗哨密令")):
        make_draft(f"乙{number}", summary="乙", approach=text)


def listed() -> list[tuple[str, str]]:
    return [(one.word, one.origin) for one in ProposedWord.objects.filter(state="proposed")]


def test_a_survey_reads_what_is_public_and_tells_where(library: None) -> None:
    out = StringIO()
    call_command("propose_words", stdout=out)

    assert out.getvalue().startswith("已读 6 个案例，提出 1 个新词")
    word = ProposedWord.objects.get()
    assert (word.word, word.origin, word.case_count, word.times) == ("有呼必应", "texts", 6, 6)
    look = WordSurvey.objects.get()
    assert (look.done, look.total, look.found, look.is_coming) == (6, 6, 1, False)


def counted(words: str, times: int = 3, found: str = "none", days: int = 2) -> None:
    for back in range(days):
        day = timezone.localdate() - timedelta(days=back)
        SearchCount.objects.create(day=day, words=words, found=found, times=times)


def test_searches_in_vain_propose_words_with_what_is_near_them() -> None:
    make_case("培育红苗工程", brand_name="红苗工程")
    search.rebuild()
    counted("红描工程")
    counted("只搜过一天的词", days=1)
    counted("有结果的词呀", found="some")
    counted("两个 词语")
    counted("加装电梯")
    counted("骑手怎么管", found="near")
    counted("说了十二个字以上的一句完整的话")
    make_term("党员先锋岗哨")
    counted("党员先锋岗哨")

    word_proposals.survey()

    word = ProposedWord.objects.get(origin="searches")
    assert (word.word, word.searches, word.nearest) == ("红描工程", 6, ["红苗工程"])


def test_what_was_dismissed_or_taken_is_not_proposed_again(library: None, checker: Client) -> None:
    counted("镇街哨")
    word_proposals.survey()
    assert listed() == [("镇街哨", "searches"), ("有呼必应", "texts")]
    page = checker.get(WORDS)
    assert "6 个案例，6 处" in text_of(page)
    assert "推广有呼必应让居民满意" in text_of(page)
    assert "暗哨密令" not in text_of(page)

    word = ProposedWord.objects.get(word="镇街哨")
    answer = checker.post(WORDS, {"not_a_word": word.pk}, follow=True)
    assert told(answer) == "已记下 1 个不是词，以后不再提出。"
    make_term("有呼必应")
    assert "有呼必应" not in text_of(checker.get(WORDS))
    word_proposals.survey()

    assert listed() == []
    assert "镇街哨" in text_of(checker.get(f"{WORDS}?state=dismissed"))
    checker.post(f"{WORDS}?state=dismissed", {"action": "take_back", "_selected_action": [word.pk]})
    assert listed() == [("镇街哨", "searches")]


def test_a_proposal_leads_to_the_form_of_a_term_filled_in(library: None, checker: Client, entry: Client) -> None:
    word_proposals.survey()
    page = checker.get(WORDS).content.decode()
    assert "/admin/cases/term/add/?word=%E6%9C%89%E5%91%BC%E5%BF%85%E5%BA%94" in page

    form = checker.get("/admin/cases/term/add/?word=有呼必应")

    assert 'value="有呼必应"' in form.content.decode()
    assert not Term.objects.exists()
    for address in (WORDS, f"{WORDS}survey/"):
        assert entry.post(address, {"not_a_word": ProposedWord.objects.get().pk}).status_code == 403
    assert entry.get(WORDS).status_code == 403


def test_an_example_that_was_withdrawn_is_no_example(library: None, checker: Client) -> None:
    word_proposals.survey()
    assert "推广有呼必应让居民满意" in text_of(checker.get(WORDS))
    for case in Case.objects.filter(pk__in=ProposedWord.objects.get().examples):
        case.withdraw(by=None, reason="有误")

    assert "推广有呼必应让居民满意" not in text_of(checker.get(WORDS))


def test_a_longer_list_costs_no_more_queries(library: None, checker: Client) -> None:
    word_proposals.survey()
    queries_of(checker, WORDS)  # what is read once
    few = queries_of(checker, WORDS)
    examples = ProposedWord.objects.get().examples
    for number in range(15):
        ProposedWord.objects.create(word=f"有呼{number}", origin="texts", examples=examples)
    assert queries_of(checker, WORDS) == few


def test_a_survey_is_due_each_night_and_when_it_is_asked_for(monkeypatch: Any, checker: Client) -> None:
    assert word_proposals.is_due()
    look = word_proposals.survey()
    assert not word_proposals.is_due()

    checker.post(f"{WORDS}survey/")
    checker.post(f"{WORDS}survey/")
    assert word_proposals.is_due()
    assert WordSurvey.objects.filter(done_at=None).count() == 1
    word_proposals.survey()
    assert not word_proposals.is_due()

    WordSurvey.objects.exclude(pk=look.pk).delete()
    look.begun_at = timezone.now() - timedelta(hours=30)
    look.save()
    monkeypatch.setattr(word_proposals, "NIGHT", range(24))
    assert word_proposals.is_due()
    monkeypatch.setattr(word_proposals, "NIGHT", range(0))
    assert not word_proposals.is_due()
    look.begun_at = timezone.now() - timedelta(hours=49)
    look.save()
    assert word_proposals.is_due()
