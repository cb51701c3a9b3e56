"""The curators' desk: stock Django admin, titled and ordered for them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django_tasks_db.admin import DBTaskResult

from cases.admin.article_import import ArticleImportAdmin
from cases.admin.audit import AuditEntryAdmin
from cases.admin.award import AwardListAdmin
from cases.admin.bulk_change import BulkChangeAdmin
from cases.admin.case import CaseAdmin
from cases.admin.discarded import DiscardedAdmin
from cases.admin.district import DiscardingDistrictAdmin
from cases.admin.export_record import ExportRecordAdmin
from cases.admin.merge import MergeAdmin
from cases.admin.notice import NoticeAdmin
from cases.admin.organisation import OrganisationAdmin
from cases.admin.possible_duplicate import PossibleDuplicateAdmin
from cases.admin.proposed_word import ProposedWordAdmin
from cases.admin.search_count import SearchCountAdmin
from cases.admin.source import SourceAdmin
from cases.admin.term import TermAdmin
from cases.admin.vocabulary import VocabularyAdmin

__all__ = [
    "ArticleImportAdmin",
    "AuditEntryAdmin",
    "AwardListAdmin",
    "BulkChangeAdmin",
    "CaseAdmin",
    "DiscardedAdmin",
    "DiscardingDistrictAdmin",
    "ExportRecordAdmin",
    "MergeAdmin",
    "NoticeAdmin",
    "OrganisationAdmin",
    "PossibleDuplicateAdmin",
    "ProposedWordAdmin",
    "SearchCountAdmin",
    "SourceAdmin",
    "TermAdmin",
    "VocabularyAdmin",
]

# What the queue of exports holds is nothing to read for curators.
admin.site.unregister(DBTaskResult)

admin.site.site_header = admin.site.site_title = "基层党建创新案例库 · 管理"
admin.site.index_title = "管理首页"

# What a curator opens most comes first.
WORKING_ORDER = [
    "Case",
    "AwardList",
    "Organisation",
    "Source",
    "Theme",
    "Sector",
    "Term",
    "ArticleImport",
    "PossibleDuplicate",
    "ProposedWord",
    "SearchCount",
    "Notice",
    "Discarded",
    "BulkChange",
    "Merge",
    "ExportRecord",
    "AuditEntry",
    "District",
    "User",
    "Group",
    "SignInLock",
]

_alphabetical = admin.site.get_app_list


def in_working_order(request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
    """List the apps and models that this user may open, the most used first."""

    def rank(model: dict[str, Any]) -> int:
        name = model["object_name"]
        return WORKING_ORDER.index(name) if name in WORKING_ORDER else len(WORKING_ORDER)

    listed = _alphabetical(request, app_label)
    for app in listed:
        app["models"].sort(key=rank)
    return sorted(listed, key=lambda app: rank(app["models"][0]))


# A site class of our own would have to live outside this package, which registers with the site while it is imported.
admin.site.get_app_list = in_working_order  # type: ignore[method-assign]
