"""Articles in files: what is read from each kind, and what is said of what cannot be read."""

from __future__ import annotations

import io
import zipfile
from time import thread_time
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document
from pypdf import PdfReader, PdfWriter

from cases.articles.files import WORD, Given, pasted, read_file
from tests.pace import slowness

pytestmark = [pytest.mark.any_database]

LINES = [
    "楼门议事 邻里和睦",
    "越秀区人民街道成立楼门议事会，由党员带头认领公共事务，每月议一次事，让老楼道有人打理。",
    "两年里共办成四十六件实事，居民的怨言少了，参加议事的人多了，邻里之间常来常往。",
]
TEXT = "\n".join(LINES)
TRADITIONAL = "越秀區人民街道成立樓門議事會，由黨員帶頭認領公共事務，每月議一次事，讓老樓道有人打理，鄰里常來常往。"
HTML = f"""<!DOCTYPE html><html><head><title>本地新闻网</title>
<meta name="author" content="林记者"><meta property="article:published_time" content="2020-11-16T08:00:00+08:00">
<meta name="ContentSource" content="本地晚报"><style>p {{ color: red }}</style></head><body>
<nav><a href="/">首页</a>导航</nav><script>var a = "脚本里的话";</script>
<div class="article-content"><h1>{LINES[0]}</h1><!-- 注释 --><p>{LINES[1][:20]}<b>{LINES[1][20:]}</b></p>
<ul><li>{LINES[2]}</li></ul><p style="display:none">藏着的话</p></div>
<footer>版权所有</footer></body></html>"""


def file(content: bytes, name: str = "文章.txt") -> Any:
    return SimpleUploadedFile(name, content)


def docx() -> bytes:
    document = Document()
    document.core_properties.title = "楼门议事记"
    document.add_heading(LINES[0])
    document.add_paragraph(LINES[1])
    document.add_table(1, 1).cell(0, 0).text = LINES[2]
    document.save(stored := io.BytesIO())
    return stored.getvalue()


def pdf(*, password: str = "") -> bytes:
    """A page without any text, as a scanner makes it."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    writer.write(stored := io.BytesIO())
    return stored.getvalue()


def refusal(content: bytes | str, name: str = "文章.txt") -> str:
    """What is said of it, and that it is said soon."""
    began = thread_time()
    with pytest.raises(ValidationError) as caught:
        pasted(content) if isinstance(content, str) else read_file(file(content, name))
    assert thread_time() - began < 5 * slowness()
    return caught.value.messages[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_text_is_read_in_the_usual_encodings(encoding: str) -> None:
    assert read_file(file(TEXT.replace("\n", "\r\n").encode(encoding))) == Given(TEXT)


def test_a_traditional_text_is_read_in_big5() -> None:
    assert read_file(file(TRADITIONAL.encode("big5"))) == Given(TRADITIONAL)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_of_a_web_page_only_the_article_is_read(encoding: str) -> None:
    told = {"title": LINES[0], "authors": "林记者", "published": "2020-11-16", "publisher": "本地晚报"}

    assert read_file(file(HTML.encode(encoding), "page.txt")) == Given(TEXT, told)


def test_a_word_document_is_read_with_headings_and_cells_whatever_it_is_called() -> None:
    assert read_file(file(docx(), "文章.html")) == Given(TEXT, {"title": "楼门议事记"})


@pytest.mark.usefixtures("pdf_libraries")
def test_a_pdf_with_text_is_read() -> None:
    import weasyprint

    written = weasyprint.HTML(string=f"<h1>{LINES[0]}</h1><p>{LINES[1]}</p><p>{LINES[2]}</p>").write_pdf()
    assert len(PdfReader(io.BytesIO(written)).pages) == 1

    assert "".join(read_file(file(written)).text.split()) == "".join(TEXT.split())


def test_what_no_case_can_be_read_from_is_said_with_what_to_do() -> None:
    assert refusal("字") == "没有读出案例：只有 1 个汉字，少于 30 个，不够说清一个案例。请核对是不是贴全了"
    assert refusal("0123456789 " * 1000).startswith("没有读出案例：文字里没有汉字")
    assert refusal("Party building leads grassroots governance. " * 200 + TEXT).startswith(
        "没有读出案例：文章主要不是中文"
    )
    assert refusal("党建" * 350_000).startswith("文章有 700,000 个字符，超过 200,000 个的上限")
    assert refusal(("党建" * 400_000).encode()).startswith("文件有 2.3 MB，超过 2 MB 的上限")
    assert refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4096, "加密.docx").startswith("文件有密码，或是老版本")
    assert refusal(pdf(), "扫描.pdf").startswith("这是扫描件，没有文字")
    assert refusal(pdf(password="secret"), "加密.pdf").startswith("这个 pdf 有密码")
    assert refusal(docx()[:-200], "坏.docx").startswith("文件已损坏")
    assert refusal(b"%PDF-1.7 nothing else").startswith("pdf 已损坏或有密码")
    assert refusal(b"\x00\x01\x02\x03" * 100).startswith("不认识这种文件")


def test_a_document_that_unpacks_to_too_much_is_refused() -> None:
    with zipfile.ZipFile(stored := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b" " * 201 * 1024 * 1024)

    assert refusal(stored.getvalue(), "炸弹.docx").startswith("文件解压后过大")


def test_a_document_of_nothing_but_marks_is_given_up_in_time() -> None:
    paragraphs = b"<w:p/>" * 2_900_000
    with zipfile.ZipFile(stored := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b'<w:document xmlns:w="' + WORD[1:-1].encode() + b'">' + paragraphs)

    assert refusal(stored.getvalue(), "空段.docx").startswith("这个文档太复杂，几秒内读不完")
    assert refusal(b"%PDF-1.4\n" + b"trailer << /Root 1 0 R >>\n" * 80_000).startswith("pdf 已损坏")


def test_entities_of_a_document_are_not_resolved() -> None:
    attack = f"""<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/hostname">]><w:document
    xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:p><w:t>{TEXT}&e;</w:t></w:p></w:document>"""
    with zipfile.ZipFile(stored := io.BytesIO(), "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", attack)

    assert read_file(file(stored.getvalue())).text == TEXT
