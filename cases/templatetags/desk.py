"""What the admin's own pages ask the library."""

from typing import Any

from django import template

from cases import search, todo
from cases.admin.examples import EXAMPLES, Example
from cases.models import Notice
from cases.remits import is_curator

register = template.Library()


@register.simple_tag
def search_index() -> search.Status:
    """How the search index is."""
    return search.status()


@register.filter
def example(name: str) -> Example | None:
    """The worked example of a field of a case, if it has one."""
    return EXAMPLES.get(name)


@register.simple_tag
def waiting_for(user: Any) -> list[todo.Waiting]:
    """What waits for a curator."""
    return todo.waiting_for(user)


@register.simple_tag
def unread_notices(user: Any) -> int | None:
    """How many notices a curator has not read; None for who gets none."""
    return Notice.objects.of(user).unread().count() if is_curator(user) else None
