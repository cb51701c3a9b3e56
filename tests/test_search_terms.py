"""The curators' terms: words kept whole, and synonyms that find each other."""

import time
from datetime import timedelta
from typing import Any

import pytest
import yaml
from django.conf import settings

from cases import search
from cases.models import Term
from cases.search import drainer, generations, making, thesaurus
from cases.search.analysis import lexicon, words_within
from cases.search.thesaurus import MAX_VARIANTS, Thesaurus
from tests.builders import make_case, make_term
from tests.test_search_index import found

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

TWO_NEW = "新经济组织和新社会组织"


def test_each_spelling_finds_what_the_others_find() -> None:
    short, long = make_case("两新组织党建"), make_case("新經濟組織和新社會組織的党建")
    make_case("经济组织")
    make_term("两新组织", TWO_NEW)
    search.rebuild()
    for spelling in ("两新组织", "兩新組織", TWO_NEW):
        assert set(found(spelling).ids) == {short.pk, long.pk}
        assert not found(spelling).relaxed
    assert found("两新组织").ids[0] == short.pk
    assert found(TWO_NEW).ids[0] == long.pk


def test_a_synonym_within_a_longer_run_counts() -> None:
    case = make_case("新冠肺炎防控", approach="社区值守。")
    search.rebuild()
    assert found("疫情防控").relaxed
    make_term("疫情", "新冠肺炎")
    assert found("疫情防控") == search.Found([case.pk])
    assert found("疫情防控 值守").ids == [case.pk]


def test_a_phrase_means_its_very_characters_and_an_exclusion_means_all_spellings() -> None:
    short, long, other = make_case("疫情防线"), make_case("新冠肺炎防线"), make_case("防汛防线")
    make_term("疫情", "新冠肺炎")
    search.rebuild()
    assert found("“疫情”").ids == [short.pk]
    assert found("防线 -疫情").ids == [other.pk]
    assert set(found("标题：疫情").ids) == {short.pk, long.pk}


def test_a_term_works_at_once_and_no_more_when_it_is_switched_off_or_removed() -> None:
    short, long = make_case("两新组织党建"), make_case(f"{TWO_NEW}党建")
    search.rebuild()
    assert found("两新组织").ids == [short.pk]
    term = make_term("两新组织", TWO_NEW)
    assert set(found("两新组织").ids) == {short.pk, long.pk}
    term.is_active = False
    term.save()
    assert found("两新组织").ids == [short.pk]
    term.is_active = True
    term.save()
    assert set(found("两新组织").ids) == {short.pk, long.pk}
    term.delete()
    assert found("两新组织").ids == [short.pk]


def test_without_an_index_synonyms_count_too() -> None:
    case = make_case(f"{TWO_NEW}党建")
    make_case("毫不相干")
    make_term("两新组织", TWO_NEW)
    assert found("两新组织") == search.Found([case.pk], degraded=True)


def test_a_spelling_with_a_pause_in_it_can_be_asked_with() -> None:
    cases = [make_case("两新组织党建"), make_case("新经济组织、新社会组织党建")]
    apart = make_case("新社会组织，另有新经济组织")
    make_term("两新组织", "新经济组织、新社会组织")
    assert set(found("新经济组织、新社会组织").ids) == {*(case.pk for case in cases), apart.pk}
    search.rebuild()
    assert set(found("两新组织").ids) == {case.pk for case in cases}
    answer = found("新经济组织、新社会组织")
    assert set(answer.certain) == {*(case.pk for case in cases), apart.pk}
    assert search.highlight("两新组织", "新经济组织、新社会组织") == "<mark>两新组织</mark>"


@pytest.mark.any_database
def test_every_spelling_of_every_shipped_term_finds_what_its_word_finds(library_of_terms: list[Term]) -> None:
    assert len(library_of_terms) > 30
    for term in library_of_terms:
        cases = {make_case(f"关于{spelling}的案例").pk for spelling in (term.word, *term.synonyms)}
        search.drain()
        for spelling in (term.word, *term.synonyms):
            assert cases <= set(found(spelling).certain), spelling


