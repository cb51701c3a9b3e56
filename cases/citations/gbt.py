"""References as GB/T 7714—2015 writes them, in the order of 顺序编码制 and without a number.

The clauses named here are those of the standard: 4.4 for articles, 4.6 for what is online, 8.1 for authors, 8.4 for
dates, 8.8 for the places of articles, 附录 B for the letters.
"""

from __future__ import annotations

from cases.citations.authors import Authors
from cases.citations.reference import Reference
from cases.models import Source

LETTERS = {
    Source.Kind.NEWSPAPER: "N",
    Source.Kind.JOURNAL: "J",
    Source.Kind.WEBPAGE: "EB",
    Source.Kind.DOCUMENT: "A",
}
NAMED = 3  # 8.1.2
NO_DATE = "[出版日期不详]"


def written(reference: Reference) -> str:
    """Return the whole reference, ending in a full stop."""
    where = {
        Source.Kind.NEWSPAPER: _in_newspaper,
        Source.Kind.JOURNAL: _in_journal,
        Source.Kind.WEBPAGE: _online,
        Source.Kind.DOCUMENT: _document,
    }[reference.kind](reference)
    parts = [_authors(reference.responsible), reference.title + _letters(reference), where, reference.url]
    return ". ".join(part for part in parts if part) + "."


def _letters(reference: Reference) -> str:
    is_online = reference.url or reference.kind == Source.Kind.WEBPAGE
    return f"[{LETTERS[reference.kind]}{'/OL' if is_online else ''}]"


def _authors(authors: Authors) -> str:
    """Three names at most, then 等; without a name the title begins (8.1.2, 8.1.3)."""
    more = ["等"] if authors.more or len(authors.names) > NAMED else []
    return ", ".join([*authors.names[:NAMED], *more]) if authors else ""


def _visited(reference: Reference) -> str:
    return f"[{reference.cited_on.isoformat()}]" if reference.url else ""


def _in_newspaper(reference: Reference) -> str:
    edition = f"({reference.edition})" if reference.edition else ""
    place = ", ".join(filter(None, (reference.publisher, reference.published or NO_DATE)))
    return f"{place}{edition}{_visited(reference)}"


def _in_journal(reference: Reference) -> str:
    """With an issue its year; otherwise the date as far as known, which is all that tells the issue."""
    issue, pages = reference.issue, reference.pages
    published = (reference.published[:4] if issue else reference.published) or NO_DATE
    numbered = f"{published}({issue})" if issue else published
    place = ", ".join(filter(None, (reference.publisher, numbered)))
    return place + (f": {pages}" if pages else "") + _visited(reference)


def _online(reference: Reference) -> str:
    """An issuer with the year, unless it is the author itself; then the day of the last change and of the visit."""
    changed, issuer = reference.published, reference.issuer
    issued = ", ".join(filter(None, (issuer, changed[:4]))) if issuer else ""
    is_told = issued.endswith(changed)
    return issued + ("" if is_told else f"({changed})") + _visited(reference)


def _document(reference: Reference) -> str:
    if reference.url:
        return _online(reference)
    return ", ".join(filter(None, (reference.issuer, reference.published)))
