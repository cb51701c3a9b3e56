"""What a curator may see, refer to and change in bulk: as everywhere in the desk."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from cases.remits import remit_of
from districts.models import District


def may(user: Any, verb: str, model: Any) -> bool:
    return user.is_active and user.is_staff and user.has_perm(f"cases.{verb}_{model._meta.model_name}")


def curated(model: Any, user: Any) -> QuerySet[Any]:
    """What the desk shows this curator."""
    return model.objects.curated_by(user)


def editable(model: Any, user: Any) -> QuerySet[Any]:
    """What this curator may change."""
    return model.objects.editable_by(user)


def choosable(model: Any, user: Any) -> QuerySet[Any]:
    """What this curator may refer to: what readers see, and what the desk shows."""
    return model.objects.visible_to(user, preview=True)


def covers(user: Any, district: int | None, *, above: bool = False) -> bool:
    """Whether a curator may file something in a district, or with `above` in one that holds theirs.

    Without a district it belongs to who entered it.
    """
    if district is None:
        return True
    remit = remit_of(user)
    allowed = remit.within("code") | remit.above("code") if above else remit.within("code")
    return District.objects.filter(allowed, pk=district).exists()
