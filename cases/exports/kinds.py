"""All that can be taken away as a file, by the name under which a task remembers it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from cases.exports.asked import Asked
from cases.exports.audit import audit_export
from cases.exports.award import award_export
from cases.exports.case import case_export, library_export, one_case_export
from cases.exports.compare import compare_export
from cases.exports.description import Export
from cases.exports.desk import desk_export
from cases.exports.forms import FORMS
from cases.exports.organisation import organisation_export
from cases.exports.plan import Plan
from cases.exports.shortlist import shared_shortlist_export, shortlist_export
from cases.exports.statistics import statistics_export, statistics_plan


@dataclass(frozen=True)
class Kind:
    """How a file of this kind is described, raising ExportRefused or Http404, and the formats there are of it.

    `plan` is given where describing takes long. What `is_private` holds things of one reader, or what a link led to
    that may be revoked: such a file is for who asked alone, and only while it can still be described.
    """

    describe: Callable[[Asked], Export[Any]]
    forms: Collection[str] = tuple(FORMS)
    plan: Callable[[Asked], Plan] | None = None
    is_private: bool = False

    def planned(self, asked: Asked) -> Plan:
        return self.plan(asked) if self.plan else Plan.of(self.describe(asked), asked.params.getlist("column"))


KINDS = {
    "cases": Kind(case_export),
    "case": Kind(one_case_export, ("docx", "pdf", "json")),
    "compare": Kind(compare_export, ("docx", "pdf", "xlsx", "csv")),
    "library": Kind(library_export, ("json", "csv")),
    "award": Kind(award_export),
    "statistics": Kind(statistics_export, ("xlsx", "docx", "pdf", "csv"), plan=statistics_plan),
    "organisations": Kind(organisation_export),
    "audit": Kind(audit_export, ("xlsx", "csv"), is_private=True),
    "desk": Kind(desk_export, is_private=True),
    "shortlist": Kind(shortlist_export, is_private=True),
    "shared-shortlist": Kind(shared_shortlist_export, is_private=True),
}
