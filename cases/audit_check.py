"""Walk the audit from end to end and say what is wrong in it; trim what is old.

The walk reads the tables as they are, past Django, which would stumble over a damaged column or mend it in reading. It
holds one batch of rows in memory and no lock: what is added meanwhile is walked, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Min
from django.utils import timezone

from cases import audit
from cases.audit import COLUMNS, NOTHING
from cases.models import AuditEntry, AuditHead

BATCH = 2000
# So many faults are told one by one, and for so many rows it is looked up where they stood before.
FAULTS_TOLD = 100
LEAST_DAYS = 200
ENTRIES = AuditEntry._meta.db_table
NUMBER, PREVIOUS = COLUMNS.index("number"), COLUMNS.index("previous")
INTEGERS = {"number", "account"}

Progress = Callable[[int, int], None]
WORDS = {
    "changed": "内容或校验码被改过",
    "removed": "被删除",
    "cut": "从末尾被删除",
    "inserted": "不是系统写入的，是后来插入的",
    "unlinked": "与前一条接不上，前面的记录被整段换过",
    "end": "与链头记下的最后一条不符",
}
HEAD_GONE = "链头不见了，无法得知首尾是否被删"
HEAD_CHANGED = "链头被改过，无法得知首尾是否被删"
HEAD_OLD = "链头被换成了旧的，后面还有记录"
KEY_DIFFERS = "全部对不上：AUDIT_KEY 与记录时的不同，或者全部被改过"


@dataclass(frozen=True)
class Fault:
    """What is wrong with the entries from `first` to `last`; those `moved` stood `shift` before; 0 is the head."""

    kind: str
    first: int = 0
    last: int = 0
    words: str = ""
    shift: int = 0

    def __str__(self) -> str:
        if not self.last:
            return self.words
        one = self.first == self.last
        place = f"第 {self.first} 条" if one else f"第 {self.first} 至 {self.last} 条"
        was = (
            f"第 {self.first - self.shift} 条"
            if one
            else f"第 {self.first - self.shift} 至 {self.last - self.shift} 条"
        )
        return f"{place}：{f'位置被换过，原为{was}' if self.kind == 'moved' else self.words or WORDS[self.kind]}"

    def goes_on_with(self, other: Fault) -> bool:
        return (self.kind, self.words, self.shift, self.last + 1) == (other.kind, other.words, other.shift, other.first)


@dataclass
class Checked:
    """A log as it was found: how many entries, the number and hash of the last one, and what is wrong.

    `noted_at` is the number of the entry with the hash that was noted elsewhere, None where there is none.
    """

    count: int = 0
    number: int = 0
    hash: str = NOTHING
    faults: list[Fault] = field(default_factory=list)
    untold: int = 0
    noted_at: int | None = None

    def add(self, fault: Fault) -> None:
        if self.faults and self.faults[-1].goes_on_with(fault):
            self.faults[-1] = replace(self.faults[-1], last=fault.last)
        elif len(self.faults) < FAULTS_TOLD:
            self.faults.append(fault)
        else:
            self.untold += 1


def check(noted: str = "", progress: Progress = lambda done, total: None) -> Checked:
    """Walk all entries, looking for the `noted` hash; `progress` is told after each batch how many of how many."""
    while True:
        head = AuditHead.objects.first()
        walk = Walk(head, noted)
        for batch in batches():
            for *values, stored in batch:
                walk.row(values, stored)
            progress(walk.checked.count, max(walk.checked.count, head.number - head.first + 1 if head else 0))
        after = AuditHead.objects.first()
        # Where it was trimmed meanwhile, what is missing was meant to be.
        if not (head and after and head.first != after.first):
            walk.finish(after)
            return walk.checked


def batches() -> Iterator[list[tuple[Any, ...]]]:
    """The rows as the database has them, in the order of their numbers: the columns that are hashed, then the hash."""
    names = [*COLUMNS, "hash"]
    if connection.vendor == "sqlite":
        # Text may hold bytes that are none.
        names = [name if name in INTEGERS else f"CAST({name} AS BLOB)" for name in names]
    asked = f"SELECT {', '.join(names)} FROM {ENTRIES}"
    last = None
    while True:
        with connection.cursor() as cursor:
            after = "" if last is None else "WHERE number > %s"
            cursor.execute(f"{asked} {after} ORDER BY number LIMIT {BATCH}", [last] if after else [])
            rows = [tuple(map(_as_text, row)) for row in cursor.fetchall()]
        if not rows:
            return
        yield rows
        last = rows[-1][NUMBER]


def _as_text(value: Any) -> Any:
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value


class Walk:
    """One way along the rows, in their order."""

    def __init__(self, head: AuditHead | None, noted: str) -> None:
        self.checked = Checked()
        self.head = head if head and audit.is_genuine(head) else None
        self.noted = noted
        self.has_genuine = self.head is not None
        self.expected = self.head.first if self.head else 1
        self.previous: str | None = self.head.before if self.head else NOTHING
        self.shift = 0  # of the last row that stood elsewhere
        self.unknown = 0  # the number of the row before, if its hash was no row's: changed, or put in
        self.looked_up = 0
        if head is None:
            self.checked.add(Fault("head", words=HEAD_GONE))
        elif not self.head:
            self.checked.add(Fault("head", words=HEAD_CHANGED))
        if self.head and noted == self.head.before:
            self.checked.noted_at = self.head.first - 1

    def row(self, values: list[Any], stored: str) -> None:
        number = values[NUMBER]
        self.checked.count += 1
        if not isinstance(number, int) or number < self.expected:
            self.checked.add(Fault("inserted", words=f"有一条的序号 {number!r} 在日志之外，{WORDS['inserted']}"))
            return
        if number > self.expected:
            if self.head or self.checked.number:
                self._found("removed", self.expected, number - 1)
            self.previous = None
        if is_genuine := audit.hash_of(values) == stored:
            self.has_genuine = True
            self._settle()
            if self.previous not in {None, values[PREVIOUS]}:
                self._found("unlinked", number)
            if stored == self.noted:
                self.checked.noted_at = number
        else:
            self._odd(values, stored)
        if self.head and number == self.head.number and is_genuine and stored != self.head.hash:
            self._found("end", number)
        # What comes next was chained to this row as it was before it was changed.
        self.previous = stored if is_genuine else None
        self.expected = number + 1
        self.checked.number, self.checked.hash = number, stored

    def finish(self, head: AuditHead | None) -> None:
        """Compare the end with the head as it is by now."""
        self._settle()
        checked = self.checked
        if checked.count and not self.has_genuine:
            checked.faults, checked.untold = [Fault("key", words=KEY_DIFFERS)], 0
        elif self.head and self.expected <= self.head.number:
            self._found("cut", self.expected, self.head.number)
        elif head and audit.is_genuine(head) and self.previous and checked.number > head.number:
            checked.add(Fault("head", words=HEAD_OLD))

    def _odd(self, values: list[Any], stored: str) -> None:
        """A row whose hash is not its own: it stood elsewhere, was changed, or was never written by the portal."""
        number = values[NUMBER]
        place = self._place_of(values, stored)
        if place is None:
            self._settle()
            if self.head and number > self.head.number and number > AuditHead.objects.get().number:
                self._found("inserted", number)
            else:
                self.unknown = number
            return
        if self.unknown == place:  # the one that stood there was pushed on to here
            self._found("inserted", place)
            self.unknown = 0
        self._settle()
        self.shift = number - place
        self.checked.add(Fault("moved", number, number, shift=self.shift))

    def _place_of(self, values: list[Any], stored: str) -> int | None:
        """The number with which the hash is right, if it is that of one that stood before or after a row there is."""

        def is_right(number: int) -> bool:
            return (
                audit.hash_of(
                    [number if name == "number" else value for name, value in zip(COLUMNS, values, strict=True)]
                )
                == stored
            )

        if self.shift and is_right(values[NUMBER] - self.shift):
            return values[NUMBER] - self.shift
        if not self.has_genuine or self.looked_up >= FAULTS_TOLD:
            return None
        self.looked_up += 1
        candidates = [self.head.number] if self.head else []
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT number + 1 FROM {ENTRIES} WHERE hash = %s", [_plain(values[PREVIOUS])])
            candidates += [number for (number,) in cursor.fetchall()]
            cursor.execute(f"SELECT number - 1 FROM {ENTRIES} WHERE previous = %s", [_plain(stored)])
            candidates += [number for (number,) in cursor.fetchall()]
        return next((number for number in candidates if is_right(number)), None)

    def _settle(self) -> None:
        if self.unknown:
            self._found("changed", self.unknown)
        self.unknown = 0

    def _found(self, kind: str, first: int, last: int | None = None) -> None:
        if kind == "removed":
            self._settle()
        self.checked.add(Fault(kind, first, last or first))


def _plain(text: Any) -> str:
    """A text that can be asked for, whatever bytes it was read from."""
    return str(text).encode("utf-8", "backslashreplace").decode().replace("\0", "")


class TrimRefused(Exception):
    """A log with something wrong in it stays whole: it is the evidence."""


def trim(days: int) -> int:
    """Remove the entries that are older than so many days, at least 200; return how many those were.

    The head then says with which number and after which hash the rest begins. Raise TrimRefused where the log does not
    stand the check.
    """
    if days < LEAST_DAYS:
        raise ValueError(f"entries are kept for {LEAST_DAYS} days at least")
    if check().faults:
        raise TrimRefused
    with transaction.atomic():
        audit.one_at_a_time()
        head = AuditHead.objects.get()
        young = AuditEntry.objects.filter(at__gte=timezone.now() - timedelta(days=days))
        first = young.aggregate(first=Min("number"))["first"] or head.number + 1
        count = first - head.first
        if count:
            head.before = AuditEntry.objects.get(number=first - 1).hash
            head.first = first
            audit.seal(head)
            AuditEntry.objects.filter(number__lt=first)._raw_delete(using=connection.alias)
            audit.record(audit.Action.AUDIT_TRIMMED, days=days, count=count, until=first - 1)
    return count
