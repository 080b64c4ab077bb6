"""Observations on the map of the police: the counts of a tile's cells, within the areas that the reader sees."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, bindparam, cast, func, literal_column, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from consult import tiles, vector_tiles
from consult.db import db
from consult.observations.models import Observation, PyramidCell
from consult.observations.pyramid import EVERY_KIND, STORED
from consult.tiles import FINEST, LOWEST, UNIT_BITS, Tile
from consult.vector_tiles import Point

LAYER = "observations"
ZOOMS = range(LOWEST, FINEST + 1)


Areas = Sequence[str] | None
"""TERYT codes of the districts (four digits) and communes (six) that the reader sees; None is everywhere."""


class Cell(NamedTuple):
    """Observations of one cell of a tile: how many, and their middle in units of the tile."""

    observations: int
    x: int
    y: int


def _in_areas(code: ColumnElement[str] | InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Stop at the edge of what the reader sees: whole districts by four digits, communes by six."""
    return or_(
        func.substr(code, 1, 4).in_(bindparam("districts", expanding=True)),
        func.substr(code, 1, 6).in_(bindparam("communes", expanding=True)),
    )


def _question(*, by_four: bool) -> Select[*tuple[Any, ...]]:
    """Ask for a tile's cells: number, observations, sums of their ways; as they are stored, or put together by four."""
    low: ColumnElement[int] = literal_column("1")
    cell: Any = PyramidCell.cell
    observations: Any = PyramidCell.observations
    east: Any = PyramidCell.east
    south: Any = PyramidCell.south
    if by_four:
        east = east + observations * cell.bitwise_and(low) * bindparam("width")
        south = south + observations * cell.bitwise_rshift(low).bitwise_and(low) * bindparam("width")
        cell = cell.bitwise_rshift(literal_column("2"))
    sums = (cast(func.sum(column), BigInteger) for column in (east, south))
    return (
        select(cell, func.sum(observations), *sums)
        .where(
            PyramidCell.zoom == bindparam("zoom"),
            PyramidCell.category_code.in_(bindparam("categories", expanding=True)),
            PyramidCell.cell >= bindparam("first"),
            PyramidCell.cell < bindparam("after"),
        )
        .group_by(cell)
    )


_EVERYWHERE = {by_four: _question(by_four=by_four) for by_four in (False, True)}
_IN_AREAS = {by_four: asked.where(_in_areas(PyramidCell.area_code)) for by_four, asked in _EVERYWHERE.items()}
"""The questions are built once: building costs more than asking."""


def cells_of(tile: Tile, areas: Areas, categories: Sequence[str] = ()) -> list[Cell]:
    """List the cells of a tile where observations stand: of these areas, of these categories or of all.

    Raises ValueError for a zoom that has no cells.
    """
    if tile.z not in ZOOMS:
        raise ValueError(tile.z)
    (first, after), by_four, bits = tile.cells, tile.z not in STORED, FINEST - tile.z
    finer = 2 if by_four else 0
    facts: dict[str, Any] = {"zoom": tile.z + by_four, "first": first << finer, "after": after << finer}
    facts |= {"categories": _kinds(categories)} | ({"width": 1 << bits + UNIT_BITS - 1} if by_four else {})
    asked = (_EVERYWHERE[by_four], facts) if areas is None else (_IN_AREAS[by_four], facts | _split(areas))
    found = []
    for number, count, east, south in db.session.execute(*asked):
        column, row = tiles.WITHIN[number - first]
        x, y = (column << UNIT_BITS) + (east // count >> bits), (row << UNIT_BITS) + (south // count >> bits)
        found.append(Cell(count, x, y))
    return found


def encoded(tile: Tile, areas: Areas, categories: Sequence[str] = ()) -> bytes:
    """Write the cells of a tile as points with their `count`; nothing where there are none."""
    points = [Point(x, y, (("count", count),)) for count, x, y in cells_of(tile, areas, categories)]
    return vector_tiles.encoded(LAYER, points)


def by_area(areas: Areas, categories: Sequence[str] = ()) -> dict[str, int]:
    """Count the observations on the map by commune, or by district where no commune is known."""
    chosen = select(PyramidCell.area_code, func.sum(PyramidCell.observations).label("observations"))
    chosen = chosen.where(PyramidCell.zoom == LOWEST, PyramidCell.category_code.in_(_kinds(categories)))
    chosen = chosen if areas is None else chosen.where(_in_areas(PyramidCell.area_code))
    rows = db.session.execute(chosen.group_by(PyramidCell.area_code), _split(areas or ()))
    return {row.area_code: row.observations for row in rows}


def placeless(areas: Areas, categories: Sequence[str] = ()) -> int:
    """Count the observations that speak of a whole commune, or of a neighbourhood: no map shows them."""
    code = func.coalesce(Observation.commune_code, Observation.district_code)
    chosen = select(func.count()).where(Observation.cell.is_(None), Observation.withdrawn_at.is_(None))
    if categories:
        chosen = chosen.where(Observation.category_code.in_(categories))
    chosen = chosen if areas is None else chosen.where(_in_areas(code))
    return db.session.scalar(chosen, _split(areas or ())) or 0


def _kinds(categories: Sequence[str]) -> list[str]:
    return list(categories) or [EVERY_KIND]


def _split(areas: Sequence[str]) -> dict[str, list[str]]:
    return {
        "districts": [code for code in areas if len(code) <= 4],
        "communes": [code[:6] for code in areas if len(code) > 4],
    }
