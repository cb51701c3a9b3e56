"""The audit: what is written down, and that it stays as it was written."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.http import Http404
from django.test import RequestFactory

from cases import audit, audit_check
from cases.audit import Action
from cases.models import AuditEntry, AuditHead
from cases.models.audit_entry import EntriesStay
from tests.builders import make_draft, make_user


@pytest.fixture
def head(db: None) -> AuditHead:
    """The head that the migration makes, which other tests may have emptied away with all tables."""
    if not AuditHead.objects.exists():
        audit.begin()
    return AuditHead.objects.get()


def test_an_entry_tells_who_did_what_to_which_record_from_where(head: AuditHead) -> None:
    case = make_draft(number="2020-0007")
    user = make_user("lihua", last_name="李华")
    request = RequestFactory().post("/", REMOTE_ADDR="2001:db8::7")
    request.user = user

    first = audit.record(Action.PUBLISHED, by=user, about=case, request=request, version=3)
    user.delete()
    second = audit.record(Action.IMPORTED, count=2)

    first.refresh_from_db()
    assert (first.action, first.username, first.full_name) == ("published", "lihua", "李华")
    assert (first.about_kind, first.about_key, first.about_name) == ("cases.case", str(case.pk), "2020-0007")
    assert (first.address, json.loads(first.details)) == ("2001:db8::7", {"version": 3})
    assert first.account
    assert (second.account, second.username, second.address) == (None, "", "")
    assert (second.number, second.previous) == (first.number + 1, first.hash)
    head.refresh_from_db()
    assert (head.number, head.hash, audit.is_genuine(head)) == (second.number, second.hash, True)


def test_what_is_recorded_during_a_request_knows_it(head: AuditHead, settings: Any) -> None:
    settings.PROXIES = 1
    request = RequestFactory().get("/", REMOTE_ADDR="127.0.0.1", headers={"x-forwarded-for": "6.6.6.6, 10.1.2.3"})
    request.user = make_user("lihua")

    with audit.during(request):
        entry = audit.record(Action.IMPORTED)

    assert (entry.username, entry.address) == ("lihua", "10.1.2.3")
    assert audit.record(Action.IMPORTED).username == ""


def test_an_act_that_is_rolled_back_leaves_no_entry(head: AuditHead) -> None:
    audit.record(Action.IMPORTED)
    with transaction.atomic():
        audit.record(Action.IMPORTED)
        transaction.set_rollback(True)

    assert audit.record(Action.IMPORTED).number == head.number + 2
    assert AuditEntry.objects.filter(number__gt=head.number).count() == 2


def test_no_account_has_a_name_that_no_database_takes(db: None) -> None:
    make_user("lihua")

    assert audit.account_named("lihua\0") is None


def _fail_after(entry: AuditEntry) -> None:
    raise Http404(entry)


def test_what_waits_for_the_end_is_written_then_but_for_what_was_rolled_back(head: AuditHead) -> None:
    with audit.at_the_end():
        audit.record(Action.PUBLISHED, serial=1)
        with transaction.atomic():
            audit.record(Action.PUBLISHED, serial=2)
            transaction.set_rollback(True)
        with audit.at_the_end():
            audit.record(Action.PUBLISHED, serial=3)
        assert not AuditEntry.objects.filter(number__gt=head.number).exists()
    with pytest.raises(Http404), audit.at_the_end():
        _fail_after(audit.record(Action.PUBLISHED, serial=4))

    written = AuditEntry.objects.filter(number__gt=head.number).order_by("number")
    assert [json.loads(entry.details)["serial"] for entry in written] == [1, 3]
    assert audit_check.check().faults == []


def test_the_orm_neither_changes_nor_removes_an_entry(head: AuditHead) -> None:
    entry = audit.record(Action.IMPORTED)
    refused = [
        entry.save,
        entry.delete,
        AuditEntry.objects.all().delete,
        lambda: AuditEntry.objects.update(username="x"),
        lambda: AuditEntry.objects.bulk_update([entry], ["username"]),
    ]

    for act in refused:
        with pytest.raises(EntriesStay):
            act()


REFUSED = [
    "UPDATE cases_auditentry SET username = 'x'",
    "DELETE FROM cases_auditentry",
    "DELETE FROM cases_audithead",
    "UPDATE cases_audithead SET number = number - 1",
    *{
        "postgresql": ["TRUNCATE cases_auditentry", "TRUNCATE cases_audithead"],
        "sqlite": [
            "REPLACE INTO cases_auditentry SELECT * FROM cases_auditentry",
            "REPLACE INTO cases_audithead SELECT * FROM cases_audithead",
        ],
    }[connection.vendor],
]


def test_the_database_itself_refuses_too(head: AuditHead) -> None:
    entry = audit.record(Action.IMPORTED)

    for statement in REFUSED:
        with pytest.raises(DatabaseError, match="stay as they are"), transaction.atomic():
            connection.cursor().execute(statement)

    assert AuditEntry.objects.get(number=entry.number).username == ""
    assert AuditHead.objects.get().number == entry.number
