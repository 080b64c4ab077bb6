"""Voices counted by cells of the map, from the finest zoom to the coarsest: sums that add up exactly.

A count belongs to a category, a cell and an area: the commune, or the district where no commune is known. So a sum over
areas stops exactly at the border of what somebody may see. Beside the number of voices stand the sums of their ways
from the cell's western and northern edge, in units of the finest zoom (`consult.tiles`): whole numbers, so that what is
taken away leaves nothing behind, and a coarser cell follows from its four finer ones.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from consult import tiles
from consult.tiles import FINEST, LOWEST, UNIT_BITS

Key = tuple[str, int, str]
"""A category's code, the number of a cell, and the code of an area."""

Counts = dict[Key, list[int]]
"""For each key how many voices there are, and the sums of their ways east and south in the cell."""

EVERY_KIND = ""
"""Stands for a category where all are counted together."""

TOGETHER_TO = 9
"""Up to this zoom all categories are counted together, too: a tile there shows many areas, and would add up ten
thousand counts. Beyond it the categories of a tile are few enough to be added up when it is asked for."""


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


def merge(counts: Counts, others: Counts) -> None:
    """Add the counts of others to these."""
    for key, (voices, east, south) in others.items():
        _add(counts, key, voices, east, south)


def _add(counts: Counts, key: Key, voices: int, east: int, south: int) -> None:
    known = counts.setdefault(key, [0, 0, 0])
    known[0] += voices
    known[1] += east
    known[2] += south


def levels(finest: Counts) -> Iterator[tuple[int, Counts]]:
    """Give the counts of every zoom, the finest first."""
    counts = finest
    for zoom in range(FINEST, LOWEST - 1, -1):
        yield zoom, counts if zoom > TOGETHER_TO else counts | _together(counts)
        counts = _coarser(counts, UNIT_BITS + FINEST - zoom)


def _coarser(counts: Counts, width_bits: int) -> Counts:
    """Put cells together by four; a cell is two to the power of `width_bits` units wide."""
    coarser: Counts = {}
    for (category_code, cell, area_code), (voices, east, south) in counts.items():
        to_the_east, to_the_south = (cell & 1) << width_bits, (cell >> 1 & 1) << width_bits
        key = category_code, cell >> 2, area_code
        _add(coarser, key, voices, east + voices * to_the_east, south + voices * to_the_south)
    return coarser


def _together(counts: Counts) -> Counts:
    every: Counts = {}
    for (_category_code, cell, area_code), (voices, east, south) in counts.items():
        _add(every, (EVERY_KIND, cell, area_code), voices, east, south)
    return every
