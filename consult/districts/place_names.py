"""Names of places under new boundaries: a name lies where its position lies; one without a position keeps its commune.

They stand here because the gazetteer lies below boundaries and does not know them.
"""

from typing import Any

import numpy as np
from sqlalchemy import or_, select, update

from consult.db import db
from consult.districts.moving import NAMES, Holding, Move, Spots
from consult.districts.surroundings import areas
from consult.geo import Place, PlaceKind
from consult.places.models import PlaceName


def spots() -> Spots:
    """Give the places of all names that lie somewhere; the others come with boundaries and their own file again.

    How exact a name is does not matter here: nobody asks for the neighbour of a name.
    """
    known = or_(PlaceName.lon.is_not(None), PlaceName.area_lon.is_not(None))
    chosen = select(
        PlaceName.id, PlaceName.lon, PlaceName.lat, PlaceName.area_lon, PlaceName.area_lat, PlaceName.accuracy_m,
        PlaceName.district_code, PlaceName.commune_code,
    ).where(known)  # fmt: skip
    rows = db.session.execute(chosen).all()
    whole = {k: _whole(row) for k, row in enumerate(rows) if row.lon is None}
    return Spots.of([_spot(row) for row in rows], places=whole)


def _spot(row: Any) -> tuple[Any, ...]:
    lon, lat = (row.area_lon, row.area_lat) if row.lon is None else (row.lon, row.lat)
    return row.id, lon, lat, 0.0, row.district_code, row.commune_code


def _whole(row: Any) -> Place:
    """Give the commune (without commune boundaries, the district) that a name without a position stands for."""
    kind = PlaceKind.COMMUNE if row.commune_code else PlaceKind.DISTRICT
    return Place.whole(kind, row.commune_code or row.district_code, row.area_lon, row.area_lat, row.accuracy_m, "")


def write(move: Move) -> None:
    """Store where the names lie now, with what their areas are called and how far those reach."""
    known = areas()
    standing = set(move.spots.places)
    changes = []
    for k in np.asarray(move.rows).tolist():
        area = known.get(str(move.found.commune[k])[:6]) or known[str(move.found.district[k])]
        reach = {"accuracy_m": round(area.reach_m, 0)} if k in standing else {}
        row = {
            "id": move.spots.keys[k],
            "district_code": area.district_code,
            "district_name": area.district_name,
            "commune_code": area.commune_code,
            "commune_name": area.commune_name,
            "area_lon": area.lon,
            "area_lat": area.lat,
        }
        changes.append(row | reach)
    for kind in (True, False):  # rows of one statement change the same columns
        alike = [row for row in changes if ("accuracy_m" in row) is kind]
        if alike:
            db.session.execute(update(PlaceName), alike)


HOLDINGS = (Holding(NAMES, spots, write),)
