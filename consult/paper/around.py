"""What lies in the fields of a printed map: the villages in each, else the nearest one, to check a field by."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from consult.geo import box_to_degrees, to_metres
from consult.paper.grid import Grid
from consult.places import queries as places
from consult.places.models import PlaceName

FAR_M = 6_000.0
"""Villages so far around the map may still be the nearest ones."""

MOST_NAMED = 3
MOST_TOWNS = 400


@dataclass(frozen=True)
class Around:
    """The places in a field; where there is none, the nearest one and how far it is from the middle of the field."""

    names: Sequence[str] = field(default=())
    nearest: str = ""
    metres: int = 0


def around(grid: Grid) -> dict[str, Around]:
    """Tell for each field what lies there; nothing where the gazetteer knows no place near."""
    west, south, east, north = grid.bounds
    frame = box_to_degrees((west - FAR_M, south - FAR_M, east + FAR_M, north + FAR_M))
    named = [(row.name, *_spot(row)) for row in places.towns_within(frame, MOST_TOWNS)]
    within: dict[str, list[str]] = {}
    for name, x, y in named:
        cell = grid.at(x, y)
        if cell is not None:
            within.setdefault(cell, []).append(name)
    spots = np.array([(x, y) for _name, x, y in named]).reshape(-1, 2)
    return {name: _around(grid, name, within.get(name, []), named, spots) for name in grid.names()}


def _spot(row: PlaceName) -> tuple[float, float]:
    assert row.lon is not None
    assert row.lat is not None
    return to_metres(row.lon, row.lat)


def _around(
    grid: Grid, cell: str, names: Sequence[str], named: Sequence[tuple[str, float, float]], spots: np.ndarray
) -> Around:
    if names or not named:
        return Around(tuple(names[:MOST_NAMED]))
    middle = grid.cell(cell).centroid
    metres = np.hypot(spots[:, 0] - middle.x, spots[:, 1] - middle.y)
    at = int(metres.argmin())
    return Around((), named[at][0], int(round(float(metres[at]), -2)))
