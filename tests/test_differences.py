"""Two texts by character, and two changes of one text joined."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.differences import join, pieces

pytestmark = pytest.mark.any_database

TEXTS = st.text(alphabet="党建引领基层治理，。\n", max_size=60)


def test_chinese_texts_differ_by_character() -> None:
    assert pieces("全区建立党支部160个。", "全区建立党总支160多个。") == [
        ("same", "全区建立党"),
        ("added", "总"),
        ("same", "支"),
        ("removed", "部"),
        ("same", "160"),
        ("added", "多"),
        ("same", "个。"),
    ]


@given(before=TEXTS, after=TEXTS)
def test_the_pieces_make_up_both_texts(before: str, after: str) -> None:
    found = pieces(before, after)

    assert "".join(text for kind, text in found if kind != "added") == before
    assert "".join(text for kind, text in found if kind != "removed") == after


def test_changes_in_different_places_are_both_made() -> None:
    base = "第一段讲背景。\n\n第二段讲做法。\n\n第三段讲成效。"

    joined = join(base, base.replace("讲背景", "写清背景"), base.replace("成效", "实际成效"))

    assert joined.clean
    assert joined.text == "第一段写清背景。\n\n第二段讲做法。\n\n第三段讲实际成效。"


def test_changes_of_the_same_words_are_both_kept_and_marked() -> None:
    joined = join("共有甲家企业。", "共有乙家企业。", "共有丙家企业。")

    assert not joined.clean
    assert joined.text == "共有【我的：乙】【已保存的：丙】家企业。"


def test_the_same_change_on_both_sides_is_made_once() -> None:
    assert join("旧名称", "新名称", "新名称") == join("旧名称", "新名称", "旧名称")


def test_formatted_texts_are_joined_by_whole_blocks() -> None:
    base = "<p>背景</p><p>做法</p><p>成效</p>"

    joined = join(base, "<p>背景</p><p><strong>做法</strong></p><p>成效</p>", base + "<p>启示</p>", blocks=True)

    assert joined.clean
    assert joined.text == "<p>背景</p><p><strong>做法</strong></p><p>成效</p><p>启示</p>"
    lists = join("<ul><li>甲</li></ul><p>尾</p>", "<p>尾</p>", "<ul><li>甲</li></ul><p>尾<br>声</p>", blocks=True)
    assert (lists.text, lists.clean) == ("【我的：<p>尾</p>】【已保存的：<ul><li>甲</li></ul><p>尾<br>声</p>】", False)


@given(base=TEXTS, mine=TEXTS)
def test_a_change_of_one_side_alone_is_what_is_joined(base: str, mine: str) -> None:
    assert join(base, mine, base).text == mine
    assert join(base, base, mine).text == mine


@given(base=TEXTS, mine=TEXTS, theirs=TEXTS)
def test_no_character_that_either_side_added_is_lost(base: str, mine: str, theirs: str) -> None:
    joined = join(base, mine, theirs).text

    for typed in (mine, theirs):
        added = [text for kind, text in pieces(base, typed) if kind == "added"]
        assert all(text in joined for text in added)
