"""Approximate boundaries for the demonstration, derived from places that everybody may know.

Every commune is given the land that is nearer to its places than to any other's (Voronoi cells), a district the land
of its communes. True borders run elsewhere, by some kilometres in places; therefore the sets are marked as approximate,
and where the official boundaries are imported, these step back.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import shapely
from shapely.geometry.base import BaseGeometry

from consult.districts import operations, queries
from consult.districts.boundary_file import Outline
from consult.districts.models import Level
from consult.districts.operations import Recorded
from consult.geo import to_metres

GAZETTEER = Path(__file__).parent / "gazetteer.csv"
FIRST_DAY = date(2016, 1, 1)
SOURCE = "Komórki Woronoja (GeoNames CC BY 4.0)"
ACCURACY_M = 3_000.0
REACH_M, BACK_M = 16_000.0, 7_000.0
"""Land is shared out as far as the first from a place; then the edge is drawn back by the second, which rounds it."""


@dataclass(frozen=True)
class Site:
    """A place of a commune."""

    commune: str
    commune_name: str
    district: str
    district_name: str
    x: float
    y: float


def load_boundaries() -> list[Recorded]:
    """Bring the derived communes and districts into force, unless boundaries of that level are there already."""
    levels = (Level.COMMUNE, Level.DISTRICT)
    return [_record(level, derived(level)) for level in levels if queries.in_force(level) is None]


def derived(level: Level) -> list[Outline]:
    """Derive the communes or the districts from the places; the same list gives the same boundaries."""
    sites = _sites()
    if level is Level.COMMUNE:
        return _outlines(_cells(sites), ((site.commune, site.commune_name) for site in sites))
    return _outlines(_cells(sites), ((site.district, site.district_name) for site in sites))


def _record(level: Level, outlines: list[Outline]) -> Recorded:
    return operations.record_set(
        outlines, level=level, valid_from=FIRST_DAY, source=SOURCE, is_approximate=True, accuracy_m=ACCURACY_M
    )


def _sites() -> list[Site]:
    """Read the places that have a position, by their communes."""
    with GAZETTEER.open(encoding="utf-8") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        sites = [_site(row) for row in rows if row["lon"]]
    return sorted(sites, key=lambda site: (site.commune, site.x, site.y))


def _site(row: dict[str, str]) -> Site:
    x, y = to_metres(float(row["lon"]), float(row["lat"]))
    return Site(row["commune_code"], row["commune_name"], row["district_code"], row["district_name"], x, y)


def _cells(sites: list[Site]) -> list[BaseGeometry]:
    """Give every site its land, in the order of the sites."""
    points = shapely.MultiPoint([(site.x, site.y) for site in sites])
    covered = _covered(points)
    cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=covered, ordered=True))
    return [shapely.intersection(cell, covered) for cell in cells]


def _covered(points: BaseGeometry) -> BaseGeometry:
    """Draw the land that is shared out: what lies around the places, without holes and dents."""
    return shapely.buffer(shapely.buffer(points, REACH_M), -BACK_M)


def _outlines(cells: list[BaseGeometry], owners: Iterable[tuple[str, str]]) -> list[Outline]:
    """Join the cells of one owner, in the order of the codes."""
    land: dict[tuple[str, str], list[BaseGeometry]] = {}
    for cell, owner in zip(cells, owners, strict=True):
        land.setdefault(owner, []).append(cell)
    return [
        Outline(row, code, name, shapely.union_all(shapes))
        for row, ((code, name), shapes) in enumerate(sorted(land.items()), 1)
    ]
