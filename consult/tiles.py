"""Tiles of the Web Mercator scheme, their cells, and the numbers that keep neighbours beside each other.

Tiles are those of OGC 17-083r2, annex E (WebMercatorQuad): x from the west, y from the north, twice as many each way
at every further zoom. A tile has 32 × 32 cells, and is 4,096 units wide. Cells have a number in Morton's order (the
bits of column and row take turns), so the cells of one tile are a range of numbers, and the cell of the next coarser
zoom has the number without its last two bits.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from consult.geo import Box

LOWEST, FINEST = 4, 14
"""The zooms that have cells: from the country at a glance to cells of less than fifty metres."""

CELL_BITS = 5
CELLS = 1 << 2 * CELL_BITS
"""Cells of a tile."""

EXTENT_BITS = 12
EXTENT = 1 << EXTENT_BITS
UNIT_BITS = EXTENT_BITS - CELL_BITS
WORLD_BITS = FINEST + EXTENT_BITS
"""The world has two to the power of this many units of the finest zoom each way."""

PARALLEL_52_M = 40_075_017 * math.cos(math.radians(52))
"""The way around the earth along the parallel of 52° north, in metres."""

_SPREADING = (
    (16, 0x0000FFFF0000FFFF),
    (8, 0x00FF00FF00FF00FF),
    (4, 0x0F0F0F0F0F0F0F0F),
    (2, 0x3333333333333333),
    (1, 0x5555555555555555),
)
_GATHERING = (
    (1, 0x3333333333333333),
    (2, 0x0F0F0F0F0F0F0F0F),
    (4, 0x00FF00FF00FF00FF),
    (8, 0x0000FFFF0000FFFF),
    (16, 0x00000000FFFFFFFF),
)


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile by its zoom, its column from the west and its row from the north."""

    z: int
    x: int
    y: int

    @property
    def exists(self) -> bool:
        """Whether the scheme has such a tile."""
        return 0 <= self.z <= WORLD_BITS and 0 <= self.x < 1 << self.z and 0 <= self.y < 1 << self.z

    @property
    def cells(self) -> tuple[int, int]:
        """The number of its first cell, and the first number after its last one."""
        first = interleaved(self.x, self.y) * CELLS
        return first, first + CELLS

    @property
    def box(self) -> Box:
        """Its edges in degrees: west, south, east, north."""
        across = 1 << self.z
        north, south = (_latitude(row / across) for row in (self.y, self.y + 1))
        return self.x / across * 360 - 180, south, (self.x + 1) / across * 360 - 180, north

    def units_to(self, lon: float, lat: float) -> tuple[int, int]:
        """Give the units of this tile from its north-western corner to a place; beyond 0 to 4,095 it lies outside."""
        x, y = _numbered(lon, lat, EXTENT << self.z)
        return x - self.x * EXTENT, y - self.y * EXTENT

    def position_of(self, x: int, y: int) -> tuple[float, float]:
        """Give the degrees of a position in units of this tile: the way back of `units_to`."""
        across = EXTENT << self.z
        return (self.x * EXTENT + x) / across * 360 - 180, _latitude((self.y * EXTENT + y) / across)

    def holds(self, lon: float, lat: float) -> bool:
        """Tell whether a place lies in it; every place lies in one tile of a zoom."""
        return _numbered(lon, lat, 1 << self.z) == (self.x, self.y)


@dataclass(frozen=True, slots=True)
class TileRange:
    """The tiles of one zoom that a box touches; `(x, y) in it` asks for one."""

    z: int
    west: int
    north: int
    east: int
    south: int

    def __contains__(self, tile: tuple[int, int]) -> bool:
        x, y = tile
        return self.west <= x <= self.east and self.north <= y <= self.south

    def __iter__(self) -> Iterator[Tile]:
        for y in range(self.north, self.south + 1):
            for x in range(self.west, self.east + 1):
                yield Tile(self.z, x, y)


def tiles_over(box: Box, z: int) -> TileRange:
    """Name the tiles that a box in degrees touches at a zoom."""
    west, south, east, north = box
    return TileRange(z, *_numbered(west, north, 1 << z), *_numbered(east, south, 1 << z))


def units_of(lon: float, lat: float) -> tuple[int, int]:
    """Give the position of a place in the world, in units of the finest zoom from the west and from the north."""
    return _numbered(lon, lat, 1 << WORLD_BITS)


def zoom_for(cell_m: float) -> int:
    """Give the zoom whose cells are about so many metres wide in the middle of Poland."""
    zoom = round(math.log2(PARALLEL_52_M / cell_m)) - CELL_BITS
    return min(max(zoom, LOWEST), FINEST)


def _numbered(lon: float, lat: float, across: int) -> tuple[int, int]:
    rise = math.asinh(math.tan(math.radians(lat))) / math.pi
    return int((lon + 180) / 360 * across), int((1 - rise) / 2 * across)


def _latitude(share: float) -> float:
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * share))))


def interleaved(column: int, row: int) -> int:
    """Give Morton's number of a column and a row of up to 32 bits each; the column has the lower bit of each pair."""
    return _spread(column) | _spread(row) << 1


def _spread(number: int) -> int:
    """Put a nought before each bit of a number."""
    for shift, mask in _SPREADING:
        number = (number | number << shift) & mask
    return number


def deinterleaved(number: int) -> tuple[int, int]:
    """Give the column and the row of Morton's number."""
    return _gathered(number), _gathered(number >> 1)


def _gathered(number: int) -> int:
    """Take every second bit of a number, from the lowest on."""
    number &= _SPREADING[-1][1]
    for shift, mask in _GATHERING:
        number = (number | number >> shift) & mask
    return number


WITHIN = tuple(deinterleaved(number) for number in range(CELLS))
"""Column and row of each cell within its tile, by the last ten bits of its number."""