@pytest.fixture
def library_of_terms(db: None) -> list[Term]:
    file = yaml.safe_load((settings.BASE_DIR / "fixtures/library/terms.yaml").read_text(encoding="utf-8"))
    search.rebuild()
    return [make_term(record["word"], *record.get("synonyms", [])) for record in file["terms"]]


def test_a_process_that_knows_no_terms_yet_does_not_undo_them() -> None:
    make_case("培育红苗红")
    make_term("红苗红")
    search.rebuild()
    lexicon.learn(())
    thesaurus._desk.state = None
    assert search.reconcile() == search.Reconciled(0, 0, 0)


def test_what_such_a_process_drains_has_them_too() -> None:
    case = make_case("培育人才")
    make_term("红苗红")
    search.rebuild()
    lexicon.learn(())
    thesaurus._desk.state = None
    case.title = "培育红苗红"
    case.save()
    search.drain()
    assert search.reconcile() == search.Reconciled(0, 0, 0)


@pytest.mark.any_database
def test_helpers_make_the_same_documents(transactional_db: None, monkeypatch: Any) -> None:
    make_case("培育红苗红")
    make_case("加装电梯")
    make_term("红苗红")
    here = [document.digest for document in making.every_document()]
    monkeypatch.setattr(making, "WORTH_HELPERS", 1)
    monkeypatch.setattr(making.os, "cpu_count", lambda: 2)
    assert [document.digest for document in making.every_document()] == here


def test_a_change_dated_before_the_latest_is_noticed() -> None:
    first, _ = make_term("两新组织"), make_term("疫情")
    known = thesaurus.current()
    Term.objects.filter(pk=first.pk).update(synonyms_text=TWO_NEW, changed_at=first.changed_at - timedelta(days=1))
    assert thesaurus.current().version != known.version


def test_what_a_synonym_matched_is_marked() -> None:
    make_term("疫情", "新冠肺炎")
    thesaurus.current()
    assert search.highlight("抗击新冠肺炎，疫情可控", "疫情") == "抗击<mark>新冠肺炎</mark>，<mark>疫情</mark>可控"
    assert search.highlight("抗击新冠肺炎", "“疫情”") == "抗击新冠肺炎"


def test_words_of_terms_are_kept_whole_and_forgotten_again() -> None:
    thesaurus.current()
    assert list(words_within("培育红苗红")) == []
    before = dict(lexicon.tokenizer.FREQ)
    term = make_term("红苗红")
    thesaurus.current()
    assert list(words_within("培育红苗红")) == ["红苗红"]
    term.delete()
    thesaurus.current()
    assert list(words_within("培育红苗红")) == []
    assert {w for w, n in lexicon.tokenizer.FREQ.items() if n} == {w for w, n in before.items() if n}


def test_the_shipped_dictionary_outlives_a_term_of_the_same_word() -> None:
    assert lexicon.tokenizer.FREQ["三会一课"]
    term = make_term("三会一课")
    thesaurus.current()
    term.delete()
    thesaurus.current()
    assert lexicon.tokenizer.FREQ["三会一课"]


def test_variants_take_the_longest_spelling_and_are_limited() -> None:
    known = Thesaurus([["疫情", "新冠肺炎疫情"], ["两新", "两新组织"]])
    assert known.variants("新冠肺炎疫情防控") == ["疫情防控"]
    assert known.variants("两新组织疫情") == ["两新组织新冠肺炎疫情", "两新疫情", "两新新冠肺炎疫情"]
    assert known.variants("毫不相干") == []
    assert len(known.variants("两新疫情" * 8)) == MAX_VARIANTS


def test_an_index_made_with_other_terms_answers_and_is_made_anew(draining: None, monkeypatch: Any) -> None:
    monkeypatch.setattr(drainer, "TERMS_PAUSE", 0.2)
    monkeypatch.setattr(drainer, "REBUILD_PAUSE", 0.2)
    case = make_case("培育红苗红")
    search.rebuild()
    first = generations.current()
    make_term("红苗红", "红苗苗")
    assert found("红苗苗") == search.Found([case.pk])
    end = time.monotonic() + 10
    while generations.current() == first and time.monotonic() < end:
        time.sleep(0.05)
    assert generations.current() != first
    assert search.status().knows_terms
    assert found("红苗苗") == search.Found([case.pk])
