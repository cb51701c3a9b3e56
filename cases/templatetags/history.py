"""Words of the history of a case."""

from typing import Any

from django import template

from cases.people import name_of
from cases.rich_text import plain_text

register = template.Library()


@register.filter
def person(user: Any) -> str:
    """Name of whoever made a version; a file that was loaded, or an account that is gone, has none."""
    return name_of(user) if user else "（未记录）"


@register.filter
def without_formatting(text: str) -> str:
    return plain_text(text)
