"""Publish cases whose time has come, checking each again."""

from __future__ import annotations

import logging
from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django_tasks import task

from cases import notices, workflow
from cases.models import Case, Notice

log = logging.getLogger(__name__)

SCHEDULED = "定时发布"
NO_RIGHT = "定时的人已经不能发布它"


def at_its_time(at: datetime) -> None:
    """Have the queue look for what is due at a time; in the transaction that sets it."""
    publish_when_due.using(run_after=at).enqueue()


@task()
def publish_when_due() -> None:
    publish_due()


def publish_due() -> int:
    """Publish what is due and still may be, and return how many; the others get a notice and no time.

    Any process may do so at any moment, several at once too: whoever comes second finds nothing to do.
    """
    return sum(_publish(pk) for pk in Case.objects.due().order_by("publish_at", "pk").values_list("pk", flat=True))


def _publish(pk: int) -> bool:
    with transaction.atomic():
        case = Case.objects.due().select_for_update(of=("self",)).filter(pk=pk).first()
        if case is None:
            return False
        by = case.scheduled_by
        try:
            if by is None or workflow.refusal(by, case, workflow.MOVES["publish"]):
                raise ValidationError(NO_RIGHT)
            with transaction.atomic():
                case.publish(by=by, reason=SCHEDULED)
        except (ValidationError, IntegrityError) as error:
            why = "；".join(error.messages) if isinstance(error, ValidationError) else "内容不完整"
            log.warning("case %s was not published at its time", case.number)
            _give_up(pk, by, why)
            return False
    return True


def _give_up(pk: int, by: User | None, why: str) -> None:
    """Take the time away and tell who set it; where they may not see the case any more, who may publish it."""
    case = Case.objects.get(pk=pk)
    case.unschedule(by=None, reason=why)
    is_told = by is not None and by.is_active and workflow.is_curated(by, case)
    people = [by] if by and is_told else notices.checkers_of(case)
    notices.tell(case, Notice.Kind.NOT_PUBLISHED, people, why)
