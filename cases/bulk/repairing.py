"""Repair the running texts of an imported row, and say what was repaired."""

from __future__ import annotations

from collections import Counter
from typing import Any

from cases.bulk.rows import Reading, RowReader, Stored
from cases.bulk.texts import is_rich
from cases.repair import Mended, Spot

# Stands among the notices of an import whose texts are taken as they are.
AS_IS = "文字按原样读取，没有修复"
TOLD = 20


class TextRepair:
    """Counts over a file what was repaired in its rows."""

    def __init__(self, kept: tuple[str, ...]) -> None:
        self.kept = kept
        self.rows = self.places = 0

    def row(self, reader: RowReader, reading: Reading, stored: Stored | None) -> None:
        """Put the repaired texts into what a row says; one that the library has just so stays."""
        count = sum(
            self._field(reader, reading, name)
            for name in reader.texts
            if reading.values.get(name) and not (stored and stored.state[name] == reading.values[name])
        )
        self.places += count
        self.rows += bool(count)

    def _field(self, reader: RowReader, reading: Reading, name: str) -> int:
        rich = is_rich(reader.records, name)
        mended = Mended(reading.values[name], self.kept, is_rich=rich)
        made = [spot for spot in mended.spots if not spot.is_offer]
        doubtful = [spot for spot in mended.spots if spot.is_offer] + mended.marks
        if made:
            new = mended.made(set(range(len(mended.spots))) - mended.offered)
            field: Any = reader.records.model._meta.get_field(name)
            reading.values[name] = field.clean(new, None)
            counts = Counter(spot.change.kind for spot in made).most_common()
            told = "，".join(f"{kind} {count}" for kind, count in counts)
            reading.warnings.append((reader.heading(name), f"修复文字 {len(made)} 处（{told}）：{_shown(made)}"))
        if doubtful:
            told = "；".join(f"“{_around(spot)}”{spot.change.kind}" for spot in doubtful[:TOLD])
            reading.warnings.append((reader.heading(name), f"有 {len(doubtful)} 处可疑，没有改，请对照原文：{told}"))
        return len(made)

    @property
    def notice(self) -> list[str]:
        if not self.places:
            return []
        return [
            f"修复了 {self.rows:,} 行里的文字，共 {self.places:,} 处，逐行写明。"
            "要按原样导入，请放弃，重新选择文件并去掉“修复文字”的勾"
        ]


def _shown(spots: list[Spot]) -> str:
    """Each different change once, as often as it was made."""
    counts = Counter((spot.change.before.replace("\n", "↵"), spot.change.after) for spot in spots)
    told = [
        f"“{before}”{f'改为“{after}”' if after else '删去'}{f' {count} 次' if count > 1 else ''}"
        for (before, after), count in list(counts.items())[:TOLD]
    ]
    return "、".join(told) + ("等" if len(counts) > TOLD else "")


def _around(spot: Spot) -> str:
    return f"{spot.before[-6:]}{spot.change.before}{spot.after[:6]}".replace("\n", " ")
