"""Cleaning HTML of any origin, and plain text from it and to it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.rich_text import as_typed, clean, from_plain, is_markup, lost_pictures, plain_text, shown
from cases.rich_text.cleaning import ALLOWED
from tests.clipboard import FROM_WEB, FROM_WORD, FROM_WPS, WEB, WORD, WPS
from tests.pace import within

pytestmark = pytest.mark.any_database

TAGS = "p div h1 h2 h3 h4 h5 b i em strong span font a ul ol li table tr td th caption blockquote br img hr pre o:p svg"
ATTRIBUTES = [
    *("", "", "", " class=MsoNormal", " class=p", ' class="MsoHeading2"', ' style="mso-list:l0 level1 lfo1"'),
    *(' style="mso-list:l0 level2 lfo1"', ' style="mso-list:Ignore"', ' style="font-weight:700;font-style:italic"'),
    *(
        " href=http://a.b/?x=1&y",
        " href=/cases/",
        " href=//evil",
        ' src=/attachments/1/ alt="<a\'&quot;"',
        " colspan=3",
    ),
    *(" start=3", " onerror=x"),
]
WORDS = ["甲", "乙 ", "&nbsp;", "1.", "·", "· 丙", "- ", "　", "&lt;p&gt;", "\n", "&amp;lt;", "\x0b"]
PIECES = st.one_of(
    st.builds("<{}{}>".format, st.sampled_from(TAGS.split()), st.sampled_from(ATTRIBUTES)),
    st.builds("</{}>".format, st.sampled_from(TAGS.split())),
    st.sampled_from(WORDS),
)
HARMLESS = re.compile(
    r"(?:[^<>]|</?(?:p|h3|h4|strong|em|ul|ol|li|blockquote|table|thead|tbody|tr)>|</(?:a|td|th)>|<br>"
    r'|<(?:td|th)(?: (?:colspan|rowspan)="\d+")*>|<img src="/attachments/\d+/" alt="[^"<>]*">'
    r'|<a href="(?:https?://|/(?!/))[^"<>\s]*"(?: rel="nofollow noopener")?>)*'
)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(["<p>", "<div>", "<table>", "<ul>", ""]), st.lists(PIECES, max_size=25))
def test_whatever_is_given_comes_out_harmless_and_in_the_only_form_that_it_has(start: str, pieces: list[str]) -> None:
    html = clean(start + "".join(pieces))

    assert HARMLESS.fullmatch(html)
    assert clean(str(html)) == html
    assert ALLOWED.clean(html) == html
    assert clean(as_typed(html)) == html


@pytest.mark.parametrize(("given_html", "cleaned"), [(WORD, FROM_WORD), (WPS, FROM_WPS), (WEB, FROM_WEB)])
def test_a_paste_keeps_headings_bold_lists_and_tables_and_nothing_else(given_html: str, cleaned: str) -> None:
    assert clean(given_html) == cleaned
    assert lost_pictures(given_html, cleaned) == 1


@pytest.mark.parametrize(
    ("given_html", "cleaned"),
    [
        ("<p>甲<img src=x onerror=alert(1)>乙</p>", "<p>甲乙</p>"),
        ("<p>甲<script>alert(1)</script></p>", "<p>甲</p>"),
        ("<p><svg><script>alert(1)</script><a xlink:href='javascript:x'>甲</a></svg>乙</p>", "<p>乙</p>"),
        ("<p><math><mi//xlink:href='data:x,<script>'>甲</math>乙", "<p>乙</p>"),
        ("<p><a href=' java\nscript:alert(1)'>甲</a><a href='data:text/html,x'>乙</a></p>", "<p>甲乙</p>"),
        ("<p><a href='//evil.example'>甲</a><a href='/\\evil.example'>乙</a></p>", "<p>甲乙</p>"),
        ("<p><a href='/\t/evil.example'>甲</a><a href='ftp://x/'>乙</a></p>", "<p>甲乙</p>"),
        ("<p>甲<style>*{display:none}</style><iframe srcdoc='<script>'></iframe></p>", "<p>甲</p>"),
        ("<p style='position:fixed' class=button id=top onclick=x>甲</p>", "<p>甲</p>"),
        ("<p><img src='https://evil.example/1.png'><img src='/media/1.png'>甲</p>", "<p>甲</p>"),
        ("<p><img src='/attachments/7/' alt='a\"><script>' onload=x width=9></p>", None),
        ("<h1>甲</h1><p>乙</p><h2>丙</h2><h6>丁</h6>", "<h3>甲</h3><p>乙</p><h4>丙</h4><h4>丁</h4>"),
        ("<h4>甲</h4><h3>乙</h3>", "<h3>甲</h3><h3>乙</h3>"),
        ("<p>甲<p>乙<div>丙<br>丁</div><br><br>", "<p>甲</p><p>乙</p><p>丙<br>丁</p>"),
        ("<ul><li>甲<ul><li>乙</ul><li><p>丙<p>丁</ul>", None),
        ("<table><tr><td colspan=2 rowspan=-1 width=9>甲<td colspan=9999>乙</table>", None),
        ("<p></p><p>&nbsp;</p><ul><li></li></ul><table><tr><td></td></tr></table><h3> </h3>", ""),
    ],
)
def test_html_is_cleaned(given_html: str, cleaned: str | None) -> None:
    expected = {
        "<p><img": '<p><img src="/attachments/7/" alt="a&quot;&gt;&lt;script&gt;"></p>',
        "<ul><li": "<ul><li>甲<ul><li>乙</li></ul></li><li><p>丙</p><p>丁</p></li></ul>",
        "<table>": '<table><tbody><tr><td colspan="2">甲</td><td>乙</td></tr></tbody></table>',
    }
    assert clean(given_html) == (expected[given_html[:7]] if cleaned is None else cleaned)


@pytest.mark.parametrize(
    "given_html",
    [
        *(f"<p>{'<' + tag + '>' * 1}" * 10_000 for tag in ("b", "i", "font")),
        *(f"<{tag}>" * 10_000 for tag in ("p", "div", "ul", "blockquote", "table", "section", "h1", "center")),
        "<ul><li>" * 10_000,
        "<table><tr><td>" * 10_000,
        "<p>" + "<a href='" * 10_000,
        "<p>" + "<!--" * 20_000,
        "<p>" + "<" * 100_000,
        "<p>" + "&" * 100_000,
        "<p>" + "字" * 100_000,
        "字" * 100_000,
        "<p>" + "甲<br>" * 20_000,
        "<p>" + "<b>甲</b><i>乙</i>" * 8_000,
    ],
    ids=lambda text: text[:12] + str(len(text)),
)
def test_a_hostile_text_is_cleaned_at_once(given_html: str) -> None:
    def cleaned() -> str:
        html = clean(given_html)
        plain_text(html)
        shown(html)
        return html

    html = within(2, cleaned)

    assert HARMLESS.fullmatch(html)


def test_a_text_nested_beyond_reason_keeps_its_words() -> None:
    assert clean("<div>" * 200 + "甲<b>乙</b>" + "</div>" * 200) == "<p>甲</p><p>乙</p>"


def test_plain_text_becomes_paragraphs_and_items_and_nothing_in_it_is_markup() -> None:
    html = clean("　　第一段\r\n\r\n<img src=x onerror=alert(1)> & “二”\n- 甲\n- <b>乙</b>\n\n第三段")

    assert html == (
        "<p>第一段</p><p>&lt;img src=x onerror=alert(1)&gt; &amp; “二”</p>"
        "<ul><li>甲</li><li>&lt;b&gt;乙&lt;/b&gt;</li></ul><p>第三段</p>"
    )
    assert plain_text(html) == "第一段\n\n<img src=x onerror=alert(1)> & “二”\n\n- 甲\n- <b>乙</b>\n\n第三段"


def test_plain_text_says_all_that_the_rich_text_says() -> None:
    html = clean(
        "<h3>题目</h3><p>甲<strong>乙</strong><br>丙</p><ul><li>一<ol><li>壹</li><li>贰</li></ol></li><li>二</li></ul>"
        "<blockquote><p>引文</p></blockquote><table><tr><th>年份<th>站点<tr><td>2020<td><p>五十<p>多</table>"
        "<p><img src='/attachments/7/' alt='正门'></p>"
    )

    assert plain_text(html) == (
        "题目\n\n甲乙\n丙\n\n- 一\n1. 壹\n2. 贰\n- 二\n\n引文\n\n年份 | 站点\n2020 | 五十 多\n\n（图：正门）"
    )
    assert plain_text("已是\n\n纯文本") == "已是\n\n纯文本"


@pytest.mark.parametrize(
    ("html", "typed"),
    [
        ("<p>甲</p><ul><li>乙</li></ul>", "甲\n\n- 乙"),
        ("<p>甲<strong>乙</strong></p>", "<p>甲<strong>乙</strong></p>"),
        ("<p>- 不是列表</p>", "<p>- 不是列表</p>"),
        ("<p>&lt;p&gt;是文字</p>", "<p>&lt;p&gt;是文字</p>"),
    ],
)
def test_without_an_editor_a_text_is_typed_as_plain_text_only_where_that_loses_nothing(html: str, typed: str) -> None:
    assert as_typed(html) == typed
    assert clean(typed) == html


def test_the_plain_text_of_plain_text_is_the_same() -> None:
    assert plain_text(from_plain("甲\n\n- 乙\n- 丙\n\n丁")) == "甲\n\n- 乙\n- 丙\n\n丁"


@pytest.mark.parametrize(
    ("text", "is_html"),
    [
        *((text, True) for text in ("<p>甲", " \n<H2 class=x>", "<!--StartFragment-->", "<html>")),
        *((text, False) for text in ("<html", "甲<p>", "<img src=x>", "<pх>", "<script>", "", "<b>甲</b>")),
    ],
)
def test_only_a_text_that_begins_with_a_block_is_markup(text: str, is_html: bool) -> None:
    assert is_markup(text) is is_html


def test_what_is_shown_is_cleaned_again_and_tables_scroll_in_their_own_box() -> None:
    html = shown("<p>甲<script>x</script></p><table onclick=x><tr><td><img src=/attachments/1/ alt='<table>'></table>")

    assert html == (
        '<p>甲</p><div class="table-box" role="group" aria-label="表格" tabindex="0"><table><tbody><tr><td>'
        '<img src="/attachments/1/" alt="&lt;table&gt;"></td></tr></tbody></table></div>'
    )
