"""What lies in the fields of a printed map, to check a field by: villages and streets, else the nearest village."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from flask import current_app
from numpy.typing import NDArray

from consult.basemap.land import Kind, Piece
from consult.geo import box_to_degrees, to_metres
from consult.paper.drawing import BackgroundMissing, background_of
from consult.paper.grid import Grid
from consult.places import queries as places

FAR_M = 6_000.0
"""Villages so far around the map may still be the nearest ones."""

MOST_NAMED, MOST_PLACES = 3, 400

Named = Sequence[tuple[str, float, float]]
"""Places by their names with where they are."""


@dataclass(frozen=True)
class Around:
    """Villages and streets in a field; the nearest village and how far it is from the middle of a field without one."""

    villages: Sequence[str] = field(default=())
    streets: Sequence[str] = field(default=())
    nearest: str = ""
    metres: int = 0


def around(grid: Grid) -> Mapping[str, Around]:
    """Tell for each field what lies there, as far as the gazetteer and the background know it.

    The land of a form is asked for with each of its sheets, so it is kept until the gazetteer changes.
    """
    kept: dict[tuple[Grid, int], Mapping[str, Around]] = current_app.extensions.setdefault("paper_around", {})
    known = (grid, places.newest())
    if known not in kept:
        try:
            streets = streets_in(grid, background_of(grid).pieces)
        except BackgroundMissing as missing:  # the field can be checked by its villages
            current_app.logger.warning("streets of a sheet: %s", missing)
            return _gathered(grid, {})
        if len(kept) >= MOST_KEPT:
            kept.clear()
        kept[known] = _gathered(grid, streets)
    return kept[known]


MOST_KEPT = 32


def streets_in(grid: Grid, pieces: Iterable[Piece]) -> dict[str, list[str]]:
    """List the streets of each field, those with the longest way in it first."""
    named = [piece for piece in pieces if piece.kind is Kind.STREET_NAME and piece.name]
    if not named:
        return {}
    tree = shapely.STRtree([piece.geometry for piece in named])
    return {cell: _longest(grid.cell(cell), named, tree) for cell in grid.names()}


def _longest(square: shapely.Polygon, named: Sequence[Piece], tree: shapely.STRtree) -> list[str]:
    metres: dict[str, float] = {}
    for at in tree.query(square, predicate="intersects").tolist():
        inside = shapely.intersection(named[at].geometry, square)
        metres[named[at].name] = metres.get(named[at].name, 0.0) + float(shapely.length(inside))
    return sorted(metres, key=lambda name: (-metres[name], name))[:MOST_NAMED]


def _gathered(grid: Grid, streets: Mapping[str, Sequence[str]]) -> Mapping[str, Around]:
    named = _places(grid)
    spots = np.array([(x, y) for _name, x, y in named]).reshape(-1, 2)
    within: dict[str, list[str]] = {}
    for name, x, y in named:
        cell = grid.at(x, y)
        if cell is not None:
            within.setdefault(cell, []).append(name)
    found = {}
    for cell in grid.names():
        villages = tuple(within.get(cell, ())[:MOST_NAMED])
        found[cell] = Around(villages, tuple(streets.get(cell, ())), *_nearest(grid, cell, named, spots))
    return found


def _places(grid: Grid) -> Named:
    """List what has a name in and around a grid."""
    west, south, east, north = grid.bounds
    frame = box_to_degrees((west - FAR_M, south - FAR_M, east + FAR_M, north + FAR_M))
    rows = [row for row in places.named_within(frame, MOST_PLACES) if row.lon is not None and row.lat is not None]
    return [(row.name, *to_metres(row.lon or 0.0, row.lat or 0.0)) for row in rows]


def _nearest(grid: Grid, cell: str, named: Named, spots: NDArray[np.float64]) -> tuple[str, int]:
    if not named:
        return "", 0
    middle = grid.cell(cell).centroid
    metres = np.hypot(spots[:, 0] - middle.x, spots[:, 1] - middle.y)
    at = int(metres.argmin())
    return named[at][0], int(round(float(metres[at]), -2))
