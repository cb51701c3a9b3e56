"""The four groups of curators and what each may do, in the districts of their remit."""

from typing import Any

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.db import connections

ENTRY, CHECKING, ADMINISTRATION, READING = "录入员", "审核员", "管理员", "只读"

EDIT = ("add", "change", "view")
WHOLE = (*EDIT, "delete")

Rights = dict[str, dict[str, tuple[str, ...]]]

# What belongs to a case or list and is edited inside its form; rows may be removed there.
PARTS = ("attachment", "awardentry", "citation", "correction", "credit", "figure", "funnelstage")
ENTRY_RIGHTS: Rights = {
    "cases": {
        # Deleting puts into the bin what one may change.
        "case": WHOLE,
        **dict.fromkeys(("organisation", "source", "awardlist"), EDIT),
        **dict.fromkeys(PARTS, WHOLE),
        **dict.fromkeys(("bulkchange", "sector", "theme", "term", "statuschange"), ("view",)),
    },
    "districts": {"district": ("view",)},
}
# What only checkers enter: it takes effect for every reader at once.
CHECKING_RIGHTS: Rights = {"cases": {"term": EDIT}}
# Where words for terms come from: for those who enter them.
WORD_RIGHTS: Rights = {"cases": {"proposedword": ("change", "view"), "searchcount": ("view",)}}
ADMINISTRATION_RIGHTS: Rights = {
    "cases": {
        **dict.fromkeys(("case", "organisation", "source", "awardlist", "sector", "theme", "term"), WHOLE),
        **dict.fromkeys((*PARTS, "remit"), WHOLE),
        **dict.fromkeys(("auditentry", "bulkchange", "exportrecord", "statuschange"), ("view",)),
        # To empty the bin.
        "discarded": ("delete",),
    },
    "districts": {"district": WHOLE},
    "auth": {"user": WHOLE, "group": WHOLE},
    "portal": {"signinlock": ("view",)},
}
PUBLISHING = {"cases.publish_case", "cases.publish_awardlist"}
# To take away what readers do not see: for those who decide what they see.
EXPORTING = {"cases.export_unpublished"}
# All others are held to the districts of their remit.
EVERYWHERE = {"cases.everywhere"}


def _codes(rights: Rights) -> set[str]:
    return {
        f"{app}.{verb}_{model}" for app, models in rights.items() for model, verbs in models.items() for verb in verbs
    }


# Group name → permissions as `app.codename`.
ROLES: dict[str, set[str]] = {
    ENTRY: _codes(ENTRY_RIGHTS),
    CHECKING: _codes(ENTRY_RIGHTS) | _codes(CHECKING_RIGHTS) | _codes(WORD_RIGHTS) | PUBLISHING | EXPORTING,
    ADMINISTRATION: _codes(ADMINISTRATION_RIGHTS) | _codes(WORD_RIGHTS) | PUBLISHING | EXPORTING | EVERYWHERE,
    READING: {code for code in _codes(ENTRY_RIGHTS) if ".view_" in code},
}


def create_roles(using: str = "default", **kwargs: Any) -> None:
    """Make the groups and give each exactly its rights; safe to repeat, and a receiver of post_migrate."""
    from django.contrib.auth.models import Group, Permission
    from django.contrib.contenttypes.models import ContentType

    tables = connections[using].introspection.table_names()
    if not {model._meta.db_table for model in (Group, Permission, ContentType)} <= set(tables):
        return  # a migration of some apps only
    # After the first migration the permissions of some apps may not have been written yet.
    for label in ("cases", "districts", "auth", "portal"):
        create_permissions(apps.get_app_config(label), verbosity=0, using=using)
    known = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.using(using).select_related("content_type")
    }
    for name, codes in ROLES.items():
        group, _ = Group.objects.using(using).get_or_create(name=name)
        group.permissions.set(known[code] for code in codes)
