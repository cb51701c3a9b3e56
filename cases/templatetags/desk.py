"""What the admin's own pages ask the library."""

from django import template

from cases import search

register = template.Library()


@register.simple_tag
def search_index() -> search.Status:
    """How the search index is."""
    return search.status()
