"""Read a table file row by row, within limits that are checked before anything is unpacked or read whole."""

from __future__ import annotations

import codecs
import csv
import io
import logging
import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from openpyxl import load_workbook

from cases.uploads import ZIP_ERRORS, extension_of, validate_upload

log = logging.getLogger(__name__)

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS, MAX_COLUMNS, MAX_CELL = 10_000, 100, 100_000
# All cells together: one long text that a workbook holds once may stand in every one of them.
MAX_TEXT = 60_000_000
# So many empty rows on end are no table: a lone cell may stand in the last row of a million.
MAX_GAP = 20_000
MEBIBYTE = 1024 * 1024
# What a part of a workbook may unpack to: sheets are read as a stream, the words that they share are kept in memory.
MAX_SHEET, MAX_STRINGS, MAX_PART = 150 * MEBIBYTE, 48 * MEBIBYTE, 4 * MEBIBYTE
PROLOG = 4096
DELIMITERS = ",;\t"
KINDS = ("xlsx", "csv")

UNREADABLE = "文件无法读取：可能已损坏，或有密码。请用 Excel 或 WPS 另存为 xlsx 后再传"


@dataclass
class Row:
    number: int
    cells: dict[str, Any]


@dataclass
class Sheet:
    """One table: what stands in its first row, and the rows below, read as they are asked for."""

    title: str
    headings: list[str]
    rows: Iterator[Row]


@dataclass
class TableFile:
    """A file that was opened: its main table, others by name, and what is to be said of it."""

    main: Sheet
    others: dict[str, Sheet] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)


def check(file: Any) -> None:
    """Raise ValidationError, saying what is wrong and what to do, unless a file that was sent may be read."""
    kind = extension_of(file.name)
    if kind not in KINDS:
        hint = "，旧的 xls 请在 Excel 里另存为 xlsx" if kind == "xls" else ""
        raise ValidationError(f"不接受“{kind or '无扩展名'}”文件，请改用 xlsx 或 csv{hint}")
    if file.size > MAX_BYTES:
        raise ValidationError(
            f"文件有 {file.size / MEBIBYTE:.1f} MB，超过 {MAX_BYTES // MEBIBYTE} MB 的上限，请分几次导入"
        )
    if not file.size:
        raise ValidationError("文件是空的，请核对后再传")
    if kind == "xlsx":
        _check_parts(file)
        validate_upload(file)


