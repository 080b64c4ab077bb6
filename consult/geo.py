"""Places on the map: points, lines and areas in WGS 84 (longitude first, RFC 7946) with an honest accuracy.

Distances are measured in EPSG:2180 (PL-1992), the national metric grid: x runs east, y north, both in metres.
Whatever comes from outside is read here by a strict reader; the `geojson` package only writes.
"""

import json
import math
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Any, NoReturn, Self

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

Floats = NDArray[np.float64]

Box = tuple[float, float, float, float]
"""West, south, east, north."""

EDGE_STEP, EDGE_STEP_M = 0.5, 50_000.0
"""A straight edge in degrees is curved in metres and the other way round: it is followed in steps of this length."""

POLAND = (14.0, 48.9, 24.2, 55.0)
"""West, south, east and north of the country with its sea coast, in degrees."""

CELL_M = 500
"""Side of a cell of the grid that finds neighbours, in metres."""

COARSE_CELL_M = 250.0
"""Side of a cell that a place out of an anonymous answer is blurred to, in metres."""

COARSE_STEP_M = 50.0
"""The accuracy of a blurred place is rounded up to this, since an odd number of metres would recognise who gave it."""

MAX_BYTES = 64 * 1024
MAX_DEPTH = 12
MAX_VERTICES = 2_000
DECIMALS = 6
VAGUE_M = 500.0
"""A place less exact than this, in metres, tells the neighbourhood and not the spot: it is never joined by distance."""


class PlaceFault(StrEnum):
    """What is wrong with a place that was given."""

    NOT_JSON = "not_json"
    TOO_LONG = "too_long"
    TOO_DEEP = "too_deep"
    NOT_A_GEOMETRY = "not_a_geometry"
    NOT_FINITE = "not_finite"
    OUT_OF_RANGE = "out_of_range"
    SWAPPED = "swapped"
    OUTSIDE_POLAND = "outside_poland"
    OUTSIDE_BOUNDARIES = "outside_boundaries"
    TOO_MANY_VERTICES = "too_many_vertices"
    SELF_CROSSING = "self_crossing"
    TOO_SMALL = "too_small"
    ACCURACY = "accuracy"


class PlaceRefused(ValueError):
    """A place cannot be taken; `fault` says why, `detail` names the offending value."""

    def __init__(self, fault: PlaceFault, detail: str = "") -> None:
        super().__init__(f"{fault.value}: {detail}" if detail else fault.value)
        self.fault = fault
        self.detail = detail


class PlaceKind(StrEnum):
    """What a place is: drawn on the map, or a whole area known by its TERYT code."""

    POINT = "point"
    LINE = "line"
    AREA = "area"
    COMMUNE = "commune"
    DISTRICT = "district"


