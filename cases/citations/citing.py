"""What is cited for one page: the page itself and the sources that it rests on, in every form."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from cases.citations import bibtex, gbt, reference, ris
from cases.citations.reference import Reference
from cases.exports.description import Absolute
from cases.models import AwardList, Case, Source


@dataclass(frozen=True)
class Form:
    """A form of references: what readers call it, how one is written, and what stands between two in a file."""

    label: str
    content_type: str
    written: Callable[[Reference], str]
    between: str


# By the ending of the file.
FORMS = {
    "txt": Form("GB/T 7714—2015", "text/plain", gbt.written, "\n"),
    "bib": Form("BibTeX", "application/x-bibtex", bibtex.written, "\n\n"),
    "ris": Form("RIS", "application/x-research-info-systems", ris.written, ris.LINE_END),
}


class Citing:
    """A page of the library and its sources; nothing is written before it is asked for."""

    def __init__(self, page: Reference, sources: Iterable[Source]) -> None:
        self.page = page
        self._sources = sources

    @cached_property
    def sources(self) -> list[Reference]:
        return [reference.of_source(source) for source in self._sources]

    @property
    def as_text(self) -> str:
        """The page as GB/T 7714 has it."""
        return gbt.written(self.page)

    @property
    def sources_as_text(self) -> list[str]:
        return [gbt.written(source) for source in self.sources]

    @property
    def as_bibtex(self) -> str:
        return self.file("bib")

    @property
    def as_ris(self) -> str:
        """As in the file, with line ends as a page has them."""
        return self.file("ris").replace(ris.LINE_END, "\n")

    @property
    def filename(self) -> str:
        """The name of the files, without ending."""
        return self.page.key

    def file(self, form: str) -> str:
        """The page first, then its sources; every line is ended."""
        one = FORMS[form]
        written = one.between.join(one.written(found) for found in [self.page, *self.sources])
        return written if written.endswith("\n") else f"{written}\n"


def cite_case(case: Case, absolute: Absolute) -> Citing:
    """Cite a published case whose citations are prefetched; `absolute` makes a full address of a path."""
    return Citing(reference.of_case(case, absolute), [one.source for one in case.citations.all()])


def cite_award(award: AwardList, absolute: Absolute) -> Citing:
    """Cite a published list whose sources are prefetched."""
    return Citing(reference.of_award(award, absolute), award.sources.all())
