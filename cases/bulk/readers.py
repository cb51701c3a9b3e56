"""The kinds of files that are imported, by the label of their model."""

from cases.bulk.case_rows import CaseRows
from cases.bulk.list_rows import ListRows
from cases.bulk.organisation_rows import OrganisationRows
from cases.bulk.rows import RowReader

READERS: dict[str, type[RowReader]] = {
    reader.records.model._meta.label_lower: reader for reader in (CaseRows, OrganisationRows, ListRows)
}
