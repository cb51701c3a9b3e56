"""What a file will be, known before its rows are: enough to decide whether it is written at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self

from cases.exports.description import Export, Note

# The notes that tell a reader what a file is of; the others tell when and by what rules it was made.
TELLING = ("榜单", "清单", "检索词", "筛选条件", "排序", "栏目")
COUNTS = ("案例数", "条目数")


@dataclass(frozen=True)
class Plan:
    """A file by its title and the notes that tell of what it is.

    `effort` is how much work it is, in rows of cases. `count` is how many rows a format has to hold, `counted` their
    measure as in 个案例; nought where there are never too many. `columns` are those chosen, None for all. `export`
    describes the file whole, which may take long.
    """

    title: str
    effort: int
    notes: Sequence[Note]
    export: Callable[[], Export[Any]]
    columns: Sequence[str] | None = None
    count: int = 0
    counted: str = ""

    @classmethod
    def of(cls, export: Export[Any], names: Sequence[str] = ()) -> Self:
        """The plan of a file whose rows are read only as they are written, with these columns chosen or all."""
        notes, chosen = list(export.notes), [column.name for column in export.columns]
        if names and len(chosen) < len(export.subject.columns) + len(export.own_columns):
            notes.append(("栏目", "、".join(column.heading for column in export.columns)))
        else:
            chosen = []
        counted = f"{export.subject.measure}{export.subject.name}"
        return cls(export.title, export.effort, notes, lambda: export, chosen or None, export.count, counted)

    @property
    def telling(self) -> list[list[str]]:
        return self._notes(TELLING)

    @property
    def telling_all(self) -> list[list[str]]:
        """The same with how many there are."""
        return self._notes((*TELLING, *COUNTS))

    def _notes(self, names: Sequence[str]) -> list[list[str]]:
        return [[name, str(value)] for name, value in self.notes if name in names]
