"""Threats under new boundaries: a threat lies where the voice lies that stands for it; its number and state stay."""

import numpy as np
from sqlalchemy import select, update

from consult.db import db
from consult.districts.moving import Holding, Move, Spots
from consult.observations.models import Observation
from consult.threats.models import Link, Threat

_COLUMNS = (Threat.id, Threat.lon, Threat.lat, Threat.accuracy_m, Threat.district_code, Threat.commune_code)


def spots() -> Spots:
    """Give the places of all threats, those that lead on to others too."""
    rows = db.session.execute(select(*_COLUMNS)).all()
    number = {row.id: k for k, row in enumerate(rows)}
    whole = (
        select(Threat.id, Observation.place)
        .join(Link, Link.threat_id == Threat.id)
        .join(Observation, Observation.id == Link.observation_id)
        .where(Threat.is_whole_area, Observation.lon == Threat.lon, Observation.lat == Threat.lat)
    )
    return Spots.of(rows, places={number[key]: place for key, place in db.session.execute(whole)})


def write(move: Move) -> None:
    """Store where the threats lie now."""
    rows = [
        {"id": move.spots.keys[k], "district_code": str(move.found.district[k]), "commune_code": move.commune(k)}
        for k in np.asarray(move.rows).tolist()
    ]
    db.session.execute(update(Threat), rows)


HOLDINGS = (Holding("threats", spots, write),)