def _check_parts(file: Any) -> None:
    """Look at the parts of a workbook by what its directory says, and at the first bytes of each."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            if len(members) > 500:
                raise ValidationError("文件里的部件过多，请把要导入的内容复制到新的工作簿后再传")
            for member in members:
                _check_part(archive, member)
    except ZIP_ERRORS as error:
        raise ValidationError(UNREADABLE) from error
    finally:
        file.seek(0)


def _check_part(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    name = member.filename.lower()
    is_xml = name.endswith((".xml", ".rels", ".vml"))
    most = MAX_SHEET if name.startswith("xl/worksheets/") else MAX_STRINGS if "sharedstrings" in name else MAX_PART
    if is_xml and member.file_size > most:
        raise ValidationError("文件解压后过大，请删去多余的格式、空行和工作表，只留要导入的内容后再传")
    if is_xml:
        with archive.open(member) as part:
            start = part.read(PROLOG)
        # A workbook has no reason to define entities; what hides its first tag has none either.
        root = re.search(rb"<[A-Za-z_]", start)
        if b"\0" in start or b"<!" in start[: root.start() if root else None] or not root:
            raise ValidationError("文件含有不该有的内容，不能导入。请把内容复制到新的工作簿后再传")


@contextmanager
def opened(path: Path, name: str, title: str, others: Sequence[str] = ()) -> Iterator[TableFile]:
    """Open a stored file: the sheet called `title`, else the first to be seen, and those called as `others`.

    Raise ValidationError where it cannot be read, here or while rows are asked for.
    """
    try:
        if extension_of(name) == "csv":
            yield _csv(path)
            return
        with path.open("rb") as raw:
            file = File(raw, name)
            check(file)
            book = load_workbook(raw, read_only=True, data_only=True, keep_links=False)
            try:
                yield _workbook(book, title, others)
            finally:
                book.close()
    except ValidationError:
        raise
    except (*ZIP_ERRORS, csv.Error, KeyError, TypeError, AttributeError, SyntaxError, IndexError) as error:
        log.warning("a table file could not be read", exc_info=True)
        raise ValidationError(UNREADABLE) from error


def _workbook(book: Any, title: str, others: Sequence[str]) -> TableFile:
    shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
    if not shown:
        raise ValidationError("文件里没有可见的工作表，请取消隐藏后再传")
    main = next((sheet for sheet in shown if sheet.title == title), shown[0])
    file = TableFile(_sheet(main), {sheet.title: _sheet(sheet) for sheet in shown if sheet.title in others})
    known = {main.title, *file.others, "说明", "可选值"}
    if left := [sheet.title for sheet in shown if sheet.title not in known]:
        file.notices.append(f"只读取工作表“{main.title}”；没有读取：{'、'.join(left[:10])}")
    if left := [name for name in hidden if name not in known]:
        file.notices.append(f"隐藏的工作表没有读取：{'、'.join(left[:10])}")
    return file


def _sheet(sheet: Any) -> Sheet:
    sheet.reset_dimensions()  # a file may say that it ends sooner or later than it does
    rows = _numbered(sheet.iter_rows(values_only=True))
    return _with_headings(sheet.title, rows)


def _numbered(rows: Iterator[Sequence[Any]]) -> Iterator[tuple[int, Sequence[Any]]]:
    last = 0
    for number, row in enumerate(rows, start=1):
        if number - last > MAX_GAP:
            raise ValidationError(f"第 {last} 行以下有 {MAX_GAP:,} 多个空行，请删去空行和多余的格式后再传")
        if len(row) > 1000:
            raise ValidationError(f"第 {number} 行有 {len(row):,} 列，最多 {MAX_COLUMNS} 列。请删去右边多余的列后再传")
        if any(cell not in (None, "") for cell in row):
            last = number
            yield number, row


def _with_headings(title: str, rows: Iterator[tuple[int, Sequence[Any]]]) -> Sheet:
    _, first = next(rows, (0, ()))
    headings = ["".join(str(cell or "").split()).removesuffix("*").removesuffix("＊") for cell in first]
    while headings and not headings[-1]:
        headings.pop()
    if not headings:
        raise ValidationError(f"“{title}”是空的：第一行应为栏目名称，请下载模板对照")
    if len(headings) > MAX_COLUMNS:
        raise ValidationError(f"“{title}”有 {len(headings)} 列，最多 {MAX_COLUMNS} 列，请删去多余的列后再传")
    if repeated := sorted({heading for heading in headings if heading and headings.count(heading) > 1}):
        raise ValidationError(f"“{title}”的栏目重复：{'、'.join(repeated)}。请删去其一后再传")
    return Sheet(title, headings, _rows(title, headings, rows))


def _rows(title: str, headings: list[str], rows: Iterator[tuple[int, Sequence[Any]]]) -> Iterator[Row]:
    size = 0
    for count, (number, cells) in enumerate(rows, start=1):
        size += sum(len(cell) for cell in cells if isinstance(cell, str))
        if size > MAX_TEXT:
            raise ValidationError("文件里的文字过多，请分成几个文件导入")
        if count > MAX_ROWS:
            raise ValidationError(f"“{title}”超过 {MAX_ROWS:,} 行，请分成几个文件导入")
        beyond = [cell for cell in cells[len(headings) :] if cell not in (None, "")]
        if beyond:
            raise ValidationError(
                f"第 {number} 行右边有内容没有栏目名称：“{str(beyond[0])[:20]}”。请补上栏目名称，或删去"
            )
        if any(isinstance(cell, str) and len(cell) > MAX_CELL for cell in cells):
            raise ValidationError(f"第 {number} 行有单元格超过 {MAX_CELL:,} 字，请核对是否粘贴错了")
        # A row ends with its last cell; those after it are empty, and not absent.
        padded = [*cells, *[None] * (len(headings) - len(cells))]
        yield Row(number, {heading: cell for heading, cell in zip(headings, padded, strict=False) if heading})


def _csv(path: Path) -> TableFile:
    told, encoding = decoded(path.read_bytes())
    first = told.partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(told, newline=""), delimiter=delimiter)
    file = TableFile(_with_headings("文件", _numbered(reader)))
    if encoding != "UTF-8":
        file.notices.append(f"文件编码按 {encoding} 读取；如有乱码，请另存为 UTF-8 的 csv 或 xlsx 后再传")
    return file


def decoded(content: bytes) -> tuple[str, str]:
    """Return the text of a file and the name of its encoding; raise ValidationError where it is none that is usual."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = [("utf-16", "UTF-16")]
    else:
        encodings = [("utf-8-sig", "UTF-8"), ("gb18030", "GB18030")]
    for codec, name in encodings:
        try:
            told = content.decode(codec)
        except UnicodeDecodeError:
            continue
        if "\0" in told:
            break
        return told, name
    raise ValidationError("文件不是文本，或编码不认识。请在 Excel 里另存为“CSV UTF-8”或 xlsx 后再传")
