"""One description for each list: its form, choices, chips, counts, order and exports."""

from cases.filters.award import AwardFilter
from cases.filters.case import CaseFilter
from cases.filters.entry import EntryFilter
from cases.filters.organisation import OrganisationFilter

__all__ = ["AwardFilter", "CaseFilter", "EntryFilter", "OrganisationFilter"]
