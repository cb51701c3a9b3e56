"""Rows of tables as lines: cells parted by tabs, where a table holds words and not the layout of a page."""

from __future__ import annotations

LONGEST_CELL, MOST_CELLS = 120, 8


class Rows:
    """Told where rows and cells begin and end among lines that are being gathered, makes one line of each row."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.open: list[tuple[int, list[str]]] = []  # where each open row begins, and its cells so far
        self.cells: list[int] = []

    def begin_row(self) -> None:
        self.open.append((len(self.lines), []))

    def begin_cell(self) -> None:
        self.cells.append(len(self.lines))

    def end_cell(self) -> None:
        if self.cells and self.open:
            words = " ".join(line.strip() for line in self.lines[self.cells.pop() :])
            self.open[-1][1].append(words.strip())

    def end_row(self) -> None:
        if not self.open:
            return
        first, cells = self.open.pop()
        if 2 <= len(cells) <= MOST_CELLS and all(len(cell) <= LONGEST_CELL for cell in cells):
            self.lines[first:] = ["\t".join(cells)] if any(cells) else []
