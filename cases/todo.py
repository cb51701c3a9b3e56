"""What waits for a curator: questions to the library, each asked the same way on the first page and in the list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone

from cases.models import Case, PossibleDuplicate, StatusChange
from cases.models.case_queryset import CaseQuerySet
from cases.models.merge import may_merge_at_all
from cases.workflow import EDIT, PUBLISH

# So many of each are shown on the first page.
SHOWN = 5
UNTOUCHED = timedelta(days=365)

Ask = Callable[[CaseQuerySet, Any], CaseQuerySet]


@dataclass(frozen=True)
class Question:
    name: str
    label: str
    ask: Ask
    order: str = "-updated_at"
    right: str = EDIT
    # Asked of what the curator may change, rather than of all that the admin shows them.
    is_of_own: bool = False
    explained: str = ""

    def answer(self, user: Any) -> CaseQuerySet:
        if not user.has_perm(self.right):
            return Case.objects.none()
        cases = Case.objects.editable_by(user) if self.is_of_own else Case.objects.curated_by(user)
        return self.ask(cases, user).order_by(self.order, "pk")


QUESTIONS = {
    question.name: question
    for question in (
        Question("drafts", "我的草稿", lambda cases, user: cases.drafts().not_returned().entered_by(user)),
        Question("review", "待我审核", lambda cases, user: cases.in_review().unscheduled(), "updated_at", PUBLISH),
        Question("returned", "退回给我的", lambda cases, user: cases.returned().entered_by(user)),
        Question("scheduled", "定时发布", lambda cases, user: cases.scheduled(), "publish_at"),
        Question("no-source", "缺来源", lambda cases, user: cases.in_use().without_source(), is_of_own=True),
        Question("no-figures", "缺成效数据", lambda cases, user: cases.in_use().without_figures(), is_of_own=True),
        Question(
            "untouched",
            "一年未更新",
            lambda cases, user: cases.in_use().untouched_since(timezone.now() - UNTOUCHED),
            "updated_at",
            is_of_own=True,
        ),
    )
}


@dataclass(frozen=True)
class Waiting:
    """The answer to one question: how many, and the first of them."""

    question: Question
    count: int
    first: list[Case]

    @property
    def query(self) -> str:
        return f"?todo={self.question.name}"


def waiting_for(user: Any) -> list[Waiting]:
    """What waits for a curator, of each question that is theirs; two or three queries each, however much it is."""
    return [_waiting(question, user) for question in QUESTIONS.values() if user.has_perm(question.right)]


def _waiting(question: Question, user: Any) -> Waiting:
    cases = question.answer(user)
    first = cases.select_related("district").only(
        "number", "title", "status", "updated_at", "publish_at", "district__name"
    )
    if question.name == "returned":
        returned = StatusChange.objects.filter(move="send_back").select_related("by")
        first = first.prefetch_related(Prefetch("status_changes", returned, to_attr="returns"))
    return Waiting(question, cases.count(), list(first[:SHOWN]))


@dataclass(frozen=True)
class WaitingPairs:
    """What probably is there twice: how many pairs, and those that most probably are."""

    count: int
    first: list[PossibleDuplicate]


def pairs_waiting_for(user: Any) -> WaitingPairs | None:
    """The pairs that a curator may decide, None for who may not; four queries at most, however many."""
    if not may_merge_at_all(user):
        return None
    pairs = PossibleDuplicate.objects.curated_by(user).open().order_by("-score", "pk")
    count = pairs.count()
    return WaitingPairs(count, pairs[:SHOWN].with_records() if count else [])
