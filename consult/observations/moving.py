"""Voices under new boundaries: every place is read again, nothing else of a voice changes."""

from typing import Any

import numpy as np
from sqlalchemy import or_, select, update

from consult.db import db
from consult.districts.moving import Holding, Move, Spots
from consult.observations.counting import COLUMNS, count
from consult.observations.models import Observation

BATCH = 500

_PLACES = (
    Observation.id,
    Observation.lon,
    Observation.lat,
    Observation.accuracy_m,
    Observation.district_code,
    Observation.commune_code,
)


def spots() -> Spots:
    """Give the places of all voices, those withdrawn too: they may come back."""
    rows = db.session.execute(select(*_PLACES)).all()
    number = {row.id: k for k, row in enumerate(rows)}
    drawn = select(Observation.id, Observation.place)
    drawn = drawn.where(or_(Observation.extent_m > 0, Observation.cell.is_(None)))
    return Spots.of(rows, places={number[key]: place for key, place in db.session.execute(drawn)})


def write(move: Move) -> None:
    """Store where the voices lie now, and count them there."""
    rows = [_row(move, k) for k in np.asarray(move.rows).tolist()]
    keys = [row["id"] for row in rows]
    _count(keys, -1)
    db.session.execute(update(Observation), rows)
    _count(keys, 1)


def _count(keys: list[int], times: int) -> None:
    """Count those of the voices that stand, or take them away from where they were."""
    for start in range(0, len(keys), BATCH):
        chosen = select(*COLUMNS).where(Observation.id.in_(keys[start : start + BATCH]))
        for voice in db.session.execute(chosen.where(Observation.withdrawn_at.is_(None))):
            count(voice, times)


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
