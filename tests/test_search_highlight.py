"""Highlights and snippets."""

import pytest
from django.utils.html import escape
from django.utils.safestring import SafeString
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from cases.search import highlight, snippet

pytestmark = pytest.mark.any_database

LONG = "越秀区位于广州市中心。" * 20


@pytest.mark.parametrize(
    ("text", "query", "shown"),
    [
        ("以党建引领治理", "党建引领", "以<mark>党建引领</mark>治理"),
        ("以党建引领治理", "黨建引領", "以<mark>党建引领</mark>治理"),
        ("以黨建引領治理", "党建引领", "以<mark>黨建引領</mark>治理"),
        ("党建、引领", "党建引领", "<mark>党建、引领</mark>"),
        ("党建\n\n引领", "“党建引领”", "党建\n\n引领"),
        ("ＧＰＴ与gpt", "GPT", "<mark>ＧＰＴ</mark>与<mark>gpt</mark>"),
        ("1+25+X矩阵", "1+25+x", "<mark>1+25+X</mark>矩阵"),
        ("占地20㎡左右", "左右", "占地20㎡<mark>左右</mark>"),
        ("占地20㎡左右", "20m2", "占地<mark>20㎡</mark>左右"),
        ("党员编入网格", "哪个区给党员编了网格？", "<mark>党员</mark>编入<mark>网格</mark>"),
        ("党建工作和党建", "党建工作", "<mark>党建工作</mark>和党建"),
        ("社区食堂", "食堂 -社区", "社区<mark>食堂</mark>"),
        ("河道与楼宇", "楼宇 OR 河道", "<mark>河道</mark>与<mark>楼宇</mark>"),
        ("<b>党建</b>&", "党建", "&lt;b&gt;<mark>党建</mark>&lt;/b&gt;&amp;"),
        ("<script>alert(1)</script>", "script", "&lt;<mark>script</mark>&gt;alert(1)&lt;/<mark>script</mark>&gt;"),
        ("别的", "党建", "别的"),
        ("别的<", "", "别的&lt;"),
        ("别的<", "*" * 300, "别的&lt;"),
        ("", "党建", ""),
    ],
)
def test_what_matched_is_marked_in_its_own_script(text: str, query: str, shown: str) -> None:
    assert highlight(text, query) == shown
    assert isinstance(highlight(text, query), SafeString)


@given(st.text(max_size=40), st.text(max_size=20))
@effort(max_examples=200, deadline=None)
def test_without_its_marks_a_highlight_is_the_escaped_text(text: str, query: str) -> None:
    if "mark" not in text:
        assert highlight(text, query).replace("<mark>", "").replace("</mark>", "") == escape(text)
    shown = snippet(query, [text], length=20)
    assert shown.count("<") == shown.count("<mark>") + shown.count("</mark>")


def test_a_snippet_is_the_passage_with_most_of_the_query() -> None:
    passages = ["党员很多。" + LONG, LONG + "为老人加装电梯，党员带头。" + LONG, "电梯。"]
    shown = snippet("加装电梯 党员", passages)
    assert shown.startswith("…为老人<mark>加装电梯</mark>，<mark>党员</mark>带头。")
    assert shown.endswith("。…")
    assert len(shown) < 120 + 40


def test_a_snippet_is_chosen_by_what_stands_in_it_not_by_what_stands_before() -> None:
    text = "党员先学。" + LONG + "电梯先修。" + LONG + "电梯由党员带头加装。" + LONG + "党员、党员和党员。"
    assert "<mark>电梯</mark>由<mark>党员</mark>带头加装。" in snippet("电梯 党员", [text])


def test_a_snippet_is_chosen_as_well_from_a_text_full_of_matches() -> None:
    text = "党员。" * 20_000 + "党员加装电梯。" + "党员。" * 20_000
    assert "<mark>电梯</mark>" in snippet("党员 电梯", [text])


def test_a_snippet_without_a_match_is_the_beginning_of_the_first_passage() -> None:
    for query in ("", "不存在", "*"):
        assert (
            snippet(query, ["", "开头一句。<" + LONG, "第二段"], length=20) == "开头一句。&lt;越秀区位于广州市中心。…"
        )
    assert snippet("党建", []) == ""
    assert snippet("党建", ["短"]) == "短"


def test_a_snippet_keeps_a_match_that_stands_far_from_any_border() -> None:
    text = "字" * 300 + "党建引领" + "字" * 300
    shown = snippet("党建引领", [text], length=60)
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert "<mark>党建引领</mark>" in shown
    assert shown.count("字") <= 60
