"""Build blocks of the allow-list, one way of writing for one text, from the tags of well-formed HTML."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from html import escape

from cases.rich_text import office
from cases.rich_text.plain import EDGES, SPACE

HREF = re.compile(r"https?://[^\s\x00-\x1f\\\"<>]+|/(?![/\\])[^\s\x00-\x1f\\\"<>]*", re.IGNORECASE)
PICTURE = re.compile(r"/attachments/[0-9]{1,18}/")
SPAN = re.compile(r"[0-9]{1,4}")
LONGEST_HREF = 2000
LONGEST_ALT = 300
DEEPEST_LIST = 5
MOST_SPANNED = 100
HEADINGS = {f"h{level}": level for level in range(1, 7)}
MARKS = {"a", "b", "strong", "i", "em", "span", "font"}
# Elements that are a paragraph where they hold text themselves.
BOXES = {
    *("div", "section", "article", "main", "header", "footer", "center", "pre", "dl", "dt", "dd", "figure"),
    *("figcaption", "address", "caption"),
}
BREAK = "\n"


@dataclass
class Run:
    """Words with their marks; a line break, or a picture already written."""

    words: str
    href: str = ""
    strong: bool = False
    em: bool = False
    is_picture: bool = False

    @property
    def marks(self) -> tuple[str, bool, bool, bool]:
        return (self.href, self.strong, self.em, self.is_picture)


@dataclass
class Block:
    """An element of the result; `level` is a heading's as given."""

    tag: str
    inside: list[Block] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    attributes: str = ""
    level: int = 0


@dataclass
class Mark:
    """An open inline element, and what it says of the words in it."""

    tag: str
    strong: bool
    em: bool
    href: str
    is_marker: bool
    is_hidden: bool


@dataclass
class Begun:
    """A block that is open in what is read, and the one that it began, if it began one.

    `number` is that of the next item of a list whose numbers have to be written out.
    """

    tag: str
    block: Block | None
    number: int = 0


