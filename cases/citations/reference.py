"""One thing that can be cited, as its record has it; what each form makes of it is the form's own module's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils import timezone

from cases.citations.authors import Authors
from cases.exports.description import Absolute, cleaned
from cases.models import AwardList, Case, Source


def one_line(text: str) -> str:
    """Return the text without control characters, its white space and line breaks folded."""
    return " ".join(cleaned(text).split())


@dataclass(frozen=True)
class Reference:
    """A source, or a page of the library, which is a web page that the library itself answers for.

    `key` is ASCII and stays; `published` is a date as far as known; `url` and `publisher` may be empty. Web pages are
    said to have been visited on `cited_on`.
    """

    key: str
    kind: Source.Kind
    authors: Authors
    title: str
    publisher: str
    published: str
    page: str
    url: str
    cited_on: date

    @property
    def responsible(self) -> Authors:
        """Who answers for the text: a web page or a document without an author is its publisher's."""
        is_article = self.kind in (Source.Kind.NEWSPAPER, Source.Kind.JOURNAL)
        return self.authors if self.authors or is_article or not self.publisher else Authors([self.publisher])

    @property
    def issuer(self) -> str:
        """The publisher where that is somebody else."""
        return self.publisher if self.responsible is self.authors else ""

    @property
    def edition(self) -> str:
        """The number of a newspaper's page: 8 for 第08版, A08 for A08版要闻; else what is written."""
        found = re.match(r"第?\s*([A-Za-z]*\d+)\s*(?:版|$)", self.page)
        number = found[1] if found else re.sub(r"^第\s*|\s*版$", "", self.page)
        return number.lstrip("0") if number.isdecimal() else number

    @property
    def issue(self) -> str:
        """The number of a journal's issue, where the record has one."""
        found = re.search(r"第?\s*([\d/]+)\s*期", self.page)
        return found[1].lstrip("0") if found else ""

    @property
    def pages(self) -> str:
        """The pages in a journal: `12-15`, or what is written when it is written otherwise."""
        rest = re.sub(r"^.*期\W*", "", self.page)
        found = re.fullmatch(r"(?:第|pp?\.)?\s*(\d+)\s*(?:[-–—～~至]+\s*(\d+)\s*)?页?", rest)
        return "-".join(number for number in found.groups() if number) if found else rest


def of_case(case: Case, absolute: Absolute) -> Reference:
    """The library's own page of a published case."""
    changed = case.updated_on or timezone.localdate(case.published_at)
    return _page(f"case-{case.number}", case.title, changed.isoformat(), absolute(case.get_absolute_url()))


def of_award(award: AwardList, absolute: Absolute) -> Reference:
    """The library's own page of a list; when that was written is not on record."""
    return _page(f"list-{award.slug}", award.title, "", absolute(award.get_absolute_url()))


def _page(key: str, title: str, changed: str, url: str) -> Reference:
    return Reference(
        key=key,
        kind=Source.Kind.WEBPAGE,
        authors=Authors([settings.SITE["name"]]),
        title=one_line(title),
        publisher="",
        published=changed,
        page="",
        url=one_line(url),
        cited_on=timezone.localdate(),
    )


def of_source(source: Source) -> Reference:
    return Reference(
        key=f"source-{source.key}",
        kind=Source.Kind(source.kind),
        authors=Authors.read(one_line(source.authors)),
        title=one_line(source.title),
        publisher=one_line(source.publisher),
        published=source.published,
        page=one_line(source.page),
        url=one_line(source.url),
        cited_on=timezone.localdate(),
    )
