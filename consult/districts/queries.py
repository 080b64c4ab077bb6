"""Reading boundaries: which areas a place lies in, how far the border is, and the areas themselves.

The polygons of a set are read once and kept in the process, by the set's digest. A request asks the database only
which sets are in force.
"""

from collections import Counter, OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from threading import Lock

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import undefer

from consult.db import db, now
from consult.districts import teryt
from consult.districts.atlas import OUTSIDE, Atlas, Region, inside_point
from consult.districts.models import Area, BoundarySet, Level
from consult.documents.svg_map import View
from consult.geo import Floats, Place, PlaceFault, PlaceKind, PlaceRefused, arrays_to_metres, shape_to_degrees
from consult.period import day_of
from consult.web.place_field import Found

KEPT_SETS = 8
MANY = 300
"""From so many points on all are located at once; below, going through every area takes longer than each point."""

MOST_DISTRICTS_TO_CHOOSE = 25
COUNTRY = (170_000.0, 130_000.0, 870_000.0, 780_000.0)
FRAME_SIZE = (640.0, 440.0)
"""Width and height of the first map of a place question, in pixels."""


class Standing(StrEnum):
    """How a set stands: its day is still to come, it is in force, or another one took its place."""

    WAITING = "waiting"
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"


@dataclass(frozen=True)
class Located:
    """Where a place lies. `border_m` is the way from its position to the district's border.

    `neighbour` is the other district it may as well lie in, the place and the boundaries being as exact as they are;
    `digest` names the boundaries that were asked.
    """

    voivodeship: str
    district: str
    commune: str | None
    border_m: float
    neighbour: str | None
    digest: str
    district_name: str
    commune_name: str | None
    is_approximate: bool = False


@dataclass(frozen=True)
class LocatedMany:
    """Where many positions lie, in their order; an empty code is outside, `border_m` is then NaN."""

    district: NDArray[np.str_]
    commune: NDArray[np.str_]
    border_m: Floats
    neighbour: NDArray[np.str_]
    digest: str


@dataclass(frozen=True)
class _Sheet:
    """One set in force: its areas and what is known about its accuracy."""

    digest: str
    accuracy_m: float
    is_approximate: bool
    atlas: Atlas
    regions: tuple[Region, ...]

    @cached_property
    def by_six_digits(self) -> dict[str, Region]:
        """The areas by what of their codes does not change with the kind of a commune."""
        return {region.code[:6]: region for region in self.regions}

    def region(self, code: str) -> Region | None:
        position = self.atlas.position(code)
        return None if position == OUTSIDE else self.regions[position]

    def within(self, bounds: tuple[float, float, float, float]) -> list[Region]:
        return [self.regions[position] for position in self.atlas.within(*bounds)]


@dataclass(frozen=True)
class _Sheets:
    """The sets of a day. Districts always exist: without a set of their own they are put together from communes."""

    districts: _Sheet
    communes: _Sheet | None


_kept: OrderedDict[str, _Sheet] = OrderedDict()
_lock = Lock()


# Where a place lies


def containing(place: Place, on: date | None = None) -> Located:
    """Tell the voivodeship, district and commune of a place on a day, by default today.

    What lies outside all districts is refused with OUTSIDE_BOUNDARIES, except beside boundaries that are themselves
    inexact: within their accuracy the nearest district is taken.
    """
    return containing_each([place], on)[0]


def containing_each(places: Sequence[Place], on: date | None = None) -> list[Located]:
    """Tell the same of several places, in their order, asking the database once; of many, all points at once."""
    sheets = _sheets(on)
    points = [k for k, place in enumerate(places) if place.code is None and place.kind is PlaceKind.POINT]
    known = _points(places, points, sheets) if len(points) >= MANY else {}
    return [
        known[k] if k in known else _drawn(place, sheets) if place.code is None else _whole(place, sheets)
        for k, place in enumerate(places)
    ]


