"""Reading what a question about posts is asked of: corroborated threats of an area, and candidate places by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, case, cast, func, select

from consult.allocation.coverage import Candidate, Demand
from consult.catalogue.models import Category
from consult.db import db
from consult.districts import queries as districts
from consult.geo import shape_to_degrees
from consult.period import midnight
from consult.places import queries as places
from consult.threats.models import Threat
from consult.threats.queries import in_area
from consult.threats.workflow import Status

SQUARE_M = 500.0
"""Threats of one category in a square of this side are taken together at their middle."""

CORROBORATED_BY = 2
"""So many independent people speak of a corroborated threat, unless the police confirmed it."""

NOT_COUNTED = (Status.NOT_CONFIRMED, Status.JOKE, Status.ELIMINATED)
CONFIRMED = (Status.CONFIRMED, Status.HANDED_OVER)

FIRST_CANDIDATES = 6


@dataclass(frozen=True)
class Heard:
    """What posts are asked for: demands, how many threats they are, and what was left out.

    `uncorroborated` are threats of one voice that nobody confirmed; `placeless` those of a whole area.
    """

    demands: tuple[Demand, ...]
    threats: int
    uncorroborated: int
    placeless: int


def heard(area: str, since: date) -> Heard:
    """Gather the corroborated threats of a district or commune of which somebody spoke since a day."""
    standing = (*_standing(area, since),)
    counted = select(
        func.count(Threat.id).label("threats"),
        func.sum(case((Threat.is_whole_area, 1), else_=0)).label("placeless"),
        func.sum(case((Threat.is_whole_area.is_(False) & ~_is_corroborated(), 1), else_=0)).label("uncorroborated"),
    ).where(*standing)
    totals = db.session.execute(counted).one()
    demands = tuple(
        Demand(row.x, row.y, row.voices, row.category_code) for row in db.session.execute(_demands(standing)).all()
    )
    left_out = (totals.placeless or 0) + (totals.uncorroborated or 0)
    return Heard(demands, totals.threats - left_out, totals.uncorroborated or 0, totals.placeless or 0)


def _demands(standing: Sequence[ColumnElement[bool]]) -> Select[Any]:
    column, row = (cast(func.floor(metres / SQUARE_M), Integer) for metres in (Threat.x, Threat.y))
    chosen = select(
        func.avg(Threat.x).label("x"),
        func.avg(Threat.y).label("y"),
        func.sum(Threat.independent).label("voices"),
        Threat.category_code,
    ).where(*standing, Threat.is_whole_area.is_(False), _is_corroborated())
    return chosen.group_by(column, row, Threat.category_code).order_by(column, row, Threat.category_code)


def _standing(area: str, since: date) -> Sequence[ColumnElement[bool]]:
    column = Threat.district_code if len(area) == 4 else Threat.commune_code
    return (
        Threat.observations > 0,
        Threat.status.not_in(NOT_COUNTED),
        Threat.last_at >= midnight(since),
        in_area(column, area),
    )


def _is_corroborated() -> ColumnElement[bool]:
    return (Threat.independent >= CORROBORATED_BY) | Threat.status.in_(CONFIRMED)


def candidates(lines: Sequence[str], area: str) -> tuple[list[Candidate], list[str]]:
    """Find the candidate places that lines name, a place of the gazetteer or a position; and those that are none."""
    found: list[Candidate] = []
    unknown: list[str] = []
    for line in lines:
        known = places.search(line, area[:4], limit=1)
        if known:
            found.append(Candidate(line, *known[0].place.x_y))
        else:
            unknown.append(line)
    return found, unknown


def first_candidates(area: str) -> list[str]:
    """Offer the most populous towns and villages of an area."""
    outline = districts.outline(area)
    west, south, east, north = shape_to_degrees(outline).bounds
    inside = [
        row.name
        for row in places.towns_within((west, south, east, north), 40)
        if (row.district_code == area if len(area) == 4 else row.commune_code[:6] == area[:6])
    ]
    return list(dict.fromkeys(inside))[:FIRST_CANDIDATES]


def category_names(language: str) -> dict[str, str]:
    """Name the categories by their codes."""
    return {one.code: one.name(language) for one in db.session.scalars(select(Category))}
