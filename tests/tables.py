"""Files of rows as a curator brings them in, and what their previews say."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from cases.models import Import

BODIES, LISTS, CASES = "/admin/cases/organisation/", "/admin/cases/awardlist/", "/admin/cases/case/"
Rows = Sequence[Sequence[Any]]


def xlsx(rows: Rows, title: str = "案例", **others: Rows) -> bytes:
    book: Any = Workbook()
    book.active.title = title
    for name, content in {title: rows, **others}.items():
        sheet = book[title] if name == title else book.create_sheet(name)
        for row in content:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def as_csv(rows: Rows, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def brought(client: Client, content: bytes, page: str = CASES, name: str = "表.xlsx", *, as_is: bool = False) -> Any:
    """The page to which a file leads that was sent, with its texts repaired unless it is to be taken as it is."""
    sent = {"file": SimpleUploadedFile(name, content)} | ({} if as_is else {"repair": "on"})
    return client.post(f"{page}import/", sent, follow=True)


def found(response: Any) -> list[tuple[int, str, str, list[str]]]:
    """Of each row of a preview: number, finding, label, and what is wrong."""
    return [
        (row.number, row.get_finding_display(), row.label, [f"{column}：{text}" for column, text in row.faults])
        for row in response.context["page"].object_list
    ]


def changes(response: Any) -> list[list[list[str]]]:
    return [row.changes for row in response.context["page"].object_list]


def confirm(client: Client, response: Any) -> Any:
    """Confirm the preview that a page shows."""
    one: Import = response.context["brought"]
    return client.post(one.get_absolute_url(), {"confirm": "1", "digest": one.digest}, follow=True)
