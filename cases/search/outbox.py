"""Write down, in the transaction of a change, which cases the index must look at again.

The rows only say “look again”: the drainer reads the case as it is by then. Paths around the signals (`update()`,
`bulk_create()`, raw SQL) call `record`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models, transaction
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save

from cases.models import AwardEntry, AwardList, Case, Credit, Figure, IndexChange, Organisation, Sector, Theme
from cases.search import drainer
from districts.models import District, full_names_changed

BATCH = 500


def record(case_ids: Iterable[int | None]) -> None:
    """Have the index look again at these cases once the transaction is committed."""
    rows = [IndexChange(case_id=case_id) for case_id in dict.fromkeys(case_ids) if case_id]
    if rows:
        IndexChange.objects.bulk_create(rows, batch_size=BATCH)
        transaction.on_commit(drainer.notify)


def connect() -> None:
    """Connect the signal receivers of the outbox, the only ones in the product besides the guards."""
    _connect(Case, _case, post_save, post_delete)
    for part in (Credit, Figure, AwardEntry):
        _connect(part, _part_of_case, post_save, post_delete)
        _connect(part, _part_before, pre_save)
    for named in (AwardList, Organisation, District, Sector, Theme):
        _connect(named, _named, post_save)
    # Rows of a many-to-many table go without a signal, so ask while they are there.
    _connect(Theme, _named, pre_delete)
    full_names_changed.connect(_districts, dispatch_uid="search outbox")
    m2m_changed.connect(_themes, sender=Case.themes.through, dispatch_uid="search outbox")


def _connect(model: type[models.Model], receiver: Any, *signals: Any) -> None:
    for signal in signals:
        signal.connect(receiver, sender=model, dispatch_uid=f"search outbox {receiver.__name__}")


def _case(instance: Case, **kwargs: Any) -> None:
    record([instance.pk])


def _part_of_case(instance: Credit | Figure | AwardEntry, **kwargs: Any) -> None:
    record([instance.case_id])


def _part_before(sender: type[models.Model], instance: Credit | Figure | AwardEntry, **kwargs: Any) -> None:
    """A part that goes over to another case leaves the first one."""
    if instance.pk:
        before = sender._default_manager.filter(pk=instance.pk).exclude(case_id=instance.case_id)
        record(before.values_list("case_id", flat=True))


def _named(instance: models.Model, created: bool = False, **kwargs: Any) -> None:
    """Something whose name cases show: all of them."""
    if not created:
        record(CASES_SHOWING[type(instance)](instance).values_list("pk", flat=True))


CASES_SHOWING = {
    AwardList: lambda shown: Case.objects.filter(awards__award_list=shown),
    Organisation: lambda shown: Case.objects.filter(credits__organisation=shown),
    District: lambda shown: Case.objects.filter(district=shown),
    Sector: lambda shown: Case.objects.filter(sector=shown),
    Theme: lambda shown: Case.objects.filter(themes=shown),
}


def _districts(districts: list[District], **kwargs: Any) -> None:
    """Districts whose full names changed with that of one above them."""
    for start in range(0, len(districts), BATCH):
        record(Case.objects.filter(district__in=districts[start : start + BATCH]).values_list("pk", flat=True))


def _themes(instance: models.Model, action: str, reverse: bool, pk_set: set[int] | None, **kwargs: Any) -> None:
    if action not in {"post_add", "post_remove", "pre_clear", "post_clear"}:
        return
    if isinstance(instance, Case):
        record([instance.pk])
    elif pk_set is not None:
        record(pk_set)
    else:
        record(instance.cases.values_list("pk", flat=True))  # type: ignore[attr-defined]
