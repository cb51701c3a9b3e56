"""Cells of a table as a curator fills them in: texts, numbers, dates, names in a row."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from cases.exports.csv import FORMULA_STARTS
from cases.exports.description import cleaned
from cases.exports.xlsx import CUT

ERRORS = frozenset({"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"})
SEPARATORS = re.compile(r"[、；;\n]")
DATE = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月)?|年)?")
TIMES = {"万": Decimal(10_000), "亿": Decimal(100_000_000)}


class Unreadable(Exception):
    """A cell that cannot be what its column is; says why, and what to write."""


def text(value: Any) -> str:
    """Any cell as text: line ends alike, nothing at the ends, and without what an export puts before a formula sign."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    told = cleaned(str(value)).replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").strip()
    if told.startswith("'") and told[1:].startswith(FORMULA_STARTS):
        told = told[1:]
    if told in ERRORS:
        raise Unreadable(f"公式出错（{told}），请在表格里改正，或直接填写内容")
    if told.endswith(CUT):
        raise Unreadable("这一格是导出时截断的，导入会丢失后面的文字。请清空本栏所在的列，或在网页上修改")
    return told


def line(value: Any) -> str:
    """A text on one line."""
    return " ".join(text(value).split())


def whole_number(value: Any) -> int | None:
    """A whole number however it is typed: 2020, 2020.0, ２０２０, 2020年, 1,200; nothing for an empty cell."""
    if isinstance(value, datetime | date):
        raise Unreadable("应为数字，这一格是日期。请把单元格格式改为“常规”，再填四位年份")
    typed = line(value)
    told = unicodedata.normalize("NFKC", typed).replace(",", "").removesuffix("年").strip()
    if not typed:
        return None
    if not re.fullmatch(r"[+-]?\d{1,9}(\.0+)?", told, re.ASCII):
        raise Unreadable(f"“{typed[:20]}”应为整数，如 2020")
    return int(Decimal(told))


def number(told: str) -> Decimal:
    """A number in base units: 2.3万 is 23000; full-width digits and thousands separators are understood."""
    told = unicodedata.normalize("NFKC", told).replace(",", "").strip()
    factor = TIMES.get(told[-1:], Decimal(1))
    try:
        value = Decimal(told.rstrip("万亿").strip()) * factor
    except InvalidOperation:
        raise Unreadable(f"“{told[:20]}”应为数字，如 23000 或 2.3万") from None
    if not value.is_finite() or abs(value) >= Decimal(10) ** 14 or value != round(value, 4):
        raise Unreadable(f"“{told[:20]}”超出范围：整数部分最多 14 位，小数最多 4 位")
    return value


def partial_date(told: str) -> str:
    """As much as is known of a date: 2020, 2020-11 or 2020-11-16, from any usual way to write it; or nothing."""
    match = DATE.fullmatch(unicodedata.normalize("NFKC", told).replace(" ", ""))
    if not match:
        return ""
    try:
        date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        return ""
    return "-".join(part if len(part) == 4 else part.zfill(2) for part in match.groups() if part)


def names(value: Any) -> list[str]:
    """Names in a row, each once."""
    parts = (" ".join(part.split()) for part in SEPARATORS.split(text(value)))
    return list(dict.fromkeys(part for part in parts if part))


def lines(value: Any) -> list[str]:
    return [part for part in (" ".join(one.split()) for one in text(value).split("\n")) if part]


def folded(told: str) -> str:
    """A title as two people may write it alike: width, case, blanks and signs do not count."""
    plain = unicodedata.normalize("NFKC", told).casefold()
    return "".join(sign for sign in plain if sign.isalnum())
