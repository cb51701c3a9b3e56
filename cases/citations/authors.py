"""Who wrote something, read from the one field in which curators keep it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Self

# What a newspaper puts beside a name to tell the part that somebody had.
PARTS = "记者|通讯员|实习生|见习记者|编辑|责任编辑|摄影|供图|撰稿|整理|作者|文|图"
PART = rf"(?:(?:本报|本刊|特约|见习|实习|南都)*(?:{PARTS}))"
PART_AFTER = re.compile(rf"\s*[（(]\s*{PART}(?:[、/／]{PART})*\s*[）)]$")
PART_BEFORE = re.compile(rf"^{PART}(?:\s*[:：]\s*|\s+)")
BETWEEN = re.compile(r"\s*[、，,；;／/|]\s*")
AND_OTHERS = re.compile(r"(?:^|(?<=[^ ]{2}))\s*等$")  # but 李等 is a name
HANZI_NAME = re.compile(r"[㐀-鿿𠀀-𲎯]{2,4}")


@dataclass(frozen=True)
class Authors:
    """Names in their order; `more` when the record itself goes on with 等."""

    names: list[str] = field(default_factory=list)
    more: bool = False

    @classmethod
    def read(cls, text: str) -> Self:
        """Read `甲、乙（记者）等`; the parts that people had are left out, for they are no part of a name."""
        told = [part.strip() for part in BETWEEN.split(text)]
        named = [AND_OTHERS.sub("", part) for part in told]
        return cls([one for part in named for one in _apart(_name(part)) if one], named != told)

    def __bool__(self) -> bool:
        return bool(self.names)


def _name(text: str) -> str:
    return PART_BEFORE.sub("", PART_AFTER.sub("", text.strip())).strip()


def _apart(name: str) -> list[str]:
    """Part names of two to four Hanzi that have only a blank between them."""
    words = name.split()
    return words if len(words) > 1 and all(HANZI_NAME.fullmatch(word) for word in words) else [name]
