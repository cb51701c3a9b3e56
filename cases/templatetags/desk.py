"""What the admin's own pages ask the library."""

from django import template

from cases import search
from cases.admin.examples import EXAMPLES, Example

register = template.Library()


@register.simple_tag
def search_index() -> search.Status:
    """How the search index is."""
    return search.status()


@register.filter
def example(name: str) -> Example | None:
    """The worked example of a field of a case, if it has one."""
    return EXAMPLES.get(name)
