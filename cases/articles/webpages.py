"""The article of a web page, without what stands around it, and what the page says of itself."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree, html

from cases.articles.rows import Rows

DROPPED = frozenset(
    [
        "head",
        "script",
        "style",
        "noscript",
        "template",
        "nav",
        "footer",
        "aside",
        "button",
        "select",
        "iframe",
        "svg",
        "object",
    ]
)
BLOCKS = frozenset(
    ["address", "article", "blockquote", "body", "br", "caption", "center", "dd", "div", "dl", "dt", "figcaption"]
)
BLOCKS |= {"figure", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main", "ol", "p", "pre"}
BLOCKS |= {"section", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"}
# What templates of news sites call the part that holds the article, and the parts that do not.
HOLDS = re.compile(r"\b(?:article|content|post|entry|text|zoom|main|detail)[\w-]*", re.IGNORECASE)
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
LONGEST_ENTRY, LEAST_LINKS, LONGEST_LINK = 40, 5, 6
SAYS = {
    "title": ("og:title", "articletitle", "title"),
    "authors": ("author", "article:author"),
    "published": ("article:published_time", "pubdate", "publishdate", "publish_time", "date"),
    "publisher": ("contentsource", "og:site_name", "source"),
    "url": ("og:url",),
}


def read_webpage(source: str) -> tuple[str, dict[str, str]]:
    """Text, a line a paragraph, heading or item, and what is told: title, authors, published, publisher, url."""
    source = re.sub(r"^\s*<\?xml[^>]*\?>", "", source)
    try:
        page = html.document_fromstring(source, parser=html.HTMLParser(no_network=True, huge_tree=False))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return "", {}
    told = _told(page)
    lines = _from_heading(_lines(_main(page)), told.get("title", ""))
    if told.get("title") and not any(told["title"] in line for line in lines[:5]):
        lines.insert(0, told["title"])
    return "\n".join(lines), told


def _from_heading(lines: list[str], heading: str) -> list[str]:
    """Leave out the menus above the heading of the article: short lines all."""
    place = lines.index(heading) if heading in lines else 0
    return lines[place:] if all(len(line) <= LONGEST_ENTRY for line in lines[:place]) else lines


def _told(page: Any) -> dict[str, str]:
    said: dict[str, str] = {}
    for meta in page.iter("meta"):
        name = (meta.get("name") or meta.get("property") or "").lower()
        if name and (meta.get("content") or "").strip():
            said.setdefault(name, " ".join(meta.get("content").split()))
    told = {key: next((said[name] for name in names if name in said), "") for key, names in SAYS.items()}
    heading = next((" ".join(one.text_content().split()) for one in page.iter("h1")), "")
    told["title"] = heading or told["title"] or " ".join((page.findtext(".//title") or "").split())
    match = re.search(r"\d{4}-\d\d(?:-\d\d)?|\d{4}", told["published"].replace("/", "-"))
    told["published"] = match[0] if match else ""
    if not re.match("https?://", told["url"]):
        told["url"] = ""
    return {key: value[:500] for key, value in told.items() if value}


def _main(page: Any) -> Any:
    """The element that holds the article: the innermost one that has most of the words in paragraphs."""
    for tag in ("article", "main"):
        found = [one for one in page.iter(tag) if len(one.text_content()) > 200]
        if len(found) == 1:
            return found[0]
    whole = len(page.text_content())
    named = [one for one in page.iter("div", "section", "td") if HOLDS.search(f"{one.get('class')} {one.get('id')}")]
    held = [(len(one.text_content()), -depth, one) for depth, one in enumerate(named[:500])]
    held = [one for one in held if one[0] > max(200, whole * 0.5)]
    return min(held, key=lambda one: one[:2])[2] if held else page


def _lines(top: Any) -> list[str]:
    lines: list[str] = []
    current: list[str] = []

    def end() -> None:
        if line := " ".join("".join(current).split()):
            lines.append(line)
        current.clear()

    skipped: Any = None
    rows = Rows(lines)
    for event, element in etree.iterwalk(top, events=("start", "end", "comment", "pi")):
        if event in ("comment", "pi"):
            current.append("" if skipped is not None else element.tail or "")
            continue
        if event == "start" and skipped is None:
            if element is not top and _is_aside(element):
                skipped = element
                continue
            if element.tag in BLOCKS:
                end()
            if element.tag == "tr":
                rows.begin_row()
            elif element.tag in ("td", "th"):
                rows.begin_cell()
            current.append(element.text or "")
        elif event == "end":
            if skipped is not None and element is not skipped:
                continue
            if element.tag in BLOCKS:
                end()
            if skipped is None and element.tag in ("td", "th"):
                rows.end_cell()
            elif skipped is None and element.tag == "tr":
                rows.end_row()
            skipped = None
            current.append((element.tail or "") if element is not top else "")
    end()
    return lines


def _is_menu(element: Any) -> bool:
    """Whether a list is nothing but links of a word or two."""
    if element.tag not in ("ul", "ol"):
        return False
    links = [link.text_content().strip() for link in element.iter("a")]
    return len(links) >= LEAST_LINKS and sum(map(len, links)) <= LONGEST_LINK * len(links)


def _is_aside(element: Any) -> bool:
    return (
        element.tag in DROPPED
        or _is_menu(element)
        or element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or bool(HIDDEN.search(element.get("style") or ""))
    )
