"""The words of the library as records."""

from cases.models.article_import import ArticleImport
from cases.models.attachment import Attachment
from cases.models.audit_entry import AuditEntry, AuditHead
from cases.models.award import AwardEntry, AwardList, FunnelStage
from cases.models.bulk_change import BulkChange, BulkRecord
from cases.models.case import Case
from cases.models.case_version import CaseVersion
from cases.models.correction import Correction
from cases.models.credit import Credit
from cases.models.discarded import Discarded
from cases.models.export_file import ExportFile
from cases.models.export_record import ExportRecord
from cases.models.figure import Figure
from cases.models.imported import Import, ImportRow
from cases.models.index_change import IndexChange
from cases.models.merge import Merge
from cases.models.notice import Notice
from cases.models.number import IssuedNumber
from cases.models.organisation import Organisation
from cases.models.possible_duplicate import CaseSketch, PossibleDuplicate, SketchKey
from cases.models.proposed_word import ProposedWord, WordSurvey
from cases.models.remit import Remit
from cases.models.search_count import OpenedCount, SearchCount
from cases.models.shortlist import Shortlist, ShortlistItem
from cases.models.source import Citation, Source
from cases.models.status import StatusChange
from cases.models.term import Term
from cases.models.vocabulary import Sector, Theme
from cases.models.working_copy import WorkingCopy

__all__ = [
    "ArticleImport",
    "Attachment",
    "AuditEntry",
    "AuditHead",
    "AwardEntry",
    "AwardList",
    "BulkChange",
    "BulkRecord",
    "Case",
    "CaseSketch",
    "CaseVersion",
    "Citation",
    "Correction",
    "Credit",
    "Discarded",
    "ExportFile",
    "ExportRecord",
    "Figure",
    "FunnelStage",
    "Import",
    "ImportRow",
    "IndexChange",
    "IssuedNumber",
    "Merge",
    "Notice",
    "OpenedCount",
    "Organisation",
    "PossibleDuplicate",
    "ProposedWord",
    "Remit",
    "SearchCount",
    "Sector",
    "Shortlist",
    "ShortlistItem",
    "SketchKey",
    "Source",
    "StatusChange",
    "Term",
    "Theme",
    "WordSurvey",
    "WorkingCopy",
]