class Builder:
    """Takes the tags and texts of well-formed HTML in their order; `html` returns the result."""

    def __init__(self) -> None:
        self.root = Block("")
        self.open: list[Block] = [self.root]
        self.begun: list[Begun] = []
        self.marks: list[Mark] = []
        self.runs: list[Run] = []
        self.marker: list[str] = []
        # Of the paragraph that is being read: its level as a heading, its class and style.
        self.level = 0
        self.name = self.style = ""
        self.office_lists: list[Block] = []

    # What is read

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "br":
            self.runs.append(Run(BREAK))
        elif tag == "img":
            self.picture(attributes)
        elif tag in MARKS:
            self.mark(tag, attributes)
        else:
            self.end_paragraph()
            if tag != "hr":
                self.begun.append(Begun(tag, self.begin(tag, attributes), self.number_of(tag, attributes)))

    def end(self, tag: str) -> None:
        if tag in MARKS:
            self.marks.pop()
            return
        self.end_paragraph()
        self.level, self.name, self.style = 0, "", ""
        if block := self.begun.pop().block:
            self.office_lists = []
            while self.open.pop() is not block:
                pass

    def text(self, words: str) -> None:
        mark = self.marks[-1] if self.marks else None
        if mark and mark.is_marker:
            self.marker.append(words)
        elif mark and not mark.is_hidden:
            self.runs.append(Run(words, mark.href, mark.strong, mark.em))
        elif not mark:
            self.runs.append(Run(words))

    def mark(self, tag: str, attributes: dict[str, str]) -> None:
        above = self.marks[-1] if self.marks else Mark("", False, False, "", False, False)
        style = attributes.get("style", "")
        href = attributes.get("href", "").strip() if tag == "a" else ""
        is_link = bool(HREF.fullmatch(href)) and len(href) <= LONGEST_HREF
        self.marks.append(
            Mark(
                tag,
                office.is_bold(style, above.strong or tag in {"b", "strong"}),
                office.is_slanted(style, above.em or tag in {"i", "em"}),
                href if is_link else above.href,
                above.is_marker or bool(office.MARKER.search(style)),
                above.is_hidden or bool(office.HIDDEN.search(style)),
            )
        )

    def picture(self, attributes: dict[str, str]) -> None:
        if PICTURE.fullmatch(attributes.get("src", "")):
            told = SPACE.sub(" ", attributes.get("alt", "")).strip()[:LONGEST_ALT]
            self.runs.append(Run(f'<img src="{attributes["src"]}" alt="{escape(told)}">', is_picture=True))

    # Blocks

    def begin(self, tag: str, attributes: dict[str, str]) -> Block | None:
        """Open what a tag stands for; None where it only parts paragraphs."""
        self.level, self.name, self.style = 0, attributes.get("class", ""), attributes.get("style", "")
        if tag in HEADINGS:
            self.level = HEADINGS[tag]
        elif tag == "p":
            self.level = office.level_of_heading(self.name, self.style)
        if tag in {"p", *HEADINGS, *BOXES}:
            return None
        self.office_lists = []
        inside = [block.tag for block in self.open]
        if tag in {"ul", "ol"}:
            is_too_deep = inside.count("ul") + inside.count("ol") >= DEEPEST_LIST
            if is_too_deep or inside[-1] in {"table", "tr"} or self.number_of(tag, attributes):
                return None
            return self.push(Block(tag))
        if tag == "li":
            self.write_number()
            return self.push(Block("li")) if inside[-1] in {"ul", "ol"} else None
        if tag == "blockquote":
            return self.push(Block(tag)) if inside == [""] else None
        return self.begin_table(tag, attributes, inside)

    def number_of(self, tag: str, attributes: dict[str, str]) -> int:
        """The first number of a list that does not begin with 1, and so is no list here."""
        start = attributes.get("start", "")
        return int(start) if tag == "ol" and SPAN.fullmatch(start) and start != "1" else 0

    def write_number(self) -> None:
        around = next((begun for begun in reversed(self.begun) if begun.tag in {"ul", "ol"}), None)
        if around and around.number:
            self.runs.append(Run(f"{around.number}. "))
            around.number += 1

    def begin_table(self, tag: str, attributes: dict[str, str], inside: list[str]) -> Block | None:
        if tag == "table":
            return None if "table" in inside or inside[-1] in {"ul", "ol"} else self.push(Block("table"))
        if sum(begun.tag == "table" for begun in self.begun) > 1:
            return None
        if tag == "tr" and inside[-1] == "table":
            return self.push(Block("tr"))
        if tag in {"td", "th"} and inside[-1] == "tr":
            is_head = tag == "th" or any(begun.tag == "thead" for begun in self.begun)
            spans = [(name, attributes.get(name, "")) for name in ("colspan", "rowspan")]
            written = [f' {name}="{int(n)}"' for name, n in spans if SPAN.fullmatch(n)]
            kept = [one for one in written if 1 < int(one.split('"')[1]) <= MOST_SPANNED]
            return self.push(Block("th" if is_head else "td", attributes="".join(kept)))
        return None

    def push(self, block: Block) -> Block:
        self.open[-1].inside.append(block)
        self.open.append(block)
        return block

    # Paragraphs

    def end_paragraph(self) -> None:
        """Put the words read so far where they belong: in a paragraph, a heading, or an item that a program drew."""
        level = self.level if self.open[-1] is self.root else 0
        if level:
            # Headings are bold as they are.
            self.runs = [replace(run, strong=False) for run in self.runs]
        runs, marker = tidied(self.runs), SPACE.sub(" ", "".join(self.marker)).strip(EDGES)
        self.runs, self.marker = [], []
        if not runs:
            return
        item = None if level else office.item_of(self.style, marker)
        if item is None and not level and office.STYLED.search(self.name) and not runs[0].is_picture:
            found = office.TYPED.match(runs[0].words)
            if found and not marker:
                runs[0].words = runs[0].words[found.end() :]
                item = office.Item(1, None)
        if item is None or not self.add_item(item, runs):
            self.office_lists = []
            if marker:
                runs = tidied([Run(f"{marker} " if marker[-1].isascii() else marker), *runs])
            self.add(Block("p", runs=runs, level=level))

    def add(self, block: Block) -> None:
        into = self.open[-1]
        if into.tag in {"ul", "ol"}:
            # Text between items, or an item too deep for a list of its own.
            into.inside.append(Block("li", [block]))
        elif into.tag in {"table", "tr"}:
            self.before_table(block)
        else:
            into.inside.append(block)

    def before_table(self, block: Block) -> None:
        """Words in a table but in no cell, as captions are, stand before it."""
        place = next(place for place, one in enumerate(self.open) if one.tag == "table")
        around, table = self.open[place - 1].inside, self.open[place]
        around.insert(next(n for n, one in enumerate(around) if one is table), block)

    def add_item(self, item: office.Item, runs: list[Run]) -> bool:
        """Add an item to the lists that are under way; False where it would get another number than it has."""
        tag = "ul" if item.number is None else "ol"
        lists = self.office_lists[: item.level]
        goes_on = len(lists) == item.level and lists[-1].tag == tag
        if goes_on and item.number not in {None, len(lists[-1].inside) + 1}:
            goes_on = False
        if not goes_on:
            if item.number not in {None, 1} or self.open[-1].tag in {"ul", "ol", "table", "tr"}:
                return False
            lists = lists[: min(item.level, DEEPEST_LIST) - 1] if len(lists) >= item.level else lists
            made = Block(tag)
            (lists[-1].inside[-1] if lists else self.open[-1]).inside.append(made)
            lists = [*lists[: DEEPEST_LIST - 1], made]
        lists[-1].inside.append(Block("li", [Block("p", runs=runs)]))
        self.office_lists = lists
        return True

    # What is written

    def html(self) -> str:
        self.end_paragraph()
        prune(self.root)
        blocks = self.root.inside
        top = min((block.level for block in blocks if block.level), default=0)
        is_first = True
        for block in blocks:
            if block.level:
                # Under the heading of the section, whatever level the given text began with.
                block.tag = "h3" if block.level == top or is_first else "h4"
                is_first = False
        return "".join(map(written, blocks))


