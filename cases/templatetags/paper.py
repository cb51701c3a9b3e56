"""How templates of documents show texts."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from cases.exports.document import groups_of, pieces_of

register = template.Library()
register.filter("groups", groups_of)


@register.filter
def percent(share: float) -> str:
    """A share as style sheets write it; rounded to whole ones, many columns would be wider than the page."""
    return f"{share:.2%}"


@register.filter
def linked(text: str) -> SafeString:
    """The text, escaped, with its addresses as links."""
    pieces = (format_html('<a href="{0}">{0}</a>', p.url) if p.url else p.text for p in pieces_of(text))
    return format_html_join("", "{}", ((piece,) for piece in pieces))
