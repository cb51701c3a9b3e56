"""The kinds of records that are changed in bulk, by the label of their model."""

from cases.bulk.case_records import CaseRecords
from cases.bulk.list_records import ListRecords
from cases.bulk.organisation_records import OrganisationRecords
from cases.bulk.records import Records
from cases.bulk.source_records import SourceRecords

KINDS: dict[str, Records] = {
    kind.model._meta.label_lower: kind
    for kind in (CaseRecords(), OrganisationRecords(), ListRecords(), SourceRecords())
}
