"""Reading voices: near a place, by district and period."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Double, Row, Select, bindparam, func, select, union_all

from consult import geo
from consult.db import Moment, db
from consult.observations.models import Observation

AnyRow = Row[*tuple[Any, ...]]

WINDOW = timedelta(days=45)
"""How far apart in time the machine still joins voices."""

WIDEST_M = 200_000.0
"""No line or area reaches farther than this from its middle, in metres."""

_ROWS: Any = Observation.__table__
"""The plain table: asked for columns of it, the session makes no objects and looks for none."""

COLUMNS = (
    _ROWS.c.id,
    _ROWS.c.order_key,
    _ROWS.c.category_code,
    _ROWS.c.group_code,
    _ROWS.c.observed_from,
    _ROWS.c.observed_to,
    _ROWS.c.weekdays,
    _ROWS.c.times_of_day,
    _ROWS.c.voices,
    _ROWS.c.voice_key,
    _ROWS.c.plane,
    _ROWS.c.words_mask,
    _ROWS.c.street_code,
    _ROWS.c.accuracy_m,
    _ROWS.c.lon,
    _ROWS.c.lat,
    _ROWS.c.x,
    _ROWS.c.y,
    _ROWS.c.cell,
    _ROWS.c.extent_m,
    _ROWS.c.district_code,
    _ROWS.c.commune_code,
)
"""What joining needs of a voice: plain columns, since a million rows are no objects."""


@dataclass(frozen=True)
class Spot:
    """Where and when to look for voices: EPSG:2180 metres, a reach in metres, and a window of moments."""

    group_code: str
    x: float
    y: float
    reach_m: float
    since: datetime
    until: datetime


def by_source(source: str, source_key: str) -> Observation | None:
    """Find the voice that a door's record gave."""
    return db.session.scalar(_BY_SOURCE, {"source": source, "source_key": source_key})


def near(spot: Spot) -> list[AnyRow]:
    """List the columns of voices of a group around a spot, within the joining window, in the order of their keys.

    Lines and areas may reach here from afar: they are few, and asked for by an index of their own.
    """
    values = {
        "group": spot.group_code,
        "x": spot.x,
        "y": spot.y,
        "reach": spot.reach_m,
        "until": spot.until + WINDOW,
        "since": spot.since - WINDOW,
        "cells": sorted(geo.cells_within(spot.x, spot.y, spot.reach_m)),
    }
    found = db.session.execute(_NEAR, values)
    return sorted({row.id: row for row in found}.values(), key=lambda row: row.order_key)


_BY_SOURCE = select(Observation).where(
    Observation.source == bindparam("source"), Observation.source_key == bindparam("source_key")
)


def _around(*where: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Select voices in the window of time; built once, since building costs more than asking."""
    return select(*COLUMNS).where(
        *where,
        _ROWS.c.observed_from <= bindparam("until", type_=Moment()),
        _ROWS.c.observed_to >= bindparam("since", type_=Moment()),
        _ROWS.c.withdrawn_at.is_(None),
    )


_IN_CELLS = _around(_ROWS.c.group_code == bindparam("group"), _ROWS.c.cell.in_(bindparam("cells", expanding=True)))

_BY_IDS = select(*COLUMNS).where(_ROWS.c.id.in_(bindparam("ids", expanding=True)), _ROWS.c.withdrawn_at.is_(None))

# `lower` keeps the planner off the wide index of the group: the few lines and areas have one of their own.
_DRAWN_ACROSS = _around(
    _ROWS.c.extent_m > 0,
    _ROWS.c.x.between(bindparam("x", type_=Double()) - WIDEST_M, bindparam("x", type_=Double()) + WIDEST_M),
    func.lower(_ROWS.c.group_code) == bindparam("group"),
    func.abs(_ROWS.c.x - bindparam("x", type_=Double())) <= _ROWS.c.extent_m + bindparam("reach", type_=Double()),
    func.abs(_ROWS.c.y - bindparam("y", type_=Double())) <= _ROWS.c.extent_m + bindparam("reach", type_=Double()),
)

_NEAR = union_all(_IN_CELLS, _DRAWN_ACROSS)


def standing(district: str | None = None) -> Select[*tuple[Any, ...]]:
    """Select the columns of all voices not withdrawn, of one district or of all, in the order of their keys."""
    chosen = select(*COLUMNS).where(Observation.withdrawn_at.is_(None)).order_by(Observation.order_key)
    return chosen if district is None else chosen.where(Observation.district_code == district)


def by_ids(ids: Sequence[int]) -> Sequence[AnyRow]:
    """List the columns of the voices with these ids, the withdrawn ones left out."""
    return db.session.execute(_BY_IDS, {"ids": ids}).all()


def places_of(ids: Sequence[int]) -> dict[int, geo.Place]:
    """Give the places of the voices with these ids."""
    if not ids:
        return {}
    found: dict[int, geo.Place] = {}
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        chosen = select(Observation.id, Observation.place).where(Observation.id.in_(part))
        found.update({row.id: row.place for row in db.session.execute(chosen)})
    return found


def in_period(district: str, since: datetime, until: datetime) -> Sequence[Observation]:
    """List the voices about a district whose window touches a period, newest first."""
    chosen = (
        Observation.district_code == district,
        Observation.observed_from < until,
        Observation.observed_to >= since,
        Observation.withdrawn_at.is_(None),
    )
    return db.session.scalars(select(Observation).where(*chosen).order_by(Observation.observed_from.desc())).all()
