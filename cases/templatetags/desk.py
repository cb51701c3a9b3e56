"""What the admin's own pages ask the library."""

from typing import Any
from unicodedata import category

from django import template
from django.utils.html import format_html

from cases import rich_text, search, todo
from cases.admin.attachment import thumbnail
from cases.admin.examples import EXAMPLES, Example
from cases.models import Attachment, Case, Figure, Notice
from cases.models.qualifier import plain_number
from cases.remits import is_curator, remit_of

register = template.Library()

SHAPES = {" ": "␣", "\u3000": "［全角空格］", "\u00a0": "［不换行空格］", "\t": "［制表符］", "\n": "↵"}


@register.simple_tag
def search_index() -> search.Status:
    """How the search index is."""
    return search.status()


@register.filter
def example(name: str) -> Example | None:
    """The worked example of a field of a case, if it has one."""
    return EXAMPLES.get(name)


@register.filter
def as_read(field: Any) -> str:
    """What a field of a form holds, to who may only read it: as readers see it, not as it is stored."""
    name, record = field.field["name"], field.form.instance
    if isinstance(record, Case) and name in Case.RICH and getattr(record, name):
        return format_html('<div class="rich-shown">{}</div>', rich_text.shown(getattr(record, name)))
    if isinstance(record, Attachment) and name == "file" and record.pk:
        return thumbnail(record)
    if isinstance(record, Figure) and name == "value" and record.value is not None:
        return plain_number(record.value)
    return str(field.contents())


@register.filter
def seen(text: str) -> str:
    """A piece of a text with what nobody sees made visible: line ends, characters without a shape, lone blanks."""
    shown = "".join(SHAPES.get(sign, sign) for sign in text) if not text.strip() else text.replace("\n", "↵")
    return "".join(f"［U+{ord(sign):04X}］" if category(sign)[0] == "C" else sign for sign in shown)


@register.simple_tag
def waiting_for(user: Any) -> list[todo.Waiting]:
    """What waits for a curator."""
    return todo.waiting_for(user)


@register.simple_tag
def pairs_waiting_for(user: Any) -> todo.WaitingPairs | None:
    """What probably is there twice and waits for a curator to say."""
    return todo.pairs_waiting_for(user)


@register.simple_tag
def unread_notices(user: Any) -> int | None:
    """How many notices a curator has not read; None for who gets none."""
    return Notice.objects.of(user).unread().count() if is_curator(user) else None


@register.filter
def has_districts(user: Any) -> bool:
    """Whether a curator works for any district; without one there is next to nothing to see."""
    remit = remit_of(user)
    return remit.is_everywhere or bool(remit.districts)
