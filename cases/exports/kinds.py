"""All that can be taken away as a file, by the name under which a task remembers it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from cases.exports.asked import Asked
from cases.exports.award import award_export
from cases.exports.case import case_export, library_export
from cases.exports.description import Export
from cases.exports.forms import FORMS
from cases.exports.organisation import organisation_export
from cases.exports.shortlist import shared_shortlist_export, shortlist_export
from cases.exports.statistics import statistics_export


@dataclass(frozen=True)
class Kind:
    """How a file of this kind is described, raising ExportRefused or Http404, and the formats there are of it."""

    describe: Callable[[Asked], Export[Any]]
    forms: Collection[str] = tuple(FORMS)


KINDS = {
    "cases": Kind(case_export),
    "library": Kind(library_export, ("json", "csv")),
    "award": Kind(award_export),
    "organisations": Kind(organisation_export, ("xlsx", "csv", "json")),
    "shortlist": Kind(shortlist_export),
    "shared-shortlist": Kind(shared_shortlist_export),
    "statistics": Kind(statistics_export, ("xlsx", "csv")),
}
