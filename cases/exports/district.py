"""Where something is, as every export tells it."""

from __future__ import annotations

from collections.abc import Callable

from cases.exports.description import Column, Part, Row
from districts.models import District


def place_as_data(district: District | None) -> dict[str, str] | None:
    return {"code": district.public_code, "name": district.name} if district else None


def district_columns(of: Callable[[Row], District | None], heading: str = "区划") -> list[Column[Row]]:
    """The columns of code and name, which for programs are one key."""

    def code(row: Row) -> str:
        district = of(row)
        return district.public_code if district else ""

    return [
        Column("district_code", "区划代码", 11, lambda row, absolute: code(row), Part.ABSENT, keys=("district",)),
        Column("district", heading, 22, lambda row, absolute: str(of(row) or "")),
    ]
