"""The land of a background by what it is: water, green, buildings, streets, railways, and their names.

Both usual schemes of vector tiles, OpenMapTiles and Protomaps, are read, as the map in the browser reads them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from shapely.geometry.base import BaseGeometry

from consult.basemap.shapes import Shape

LAYERS = frozenset(
    (
        "building", "buildings", "landcover", "landuse", "park", "place", "places", "poi", "pois", "roads",
        "transportation", "transportation_name", "water", "waterway",
    )
)  # fmt: skip


class Kind(StrEnum):
    """What a piece of land is, in the order in which it is drawn."""

    GREEN = "green"
    WATER = "water"
    STREAM = "stream"
    BUILDING = "building"
    PATH = "path"
    STREET = "street"
    ROAD = "road"
    RAILWAY = "railway"
    STREET_NAME = "street_name"
    SPOT = "spot"


@dataclass(frozen=True)
class Piece:
    """A piece of land, in EPSG:2180 metres, with its name if it has one."""

    kind: Kind
    geometry: BaseGeometry
    name: str = ""


# fmt: off
_GREEN = frozenset(("wood", "forest", "park", "nature_reserve", "cemetery", "allotments", "garden"))
_ROADS = frozenset(("motorway", "trunk", "primary", "secondary", "highway", "major_road"))
_STREETS = frozenset(("tertiary", "minor", "medium_road", "minor_road", "service", "residential", "busway"))
_PATHS = frozenset(("path", "track", "pedestrian", "footway", "cycleway"))
_RAILWAYS = frozenset(("rail", "railway"))
_SPOTS = frozenset((
    "school", "college", "kindergarten", "place_of_worship", "town_hall", "townhall", "hospital", "fire_station",
    "police", "library", "railway", "station", "train_station", "bus_station", "cemetery", "stadium", "supermarket",
    "post", "post_office", "marketplace",
))
# fmt: on
_AREAS = {
    "water": Kind.WATER,
    "building": Kind.BUILDING,
    "buildings": Kind.BUILDING,
}


def pieces(shapes: Iterable[Shape]) -> Iterator[Piece]:
    """Tell what the shapes are; what a map on paper does not show is left out."""
    for shape in shapes:
        kind = _kind(shape)
        if kind is not None:
            yield Piece(kind, shape.geometry, _name(shape) if kind in NAMED else "")


NAMED = frozenset((Kind.STREET_NAME, Kind.STREET, Kind.ROAD, Kind.SPOT))


def _kind(shape: Shape) -> Kind | None:
    sort = str(shape.told.get("class") or shape.told.get("kind") or "")
    form = shape.geometry.geom_type
    if form.endswith("Point"):
        return Kind.SPOT if shape.layer in {"poi", "pois"} and _is_landmark(shape, sort) else None
    if form.endswith("LineString"):
        return _line(shape.layer, sort)
    if shape.layer in {"landcover", "landuse", "park"}:
        return Kind.GREEN if sort in _GREEN else None
    return _AREAS.get(shape.layer)


def _is_landmark(shape: Shape, sort: str) -> bool:
    return bool(_name(shape)) and (sort in _SPOTS or str(shape.told.get("subclass", "")) in _SPOTS)


def _line(layer: str, sort: str) -> Kind | None:
    if layer == "transportation_name":
        return Kind.STREET_NAME
    if layer in {"waterway", "water"}:
        return Kind.STREAM
    if layer not in {"transportation", "roads"}:
        return None
    for sorts, kind in ((_ROADS, Kind.ROAD), (_STREETS, Kind.STREET), (_PATHS, Kind.PATH), (_RAILWAYS, Kind.RAILWAY)):
        if sort in sorts:
            return kind
    return None


def _name(shape: Shape) -> str:
    """Give the name in Polish, else as people write it there."""
    names = (shape.told.get("name:pl"), shape.told.get("name"), shape.told.get("ref"))
    return next((" ".join(name.split())[:80] for name in names if isinstance(name, str) and name.strip()), "")
