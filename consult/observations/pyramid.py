"""Voices counted by cells of the map, from the finest zoom to the coarsest: sums that add up exactly.

A count belongs to a category, a cell and an area: the commune, or the district where no commune is known. So a sum over
areas stops exactly at the border of what somebody may see. Beside the number of voices stand the sums of their ways
from the cell's western and northern edge, in units of the finest zoom (`consult.tiles`): whole numbers, so that what is
taken away leaves nothing behind, and a coarser cell follows from its four finer ones.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from consult import tiles
from consult.tiles import FINEST, UNIT_BITS

Key = tuple[str, int, str]
"""A category's code, the number of a cell, and the code of an area."""

Counts = dict[Key, list[int]]
"""For each key how many voices there are, and the sums of their ways east and south in the cell."""

STORED = (4, 5, 6, 8, 10, 12, 14)
"""The zooms whose cells are stored. The others are put together from those of the next finer one when asked for: there
a tile has few enough, and whoever sends an observation waits for half as many rows."""

EVERY_KIND = ""
"""Stands for a category where all are counted together: a tile of the country would else add up twenty thousand."""


def add(counts: Counts, voice: Sequence[Any], times: int = 1) -> None:
    """Count a voice at the finest zoom, or take it away (`times` -1). One without a spot is in no cell.

    `voice` is its category, longitude, latitude, grid cell, district and commune, as `observations.counting.COLUMNS`.
    """
    category_code, lon, lat, cell, district_code, commune_code = voice
    if cell is None:
        return
    east, south = tiles.units_of(lon, lat)
    key = category_code, tiles.interleaved(east >> UNIT_BITS, south >> UNIT_BITS), commune_code or district_code
    inside = (1 << UNIT_BITS) - 1
    _add(counts, key, times, (east & inside) * times, (south & inside) * times)


def west_and_north(key: Key) -> tuple[int, int]:
    """Give the edges of a cell of the finest zoom, in units from the world's north-west."""
    column, row = tiles.deinterleaved(key[1])
    return column << UNIT_BITS, row << UNIT_BITS


def merge(counts: Counts, others: Counts) -> None:
    """Add the counts of others to these."""
    for key, (observations, east, south) in others.items():
        _add(counts, key, observations, east, south)


def _add(counts: Counts, key: Key, observations: int, east: int, south: int) -> None:
    known = counts.setdefault(key, [0, 0, 0])
    known[0] += observations
    known[1] += east
    known[2] += south


def levels(finest: Counts) -> Iterator[tuple[int, Counts]]:
    """Give the counts of every stored zoom, the finest first."""
    counts = finest
    for zoom, coarser in zip(STORED[::-1], [*STORED[-2::-1], None], strict=True):
        yield zoom, counts | _together(counts)
        if coarser is not None:
            counts = _coarser(counts, zoom, zoom - coarser)


def _coarser(counts: Counts, zoom: int, steps: int) -> Counts:
    """Put the cells of a zoom together by four, or in two steps by sixteen."""
    coarser: Counts = {}
    width_bits, inside = UNIT_BITS + FINEST - zoom, (1 << 2 * steps) - 1
    for (category_code, cell, area_code), (observations, east, south) in counts.items():
        to_the_east, to_the_south = (ways << width_bits for ways in tiles.WITHIN[cell & inside])
        key = category_code, cell >> 2 * steps, area_code
        _add(coarser, key, observations, east + observations * to_the_east, south + observations * to_the_south)
    return coarser


def _together(counts: Counts) -> Counts:
    every: Counts = {}
    for (_category_code, cell, area_code), (observations, east, south) in counts.items():
        _add(every, (EVERY_KIND, cell, area_code), observations, east, south)
    return every
