"""How templates of documents show texts."""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from cases.exports.document import KEPT, groups_of, pieces_of

register = template.Library()
register.filter("groups", groups_of)


@register.filter
def is_long(texts: Iterable[str]) -> bool:
    """Whether a row with these texts may be broken over pages."""
    return max(map(len, texts)) > KEPT


@register.filter
def linked(text: str) -> SafeString:
    """The text, escaped, with its addresses as links."""
    pieces = (format_html('<a href="{0}">{0}</a>', p.url) if p.url else p.text for p in pieces_of(text))
    return format_html_join("", "{}", ((piece,) for piece in pieces))
