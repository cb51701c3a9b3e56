"""The text of an article from what somebody pasted or gave as a file; the content decides what it is, not its name."""

from __future__ import annotations

import re
import time
import unicodedata
import zipfile
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from django.core.exceptions import ValidationError
from lxml import etree
from pypdf import PdfReader
from pypdf.errors import DependencyError, PyPdfError

from cases.articles.decoding import decoded
from cases.articles.rows import Rows
from cases.articles.webpages import read_webpage
from cases.uploads import MAX_BYTES as MOST_FILE_BYTES
from cases.uploads import ZIP_ERRORS, check_office

# A page of a newspaper has 7,000 characters, a year's report 30,000.
MOST_CHARACTERS = 200_000
MOST_TEXT_BYTES = 2 * 1024 * 1024
MOST_PAGES = 200
MOST_TABLES = 1000
MOST_XML_BYTES = 20 * 1024 * 1024
# Reading one file may take so many seconds.
PATIENCE = 3.0
LEAST_HAN = 30
HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
LETTER = re.compile(r"[^\W\d_]")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
WAYS = "请打开文件，复制正文，粘贴到文本框里"


@dataclass(frozen=True)
class Given:
    """A text as it was given, and what its file says of itself: title, authors, published, publisher, url."""

    text: str
    told: dict[str, str] = field(default_factory=dict)


def pasted(text: str) -> Given:
    """Take a pasted text; raise ValidationError saying why no case can be read from it."""
    return _checked(Given(_tidy(text)))


def read_file(file: Any) -> Given:
    """Read an uploaded file; raise ValidationError saying what is wrong and what to do."""
    if file.size > MOST_FILE_BYTES:
        raise ValidationError(f"文件有 {_megabytes(file.size)}，超过 {_megabytes(MOST_FILE_BYTES)} 的上限。{WAYS}")
    file.seek(0)
    head = file.read(1024).lstrip()
    file.seek(0)
    if head.startswith(OLE):
        raise ValidationError(
            f"文件有密码，或是老版本的 Word 文档（doc）。请去掉密码、另存为 docx 再传；或者{WAYS[1:]}"
        )
    if head.startswith(b"PK\x03\x04"):
        return _checked(_read_docx(file))
    if head.startswith(b"%PDF-"):
        return _checked(_read_pdf(file))
    if file.size > MOST_TEXT_BYTES:
        raise ValidationError(
            f"文件有 {_megabytes(file.size)}，超过 {_megabytes(MOST_TEXT_BYTES)} 的上限，"
            f"不像一篇文章。请分成几篇，一篇一篇导入"
        )
    content = file.read()
    if b"\0" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ValidationError("不认识这种文件，请改用 txt、html、docx 或有文字的 pdf，或者粘贴正文")
    text = decoded(content)
    if re.match(
        r"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype html|html|head|body|meta|article|div|p|h1)\b", text, re.IGNORECASE
    ):
        webpage, told = read_webpage(text)
        return _checked(Given(_tidy(webpage), told))
    return _checked(Given(_tidy(text)))


def _megabytes(size: int) -> str:
    return f"{size / 1048576:.1f} MB".replace(".0 ", " ")


