"""Plain text from rich text, and rich text from plain: a blank line between paragraphs, `- ` before items."""

from __future__ import annotations

import re
from html import escape, unescape
from itertools import groupby

# White space that HTML folds, with the no-break spaces that word processors strew about. The wide space of Chinese
# type stays, but at the borders of a paragraph, where it is an indent.
SPACE = re.compile(r"[ \t\n\r\f\xa0]+")
EDGES = " \t\n\r\f\v\xa0\u3000\u200b\ufeff"
# What no database, file or page can hold: control characters, halves of surrogate pairs, non-characters.
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# A text is markup when it begins with a block, as the editor's does, or with what programs put before one.
MARKUP = re.compile(
    r"\s*(?:<!--|<!doctype\s|<(?:html|head|meta|link|style|title|body|p|h[1-6]|ul|ol|table|blockquote|div|section"
    r"|article|main|center|pre|dl|figure)(?=[\s/>]))",
    re.IGNORECASE,
)
# A tag or a text between tags, in HTML that is well-formed.
TOKEN = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [a-z]+="[^"]*")*)>|([^<]+)')
ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*)"')


def is_markup(text: str) -> bool:
    return bool(MARKUP.match(text))


def folded(text: str) -> str:
    return SPACE.sub(" ", UNWRITABLE.sub("", text))


def from_plain(text: str) -> str:
    """Return plain text as HTML: a paragraph a line, as pasted articles have them, items where lines begin with `- `.

    Nothing in it is taken for markup.
    """
    lines = [folded(line).strip(EDGES) for line in text.splitlines()]
    parts = []
    for is_item, block in groupby(filter(None, lines), key=lambda line: line.startswith("- ")):
        if is_item:
            items = (line[2:].strip(EDGES) for line in block)
            parts.append(f"<ul>{''.join(f'<li>{escape(item, quote=False)}</li>' for item in items)}</ul>")
        else:
            parts += [f"<p>{escape(line, quote=False)}</p>" for line in block]
    return "".join(parts)


def as_typed(html: str) -> str:
    """Return stored HTML as somebody types it where there is no editor: as plain text where that loses nothing."""
    plain = plain_text(html)
    return plain if not is_markup(plain) and from_plain(plain) == html else html


def plain_text(html: str) -> str:
    """Return what stored HTML says, as plain text; plain text is returned in the same form.

    Paragraphs and headings are parted by a blank line. Items stand a line each after `- ` or their number, whatever
    their depth; rows of tables a line each, with ` | ` between cells; pictures are told by their alternative text.
    """
    if not is_markup(html):
        html = from_plain(html)
    writer = _Writer()
    for slash, tag, attributes, text in TOKEN.findall(html):
        if text:
            writer.line.append(unescape(text))
        elif slash:
            writer.end(tag)
        else:
            writer.start(tag, dict(ATTRIBUTE.findall(attributes)))
    writer.end_line()
    return "\n\n".join("\n".join(lines) for lines in writer.blocks if lines)


class _Writer:
    """Collects lines in blocks: a block is a paragraph, or a whole list or table."""

    def __init__(self) -> None:
        self.blocks: list[list[str]] = [[]]
        self.line: list[str] = []
        self.mark = ""
        self.counts: list[int | None] = []  # of each open list: how many items it has, None where they have no numbers
        self.tables = 0
        self.cells: list[str] | None = None

    @property
    def is_free(self) -> bool:
        return not self.counts and not self.tables

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in {"ul", "ol", "table"}:
            self.end_line()
            if self.is_free:
                self.blocks.append([])
            if tag == "table":
                self.tables += 1
            else:
                self.counts.append(0 if tag == "ol" else None)
        elif tag == "li":
            self.end_line()
            count = self.counts[-1] if self.counts else None
            if count is not None:
                self.counts[-1] = count + 1
            self.mark = "- " if count is None else f"{count + 1}. "
        elif tag == "tr":
            self.end_line()
            self.cells = []
        elif tag == "br":
            self.line.append("\n" if self.is_free else " ")
        elif tag == "img" and attributes.get("alt"):
            self.line.append(f"（图：{unescape(attributes['alt'])}）")

    def end(self, tag: str) -> None:
        if tag in {"td", "th"} and self.cells is not None:
            self.cells.append(folded("".join(self.line)).strip(EDGES))
            self.line = []
        elif tag == "tr" and self.cells is not None:
            self.blocks[-1] += [" | ".join(self.cells)] if any(self.cells) else []
            self.cells = None
        elif tag in {"ul", "ol", "table"}:
            self.end_line()
            if tag == "table":
                self.tables = max(0, self.tables - 1)
            elif self.counts:
                self.counts.pop()
            if self.is_free:
                self.blocks.append([])
        elif tag == "li":
            self.end_line()
            self.mark = ""
        elif tag in {"p", "h3", "h4"} and self.is_free:
            self.end_line()
            self.blocks.append([])
        elif tag in {"p", "h3", "h4"}:
            self.line.append(" ")

    def end_line(self) -> None:
        """Finish a line; inside a cell all lines are one."""
        if self.cells is not None:
            self.line.append(" ")
            return
        lines = [folded(part).strip(EDGES) for part in "".join(self.line).split("\n")]
        if told := [part for part in lines if part]:
            self.blocks[-1] += [self.mark + told[0], *told[1:]]
            self.mark = ""
        self.line = []
