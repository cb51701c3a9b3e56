"""Characters that say the same as others: what nobody sees, forms kept for old character sets, full-width letters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from cases.repair.draft import Edit
from cases.repair.found import Kind

INVISIBLE = "\x00-\x08\x0e-\x1f\x7f\u00ad\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
# In pdf files, characters often are the signs of radicals or forms kept for compatibility, which only look the same.
FORMS = "\u2e80-\u2ef3\u2f00-\u2fd5\uf900-\ufaff\uff61-\uff64\U0002f800-\U0002fa1f"
WIDE = "０-９Ａ-Ｚａ-ｚ％＋"
# Radicals of Simplified characters, for which Unicode itself names no other form.
RADICALS = dict(
    zip("⺠⻄⻅⻆⻉⻋⻓⻔⻘⻚⻛⻜⻝⻢⻥⻦⻩⻬⻮⻰", "民西见角贝车长门青页风飞食马鱼鸟黄齐齿龙", strict=True)
)
SIGNS = re.compile(
    rf"(?P<end>\n?\x0c\n?|\r\n?|[\x0b\x85\u2028\u2029])|(?P<invisible>[{INVISIBLE}]+)|(?P<joiner>\u200d)"
    rf"|(?P<blank>[\u00a0\u1680\u2000-\u200a\u202f\u205f]+)|(?P<form>[{FORMS}]+)"
    rf"|(?P<wide>[{WIDE}]+(?:(?:(?<=[０-９])[．：，／－](?=[０-９])|[．／－＿＠])[{WIDE}]+)*)"
)
NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
# What joiners hold together: pictures made of several.
PICTURE = re.compile("[\u2600-\u27bf\ufe0f\U0001f000-\U0001faff]")


def edits(text: str) -> Iterator[Edit]:
    for match in SIGNS.finditer(text):
        after, kind, why = _in_place_of(match, text)
        yield Edit(match.start(), match.end(), after, kind, why)


def _in_place_of(match: re.Match[str], text: str) -> tuple[str, Kind, str]:
    found, sign = match[0], match.lastgroup
    if sign == "end":
        return "\n", Kind.LINE_END, "统一换行符"
    if sign == "invisible":
        return "", Kind.INVISIBLE, "看不见的字符"
    if sign == "joiner":
        before, behind = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        is_needed = PICTURE.match(before) and PICTURE.match(behind)
        return found if is_needed else "", Kind.INVISIBLE, "看不见的字符"
    if sign == "blank":
        return " " * len(found), Kind.BLANK, "特殊空格改为普通空格"
    if sign == "form":
        return "".join(map(_plain, found)), Kind.FORM, "部首或兼容字形，改为通用的字"
    return found.translate(NARROW), Kind.WIDTH, "字母、数字用半角"


def _plain(form: str) -> str:
    plain = RADICALS.get(form) or unicodedata.normalize("NFKC", form)
    return plain if len(plain) == 1 else form
