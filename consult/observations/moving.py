"""Voices under new boundaries: every place is read again, nothing else of a voice changes."""

from typing import Any

import numpy as np
from sqlalchemy import or_, select, update

from consult.db import db
from consult.districts.moving import Holding, Move, Spots
from consult.observations.models import Observation

_COLUMNS = (
    Observation.id,
    Observation.lon,
    Observation.lat,
    Observation.accuracy_m,
    Observation.district_code,
    Observation.commune_code,
)


def spots() -> Spots:
    """Give the places of all voices, those withdrawn too: they may come back."""
    rows = db.session.execute(select(*_COLUMNS)).all()
    number = {row.id: k for k, row in enumerate(rows)}
    drawn = select(Observation.id, Observation.place)
    drawn = drawn.where(or_(Observation.extent_m > 0, Observation.cell.is_(None)))
    return Spots.of(rows, places={number[key]: place for key, place in db.session.execute(drawn)})


def write(move: Move) -> None:
    """Store where the voices lie now."""
    rows = [_row(move, k) for k in np.asarray(move.rows).tolist()]
    db.session.execute(update(Observation), rows)


def _row(move: Move, k: int) -> dict[str, Any]:
    return {
        "id": move.spots.keys[k],
        "district_code": str(move.found.district[k]),
        "commune_code": move.commune(k),
        "border_m": move.border_m(k),
        "neighbour_code": move.neighbour(k),
        "boundary_digest": move.found.digest,
    }


HOLDINGS = (Holding("observations", spots, write),)
