"""All that is measured in a library of one size, stage by stage."""

from __future__ import annotations

import random
import time
import traceback
from collections.abc import Callable
from functools import cached_property

from tests.bench import building, exporting, quality, speed
from tests.bench.effort import Effort
from tests.bench.queries import Vocabulary, by_kind
from tests.bench.rows import Row, counting, tell
from tests.generated import generate

# The size at which the design sets bars of time and memory.
BAR_SIZE = 10_000
SEED = 7


class Sized:
    """A library of the shipped cases, which must be there, and `count` generated ones."""

    def __init__(self, count: int, with_stock: bool, effort: Effort) -> None:
        self.count, self.with_stock, self.effort = count, with_stock, effort
        self.is_asked = count == BAR_SIZE
        self.chance = random.Random(SEED)

    def measure(self) -> list[Row]:
        """Go through the stages; one that breaks costs its own rows only, and says so in the table."""
        tell(f"# {self.count:,} cases: generating ({time.strftime('%H:%M:%S')})")
        self.queries_before = speed.counted_queries()
        generate(self.count, progress=counting("generated"))
        rows = [building.busyness()]
        for name, stage in self.stages.items():
            tell(f"# {self.count:,} cases: {name} ({time.strftime('%H:%M:%S')})")
            try:
                rows += stage()
            except Exception:
                tell(traceback.format_exc())
                rows.append(Row.missing(name))
        return rows

    @property
    def stages(self) -> dict[str, Callable[[], list[Row]]]:
        return {
            "building": lambda: building.rebuilds(self.with_stock, self.is_asked),
            "pages": self.pages,
            "searching": self.searches,
            "what is found": self.found,
            "searching while rebuilding": lambda: building.searching_meanwhile(self.common),
            "publishing": self.publications,
            "exporting": lambda: exporting.exports(self.effort.reading, self.is_asked),
        }

    @cached_property
    def kinds(self) -> dict[str, list[str]]:
        """Other queries than those whose time is taken."""
        return by_kind(Vocabulary(random.Random(SEED + 1)), self.effort.queries)

    @property
    def common(self) -> list[str]:
        return self.kinds["several words"] + self.kinds["frequent word"]

    def pages(self) -> list[Row]:
        rows = speed.query_rows(self.queries_before, speed.counted_queries())
        return rows + speed.pages(self.chance, self.effort.pages, self.is_asked) + speed.others(self.effort.others)

    def searches(self) -> list[Row]:
        stock_queries = self.effort.stock_queries if self.with_stock else 0
        rows = speed.searches(Vocabulary(self.chance), self.effort.queries, stock_queries, self.is_asked)
        return [*rows, speed.narrowed(self.common, self.effort.pages), speed.suggestions(self.effort.pages)]

    def found(self) -> list[Row]:
        rows = quality.recall(self.chance, self.effort.recalled_cases, self.with_stock)
        asked = [query for kind, queries in self.kinds.items() if kind != "Traditional" for query in queries]
        chosen = self.chance.sample(asked, min(self.effort.scripts, len(asked)))
        return [*rows, quality.same_in_both_scripts(chosen)]

    def publications(self) -> list[Row]:
        return [building.freshness(self.effort.publications, self.effort.stock_publications if self.with_stock else 0)]
