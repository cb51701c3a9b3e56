"""How templates show the library's texts and numbers."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from django import template
from django.core.paginator import Paginator
from django.template.defaultfilters import stringfilter
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from cases import rich_text, search
from cases.models import Case, Organisation

register = template.Library()

register.filter("rich", rich_text.shown)

LIST_MARK = re.compile(r"^- ", re.MULTILINE)


@register.filter
def page_numbers(paginator: Paginator, current: int) -> Iterator[int | str]:
    return paginator.get_elided_page_range(current, on_each_side=2, on_ends=1)


@register.filter
def beside(cells: Iterable[Any], columns: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    """Pairs of a column and its cell."""
    return zip(columns, cells, strict=True)


@register.filter
@stringfilter
def marked(text: str, words: str) -> SafeString:
    """The text, escaped, with what matched the reader's words marked."""
    return search.highlight(text, words) if words else conditional_escape(text)


@register.filter
def earlier_name(organisation: Organisation, spellings: Iterable[str]) -> str:
    """The earlier name by which an organisation was found, where it was not found by a present one."""
    return organisation.earlier_name_with(spellings)


@register.filter
def passage(case: Case, words: str) -> SafeString:
    """The passage of a case that fits the words best, or the beginning of its summary."""
    texts = [case.summary]
    if words:
        texts = [case.text_of(name) for name in Case.SECTIONS]
        texts.append("；".join(map(str, case.figures.all())))
    return search.snippet(words, (LIST_MARK.sub("", text) for text in texts))


@register.filter
@stringfilter
def paragraphs(text: str) -> SafeString:
    """Plain text as paragraphs, one a line as pasted articles have them, and lists where lines begin with `- `."""
    parts = []
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for is_item, block in groupby(lines, key=lambda line: line.startswith("- ")):
        if is_item:
            parts.append(format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((i[2:],) for i in block))))
        else:
            parts.append(format_html_join("", "<p>{}</p>", ((line,) for line in block)))
    return mark_safe("".join(parts))  # noqa: S308  (joined from escaped parts)
