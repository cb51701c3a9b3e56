"""How many of the cases found each district has in each sector."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import compress

from cases.charts import Steps
from cases.choices import Choice
from cases.district_counts import DistrictCounts
from cases.filters import CaseFilter
from districts.models import District


@dataclass(frozen=True)
class Cell:
    count: int
    step: int
    query: str


@dataclass
class HeatRow:
    """A district; without `query`, what is filed with the district above itself and not with one below it."""

    place: District
    query: str
    label: str
    counts: Counter[int] = field(default_factory=Counter)
    cells: list[Cell] = field(default_factory=list)

    @property
    def code(self) -> str:
        return self.place.public_code

    @property
    def total(self) -> int:
        return self.counts.total()


@dataclass(frozen=True)
class Heat:
    """Districts by sectors, most first both ways; `shown` rows are in the picture, `rest` only summed up in it."""

    sectors: Sequence[Choice]
    shown: Sequence[HeatRow]
    rest: Sequence[HeatRow]
    rest_counts: Sequence[int]
    total: int
    steps: Steps

    @property
    def rest_total(self) -> int:
        return sum(row.total for row in self.rest)


class HeatCount:
    """Counts the table for one query; takes all sectors as key, slug and name."""

    MOST_ROWS = 20

    def __init__(self, browse: CaseFilter, sectors: Sequence[tuple[int, str, str]]) -> None:
        self.browse = browse
        self.sectors = sectors
        self.address = browse.address

    @property
    def heat(self) -> Heat:
        rows = self._filled_rows()
        totals = sum((row.counts for row in rows), Counter[int]())
        sectors = self._heat_sectors(totals)
        # One row more takes no more room than a row that sums it up.
        most = self.MOST_ROWS if len(rows) > self.MOST_ROWS + 1 else len(rows)
        shown, rest = rows[:most], rows[most:]
        steps = Steps(max((count for row in shown for count in row.counts.values()), default=0))
        for row in rows:
            row.cells = [self._cell(row, row.counts[pk], steps, sector) for pk, sector in sectors]
        over = sum((row.counts for row in rest), Counter[int]())
        return Heat(
            sectors=[sector for _, sector in sectors],
            shown=shown,
            rest=rest,
            rest_counts=[over[pk] for pk, _ in sectors],
            total=totals.total(),
            steps=steps,
        )

    def _filled_rows(self) -> list[HeatRow]:
        """The rows that have cases, most first, counted by the key of their sector."""
        rows = {row.place.code: row for row in self._heat_rows()}
        lengths = sorted({len(code) for code in rows}, reverse=True)

        @cache
        def row_of(code: str) -> HeatRow:
            # The codes of streets and zones begin with that of the row they belong to: the longest that fits.
            return next(rows[code[:length]] for length in lengths if code[:length] in rows)

        for (code, sector), count in Counter(self._filed()).items():
            row_of(code).counts[sector] += count
        found = sorted((row for row in rows.values() if row.counts), key=lambda row: (-row.total, row.code))
        if len(found) == 1 and not found[0].query:
            found[0].label = found[0].place.name
        return found

    def _filed(self) -> Iterator[tuple[str, int]]:
        """District code and sector of each case found."""
        tally = self.browse.tally
        filed = zip(tally.filings["district"].values, tally.filings["sector"].values, strict=True)
        return compress(filed, map(tally.cases.__contains__, tally.ids))

    def _heat_rows(self) -> Iterator[HeatRow]:
        """The places one level below the chosen one, or cities; and what is filed with the level above itself."""
        tree = DistrictCounts(self.browse.tally.counts("district").items())
        chosen: District | None = self.browse.chosen.get("district")
        places = [place for place, _ in (tree.below(chosen) if chosen else tree.cities_and_their_like())]
        above = [chosen] if chosen else [place for code, place in tree.places.items() if len(code) == 2]
        for place in above:
            yield HeatRow(place, "", f"{place.name}本级")
        for place in places:
            yield HeatRow(place, self.address.placed("district", place.public_code), place.name)

    def _heat_sectors(self, totals: Counter[int]) -> list[tuple[int, Choice]]:
        """Sectors that any of the cases found is in, most first."""
        found = [
            (pk, Choice(slug, name, totals[pk], False, self.address.replaced(sector=[slug])))
            for pk, slug, name in self.sectors
            if totals[pk]
        ]
        return sorted(found, key=lambda pair: -pair[1].count)

    def _cell(self, row: HeatRow, count: int, steps: Steps, sector: Choice) -> Cell:
        query = ""
        if row.query and count:
            query = self.address.replaced(district=[row.code], sector=[sector.value])
        return Cell(count, steps.of(count), query)