@dataclass(frozen=True)
class Place:
    """Where something is.

    `geometry` is in degrees; a whole commune or district has a representative point as its geometry and its TERYT
    `code`. `accuracy_m` is the radius in metres within which the true place lies. `words` is how people called it.
    """

    kind: PlaceKind
    geometry: BaseGeometry
    accuracy_m: float
    code: str | None = None
    words: str = ""

    @classmethod
    def point(cls, lon: float, lat: float, accuracy_m: float = 30.0, words: str = "") -> Self:
        """Make a place of one position, or raise PlaceRefused."""
        return cls.from_mapping({"type": "Point", "coordinates": [lon, lat]}, accuracy_m, words)

    @classmethod
    def from_geojson(cls, text: str, accuracy_m: float = 30.0, words: str = "") -> Self:
        """Read a GeoJSON Point, LineString or Polygon (RFC 7946), or raise PlaceRefused."""
        return cls.from_mapping(read_json(text, MAX_BYTES), accuracy_m, words)

    @classmethod
    def from_mapping(cls, geometry: Any, accuracy_m: float = 30.0, words: str = "") -> Self:
        """Check a decoded GeoJSON geometry against the frame of Poland, or raise PlaceRefused."""
        kind, shape = _shape(geometry)
        return cls(kind, shape, _accuracy(accuracy_m), None, words)

    @classmethod
    def whole(cls, kind: PlaceKind, code: str, lon: float, lat: float, accuracy_m: float, words: str = "") -> Self:
        """Make the place of a whole commune or district, shown at one representative point."""
        return cls(kind, shapely.Point(lon, lat), accuracy_m, code, words)

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Self:
        """Read what `record` wrote."""
        return cls(
            PlaceKind(record["kind"]),
            shapely.geometry.shape(record["geometry"]),
            record["accuracy_m"],
            record.get("code"),
            record.get("words", ""),
        )

    @property
    def record(self) -> dict[str, Any]:
        """The place as plain JSON for a database column, coordinates with six decimals."""
        return {
            "kind": self.kind.value,
            "geometry": self.geojson,
            "accuracy_m": self.accuracy_m,
            "code": self.code,
            "words": self.words,
        }

    @property
    def geojson(self) -> dict[str, Any]:
        """The geometry as a GeoJSON mapping with counter-clockwise rings (RFC 7946, 3.1.6)."""
        if isinstance(self.geometry, shapely.Point):  # nearly all places are, and files bring them by the thousand
            (position,) = shapely.get_coordinates(self.geometry, include_z=self.geometry.has_z).tolist()
            return {"type": "Point", "coordinates": _rounded(position)}
        shape = shapely.orient_polygons(self.geometry) if self.kind is PlaceKind.AREA else self.geometry
        mapping = json.loads(shapely.to_geojson(shape))
        mapping["coordinates"] = _rounded(mapping["coordinates"])
        return dict(mapping)

    @property
    def lon_lat(self) -> tuple[float, float]:
        """A position that stands for the place: on the line, inside the area."""
        spot = _middle(self.geometry)
        return round(spot.x, DECIMALS), round(spot.y, DECIMALS)

    @property
    def metres(self) -> BaseGeometry:
        """The geometry in EPSG:2180."""
        return shapely.transform(self.geometry, _pairs_to_metres)

    @property
    def x_y(self) -> tuple[float, float]:
        """The position that stands for the place in EPSG:2180, in metres."""
        return to_metres(*self.lon_lat)

    @property
    def is_whole_area(self) -> bool:
        """Whether the place is a whole commune or district, or too vague to be more."""
        return self.kind in {PlaceKind.COMMUNE, PlaceKind.DISTRICT} or self.accuracy_m > VAGUE_M


