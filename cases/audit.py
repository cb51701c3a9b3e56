"""Write down who did what: `record` adds one entry to the audit, in the transaction of the act itself.

So an act that is rolled back leaves no entry, and none is without its own. Entries are numbered without gaps and each
carries a keyed hash of itself and of the one before, so that what somebody changed, removed, moved or put between
behind the portal's back shows (`cases.audit_check`). That takes one writer at a time: on SQLite every transaction is
one, on PostgreSQL a lock is held from the first entry of a transaction to its end. Hence: record last, when all other
rows are locked and written, or two acts may wait for each other; and what writes many rows does it `at_the_end`.

Nothing that somebody wrote goes into an entry: no texts, no passwords, no mail addresses; of what was changed, only
the names of the fields.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection, models, transaction
from django.http import HttpRequest
from django.utils import timezone

from cases.models.audit_entry import AuditEntry, AuditHead
from cases.people import full_name
from cases.throttle import client_address

Action = AuditEntry.Action

NOTHING = "0" * 64
# The order in which columns are hashed; the hash itself comes last and is not among them.
COLUMNS = (
    "number",
    "at",
    "action",
    "account",
    "username",
    "full_name",
    "about_kind",
    "about_key",
    "about_name",
    "address",
    "details",
    "previous",
)
# Any number that no other advisory lock of the portal has.
LOCK = 0x6175646974

_under_way: ContextVar[HttpRequest | None] = ContextVar("audit_request", default=None)
_waiting: ContextVar[list[tuple[AuditEntry, Stays]] | None] = ContextVar("audit_waiting", default=None)


@contextmanager
def during(request: HttpRequest) -> Iterator[None]:
    """Have what is recorded meanwhile know from where, and by whom if it is not said, it was asked for."""
    token = _under_way.set(request)
    try:
        yield
    finally:
        _under_way.reset(token)


def record(
    action: str,
    *,
    by: Any = None,
    about: models.Model | None = None,
    request: HttpRequest | None = None,
    **details: Any,
) -> AuditEntry:
    """Add an entry: `by` whom, else by who is signed in; `about` which record; `request` is the one under way.

    An AnonymousUser is nobody, whoever is signed in.

    `details` are names, numbers, yes or no, or lists of these; `cases.audit_words` has the Chinese for their keys.
    Call it last in the transaction of the act. `at_the_end`, the entry returned has no number yet.
    """
    request = request or _under_way.get()
    by = by or getattr(request, "user", None)
    is_somebody = by is not None and by.is_authenticated
    entry = AuditEntry(
        at=timezone.now(),
        action=Action(action).value,
        account=by.pk if is_somebody else None,
        username=by.get_username() if is_somebody else "",
        full_name=full_name(by) if is_somebody else "",
        about_kind=about._meta.label_lower if about else "",
        about_key=str(about.pk) if about and about.pk is not None else "",
        about_name=name_of(about)[:200] if about else "",
        address=client_address(request) if request else "",
        details=json.dumps(details, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str),
    )
    waiting = _waiting.get()
    if waiting is None:
        _append([entry])
    else:
        stays = Stays()
        transaction.on_commit(stays)
        waiting.append((entry, stays))
    return entry


class Stays:
    """Waits for a commit with an entry; Django forgets it when what surrounds it is rolled back."""

    def __call__(self) -> None:
        return


@contextmanager
def at_the_end() -> Iterator[None]:
    """Write what is recorded meanwhile when this ends, all at once, so that nobody waits for a long transaction.

    It is a transaction, or part of the one around it. What an inner one recorded and rolled back is left out.
    """
    if _waiting.get() is not None:
        yield
        return
    waiting: list[tuple[AuditEntry, Stays]] = []
    with transaction.atomic():
        token = _waiting.set(waiting)
        try:
            yield
        finally:
            _waiting.reset(token)
        staying = {id(one[1]) for one in connection.run_on_commit}
        if entries := [entry for entry, stays in waiting if id(stays) in staying]:
            _append(entries)


def name_of(record: models.Model) -> str:
    """What a record is called in an entry: a number or a code before a title."""
    for name in ("number", "slug", "username"):
        if isinstance(value := getattr(record, name, None), str) and value:
            return value
    return str(record)


def is_own(account: Any) -> bool:
    """Whether an account is that of whoever asks."""
    user = getattr(_under_way.get(), "user", None)
    return user is not None and user.is_authenticated and user.pk == account.pk


def account_named(username: str) -> AbstractBaseUser | None:
    """The account of this name, if there is one: what else was typed may be a password."""
    accounts: Any = get_user_model()._default_manager
    return None if "\0" in username else accounts.filter(username=username).first()


def _append(entries: Sequence[AuditEntry]) -> None:
    with transaction.atomic():
        one_at_a_time()
        head = AuditHead.objects.first()
        last = AuditEntry.objects.values_list("number", "hash").first() or (0, NOTHING)
        is_sealed = head is not None and is_genuine(head)
        if head and is_sealed and head.number >= last[0]:
            last = (head.number, head.hash)
        for entry in entries:
            entry.number, entry.previous = last[0] + 1, last[1]
            entry.hash = hash_of([getattr(entry, name) for name in COLUMNS])
            last = (entry.number, entry.hash)
        AuditEntry.objects.bulk_create(entries, batch_size=500)
        # A head that somebody removed or changed is not made good again: it is what shows.
        if head and is_sealed:
            head.number, head.hash = last
            seal(head)


def one_at_a_time() -> None:
    """Wait until no other transaction writes entries, and let none until this one has ended."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def hash_of(values: Sequence[Any]) -> str:
    """Return the keyed hash of an entry's columns, in the order of COLUMNS, the time as a datetime or as SQLite's text.

    What no entry can hold, such as bytes, is hashed as something else than any text.
    """
    return _keyed("entry", [as_stored(value) if isinstance(value, datetime) else value for value in values])


def as_stored(moment: datetime) -> str:
    """A time as SQLite's tables have it, which PostgreSQL's are brought to."""
    return str(moment.astimezone(UTC).replace(tzinfo=None))


def seal_of(head: Any) -> str:
    return _keyed("head", [head.first, head.before, head.number, head.hash])


def is_genuine(head: AuditHead) -> bool:
    return hmac.compare_digest(seal_of(head).encode(), head.seal.encode())


def seal(head: AuditHead) -> None:
    head.seal = seal_of(head)
    head.save()


def begin(heads: Any = AuditHead) -> None:
    """Make the head of a log that has no entries yet; once, when the tables are made."""
    head = heads(before=NOTHING, hash=NOTHING)
    head.seal = seal_of(head)
    head.save(force_insert=True)


def _keyed(what: str, values: Sequence[Any]) -> str:
    text = json.dumps([what, *values], ensure_ascii=True, separators=(",", ":"), default=repr)
    return hmac.new(settings.AUDIT_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()
