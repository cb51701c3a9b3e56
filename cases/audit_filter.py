"""Which entries of the audit somebody looks at, as an address says it: the list and its files read the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone

from cases.audit_words import kind_of
from cases.models.audit_entry import AuditEntry, AuditEntryQuerySet

Action = AuditEntry.Action
# Acts that are looked at together, by what stands for them: what they are called, and the first as they are defined.
BEGINNINGS = {
    "sign-ins": ("登录和退出", Action.SIGNED_IN),
    "rights": ("账号和权限", Action.ACCOUNT_ADDED),
    "publishing": ("发布流程", Action.SUBMITTED),
    "records": ("恢复和删除", Action.RESTORED),
    "exports": ("导出", Action.EXPORTED),
    "bulk": ("导入和批量", Action.IMPORTED),
    "audit": ("审计日志", Action.AUDIT_EXPORTED),
}


def _grouped() -> dict[str, tuple[str, list[str]]]:
    groups: dict[str, tuple[str, list[str]]] = {}
    for action in Action:
        for key, (label, first) in BEGINNINGS.items():
            if action == first:
                groups[key] = (label, [])
        groups[list(groups)[-1]][1].append(str(action.value))
    return groups


GROUPS = _grouped()
ACTION, WHO, KIND, SINCE, UNTIL, WORDS = "action", "who", "record", "since", "until", "q"


class BadDate(Exception):
    """What was given for a day is none."""


@dataclass(frozen=True)
class AuditFilter:
    """What of the audit is asked for; what is empty does not narrow. Days are those of the portal's time zone."""

    action: str = ""
    who: str = ""
    kind: str = ""
    since: str = ""
    until: str = ""
    words: str = ""

    @classmethod
    def read(cls, params: Mapping[str, str]) -> AuditFilter:
        names = (ACTION, WHO, KIND, SINCE, UNTIL, WORDS)
        return cls(*(str(params.get(name) or "").replace("\0", "").strip() for name in names))

    def found(self, entries: AuditEntryQuerySet) -> AuditEntryQuerySet:
        """Raise BadDate where a day is none."""
        if self.action:
            entries = entries.filter(action__in=GROUPS[self.action][1] if self.action in GROUPS else [self.action])
        if self.who:
            entries = entries.filter(username=self.who)
        if self.kind:
            entries = entries.filter(about_kind=self.kind)
        if self.since:
            entries = entries.filter(at__gte=_midnight(self.since))
        if self.until:
            entries = entries.filter(at__lt=_midnight(self.until, timedelta(days=1)))
        return entries.filter(_matching(self.words)) if self.words else entries

    @property
    def parts(self) -> list[tuple[str, str]]:
        """What narrows, each with its name, in words."""
        told = [
            ("事项", GROUPS[self.action][0] if self.action in GROUPS else label_of(self.action)),
            ("操作人", self.who),
            ("对象", kind_of(self.kind) if self.kind else ""),
            ("从", self.since),
            ("到", self.until),
            ("关键词", self.words),
        ]
        return [(name, value) for name, value in told if value]


def label_of(action: str) -> str:
    return str(Action(action).label) if action in Action else action


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadDate(text) from None


def _midnight(text: str, later: timedelta = timedelta()) -> datetime:
    try:
        return timezone.make_aware(datetime.combine(day(text) + later, time()))
    except OverflowError:
        raise BadDate(text) from None


def _matching(words: str) -> Q:
    """Whole names only: these have indexes, and nobody has to guess what a part of a number found."""
    found = Q(username=words) | Q(full_name=words) | Q(about_name=words) | Q(address=words)
    return found | Q(number=int(words)) if words.isascii() and words.isdigit() and len(words) < 19 else found
