"""Threats counted together where they would cover one another on a map.

A cell is the part of a grid's square that lies in one district, so the counts of a district's cells add up to its list
and no cell tells of two districts at once. The grid is one of EPSG:2180 metres whose squares double from step to step:
the same view gives the same cells, and half of it gives cells of half the size.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, cast, func, select

from consult.db import db
from consult.districts import queries as districts
from consult.geo import Box, box_to_metres, to_degrees
from consult.observations.queries import AnyRow
from consult.threats import queries
from consult.threats.models import Threat
from consult.threats.queries import Filters
from consult.tiles import PARALLEL_52_M, Tile

ACROSS = 24
"""Squares along the longer edge of a view, at least: as many marks as fit beside one another on a phone."""

SMALLEST_M = 4
COUNTRY_M = 800_000
MOST_NAMED = 60
"""Districts that a view names in its query; one that shows more of them looks through them all."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Threats of one district in one square: how many, their middle and the square, in EPSG:2180 metres."""

    count: int
    x: float
    y: float
    bounds: Box
    threat_id: int | None
    """The threat, when there is only one."""


def side_m(span_m: float) -> int:
    """Give the side of a square in metres for a view whose longer edge spans so many: a power of two."""
    return int(2 ** math.ceil(math.log2(max(span_m / ACROSS, SMALLEST_M))))


def within(filters: Filters, view: Box | None = None) -> list[Cell]:
    """Count the threats that pass the filters by cells, in a view or everywhere; those of whole areas have no place.

    Squares at the edge of a view are counted whole. One statement, which reads one index.
    """
    span_m = max(view[2] - view[0], view[3] - view[1]) if view else COUNTRY_M
    return _found(filters, view, side_m(span_m))


def of_tile(filters: Filters, tile: Tile) -> list[Cell]:
    """Count the threats that pass the filters by the cells whose middle lies in a tile.

    The squares are those of a view as wide as a tile of this zoom is along the 52nd parallel, for all tiles alike: so
    every cell is in one tile, and none says anything that a view does not say.
    """
    found = _found(filters, box_to_metres(tile.box), side_m(PARALLEL_52_M / (1 << tile.z)))
    return [cell for cell in found if tile.holds(*to_degrees(cell.x, cell.y))]


def _found(filters: Filters, view: Box | None, side: int) -> list[Cell]:
    chosen = queries.narrowed(_counted(side), filters).where(Threat.is_whole_area.is_(False))
    if view:
        chosen = chosen.where(*_in_view(view, side))
    found = db.session.execute(chosen).all()
    cells = [_cell(row, side) for row in found]
    return sorted(cells, key=lambda cell: (-cell.count, cell.x, cell.y))


def _cell(row: AnyRow, side: int) -> Cell:
    west, south = row.column * side, row.row * side
    return Cell(
        row.threats, row.x, row.y, (west, south, west + side, south + side), row.threat_id if row.threats == 1 else None
    )


def placeless(filters: Filters) -> int:
    """Count the threats that pass the filters and speak of a whole commune or district: no map shows them."""
    chosen = queries.narrowed(select(func.count(Threat.id)), filters)
    return db.session.scalar(chosen.where(Threat.is_whole_area)) or 0


def _counted(side: int) -> Select[Any]:
    column, row = (cast(func.floor(metres / side), Integer) for metres in (Threat.x, Threat.y))
    found = select(
        func.count(Threat.id).label("threats"),
        func.min(Threat.id).label("threat_id"),
        func.avg(Threat.x).label("x"),
        func.avg(Threat.y).label("y"),
        column.label("column"),
        row.label("row"),
    )
    return found.group_by(Threat.district_code, column, row)


def _in_view(view: Box, side: int) -> Iterator[ColumnElement[bool]]:
    west, south, east, north = view
    yield Threat.x >= math.floor(west / side) * side
    yield Threat.x < (math.floor(east / side) + 1) * side
    yield Threat.y >= math.floor(south / side) * side
    yield Threat.y < (math.floor(north / side) + 1) * side
    around = (west - side, south - side, east + side, north + side)
    codes = [region.code for region in districts.districts_within(around)]
    if 0 < len(codes) <= MOST_NAMED:
        yield Threat.district_code.in_(codes)