def _points(places: Sequence[Place], rows: Sequence[int], sheets: _Sheets) -> dict[int, Located]:
    """Locate those of the places that are points, all at once: many times as fast as one by one."""
    lon, lat = np.array([places[k].lon_lat for k in rows]).T
    found = _many(sheets, lon, lat, np.array([places[k].accuracy_m for k in rows]))
    columns = (found.district, found.commune, found.border_m, found.neighbour)
    known = {}
    for k, district, commune, border_m, neighbour in zip(rows, *(column.tolist() for column in columns), strict=True):
        region = sheets.districts.region(district)
        if region is None:
            raise PlaceRefused(PlaceFault.OUTSIDE_BOUNDARIES, "{}, {}".format(*places[k].lon_lat))
        within = sheets.communes.region(commune) if sheets.communes else None
        known[k] = _located(sheets, region, within, round(border_m, 1), neighbour or None)
    return known


def containing_many(lon: Floats, lat: Floats, accuracy_m: Floats | float = 0.0, on: date | None = None) -> LocatedMany:
    """Tell district and commune of many positions at once; what lies outside gets empty codes and no error."""
    return _many(_sheets(on), lon, lat, accuracy_m)


def _many(sheets: _Sheets, lon: Floats, lat: Floats, accuracy_m: Floats | float) -> LocatedMany:
    x, y = arrays_to_metres(np.asarray(lon, dtype=float), np.asarray(lat, dtype=float))
    atlas = sheets.districts.atlas
    positions = atlas.at_many(x, y)
    for missed in np.nonzero(positions == OUTSIDE)[0] if sheets.districts.accuracy_m else ():
        positions[missed] = atlas.nearest(shapely.Point(x[missed], y[missed]), sheets.districts.accuracy_m)
    districts = np.append(np.array(atlas.codes, dtype="U4"), "")[positions]
    border_m = atlas.borders_m(positions, x, y)
    reach = np.broadcast_to(np.asarray(accuracy_m, dtype=float), x.shape) + sheets.districts.accuracy_m
    neighbour = np.full(len(x), "", dtype="U4")
    for near in np.nonzero(border_m <= reach)[0]:
        other = atlas.nearest(shapely.Point(x[near], y[near]), float(reach[near]), int(positions[near]))
        neighbour[near] = "" if other == OUTSIDE else atlas.codes[other]
    communes = _communes_many(sheets, districts, x, y)
    return LocatedMany(districts, communes, border_m, neighbour, sheets.districts.digest)


def located_each(places: Sequence[Place], on: date | None = None) -> list[Located | None]:
    """Tell the same of places that may lie nowhere, or be whole areas that are no more: None then."""
    sheets = _sheets(on)
    return [_located_or_none(place, sheets) for place in places]


def _located_or_none(place: Place, sheets: _Sheets) -> Located | None:
    try:
        return _drawn(place, sheets) if place.code is None else _whole(place, sheets)
    except PlaceRefused:
        return None


def _drawn(place: Place, sheets: _Sheets) -> Located:
    districts = sheets.districts
    x, y = place.x_y
    position = districts.atlas.at(x, y)
    if position == OUTSIDE and districts.accuracy_m:
        position = districts.atlas.nearest(shapely.Point(x, y), districts.accuracy_m)
    if position == OUTSIDE:
        raise PlaceRefused(PlaceFault.OUTSIDE_BOUNDARIES, "{}, {}".format(*place.lon_lat))
    region = districts.regions[position]
    reach = place.accuracy_m + districts.accuracy_m
    other = districts.atlas.nearest(place.metres, reach, position)
    neighbour = None if other == OUTSIDE else districts.atlas.codes[other]
    border_m = round(districts.atlas.border_m(position, x, y), 1)
    return _located(sheets, region, _commune_at(sheets, region.code, x, y), border_m, neighbour)


