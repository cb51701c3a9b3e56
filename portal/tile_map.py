"""A city's districts as tiles: where each stands, how many cases it has, and how dark that makes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from cases.charts import Steps
from cases.district_counts import DistrictCounts
from districts.models import District

TILE_HEIGHT = 76
# A longer name takes two lines: five tiles side by side on a phone hold four characters each.
LONGEST_LINE = 4
COLUMNS = 4
MOST_CITIES = 8

# Where the districts lie to each other, drawn by hand; a dot leaves a place empty. A name is known by its beginning.
LAYOUTS = {
    "4401": """
        .     花都  从化  .
        .     白云  黄埔  增城
        荔湾  越秀  天河  .
        .     海珠  番禺  .
        .     .     南沙  .
    """,
    "4403": """
        宝安  光明  龙华  龙岗  坪山
        .     南山  福田  罗湖  盐田
        .     .     .     .     大鹏
    """,
    "31": """
        .     .     宝山  崇明  .
        嘉定  普陀  静安  虹口  杨浦
        青浦  长宁  徐汇  黄浦  浦东
        .     松江  闵行  奉贤  .
        .     金山  .     .     .
    """,
}


@dataclass(frozen=True)
class Tile:
    """One district with its place in the grid, from 0, and the step of its colour."""

    district: District
    count: int
    column: int
    row: int
    step: int
    columns: int

    @property
    def left(self) -> str:
        return f"{self.column * 100 / self.columns:g}%"

    @property
    def width(self) -> str:
        return f"{100 / self.columns:g}%"

    @property
    def top(self) -> int:
        return self.row * TILE_HEIGHT

    @property
    def lines(self) -> list[str]:
        name = self.district.name
        half = len(name) if len(name) <= LONGEST_LINE else (len(name) + 1) // 2
        return [line for line in (name[:half], name[half:]) if line]


@dataclass(frozen=True)
class TileMap:
    """The tiles of a city; `is_drawn` says whether they stand as they lie or only in the order of their codes."""

    city: District
    count: int
    tiles: Sequence[Tile]
    columns: int
    is_drawn: bool

    @property
    def height(self) -> int:
        return TILE_HEIGHT * (1 + max((tile.row for tile in self.tiles), default=-1))

    @property
    def by_count(self) -> list[Tile]:
        """The tiles that have cases, most first."""
        return sorted((tile for tile in self.tiles if tile.count), key=lambda tile: -tile.count)


class CityChoice:
    """The cities that have cases, and the map of the one that the reader chose."""

    def __init__(self, counts: Iterable[tuple[str, int]], code: str) -> None:
        """Take (district code, number of cases filed directly there) pairs, and the city's public code or nothing."""
        self.counts = DistrictCounts(counts)
        self.all = self.counts.cities()
        self.code = code

    @cached_property
    def chosen(self) -> tuple[District, int] | None:
        """The city asked for, else the one with the most cases; None when it has no cases or there are none at all."""
        if not self.code:
            return self.all[0] if self.all else None
        return next((found for found in self.all if found[0].public_code == self.code), None)

    @property
    def shown(self) -> list[tuple[District, int]]:
        """The cities with the most cases, the chosen one among them."""
        shown = self.all[:MOST_CITIES]
        return [*shown, self.chosen] if self.chosen and self.chosen not in shown else shown

    @cached_property
    def map(self) -> TileMap | None:
        if self.chosen is None:
            return None
        city, count = self.chosen
        return tile_map(city, count, dict(self.counts.below(city)))


def tile_map(city: District, count: int, counts: Mapping[District, int]) -> TileMap:
    """Draw the counties of a city, and its zones that have cases; one query."""
    # Where there are no counties (东莞) only what has cases is drawn.
    places = sorted({*District.objects.visible_to(None).counties_of(city), *counts}, key=lambda place: place.code)
    drawn = _drawn_places(city.code, places)
    columns = max(column for column, _ in drawn.values()) + 1 if drawn else COLUMNS
    steps = Steps(max(counts.values(), default=0))
    spare = _spare_places(drawn, columns)
    tiles = []
    for place in places:
        column, row = drawn.get(place.code) or next(spare)
        cases = counts.get(place, 0)
        tiles.append(Tile(place, cases, column, row, steps.of(cases), columns))
    return TileMap(city, count, tiles, columns, is_drawn=bool(drawn))


def _drawn_places(code: str, places: Sequence[District]) -> dict[str, tuple[int, int]]:
    """Column and row by code, for the places that the layout names."""
    names = {
        name: (column, row)
        for row, line in enumerate(LAYOUTS.get(code, "").split("\n")[1:-1])
        for column, name in enumerate(line.split())
        if name != "."
    }
    # Popped: 增城经开区 does not take the place of 增城区.
    return {place.code: names.pop(place.name[:2]) for place in places if place.name[:2] in names}


def _spare_places(drawn: dict[str, tuple[int, int]], columns: int) -> Iterator[tuple[int, int]]:
    """Places below what is drawn, row by row, for what the layout does not know."""
    row = max((row for _, row in drawn.values()), default=-1) + 1
    while True:
        yield from ((column, row) for column in range(columns))
        row += 1