def _tidy(text: str) -> str:
    """One kind of line end, and nothing that a database or a page cannot hold; the words stay as they are."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").replace("\v", "\n")
    kept = (sign for sign in text if sign in "\n\t" or unicodedata.category(sign) not in {"Cc", "Cs"})
    return "".join(kept).strip("\n\t \u3000\ufeff")


def _checked(given: Given) -> Given:
    text = given.text
    if not text:
        raise ValidationError("没有读出文字：内容是空的。请核对后再试，或者粘贴正文")
    if len(text) > MOST_CHARACTERS:
        raise ValidationError(
            f"文章有 {len(text):,} 个字符，超过 {MOST_CHARACTERS:,} 个的上限，不像一篇文章。请分成几篇，一篇一篇导入"
        )
    han = len(HAN.findall(text))
    if han < LEAST_HAN:
        told = "文字里没有汉字" if not han else f"只有 {han} 个汉字"
        raise ValidationError(f"没有读出案例：{told}，少于 {LEAST_HAN} 个，不够说清一个案例。请核对是不是贴全了")
    if han < len(LETTER.findall(text)) * 0.3:
        raise ValidationError("没有读出案例：文章主要不是中文，这里只能识别中文文章。请改用中文的报道")
    return given


# Word


def _read_docx(file: Any) -> Given:
    check_office(file, "word/document.xml")
    with zipfile.ZipFile(file) as archive:
        if archive.getinfo("word/document.xml").file_size > MOST_XML_BYTES:
            raise ValidationError(f"文档太大。{WAYS}")
        try:
            text = _words_of(archive.read("word/document.xml"))
            told = _properties(archive)
        except (etree.XMLSyntaxError, *ZIP_ERRORS) as error:
            raise ValidationError(f"文档已损坏，读不出文字。请用 Word 另存后再传；或者{WAYS[1:]}") from error
    return Given(_tidy(text), told)


def _parser() -> Any:
    return {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}


def _words_of(xml: bytes) -> str:
    """Paragraphs, headings and cells in the order of the document, a line each; what was struck out is left out."""
    lines: list[str] = []
    current: list[str] = []
    skipped, until = 0, time.monotonic() + PATIENCE
    rows = Rows(lines)
    begins = {f"{WORD}tr": rows.begin_row, f"{WORD}tc": rows.begin_cell}
    ends = {f"{WORD}tr": rows.end_row, f"{WORD}tc": rows.end_cell}
    for event, element in etree.iterparse(BytesIO(xml), events=("start", "end"), **_parser()):
        if time.monotonic() > until:
            raise ValidationError(f"这个文档太复杂，几秒内读不完。{WAYS}")
        if element.tag == FALLBACK:
            skipped += 1 if event == "start" else -1
        if not skipped and element.tag in begins:
            (begins if event == "start" else ends)[element.tag]()
        if skipped or event == "start":
            continue
        if element.tag == f"{WORD}t":
            current.append(element.text or "")
        elif element.tag == f"{WORD}tab":
            current.append("\t")
        elif element.tag in (f"{WORD}br", f"{WORD}cr", f"{WORD}p"):
            lines.append("".join(current))
            current = []
            if element.tag == f"{WORD}p":
                element.clear()
    return "\n".join([*lines, "".join(current)])


def _properties(archive: zipfile.ZipFile) -> dict[str, str]:
    if "docProps/core.xml" not in archive.namelist():
        return {}
    core = etree.fromstring(archive.read("docProps/core.xml"), etree.XMLParser(**_parser()))
    title = core.findtext("{http://purl.org/dc/elements/1.1/}title") or ""
    return {"title": title.strip()} if HAN.search(title) else {}


# PDF


def _tables_in(file: Any) -> int:
    """How often the file was added to, as far as it says; a damaged one is read through for each."""
    file.seek(0)
    tables = file.read().count(b"trailer")
    file.seek(0)
    return int(tables)


def _read_pdf(file: Any) -> Given:
    until = time.monotonic() + PATIENCE
    if _tables_in(file) > MOST_TABLES:
        raise ValidationError(f"pdf 已损坏，读不出文字。请另存后再传；或者{WAYS[1:]}")
    try:
        reader = PdfReader(file, strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise ValidationError(f"这个 pdf 有密码。请去掉密码再传；或者{WAYS[1:]}")
        if len(reader.pages) > MOST_PAGES:
            raise ValidationError(f"pdf 有 {len(reader.pages)} 页，超过 {MOST_PAGES} 页的上限，请只留文章所在的页")
        pages, length = [], 0
        for page in reader.pages:
            pages.append(page.extract_text())
            length += len(pages[-1])
            if length > MOST_CHARACTERS:
                break
            if time.monotonic() > until:
                raise ValidationError(f"这个 pdf 太复杂，几秒内读不完。{WAYS}")
        title = str(reader.metadata.title or "") if reader.metadata else ""
    except ValidationError:
        raise
    # A damaged file fails in any of the ways in which its parts can be wrong.
    except (
        PyPdfError,
        DependencyError,
        ArithmeticError,
        AttributeError,
        LookupError,
        OSError,
        RecursionError,
        TypeError,
        ValueError,
        ImportError,
    ) as error:
        raise ValidationError(f"pdf 已损坏或有密码，读不出文字。请另存后再传；或者{WAYS[1:]}") from error
    text = _tidy("\n".join(pages))
    if not text:
        raise ValidationError("这是扫描件，没有文字，读不出内容。请先做文字识别（OCR），或者找网页、Word 版，再导入")
    return Given(text, {"title": title.strip()} if HAN.search(title) else {})
