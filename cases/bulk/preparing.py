"""Read a whole file and write down what each of its rows would do, without changing anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError

from cases.bulk import rights
from cases.bulk.cells import Unreadable
from cases.bulk.records import digest_of
from cases.bulk.repairing import AS_IS, TextRepair
from cases.bulk.rows import Reading, RowReader, Stored
from cases.bulk.tables import Row, Sheet, opened
from cases.models import Import, ImportRow
from cases.repair.words import words_kept

BATCH = 200
Finding = ImportRow.Finding
Progress = Callable[[int, int], None]


@dataclass
class Preview:
    """What a file would do, row by row."""

    rows: list[ImportRow] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(str(row.finding) for row in self.rows)
        return {str(finding): found[str(finding)] for finding in Finding}

    @property
    def digest(self) -> str:
        """What stands for the preview: another one, for whatever reason, has another digest."""
        return digest_of([[row.number, row.finding, row.faults, row.plan] for row in self.rows])


def prepare(brought: Import, reader: RowReader, progress: Progress = lambda done, total: None) -> Preview:
    """Return what the file of an import would do; raise ValidationError where it cannot be read at all."""
    with opened(brought.path, brought.name, reader.sheet, reader.details) as file:
        notices = [*file.notices, *reader.check_headings(file.main.headings)]
        reader.detailed(file)
        rows = list(_own_rows(reader, file.main, notices))
    if not rows:
        raise ValidationError("文件里没有要导入的行：第一行是栏目名称，从第二行起一行一条")
    texts = None if AS_IS in brought.notices else TextRepair(words_kept())
    preview = Preview(notices=[*notices, *([] if texts else [AS_IS])])
    keys = _Keys(reader, rows)
    progress(0, len(rows))
    waiting = iter(rows)
    while batch := list(islice(waiting, BATCH)):
        stored = keys.stored(batch)
        preview.rows += [_row(brought, reader, keys, row, stored.get(row.number), texts) for row in batch]
        progress(len(preview.rows), len(rows))
    preview.notices += texts.notice if texts else []
    if left_over := reader.left_over():
        preview.rows += [
            ImportRow(brought=brought, number=0, finding=Finding.WRONG, label="条目", faults=[["条目", told]])
            for told in left_over
        ]
    return preview


def _own_rows(reader: RowReader, sheet: Sheet, notices: list[str]) -> Iterator[Row]:
    """The rows but for the worked example of the template."""
    examples = 0
    for row in sheet.rows:
        if reader.is_example(row):
            examples += 1
        else:
            yield row
    if examples:
        notices.append(f"跳过了 {examples} 行示例")


class _Keys:
    """Which row is about which record."""

    def __init__(self, reader: RowReader, rows: list[Row]) -> None:
        self.reader = reader
        self.of: dict[int, str] = {}
        self.faults: dict[int, str] = {}
        self.first: dict[str, int] = {}
        for row in rows:
            try:
                key = reader.key(row)
            except Unreadable as wrong:
                self.faults[row.number] = str(wrong)
                continue
            self.of[row.number] = key
            if key:
                self.first.setdefault(key, row.number)
        if hasattr(reader, "in_file"):
            reader.in_file |= set(self.first)

    def stored(self, batch: list[Row]) -> dict[int, Stored]:
        """The records of a batch of rows, by the numbers of the rows."""
        reader = self.reader
        found = reader.find([key for row in batch if (key := self.of.get(row.number))])
        loaded = reader.records.load(found.values())
        model = reader.records.model
        open_to = set(rights.editable(model, reader.user).filter(pk__in=loaded).order_by().values_list("pk", flat=True))
        by_key = {
            key: Stored(loaded[pk], reader.records.state(loaded[pk]), pk in open_to)
            for key, pk in found.items()
            if pk in loaded
        }
        return {row.number: by_key[key] for row in batch if (key := self.of.get(row.number)) in by_key}

    def fault(self, row: Row, stored: Stored | None) -> str:
        """What is wrong with the key of a row."""
        key = self.of.get(row.number, "")
        if row.number in self.faults:
            return self.faults[row.number]
        if key and self.first[key] != row.number:
            return f"“{key[:40]}”在第 {self.first[key]} 行已经有了，请合并成一行"
        return self.reader.unknown(key) if key and stored is None else ""


def _row(
    brought: Import, reader: RowReader, keys: _Keys, row: Row, stored: Stored | None, texts: TextRepair | None
) -> ImportRow:
    label, records = "", reader.records
    try:
        label = reader.label(row, stored)
        reading = reader.read(row, stored)
        if texts:
            texts.row(reader, reading, stored)
    except Unreadable as wrong:
        reading = Reading(faults=[("", str(wrong))])
    if fault := keys.fault(row, stored):
        # Of a record that is not there nothing else can be said.
        reading.faults = [(reader.columns[0].heading, fault), *(reading.faults if stored else [])]
    if stored is None and not rights.may(reader.user, "add", records.model):
        reading.faults.append(("", f"您没有新增{records.name}的权限，请联系管理员"))
    told = ImportRow(
        brought=brought,
        number=row.number,
        label=(label or keys.of.get(row.number, "") or "（空）")[:300],
        address=records.address(stored.row) if stored else "",
        faults=[list(fault) for fault in reading.faults],
        warnings=[list(warning) for warning in reading.warnings],
    )
    values = reading.values if stored is None else _differing(reading, stored)
    if reading.faults:
        told.finding = Finding.WRONG
    elif stored is None:
        told.finding = Finding.ADDED
        told.plan = {"pk": None, "stamp": "", "values": values}
    elif values:
        told.finding = Finding.CHANGED
        told.plan = {"pk": stored.row.pk, "stamp": records.stamp(stored.row), "values": values}
    else:
        told.finding = Finding.SAME
        # Its stamp is part of the preview, too: what is said to be the same has to be so when it is confirmed.
        told.plan = {"pk": stored.row.pk, "stamp": records.stamp(stored.row), "values": {}}
    told.changes = _changes(reader, values, stored)
    return told


def _differing(reading: Reading, stored: Stored) -> dict[str, Any]:
    return {name: value for name, value in reading.values.items() if value != stored.state.get(name)}


def _changes(reader: RowReader, values: dict[str, Any], stored: Stored | None) -> list[list[str]]:
    """Field, what it was, what it will be: all that is told of a row that is new or changed."""
    records, names = reader.records, reader.names
    told = []
    for name, label in records.labels.items():
        if name in values:
            old = records.shown(name, stored.state[name], names) if stored else ""
            if (new := records.shown(name, values[name], names)) or old:
                told.append([label, old, new])
    return told