def _whole(place: Place, sheets: _Sheets) -> Located:
    """Locate a whole commune or district by its code."""
    code = place.code or ""
    commune = None if place.kind is PlaceKind.DISTRICT else _commune(sheets, code)
    region = sheets.districts.region(teryt.district_of(code))
    known = commune is not None or place.kind is PlaceKind.DISTRICT or sheets.communes is None
    if region is None or not known:
        raise PlaceRefused(PlaceFault.OUTSIDE_BOUNDARIES, code)
    border_m = round(sheets.districts.atlas.border_m(sheets.districts.atlas.position(region.code), *place.x_y), 1)
    return _located(sheets, region, commune, border_m, None)


def _located(
    sheets: _Sheets, region: Region, commune: Region | None, border_m: float, neighbour: str | None
) -> Located:
    districts = sheets.districts
    return Located(
        voivodeship=teryt.voivodeship_of(region.code),
        district=region.code,
        commune=commune.code if commune else None,
        border_m=border_m,
        neighbour=neighbour,
        digest=districts.digest,
        district_name=region.label,
        commune_name=commune.label if commune else None,
        is_approximate=districts.is_approximate,
    )


def _commune_at(sheets: _Sheets, district: str, x: float, y: float) -> Region | None:
    """Find the commune of a position within its district; sets that do not fit each other leave the nearest one."""
    communes = sheets.communes
    if communes is None:
        return None
    position = communes.atlas.at(x, y)
    if position != OUTSIDE and teryt.district_of(communes.atlas.codes[position]) == district:
        return communes.regions[position]
    own = [region for region in communes.regions if teryt.district_of(region.code) == district]
    spot = shapely.Point(x, y)
    return min(own, key=lambda region: (shapely.distance(region.shape, spot), region.code), default=None)


def _communes_many(sheets: _Sheets, districts: NDArray[np.str_], x: Floats, y: Floats) -> NDArray[np.str_]:
    if sheets.communes is None:
        return np.full(len(x), "", dtype="U7")
    atlas = sheets.communes.atlas
    codes: NDArray[np.str_] = np.append(np.array(atlas.codes, dtype="U7"), "")[atlas.at_many(x, y)]
    codes[districts == ""] = ""
    for odd in np.nonzero((districts != "") & (codes.astype("U4") != districts))[0]:
        region = _commune_at(sheets, str(districts[odd]), float(x[odd]), float(y[odd]))
        codes[odd] = region.code if region else ""
    return codes


def _commune(sheets: _Sheets, code: str) -> Region | None:
    """Find a commune by the first six digits of its code."""
    return sheets.communes.by_six_digits.get(code[:6]) if sheets.communes else None


# The areas themselves


def districts(on: date | None = None) -> list[Region]:
    """List the districts of a day by their codes; before any boundaries are there, none."""
    sheets = _in_force(on)
    return list(sheets.districts.regions) if sheets else []


def district(code: str, on: date | None = None) -> Region:
    """Find a district, or raise NoResultFound."""
    sheets = _in_force(on)
    return _found(sheets.districts.region(code) if sheets else None, code)


def commune(code: str, on: date | None = None) -> Region:
    """Find a commune by the first six digits of its code, or raise NoResultFound."""
    sheets = _in_force(on)
    return _found(_commune(sheets, code) if sheets else None, code)


def communes(on: date | None = None) -> list[Region]:
    """List all communes of a day by their codes."""
    sheets = _in_force(on)
    return list(sheets.communes.regions) if sheets and sheets.communes else []


def communes_of(district_code: str, on: date | None = None) -> list[Region]:
    """List the communes of a district by their names; without commune boundaries there are none."""
    sheets = _in_force(on)
    return _communes_of(sheets, district_code) if sheets else []


