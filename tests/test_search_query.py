"""The analysis chain and the query grammar."""

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st
from opencc import OpenCC

from cases.search.analysis import fold, lexicon, pairs, plain, segment, spread, tokens, words_within
from cases.search.query import MAX_LENGTH, MAX_TERMS, AnyOf, Query, Refused, Term, parse

pytestmark = pytest.mark.any_database

HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
TEXT = st.text(st.one_of(HAN, st.characters(), st.sampled_from('“”"-－+ 　OR，。:*()\0乾著覆麼么㎡½Éİ')), max_size=60)


@pytest.mark.parametrize(
    ("text", "stream"),
    [
        ("党建引领，基层治理。", "党建引领基层治理"),
        ("黨建引領", "党建引领"),
        ("ＡＢｃ１２", "abc12"),
        ("党建＋ 1+25+X", "党建+1+25+x"),
        ("為什麼 什么", "为什么什么"),
        ("答覆 答复 乾杯 慰藉", "答复答复干杯慰借"),
        ("2,500.0", "25000"),
        ("㎡ ½ ① Ⅳ É", "m2121ive"),
        ("⼈民", "人民"),
        ("a\0b\ud800c\u200f𠮷", "abc𠮷"),
    ],
)
def test_text_is_folded_into_a_stream(text: str, stream: str) -> None:
    assert fold(text) == stream


@given(TEXT, TEXT)
@effort(max_examples=200, deadline=None)
def test_what_a_character_becomes_does_not_depend_on_its_neighbours(before: str, after: str) -> None:
    assert fold(before + after) == fold(before) + fold(after)
    stream, origins = spread(before)
    assert stream.replace("\0", "") == fold(before)
    assert len(stream) == len(origins if origins is not None else before)


def test_folding_does_not_depend_on_the_script_that_a_word_is_written_in() -> None:
    words = [word for word, frequency in lexicon.tokenizer.FREQ.items() if frequency > 50]
    text = "\n".join(words)
    for script in ("s2t", "s2tw", "s2hk"):
        assert fold(OpenCC(script).convert(text)) == fold(text)
    assert fold(plain(text)) == fold(text)


@given(st.text(st.one_of(HAN, st.sampled_from("党建引领基层治理，。 0123ab")), min_size=2, max_size=60), st.data())
@effort(max_examples=100, deadline=None)
def test_every_run_of_a_text_has_only_tokens_of_the_text(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 2))
    run = text[start : data.draw(st.integers(start + 2, len(text)))]
    assert set(pairs(fold(run))) <= tokens(text).keys()


def test_words_of_the_dictionary_are_tokens_wherever_they_stand() -> None:
    assert {"党建引领", "基层治理"} <= set(words_within("以党建引领基层治理"))
    assert list(words_within("第345号，1345，GPT-4")) == ["345", "1345", "gpt"]
    assert segment("吹哨报到与第一书记") == ["吹哨报到", "与", "第一书记"]


def query(*wanted: str, excluded: tuple[str, ...] = ()) -> Query:
    return Query(tuple(AnyOf((Term(text),)) for text in wanted), tuple(map(Term, excluded)))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("党建", query("党建")),
        ("党建　 引领", query("党建", "引领")),
        ("党建 -引领", query("党建", excluded=("引领",))),
        ("党建 －引领", query("党建", excluded=("引领",))),
        ("2018-2020", query("2018-2020")),
        ("-2020", query("2020")),
        ("党建 - 引领", query("党建", "引领")),
        ("“党建 引领”", Query((AnyOf((Term("党建 引领", quoted=True),)),))),
        ("「党建", Query((AnyOf((Term("党建", quoted=True),)),))),
        ("甲 乙 OR 丙 OR 丁", Query((AnyOf((Term("甲"),)), AnyOf((Term("乙"), Term("丙"), Term("丁")))))),
        ("OR", query("OR")),
        ("党建 OR", query("党建")),
        ("党建 or 引领", query("党建", "or", "引领")),
        ("id:*", query("id:*")),
    ],
)
def test_a_query_is_read_into_a_tree(text: str, tree: Query) -> None:
    assert parse(text) == tree


def test_clause_marks_part_a_word_and_quotes_do_not() -> None:
    assert Term("垃圾分类、小游戏").runs == ("垃圾分类", "小游戏")
    assert Term("垃圾分类、小游戏", quoted=True).runs == ("垃圾分类小游戏",)
    assert Term("1,200.5").runs == ("12005",)


@given(TEXT)
@effort(max_examples=300, deadline=None)
def test_any_text_is_a_tree_or_a_message(text: str) -> None:
    try:
        tree = parse(text)
    except Refused:
        return
    terms = [*tree.terms, *tree.excluded]
    assert 0 < len(terms) <= MAX_TERMS
    assert all(term.runs and all(term.runs) for term in terms)


@pytest.mark.parametrize("text", ["党" * (MAX_LENGTH + 1), "党 " * (MAX_TERMS + 1), "，。", "- “” *", ""])
def test_what_cannot_be_searched_for_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        parse(text)
