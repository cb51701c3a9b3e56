"""Clean HTML of any origin: nh3 makes it harmless and well-formed, then its blocks are built anew."""

from __future__ import annotations

import re
from html import unescape

import nh3
from django.utils.safestring import SafeString, mark_safe

from cases.rich_text.building import HREF, PICTURE, SPAN, Builder
from cases.rich_text.plain import ATTRIBUTE, TOKEN, UNWRITABLE, from_plain, is_markup


def _kept(tag: str, name: str, value: str) -> str | None:
    """A value as it may be shown, or None."""
    form = {"href": HREF, "src": PICTURE, "colspan": SPAN, "rowspan": SPAN}.get(name)
    return value if form is None or form.fullmatch(value) else None


# What is kept, and shown.
KEPT = frozenset(
    {
        *("p", "h3", "h4", "strong", "em", "br", "ul", "ol", "li", "blockquote", "a", "img"),
        *("table", "thead", "tbody", "tr", "th", "td"),
    }
)
SPANS = {"colspan", "rowspan"}
ALLOWED = nh3.Cleaner(
    tags=set(KEPT),
    attributes={"a": {"href", "rel"}, "img": {"src", "alt"}, "td": SPANS, "th": SPANS},
    attribute_filter=_kept,
    url_schemes={"http", "https"},
    link_rel=None,
)
# What is read before: all that can be turned into something that is kept, and how programs say what it is.
READ = nh3.Cleaner(
    tags={
        *KEPT,
        *(
            "div",
            "h1",
            "h2",
            "h5",
            "h6",
            "b",
            "i",
            "span",
            "font",
            "caption",
            "tfoot",
            "hr",
            "section",
            "article",
            "main",
        ),
        *("header", "footer", "center", "pre", "dl", "dt", "dd", "figure", "figcaption", "address"),
    },
    attributes={
        "*": {"class", "style"},
        "a": {"href"},
        "img": {"src", "alt"},
        "ol": {"start"},
        "td": SPANS,
        "th": SPANS,
    },
    clean_content_tags={
        *("script", "style", "title", "noscript", "template", "iframe", "object", "svg", "math", "xml", "textarea"),
        *("select", "audio", "video", "canvas", "head"),
    },
    url_schemes={"http", "https"},
    link_rel=None,
)
# The parser takes time by the square of the depth of these; no document of people is so deep.
DEPTH = 100
SHALLOW = re.compile(
    r"<(/?)(?!(?:p|li|d[td]|t[drh]|tbody|thead|tfoot|br|hr|img|input|meta|link|col|o:p|span|font|b|i|u|a|em|strong)"
    r"[\s/>])([a-z][a-z0-9:]*)",
    re.IGNORECASE,
)
TAG = re.compile(r"<[^<>]*>")


class CleanHtml(str):
    """HTML that `clean` returned; cleaning it again is left out."""

    __slots__ = ()


def clean(text: str) -> CleanHtml:
    """Return a text as clean HTML: markup by the allow-list, plain text with everything escaped.

    What it returns it returns unchanged: one text has one form.
    """
    if isinstance(text, CleanHtml):
        return text
    text = UNWRITABLE.sub("", str(text))
    if not is_markup(text):
        return CleanHtml(from_plain(text))
    if _is_too_deep(text):
        return CleanHtml(from_plain(unescape(TAG.sub("\n", text))))
    builder = Builder()
    for slash, tag, attributes, words in TOKEN.findall(READ.clean(text)):
        if words:
            builder.text(unescape(words))
        elif slash:
            builder.end(tag)
        else:
            builder.start(tag, {name: unescape(value) for name, value in ATTRIBUTE.findall(attributes)})
    return CleanHtml(ALLOWED.clean(builder.html()))


def _is_too_deep(text: str) -> bool:
    depth = 0
    for slash, _ in SHALLOW.findall(text):
        depth = max(0, depth - 1) if slash else depth + 1
        if depth > DEPTH:
            return True
    return False


def lost_pictures(text: str, html: str) -> int:
    """How many pictures of a given text are not in what was made of it: those that are no attachments."""
    return max(0, len(re.findall(r"<img\b", text, re.IGNORECASE)) - html.count("<img ")) if is_markup(text) else 0


def shown(html: str) -> SafeString:
    """Return stored HTML for a page: cleaned once more, whoever stored it, and each table in a box that scrolls.

    The only place where stored HTML is marked as safe.
    """
    safe = ALLOWED.clean(html)
    if "<table>" in safe:
        # In attributes `<` is escaped, so this is never within one.
        box = '<div class="table-box" role="group" aria-label="表格" tabindex="0"><table>'
        safe = safe.replace("<table>", box).replace("</table>", "</table></div>")
    return mark_safe(safe)  # noqa: S308  (cleaned above)