def names(codes: Iterable[str], on: date | None = None) -> dict[str, str]:
    """Name areas in full by their codes, districts and communes alike; those unknown are left out."""
    sheets = _in_force(on)
    if sheets is None:
        return {}
    communes = {region.code[:6]: region for region in (sheets.communes.regions if sheets.communes else ())}
    found = {code: sheets.districts.region(code) or communes.get(code[:6]) for code in codes}
    return {code: region.label for code, region in found.items() if region is not None}


def clear_names(codes: Iterable[str], on: date | None = None) -> dict[str, str]:
    """Name areas by their codes so that no other area of the country is named alike; those unknown are left out."""
    sheets = _in_force(on)
    if sheets is None:
        return {}
    regions = (*sheets.districts.regions, *(sheets.communes.regions if sheets.communes else ()))
    known = _clear_labels(tuple((region.code[:6], region.label) for region in regions))
    return {code: known[code[:6]] for code in codes if code[:6] in known}


@lru_cache(maxsize=KEPT_SETS)
def _clear_labels(labels: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Compare the names of the country once: that takes a tenth of a second."""
    return teryt.clear_labels(dict(labels))


def outline(code: str, on: date | None = None) -> BaseGeometry:
    """Give the shape of a district or commune in EPSG:2180, or raise NoResultFound."""
    return (district(code, on) if len(code) == 4 else commune(code, on)).shape


def neighbours_of(district_code: str, on: date | None = None) -> list[Region]:
    """List the districts that share a border with one."""
    sheets = _in_force(on)
    sheet = sheets.districts if sheets else None
    position = sheet.atlas.position(district_code) if sheet else OUTSIDE
    return [sheet.regions[other] for other in sheet.atlas.touching(position)] if sheet and position != OUTSIDE else []


def districts_within(bounds: tuple[float, float, float, float], on: date | None = None) -> list[Region]:
    """List the districts that a rectangle of EPSG:2180 (west, south, east, north) touches."""
    sheets = _in_force(on)
    return sheets.districts.within(bounds) if sheets else []


def communes_within(bounds: tuple[float, float, float, float], on: date | None = None) -> list[Region]:
    """List the communes that a rectangle of EPSG:2180 touches."""
    sheets = _in_force(on)
    return sheets.communes.within(bounds) if sheets and sheets.communes else []


def communes_to_choose(district_code: str | None) -> list[Found]:
    """Offer the communes of a district, and the whole district, as places without a spot.

    Where the district is not known, all communes are offered when there are few enough to choose from.
    """
    sheets = _in_force(None)
    if sheets is None:
        return []
    own = sheets.districts.region(district_code or "")
    if own is not None:
        whole = _choice(own, PlaceKind.DISTRICT, teryt.VOIVODESHIPS[teryt.voivodeship_of(own.code)])
        return [*_commune_choices(sheets, own), whole]
    few = sheets.districts.regions if len(sheets.districts.regions) <= MOST_DISTRICTS_TO_CHOOSE else ()
    return [choice for region in few for choice in _commune_choices(sheets, region)]


def frame(district_code: str | None) -> View:
    """Give the part of the map that a place question shows at first: a district, or all there is."""
    return View.fitting(_extent(district_code) or COUNTRY, *FRAME_SIZE)


def bounds(district_code: str | None) -> tuple[float, float, float, float] | None:
    """Give the edges of a district, or of all there is, in degrees: west, south, east, north."""
    extent = _extent(district_code)
    if extent is None:
        return None
    west, south, east, north = shape_to_degrees(shapely.box(*extent)).bounds
    return float(west), float(south), float(east), float(north)


def _extent(district_code: str | None) -> tuple[float, float, float, float] | None:
    """Give the edges of a district, else of all there is, in EPSG:2180."""
    regions = districts()
    own = [region.shape for region in regions if region.code == district_code] or [region.shape for region in regions]
    if not own:
        return None
    west, south, east, north = shapely.total_bounds(own).tolist()
    return west, south, east, north


def attribution(on: date | None = None) -> tuple[str, bool]:
    """Tell where the boundaries of a day come from and whether they are approximate; nothing when there are none."""
    chosen = _chosen(on)
    best = chosen.get(Level.DISTRICT) or chosen.get(Level.COMMUNE)
    return (best.source, best.is_approximate) if best else ("", False)


def digest(on: date | None = None) -> str:
    """Name all boundaries of a day in one word: it changes when any of them does."""
    return "-".join(found.digest[:16] for _level, found in sorted(_chosen(on).items()))


def _communes_of(sheets: _Sheets, district_code: str) -> list[Region]:
    regions = sheets.communes.regions if sheets.communes else ()
    own = (region for region in regions if teryt.district_of(region.code) == district_code)
    return sorted(own, key=lambda region: (region.name, region.code))


def _found(region: Region | None, code: str) -> Region:
    if region is None:
        raise NoResultFound(code)
    return region


def _commune_choices(sheets: _Sheets, district: Region) -> list[Found]:
    return [_choice(found, PlaceKind.COMMUNE, district.label) for found in _communes_of(sheets, district.code)]


def _choice(region: Region, kind: PlaceKind, sublabel: str) -> Found:
    place = Place.whole(kind, region.code, region.lon, region.lat, region.reach_m, region.label)
    return Found(region.code, region.label, sublabel, place)


# The sets in force


def sets() -> list[BoundarySet]:
    """List all sets ever imported, the newest last."""
    return list(db.session.scalars(select(BoundarySet).order_by(BoundarySet.level, BoundarySet.valid_from)))


def in_force(level: Level, on: date | None = None) -> BoundarySet | None:
    """Find the set of a level on a day; before the first one, the first one."""
    return _chosen(on).get(level)


def boundary_set(set_id: int) -> BoundarySet:
    """Find a set, or raise NoResultFound."""
    return db.session.scalars(select(BoundarySet).where(BoundarySet.id == set_id)).one()


def sizes() -> dict[int, int]:
    """Count the areas of every set, by the sets' ids."""
    counted = select(Area.boundary_set_id, func.count()).group_by(Area.boundary_set_id)
    return {row[0]: row[1] for row in db.session.execute(counted)}


def by_digest(digest: str) -> BoundarySet:
    """Find a set by its content."""
    return db.session.scalars(select(BoundarySet).where(BoundarySet.digest == digest)).one()


def applied(level: Level) -> BoundarySet | None:
    """Find the set of a level by which all places were read last."""
    chosen = select(BoundarySet).where(BoundarySet.level == level, BoundarySet.applied_at.is_not(None))
    return db.session.scalar(chosen)


def regions_of(found: BoundarySet) -> tuple[Region, ...]:
    """List the areas of one set by their codes, whether it is in force or not."""
    return _sheet(found).regions


def atlas_of(found: BoundarySet) -> Atlas:
    """Give the areas of one set to look places up in, whether it is in force or not."""
    return _sheet(found).atlas


def set_before(found: BoundarySet) -> BoundarySet | None:
    """Find the set of the same level that a set takes the place of; None when it is the first."""
    earlier = in_force(found.level, found.valid_from - timedelta(days=1))
    return None if earlier is None or earlier.id == found.id else earlier


def standing(found: BoundarySet) -> Standing:
    """Tell how a set stands today."""
    return standings([found])[found.id]


def standings(found: Iterable[BoundarySet]) -> dict[int, Standing]:
    """Tell by their ids how sets stand today."""
    chosen, day = {one.id for one in _chosen(None).values()}, day_of(now())
    return {one.id: _standing(one, day, is_chosen=one.id in chosen) for one in found}


def _standing(found: BoundarySet, day: date, *, is_chosen: bool) -> Standing:
    if is_chosen:
        return Standing.IN_FORCE
    waits = found.superseded_at is None and found.valid_from > day
    return Standing.WAITING if waits else Standing.SUPERSEDED


def _chosen(on: date | None) -> dict[Level, BoundarySet]:
    """Choose the set of each level: the one whose days hold the day, else the earliest that follows."""
    day = on or day_of(now())
    chosen: dict[Level, BoundarySet] = {}
    for found in db.session.scalars(_ASKED):
        if found.level not in chosen or found.valid_from <= day:
            chosen[found.level] = found
    return chosen


_ASKED = select(BoundarySet).where(BoundarySet.superseded_at.is_(None)).order_by(BoundarySet.valid_from)


def _sheets(on: date | None) -> _Sheets:
    """Give the sets of a day; without any, every place is outside."""
    sheets = _in_force(on)
    if sheets is None:
        raise PlaceRefused(PlaceFault.OUTSIDE_BOUNDARIES, "no boundaries")
    return sheets


def _in_force(on: date | None) -> _Sheets | None:
    chosen = _chosen(on)
    communes = _sheet(chosen[Level.COMMUNE]) if Level.COMMUNE in chosen else None
    if Level.DISTRICT in chosen:
        return _Sheets(_sheet(chosen[Level.DISTRICT]), communes)
    return None if communes is None else _Sheets(_put_together(communes), communes)


def _sheet(chosen: BoundarySet) -> _Sheet:
    """Give a set's areas, from the process's memory when they were read before."""
    with _lock:
        if chosen.digest not in _kept:
            _keep(chosen.digest, _read(chosen))
        _kept.move_to_end(chosen.digest)
        return _kept[chosen.digest]


def _keep(key: str, sheet: _Sheet) -> None:
    _kept[key] = sheet
    while len(_kept) > KEPT_SETS:
        _kept.popitem(last=False)


def _read(chosen: BoundarySet) -> _Sheet:
    query = select(Area).where(Area.boundary_set_id == chosen.id).order_by(Area.code).options(undefer(Area.shape))
    areas = db.session.scalars(query).all()
    shapes = shapely.from_wkb([area.shape for area in areas])
    labels = _labels([(area.code, area.name) for area in areas], chosen.level)
    regions = tuple(
        Region(area.code, area.name, label, area.lon, area.lat, area.area_km2, shape, chosen.is_approximate)
        for area, label, shape in zip(areas, labels, shapes, strict=True)
    )
    atlas = Atlas([area.code for area in areas], list(shapes))
    return _Sheet(chosen.digest, chosen.accuracy_m, chosen.is_approximate, atlas, regions)


def _labels(areas: Sequence[tuple[str, str]], level: Level) -> list[str]:
    if level is Level.DISTRICT:
        return [teryt.district_label(code, name) for code, name in areas]
    if level is not Level.COMMUNE:
        return [name for _code, name in areas]
    seen = Counter((teryt.district_of(code), name) for code, name in areas)
    twins = {key for key, count in seen.items() if count > 1}
    return [teryt.commune_label(code, name, has_twin=(code[:4], name) in twins) for code, name in areas]


def _put_together(communes: _Sheet) -> _Sheet:
    """Make districts from their communes; their names are not known then, so their codes stand for them."""
    key = f"districts of {communes.digest}"
    with _lock:
        if key not in _kept:
            _keep(key, _dissolved(communes))
        return _kept[key]


def _dissolved(communes: _Sheet) -> _Sheet:
    parts: dict[str, list[BaseGeometry]] = {}
    for region in communes.regions:
        parts.setdefault(teryt.district_of(region.code), []).append(region.shape)
    shapes = {code: shapely.union_all(shapes) for code, shapes in sorted(parts.items())}
    regions = tuple(
        Region(code, code, f"powiat {code}", *inside_point(shape), shape.area / 1e6, shape, communes.is_approximate)
        for code, shape in shapes.items()
    )
    atlas = Atlas(list(shapes), list(shapes.values()))
    return _Sheet(communes.digest, communes.accuracy_m, communes.is_approximate, atlas, regions)
