"""Where a point of the map lies, for people: how far from the nearest named place, and in which commune."""

import math
from typing import NamedTuple

from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from consult.districts import queries as districts
from consult.geo import eighth, to_degrees, to_metres
from consult.places import queries as places
from consult.places.models import PlaceName

NEAR_DEG = 0.03
"""Named places are sought so far to the east and west, in degrees (some 2 km), and half of it to north and south."""

NEAR_M = 500
"""A point that is nearer to a named place than this is called by it alone."""

DIRECTIONS = (
    _l("%(name)s, about %(distance)s to the north"),
    _l("%(name)s, about %(distance)s to the north-east"),
    _l("%(name)s, about %(distance)s to the east"),
    _l("%(name)s, about %(distance)s to the south-east"),
    _l("%(name)s, about %(distance)s to the south"),
    _l("%(name)s, about %(distance)s to the south-west"),
    _l("%(name)s, about %(distance)s to the west"),
    _l("%(name)s, about %(distance)s to the north-west"),
)


class Lying(NamedTuple):
    """Where a point lies: from the nearest named place so far to the east and north, and in which commune."""

    near: str
    east_m: float
    north_m: float
    commune: str


def lying_at(x: float, y: float) -> Lying:
    """Tell where a point lies that is given in metres of EPSG:2180."""
    lon, lat = to_degrees(x, y)
    near = places.named_within((lon - NEAR_DEG, lat - NEAR_DEG / 2, lon + NEAR_DEG, lat + NEAR_DEG / 2))
    away = {row.id: _way(row, x, y) for row in near}
    nearest = min(near, key=lambda row: (math.hypot(*away[row.id]), row.id), default=None)
    communes = districts.communes_within((x, y, x, y))
    east_m, north_m = away[nearest.id] if nearest else (0.0, 0.0)
    return Lying(nearest.name if nearest else "", east_m, north_m, communes[0].name if communes else "")


def _way(row: PlaceName, x: float, y: float) -> tuple[float, float]:
    assert row.lon is not None
    assert row.lat is not None
    from_x, from_y = to_metres(row.lon, row.lat)
    return x - from_x, y - from_y


def in_words(lying: Lying) -> str:
    """Say where a point lies: "Łask, ok. 1,2 km na północ; gmina Buczek". Nothing is said of what nobody has named."""
    away_m = math.hypot(lying.east_m, lying.north_m)
    near = lying.near
    if near and away_m > NEAR_M:
        distance = f"{format_decimal(round(away_m / 1000, 1))}\u00a0km"
        near = str(DIRECTIONS[eighth(lying.east_m, lying.north_m)]) % {"name": near, "distance": distance}
    is_told = lying.commune and lying.commune != lying.near
    commune = _("commune %(name)s", name=lying.commune) if is_told else ""
    return "; ".join(part for part in (near, commune) if part)
