"""The rows as data, in the shape that is promised to programs."""

from __future__ import annotations

import json
from typing import IO, Any

from cases.exports.description import Export, Progress, Row, cleaned

# Room for the number of rows, which is known for sure when they are written.
COUNT_WIDTH = 9


def cleaned_data(value: Any) -> Any:
    """Clean every text of a nested structure."""
    if isinstance(value, str):
        return cleaned(value)
    if isinstance(value, list | tuple):
        return [cleaned_data(one) for one in value]
    if isinstance(value, dict):
        return {name: cleaned_data(one) for name, one in value.items()}
    return value


def _written(value: Any) -> bytes:
    return json.dumps(cleaned_data(value), ensure_ascii=False, default=str).encode()


def write_json(export: Export[Row], file: IO[bytes], progress: Progress) -> None:
    """Write `{…head, "count": n, key: […]}`, a row a line; the file must be seekable."""
    file.write(b"{\n")
    for name, value in export.head.items():
        file.write(_written(name) + b": " + _written(value) + b",\n")
    file.write(b'"count": ')
    place, count = file.tell(), 0
    file.write(b" " * COUNT_WIDTH + b",\n" + _written(export.subject.key) + b": [")
    for count, row in enumerate(export.counted(progress), start=1):
        file.write((b",\n" if count > 1 else b"\n") + _written(export.data(row)))
    file.write(b"\n]\n}\n" if count else b"]\n}\n")
    end = file.tell()
    file.seek(place)
    file.write(f"{count:<{COUNT_WIDTH}}".encode())
    file.seek(end)