def read_json(text: str | bytes, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> Any:
    """Decode JSON that a stranger wrote: bounded in size and depth, without NaN, infinities or repeated keys."""
    if len(text) > max_bytes:
        raise PlaceRefused(PlaceFault.TOO_LONG, f"{len(text)}")
    text = text if isinstance(text, str) else _utf_8(text)
    if _depth(text) > max_depth:
        raise PlaceRefused(PlaceFault.TOO_DEEP)
    try:
        return json.loads(text, parse_constant=_not_finite, parse_float=_finite, object_pairs_hook=_unrepeated)
    except ValueError as error:
        if isinstance(error, PlaceRefused):
            raise
        raise PlaceRefused(PlaceFault.NOT_JSON, str(error)) from error


def _utf_8(content: bytes) -> str:
    """Read bytes as UTF-8, with or without its mark: the parser alone would guess, and take halves of letters."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PlaceRefused(PlaceFault.NOT_JSON, str(error)) from error


def _depth(text: str) -> int:
    """Count how deep brackets nest, outside strings: before parsing, since the parser itself would overflow."""
    depth = deepest = 0
    quoted = escaped = False
    for character in text:
        if quoted:
            quoted = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            quoted = True
        elif character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest


def _not_finite(constant: str) -> NoReturn:
    raise PlaceRefused(PlaceFault.NOT_FINITE, constant)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise PlaceRefused(PlaceFault.NOT_FINITE, text)
    return value


def _unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise PlaceRefused(PlaceFault.NOT_JSON, "a key stands twice")
    return found


_MAKERS = {
    "Point": (PlaceKind.POINT, 0),
    "LineString": (PlaceKind.LINE, 1),
    "Polygon": (PlaceKind.AREA, 2),
}


def _shape(geometry: Any) -> tuple[PlaceKind, BaseGeometry]:
    if not isinstance(geometry, dict) or "coordinates" not in geometry or not _is_known(geometry.get("type")):
        raise PlaceRefused(PlaceFault.NOT_A_GEOMETRY)
    kind, nesting = _MAKERS[geometry["type"]]
    coordinates = geometry["coordinates"]
    _check_vertices(coordinates, nesting)
    try:
        if kind is PlaceKind.POINT:
            return kind, shapely.points(coordinates)
        shape: BaseGeometry = shapely.geometry.shape({"type": geometry["type"], "coordinates": coordinates})
    except (ValueError, TypeError, shapely.errors.GEOSException) as error:
        raise PlaceRefused(PlaceFault.NOT_A_GEOMETRY, str(error)) from error
    _check_form(kind, shape)
    return kind, shape


def _is_known(name: Any) -> bool:
    return isinstance(name, str) and name in _MAKERS


def _check_vertices(coordinates: Any, nesting: int) -> None:
    positions = [coordinates]
    for _ in range(nesting):
        if not all(isinstance(part, list) for part in positions):
            raise PlaceRefused(PlaceFault.NOT_A_GEOMETRY)
        positions = [item for part in positions for item in part]
        if len(positions) > MAX_VERTICES:
            raise PlaceRefused(PlaceFault.TOO_MANY_VERTICES, str(len(positions)))
    if not positions:
        raise PlaceRefused(PlaceFault.NOT_A_GEOMETRY)
    for position in positions:
        _check_position(position)


def _check_position(position: Any) -> None:
    """Refuse a position that is no pair of numbers or lies outside Poland, and say when the axes are swapped."""
    if not isinstance(position, list | tuple) or len(position) not in {2, 3}:
        raise PlaceRefused(PlaceFault.NOT_A_GEOMETRY)
    lon, lat = position[0], position[1]
    for number in (lon, lat):
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise PlaceRefused(PlaceFault.NOT_A_GEOMETRY)
        if not -1e9 < number < 1e9:  # integers of any length, infinities and NaN alike
            raise PlaceRefused(PlaceFault.NOT_FINITE if isinstance(number, float) else PlaceFault.OUT_OF_RANGE)
    if in_poland(lat, lon) and not in_poland(lon, lat):
        raise PlaceRefused(PlaceFault.SWAPPED, f"{lon}, {lat}")
    if abs(lon) > 180 or abs(lat) > 90:
        raise PlaceRefused(PlaceFault.OUT_OF_RANGE, f"{lon}, {lat}")
    if not in_poland(lon, lat):
        raise PlaceRefused(PlaceFault.OUTSIDE_POLAND, f"{lon}, {lat}")


def in_poland(lon: float, lat: float) -> bool:
    """Tell whether a position lies in the frame of the country (the boundary set decides about the rest)."""
    west, south, east, north = POLAND
    return west <= lon <= east and south <= lat <= north


def _check_form(kind: PlaceKind, shape: BaseGeometry) -> None:
    if kind is PlaceKind.AREA and not shape.is_valid:
        raise PlaceRefused(PlaceFault.SELF_CROSSING, shapely.is_valid_reason(shape))
    if (kind is PlaceKind.LINE and shape.length == 0) or (kind is PlaceKind.AREA and shape.area == 0):
        raise PlaceRefused(PlaceFault.TOO_SMALL)


def _accuracy(accuracy_m: float) -> float:
    if not 0 < accuracy_m <= 100_000:
        raise PlaceRefused(PlaceFault.ACCURACY, str(accuracy_m))
    return float(accuracy_m)


def _rounded(coordinates: Any) -> Any:
    if isinstance(coordinates, list):
        return [_rounded(item) for item in coordinates]
    return round(coordinates, DECIMALS)


def _middle(shape: BaseGeometry) -> shapely.Point:
    if isinstance(shape, shapely.LineString):
        return shape.interpolate(0.5, normalized=True)
    return shape if isinstance(shape, shapely.Point) else shape.point_on_surface()


@cache
def _forward() -> Transformer:
    return Transformer.from_crs(4326, 2180, always_xy=True)


@cache
def _back() -> Transformer:
    return Transformer.from_crs(2180, 4326, always_xy=True)


def eighth(east_m: float, north_m: float) -> int:
    """Give one of eight directions, clockwise from the north: 0 north, 2 east, 7 north-west."""
    return round(math.degrees(math.atan2(east_m, north_m)) / 45) % 8


def to_metres(lon: float, lat: float) -> tuple[float, float]:
    """Turn degrees into EPSG:2180 metres east and north."""
    x, y = _forward().transform(lon, lat)
    return float(x), float(y)


def to_degrees(x: float, y: float) -> tuple[float, float]:
    """Turn EPSG:2180 metres east and north into longitude and latitude."""
    lon, lat = _back().transform(x, y)
    return float(lon), float(lat)


def arrays_to_metres(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Turn whole columns of degrees into EPSG:2180 metres."""
    x, y = _forward().transform(lon, lat)
    return np.asarray(x), np.asarray(y)


def _pairs_to_metres(pairs: Floats) -> Floats:
    return np.column_stack(arrays_to_metres(pairs[:, 0], pairs[:, 1]))


def _pairs_to_degrees(pairs: Floats) -> Floats:
    return np.column_stack(_back().transform(pairs[:, 0], pairs[:, 1]))


def shape_to_metres(shape: BaseGeometry) -> BaseGeometry:
    """Turn a geometry in degrees into EPSG:2180."""
    return shapely.transform(shape, _pairs_to_metres)


def shape_to_degrees(shape: BaseGeometry) -> BaseGeometry:
    """Turn a geometry in EPSG:2180 into degrees."""
    return shapely.transform(shape, _pairs_to_degrees)


def box_to_metres(box: Box) -> Box:
    """Give the smallest box in EPSG:2180 around a box in degrees (west, south, east, north), whose edges are curved."""
    west, south, east, north = shape_to_metres(shapely.segmentize(shapely.box(*box), EDGE_STEP)).bounds
    return float(west), float(south), float(east), float(north)


def box_to_degrees(box: Box) -> Box:
    """Give the smallest box in degrees around a box in EPSG:2180."""
    west, south, east, north = shape_to_degrees(shapely.segmentize(shapely.box(*box), EDGE_STEP_M)).bounds
    return float(west), float(south), float(east), float(north)


def cell(x: float, y: float) -> int:
    """Number the grid cell of a position in EPSG:2180: column times 100,000 plus row."""
    return math.floor(x / CELL_M) * 100_000 + math.floor(y / CELL_M)


def cells_within(x: float, y: float, reach_m: float) -> list[int]:
    """Name the cells that a circle of `reach_m` metres around a position may touch."""
    columns = range(math.floor((x - reach_m) / CELL_M), math.floor((x + reach_m) / CELL_M) + 1)
    rows = range(math.floor((y - reach_m) / CELL_M), math.floor((y + reach_m) / CELL_M) + 1)
    return [column * 100_000 + row for column in columns for row in rows]


def coarsened(place: Place, cell_m: float = COARSE_CELL_M) -> Place:
    """Blur a place to the middle of its grid cell; the accuracy says how far from there the true place may be.

    A line or an area becomes the point of its middle, and its reach goes into the accuracy: its shape alone could
    recognise who drew it. A whole commune or district stays what it is. Words go, for they may name an address.
    """
    if place.code is not None:
        return replace(place, words="")
    x, y = ((math.floor(metre / cell_m) + 0.5) * cell_m for metre in place.x_y)
    lon, lat = (round(degree, DECIMALS) for degree in to_degrees(x, y))
    blur_m = cell_m * math.sqrt(0.5) + place.accuracy_m + _reach_m(place)
    return Place(PlaceKind.POINT, shapely.Point(lon, lat), math.ceil(blur_m / COARSE_STEP_M) * COARSE_STEP_M)


def _reach_m(place: Place) -> float:
    """Measure how far a line or an area goes from the position that stands for it."""
    if place.kind is PlaceKind.POINT:
        return 0.0
    return float(shapely.hausdorff_distance(shapely.Point(place.x_y), place.metres))
