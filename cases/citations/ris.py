"""References as RIS, which EndNote, NoteExpress and Zotero read: a tag and a value a line, lines end in CR LF."""

from __future__ import annotations

from cases.citations.reference import Reference
from cases.models import Source

TYPES = {
    Source.Kind.NEWSPAPER: "NEWS",
    Source.Kind.JOURNAL: "JOUR",
    Source.Kind.WEBPAGE: "ELEC",
    Source.Kind.DOCUMENT: "GOVDOC",
}
LANGUAGE = "zh-CN"
LINE_END = "\r\n"


def written(reference: Reference) -> str:
    """Return one record, from TY to ER."""
    return "".join(f"{tag}  - {value}{LINE_END}" for tag, value in _lines(reference))


def _lines(reference: Reference) -> list[tuple[str, str]]:
    is_article = reference.kind in (Source.Kind.NEWSPAPER, Source.Kind.JOURNAL)
    is_journal = reference.kind == Source.Kind.JOURNAL
    first, _, last = reference.pages.partition("-")
    told = [
        ("TI", reference.title),
        *(("AU", name) for name in reference.responsible.names),
        ("T2" if is_article else "PB", reference.issuer),
        ("PY", reference.published[:4]),
        ("DA", _date(reference.published)),
        ("IS", reference.issue if is_journal else ""),
        ("SP", first if is_journal else reference.edition),
        ("EP", last if is_journal else ""),
        ("UR", reference.url),
        ("Y2", _date(reference.cited_on.isoformat()) if reference.url else ""),
        ("LA", LANGUAGE),
        ("ID", reference.key),
    ]
    return [("TY", TYPES[reference.kind]), *((tag, value) for tag, value in told if value), ("ER", "")]


def _date(published: str) -> str:
    """Write `2020/11/16/` with all its slashes, however much of the date is known; nothing for no date."""
    return "/".join([*published.split("-"), "", "", ""][:4]) if published else ""
