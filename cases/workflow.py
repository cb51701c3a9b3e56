"""Who may do what with a case: from which status to which, needing which right, where. All else reads it from here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone

if TYPE_CHECKING:
    from cases.models.case import Case

EDIT, PUBLISH, DISCARD = "cases.change_case", "cases.publish_case", "cases.delete_case"
# What a move asks for.
REASON, TIME = "reason", "time"
LONGEST_REASON = 500
# Later than this is a slip of the pen.
FURTHEST = timedelta(days=366)


class Status(models.TextChoices):
    DRAFT = "draft", "草稿"
    REVIEW = "review", "待审"
    PUBLISHED = "published", "已发布"
    WITHDRAWN = "withdrawn", "已撤下"


@dataclass(frozen=True)
class Move:
    """One step of a case: `name` is the method of Case that makes it. It ends in the status that it began in if that
    is the same as `after`.
    """

    name: str
    label: str
    done: str
    before: frozenset[Status]
    after: Status
    right: str = PUBLISH
    asks: str = ""
    # On a case with a time set, or without one; None on either.
    is_scheduled: bool | None = None

    def starts_from(self, case: Case) -> bool:
        is_scheduled = case.publish_at is not None
        return case.status in self.before and self.is_scheduled in {None, is_scheduled}


def _from(*statuses: Status) -> frozenset[Status]:
    return frozenset(statuses)


MOVES = {
    move.name: move
    for move in (
        Move("submit", "提交审核", "已提交审核", _from(Status.DRAFT), Status.REVIEW, EDIT),
        Move("publish", "发布", "已发布", _from(Status.DRAFT, Status.REVIEW), Status.PUBLISHED),
        Move("republish", "重新发布", "已重新发布", _from(Status.WITHDRAWN), Status.PUBLISHED),
        Move("schedule", "定时发布", "已定时发布", _from(Status.REVIEW), Status.REVIEW, asks=TIME),
        Move("unschedule", "取消定时", "已取消定时发布", _from(Status.REVIEW), Status.REVIEW, is_scheduled=True),
        Move(
            "send_back",
            "退回修改",
            "已退回，可以继续修改",
            _from(Status.REVIEW, Status.WITHDRAWN),
            Status.DRAFT,
            asks=REASON,
        ),
        Move("take_back", "撤回提交", "已撤回提交，可以继续修改", _from(Status.REVIEW), Status.DRAFT, EDIT),
        Move("withdraw", "撤下", "已撤下，读者不再看到", _from(Status.PUBLISHED), Status.WITHDRAWN, asks=REASON),
        # What a save of a published case was: made by saving, on its form.
        Move("polish", "文字润色", "已润色", _from(Status.PUBLISHED), Status.PUBLISHED),
        Move("correct", "勘误", "已勘误", _from(Status.PUBLISHED), Status.PUBLISHED),
    )
}
BY_SAVING = ("polish", "correct")
PUBLISHING = ("publish", "republish")

# From each status those that a move leads to.
AFTER = {
    status: {move.after for move in MOVES.values() if status in move.before and move.after != status}
    for status in Status
}


def is_curated(user: Any, case: Case) -> bool:
    """Whether the admin shows the case to this person at all."""
    from cases.models import Case

    return Case.objects.curated_by(user).filter(pk=case.pk).exists()


def may_edit(user: Any, case: Case) -> bool:
    from cases.models import Case

    return Case.objects.editable_by(user).filter(pk=case.pk).exists()


def may_discard(user: Any, case: Case) -> bool:
    """Whether this person may put the case into the bin: what is not public, where they may change it."""
    return case.status != Status.PUBLISHED and user.has_perm(DISCARD) and may_edit(user, case)


def moves_open_to(user: Any, case: Case | None) -> list[Move]:
    """The moves that buttons make, this person may make, and the case allows; None is a case about to be added."""
    if case is None:
        first = [move for move in MOVES.values() if Status.DRAFT in move.before and user.has_perm(move.right)]
        return first if user.has_perm(EDIT) else []
    open_to = moves_from(user, case)
    return open_to if open_to and is_curated(user, case) else []


def moves_from(user: Any, case: Case) -> list[Move]:
    """As `moves_open_to`, of a case that the admin shows this person; asks the database nothing."""
    possible = [move for move in MOVES.values() if move.starts_from(case) and move.name not in BY_SAVING]
    return [move for move in possible if user.has_perm(move.right) and user.has_perm(EDIT)]


def refusal(user: Any, case: Case, move: Move) -> str:
    """Say why this person may not make this move with the case as it stands; nothing where they may."""
    if not user.has_perm(EDIT) or not is_curated(user, case):
        return f"案例 {case.number} 不归您处理，请联系审核员"
    if not user.has_perm(move.right):
        return f"案例 {case.number}：您没有“{move.label}”的权限，请联系审核员"
    if not move.starts_from(case):
        return cannot(case, move)
    return ""


def cannot(case: Case, move: Move) -> str:
    if move.is_scheduled and case.publish_at is None and case.status in move.before:
        return f"案例 {case.number} 没有定时，不能{move.label}"
    return f"案例 {case.number} 现为“{Status(case.status).label}”，不能{move.label}"


def make(case: Case, name: str, *, by: Any, reason: str = "", at: datetime | None = None) -> Move:
    """Make a move for a person; raise ValidationError saying why it cannot be made, also when the case is stale."""
    from cases.models import Case

    with transaction.atomic():
        stored = Case.objects.select_for_update().get(pk=case.pk)
        move = suited(MOVES[name], stored)
        if stored.version != case.version:
            raise ValidationError(f"案例 {case.number} 刚被别人修改，请刷新后再试")
        if refused := refusal(by, stored, move):
            raise ValidationError(refused)
        given: dict[str, Any] = {}
        if move.asks == REASON:
            given["reason"] = needed_reason(reason, move)
        if move.asks == TIME:
            given["at"] = needed_time(at)
        getattr(case, move.name)(by=by, **given)
    return move


def suited(move: Move, case: Case) -> Move:
    """The move that is meant: what was withdrawn is published again."""
    again = MOVES["republish"]
    return again if move.name == "publish" and again.starts_from(case) else move


def needed_reason(reason: str, move: Move) -> str:
    reason = " ".join(reason.replace("\0", "").split())  # which PostgreSQL does not store
    if not reason:
        raise ValidationError(f"请写明{move.label}的理由")
    if len(reason) > LONGEST_REASON:
        raise ValidationError(f"理由最多 {LONGEST_REASON} 字，现有 {len(reason)} 字")
    return reason


def needed_time(at: datetime | None) -> datetime:
    now = timezone.now()
    if at is None:
        raise ValidationError("请选定发布的日期和时间")
    if at <= now:
        raise ValidationError("定时发布的时间已经过去，请另选，或直接发布")
    if at > now + FURTHEST:
        raise ValidationError("定时发布的时间最多在一年以后，请另选")
    return at
