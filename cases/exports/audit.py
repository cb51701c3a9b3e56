"""What the audit gives to a file, which is itself recorded there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from cases import audit, audit_words
from cases.audit_filter import AuditFilter, BadDate
from cases.exports.asked import Asked
from cases.exports.description import Column, Export, Subject, now
from cases.exports.forms import FORMS
from cases.models import AuditEntry
from cases.people import signature_of

RIGHT = "cases.view_auditentry"
# The number of the last entry that goes into a file: its own comes after.
UP_TO = "up_to"
BATCH = 1000


def moment(entry: AuditEntry) -> str:
    return timezone.localtime(entry.at).strftime("%Y-%m-%d %H:%M:%S")


COLUMNS: list[Column[AuditEntry]] = [
    Column("number", "序号", 9, lambda entry, absolute: entry.number),
    Column("at", "时间", 20, lambda entry, absolute: moment(entry)),
    Column("action", "事项", 14, lambda entry, absolute: entry.act),
    Column("username", "账号", 16, lambda entry, absolute: entry.username),
    Column("full_name", "姓名", 12, lambda entry, absolute: entry.full_name),
    Column("about", "对象", 24, lambda entry, absolute: audit_words.about(entry)),
    Column("address", "地址", 18, lambda entry, absolute: entry.address),
    Column("details", "详情", 40, lambda entry, absolute: audit_words.details(entry)),
    Column("hash", "校验码", 66, lambda entry, absolute: entry.hash),
]


def _as_data(entry: AuditEntry, absolute: Any) -> dict[str, Any]:
    return {column.name: column.cell(entry, absolute) for column in COLUMNS}


ENTRIES = Subject[AuditEntry]("审计记录", "条", "entries", COLUMNS, _as_data, identity=("number",))


def audit_export(asked: Asked) -> Export[AuditEntry]:
    """Describe the file of the entries that the address asks for, up to the number that it names, newest first."""
    if not (asked.user.is_staff and asked.user.has_perm(RIGHT)):
        raise Http404
    wanted = AuditFilter.read(asked.params)
    try:
        found = wanted.found(AuditEntry.objects.filter(number__lte=int(str(asked.params[UP_TO]))))
    except (BadDate, KeyError, ValueError):
        raise Http404 from None
    count = found.count()

    def finish() -> None:
        filters = [name for name, _ in wanted.parts]
        details: Any = {"count": count, "form": FORMS[asked.form].label, "conditions": filters}
        audit.record(audit.Action.AUDIT_EXPORTED, by=asked.user, **details)

    chosen = asked.params.getlist("column")
    return Export(
        title="审计日志",
        stem="audit",
        subject=ENTRIES,
        rows=_in_batches(found),
        count=count,
        absolute=asked.absolute,
        columns=[column for column in COLUMNS if column.name in chosen or not chosen],
        notes=[
            ("筛选条件", "；".join(f"{name}：{value}" for name, value in wanted.parts) or "全部"),
            ("记录数", count),
            ("导出人", signature_of(asked.user)),
            ("导出时间", now()),
            ("出处", settings.SITE["name"]),
        ],
        finish=finish,
    )


def _in_batches(entries: QuerySet[AuditEntry]) -> Iterator[AuditEntry]:
    last = None
    while True:
        batch = list((entries if last is None else entries.filter(number__lt=last)).order_by("-number")[:BATCH])
        yield from batch
        if len(batch) < BATCH:
            return
        last = batch[-1].number
