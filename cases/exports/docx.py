"""A Word document in the style of official papers (GB/T 9704), all of it in named styles that a reader can change."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from django.template.loader import render_to_string
from django.utils import timezone

from cases.exports.description import Export, Progress, Row
from cases.exports.document import (
    Chapter,
    Fact,
    Listing,
    Paper,
    Table,
    Text,
    groups_of,
    lines_of,
    pieces_of,
)

IN_MEMORY = 8 * 2**20
NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
HEAD = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:document {NAMESPACES}><w:body>'
# Lengths in twentieths of a point. The margins are those of GB/T 9704, turned with the page.
UPRIGHT = {"width": 11906, "height": 16838, "top": 2098, "right": 1474, "bottom": 1984, "left": 1588}
SIDEWAYS = {"width": 16838, "height": 11906, "top": 1588, "right": 2098, "bottom": 1474, "left": 1984}
LABEL_SHARE = 15
# A pair of names and texts with so many characters may be broken over pages.
LONG_FACT = 300
CONTENTS_NOTE = "右侧为案例编号；要换成页码，请在 Word 中右键点目录，选“更新域”"


def write_docx(export: Export[Row], file: IO[bytes], progress: Progress) -> None:
    """Write cover, contents, and a chapter a row; or one table where rows have no text."""
    Document(Paper(export, progress)).write(file)


class Document:
    """The parts of the package; the body is made of strings, since a tree of thousands of chapters fills the memory."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self.links: dict[str, str] = {}
        self.tables = [] if paper.has_chapters else paper.tables()
        self.page = SIDEWAYS if any(table.is_wide for table in self.tables) else UPRIGHT

    @property
    def width(self) -> int:
        return self.page["width"] - self.page["left"] - self.page["right"]

    def write(self, file: IO[bytes]) -> None:
        common = {"paper": self.paper, "width": self.width, "created": f"{timezone.now():%Y-%m-%dT%H:%M:%SZ}"}
        parts = {
            "[Content_Types].xml": "content_types",
            "_rels/.rels": "package_rels",
            "docProps/app.xml": "app",
            "docProps/core.xml": "core",
            "word/fontTable.xml": "fonts",
            "word/header1.xml": "header",
            "word/numbering.xml": "numbering",
            "word/settings.xml": "settings",
            "word/styles.xml": "styles",
        }
        with ZipFile(file, "w", ZIP_DEFLATED) as package:
            for name, template in parts.items():
                package.writestr(name, _rendered(template, common))
            for name, style in (("word/footer1.xml", "Footer"), ("word/footer2.xml", "EvenFooter")):
                package.writestr(name, _rendered("footer", {"style": style}))
            with package.open("word/document.xml", "w", force_zip64=True) as body:
                self._write_body(body)
            package.writestr("word/_rels/document.xml.rels", _rendered("document_rels", {"links": self.links}))

    def _write_body(self, body: IO[bytes]) -> None:
        body.write(HEAD.encode())
        if self.paper.has_chapters:
            self._write_chapters(body)
        else:
            body.write(self._whole_of_tables().encode())
        # Word wants a paragraph after the last table.
        body.write(f"{_paragraph('SmallTableText')}{self._section()}</w:body></w:document>".encode())

    def _write_chapters(self, body: IO[bytes]) -> None:
        """Write the chapters aside first: the contents before them name them."""
        contents: list[Chapter] = []
        with SpooledTemporaryFile(IN_MEMORY) as aside:
            for place, chapter in enumerate(self.paper.chapters(), start=1):
                contents.append(Chapter(chapter.title, chapter.mark, (), ()))
                aside.write(self._chapter(chapter, place).encode())
            if self.paper.has_cover:
                body.write(self._cover().encode())
            if self.paper.has_contents:
                body.write(_contents(contents).encode())
            aside.seek(0)
            shutil.copyfileobj(aside, body)
        if not self.paper.has_cover:
            body.write((_paragraph("Heading2", _run("说明")) + self._facts(self.paper.notes)).encode())

    def _cover(self) -> str:
        notes = [*self.paper.notes, *([("目录", CONTENTS_NOTE)] if self.paper.has_contents else [])]
        return (
            _paragraph("CoverTitle", _run(self.paper.title))
            + _paragraph("Subtitle", _run(self.paper.size))
            + _paragraph("Subtitle", _run(self.paper.author))
            + _paragraph("Subtitle")
            + self._facts(notes)
        )

    def _whole_of_tables(self) -> str:
        tables = (
            (_paragraph("Heading2", _run(table.label)) if table.label else _paragraph("Normal")) + self._table(table)
            for table in self.tables
        )
        return _paragraph("Title", _run(self.paper.title)) + self._facts(self.paper.notes) + "".join(tables)

    def _chapter(self, chapter: Chapter, place: int) -> str:
        name = f'w:id="{place}" w:name="{_bookmark(place)}"'
        title = f'<w:bookmarkStart {name}/>{_run(chapter.title)}<w:bookmarkEnd w:id="{place}"/>'
        written = [_paragraph("Heading1", title)]
        if chapter.mark:
            written.append(_paragraph("CaseNumber", _run(chapter.mark)))
        if chapter.facts:
            written.append(self._facts(chapter.facts))
        for part in chapter.parts:
            written.append(_paragraph("Heading2", _run(part.label)))
            written.append(self._part(part))
        return "".join(written)

    def _part(self, part: Text | Listing | Table) -> str:
        if isinstance(part, Table):
            return self._table(part)
        if isinstance(part, Listing):
            numbered = enumerate(part.items, start=1)
            return "".join(
                _paragraph("NumberedItem", f"{_run(f'{place}.')}<w:r><w:tab/></w:r>{self._linked(item)}")
                for place, item in numbered
            )
        return "".join(
            _paragraph("ListBullet" if is_item else "BodyText", self._linked(text))
            for is_item, texts in part.groups
            for text in texts
        )

    def _facts(self, facts: Sequence[Fact]) -> str:
        """A table of names and what they stand for, one pair or two in a row."""
        if not facts:
            return ""
        lines = lines_of(facts)
        pairs = max(map(len, lines))
        label = self.width * LABEL_SHARE // 100
        value = self.width // pairs - label
        rows = []
        for line in lines:
            span = 2 * pairs - 1 if len(line) < pairs else 1
            cells = [
                _cell(_paragraph("TableLabel", _run(name)), label)
                + _cell(self._paragraphs(text, "TableText"), value if span == 1 else self.width - label, span)
                for name, text in line
            ]
            rows.append(_row(cells, is_long=sum(len(text) for _, text in line) > LONG_FACT))
        return _table("FactsTable", [label, value] * pairs, "".join(rows), has_head=False)

    def _table(self, table: Table) -> str:
        small = "Small" if table.is_wide else ""
        whole = self.width // 2 if table.is_narrow and self.page is SIDEWAYS else self.width
        widths = [int(whole * share) for share in table.shares]
        kinds = ["Number" if place in table.numeric else "" for place in range(len(widths))]
        head = "".join(
            _cell(_paragraph(f"{small}TableLabel{kind}", _run(heading)), width)
            for heading, width, kind in zip(table.headings, widths, kinds, strict=True)
        )
        rows = []
        for row, is_long in table.told_rows:
            cells = [
                _cell(self._paragraphs(text, f"{small}Table{kind or 'Text'}"), width)
                for text, width, kind in zip(row, widths, kinds, strict=True)
            ]
            rows.append(_row(cells, is_long=is_long))
        rows.insert(0, f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{head}</w:tr>")
        return _table("DataTable", widths, "".join(rows), has_head=True)

    def _paragraphs(self, text: str, style: str) -> str:
        marked = [f"• {told}" if is_item else told for is_item, group in groups_of(text) for told in group]
        return "".join(_paragraph(style, self._linked(text)) for text in marked) or _paragraph(style)

    def _linked(self, text: str) -> str:
        """The text, with its addresses as links."""
        written = []
        for piece in pieces_of(text):
            if piece.url:
                name = self.links.setdefault(piece.url, f"link{len(self.links) + 1}")
                written.append(
                    f'<w:hyperlink r:id="{name}" w:history="1">{_run(piece.text, "Hyperlink")}</w:hyperlink>'
                )
            else:
                written.append(_run(piece.text))
        return "".join(written)

    def _section(self) -> str:
        page, turned = self.page, ' w:orient="landscape"' if self.page is SIDEWAYS else ""
        references = "".join(
            f'<w:{kind}Reference w:type="{pages}" r:id="{name}"/>'
            for kind, pages, name in (
                ("header", "even", "header"),
                ("header", "default", "header"),
                ("footer", "even", "footerEven"),
                ("footer", "default", "footer"),
            )
        )
        margins = " ".join(f'w:{side}="{page[side]}"' for side in ("top", "right", "bottom", "left"))
        # The number stands 7 mm below the text.
        return (
            f'<w:sectPr>{references}<w:pgSz w:w="{page["width"]}" w:h="{page["height"]}"{turned}/>'
            f'<w:pgMar {margins} w:header="{page["top"] - 900}" w:footer="{page["bottom"] - 700}" w:gutter="0"/>'
            f"<w:cols/>{'<w:titlePg/>' if self.paper.has_cover else ''}</w:sectPr>"
        )


def _rendered(template: str, context: dict[str, Any]) -> str:
    return render_to_string(f"exports/docx/{template}.xml", context)


def _bookmark(place: int) -> str:
    return f"_Toc{place:06d}"


def _contents(chapters: Sequence[Chapter]) -> str:
    """A field that Word updates when asked to, filled in already: with an empty one it would ask at once.

    Nobody knows the pages before the document is laid out, so an entry leads to its chapter and tells its number.
    """
    begin = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        '<w:r><w:instrText xml:space="preserve"> TOC \\o "1-1" \\h \\z \\u </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )
    entries = []
    for place, chapter in enumerate(chapters, start=1):
        told = f"{_run(chapter.title)}<w:r><w:tab/></w:r>{_run(chapter.mark)}"
        link = f'<w:hyperlink w:anchor="{_bookmark(place)}" w:history="1">{told}</w:hyperlink>'
        entries.append(_paragraph("TOC1", (begin if place == 1 else "") + link))
    end = _paragraph("Normal", '<w:r><w:fldChar w:fldCharType="end"/></w:r>')
    gallery = '<w:docPartObj><w:docPartGallery w:val="Table of Contents"/><w:docPartUnique/></w:docPartObj>'
    content = _paragraph("TOCHeading", _run("目录")) + "".join(entries) + end
    return f"<w:sdt><w:sdtPr>{gallery}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"


def _run(text: str, style: str = "") -> str:
    look = f'<w:rPr><w:rStyle w:val="{style}"/></w:rPr>' if style else ""
    return f'<w:r>{look}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def _paragraph(style: str, content: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{content}</w:p>'


def _cell(content: str, width: int, span: int = 1) -> str:
    spanning = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{spanning}</w:tcPr>{content}</w:tc>'


def _row(cells: Sequence[str], *, is_long: bool) -> str:
    """A row, kept on one page unless it is long."""
    kept = "" if is_long else "<w:trPr><w:cantSplit/></w:trPr>"
    return f"<w:tr>{kept}{''.join(cells)}</w:tr>"


def _table(style: str, widths: Sequence[int], rows: str, *, has_head: bool) -> str:
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    first = 1 if has_head else 0
    look = (
        f'<w:tblLook w:val="{"0020" if has_head else "0000"}" w:firstRow="{first}" w:lastRow="0" w:firstColumn="0" '
        'w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
    )
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{style}"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f'<w:tblLayout w:type="fixed"/>{look}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>'
    )