def prune(block: Block) -> bool:
    """Take out of a block what holds nothing; say whether anything is left. Cells stay where others need them."""
    kept = [one for one in block.inside if prune(one) or one.tag in {"td", "th"}]
    block.inside = _items(kept) if block.tag in {"ul", "ol"} else kept
    return bool(block.runs) or any(one.runs or one.inside for one in kept)


def _items(blocks: list[Block]) -> list[Block]:
    """A list that stands in a list instead of in an item belongs to the item above it."""
    items: list[Block] = []
    for block in blocks:
        if block.tag == "li":
            items.append(block)
        elif items:
            items[-1].inside.append(block)
        else:
            items += block.inside
    return items


def tidied(runs: list[Run]) -> list[Run]:
    """Fold white space over a paragraph, drop it at the borders, join runs with the same marks."""
    merged: list[Run] = []
    for run in runs:
        if run.words == BREAK or run.is_picture:
            merged.append(Run(run.words, is_picture=run.is_picture))
            continue
        words = SPACE.sub(" ", run.words)
        if not merged or merged[-1].words == BREAK or (merged[-1].words.endswith(" ") and not merged[-1].is_picture):
            words = words.lstrip(EDGES if not merged or merged[-1].words == BREAK else " ")
        if words and merged and merged[-1].words != BREAK and merged[-1].marks == (run.href, run.strong, run.em, False):
            merged[-1].words += words
        elif words:
            merged.append(Run(words, run.href, run.strong, run.em))
    return _without_edges(merged)


def _without_edges(runs: list[Run]) -> list[Run]:
    kept: list[Run] = []
    for run in reversed(runs):
        if run.words == BREAK and (not kept or kept[-1].words == BREAK):
            continue
        if not run.is_picture and run.words != BREAK and (not kept or kept[-1].words == BREAK):
            run.words = run.words.rstrip(EDGES)
        if run.words:
            kept.append(run)
    while kept and kept[-1].words == BREAK:
        kept.pop()
    return kept[::-1]


def written(block: Block) -> str:
    if block.runs:
        return f"<{block.tag}>{_inline(block.runs)}</{block.tag}>"
    if block.tag in {"td", "th"}:
        return f"<{block.tag}{block.attributes}>{_cell(block)}</{block.tag}>"
    if block.tag == "table":
        return _table(block)
    inside = _item(block) if block.tag == "li" else "".join(map(written, block.inside))
    return f"<{block.tag}>{inside}</{block.tag}>"


def _inline(runs: list[Run]) -> str:
    parts = []
    for run in runs:
        if run.is_picture:
            parts.append(run.words)
            continue
        words = "<br>" if run.words == BREAK else escape(run.words, quote=False)
        words = f"<em>{words}</em>" if run.em else words
        words = f"<strong>{words}</strong>" if run.strong else words
        if run.href:
            rel = "" if run.href.startswith("/") else ' rel="nofollow noopener"'
            words = f'<a href="{escape(run.href)}"{rel}>{words}</a>'
        parts.append(words)
    return "".join(parts)


def _item(block: Block) -> str:
    """A paragraph with nothing after it but lists needs no tags of its own."""
    first, *others = block.inside or [Block("p")]
    if first.runs and all(other.tag in {"ul", "ol"} for other in others):
        return _inline(first.runs) + "".join(map(written, others))
    return "".join(map(written, block.inside))


def _cell(block: Block) -> str:
    if len(block.inside) == 1 and block.inside[0].runs:
        return _inline(block.inside[0].runs)
    return "".join(map(written, block.inside))


def _table(block: Block) -> str:
    rows = block.inside
    heads = 0
    while heads < len(rows) and all(cell.tag == "th" for cell in rows[heads].inside):
        heads += 1
    heads = 0 if heads == len(rows) else heads
    head = f"<thead>{''.join(map(written, rows[:heads]))}</thead>" if heads else ""
    return f"<table>{head}<tbody>{''.join(map(written, rows[heads:]))}</tbody></table>"
