"""References as entries of a BibTeX file, in the types and fields of biblatex, to be read as UTF-8 (biber does)."""

from __future__ import annotations

from cases.citations.authors import HANZI_NAME, Authors
from cases.citations.reference import Reference
from cases.models import Source

# A brace is told by its name: programs count the braces of a field before they look for a backslash.
ESCAPES = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{sign: f"\\{sign}" for sign in "%&$#_"},
    }
)
VERBATIM = str.maketrans({sign: f"%{ord(sign):02X}" for sign in "{}\\ "})
TYPES = {
    Source.Kind.NEWSPAPER: "article",
    Source.Kind.JOURNAL: "article",
    Source.Kind.WEBPAGE: "online",
    Source.Kind.DOCUMENT: "report",
}
# Which field has the publisher.
PUBLISHERS = {
    Source.Kind.NEWSPAPER: "journaltitle",
    Source.Kind.JOURNAL: "journaltitle",
    Source.Kind.WEBPAGE: "organization",
    Source.Kind.DOCUMENT: "institution",
}


def written(reference: Reference) -> str:
    """Return one entry."""
    named = [f"  {name} = {{{value}}}," for name, value in _fields(reference).items() if value]
    return "\n".join([f"@{TYPES[reference.kind]}{{{reference.key},", *named, "}"])


def escaped(text: str) -> str:
    return text.translate(ESCAPES)


def _fields(reference: Reference) -> dict[str, str]:
    """Fields whose texts are escaped; an address is verbatim to biblatex and has its braces as percentages."""
    kind = reference.kind
    return {
        "author": _authors(reference.responsible),
        "title": escaped(reference.title),
        PUBLISHERS[kind]: escaped(reference.issuer),
        "type": "公文" if kind == Source.Kind.DOCUMENT else "",
        "entrysubtype": "newspaper" if kind == Source.Kind.NEWSPAPER else "",
        "date": reference.published,
        "number": escaped(reference.issue) if kind == Source.Kind.JOURNAL else "",
        "pages": escaped(_pages(reference)),
        "url": reference.url.translate(VERBATIM),
        "urldate": reference.cited_on.isoformat() if reference.url else "",
        "langid": "chinese",
    }


def _pages(reference: Reference) -> str:
    if reference.kind == Source.Kind.JOURNAL:
        return reference.pages
    return reference.edition if reference.kind == Source.Kind.NEWSPAPER else ""


def _authors(authors: Authors) -> str:
    """Names joined by `and`; all but short Chinese ones are braced, lest a part of a body be a surname."""
    names = [name if HANZI_NAME.fullmatch(name) else f"{{{escaped(name)}}}" for name in authors.names]
    return " and ".join([*names, *(["others"] if authors.more and names else [])])
