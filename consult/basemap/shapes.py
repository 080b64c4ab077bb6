"""Shapes out of vector tiles (Mapbox Vector Tile 2.1): what a map on paper draws of the background.

Only the layers that are asked for are read. Geometry comes in EPSG:2180 metres.
"""

import struct
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from consult.geo import arrays_to_metres
from consult.tiles import EXTENT, Tile

Value = str | int | float | bool
Ring = list[tuple[int, int]]

POINT, LINE, AREA = 1, 2, 3
MOVE, DRAW, CLOSE = 1, 2, 7
VARINT, EIGHT, MANY, FOUR = 0, 1, 2, 5
LONGEST_RING = 200_000


class TileUnreadable(ValueError):
    """The bytes are no vector tile."""


@dataclass(frozen=True)
class Shape:
    """One thing of a layer, with what is told of it."""

    layer: str
    geometry: BaseGeometry
    told: Mapping[str, Value]


@dataclass
class _Layer:
    name: str = ""
    extent: int = EXTENT
    keys: list[str] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)
    features: list[bytes] = field(default_factory=list)


def read(data: bytes, tile: Tile, layers: Collection[str]) -> list[Shape]:
    """Read the shapes of some layers of a tile. Raises TileUnreadable."""
    try:
        found = [_layer(content) for number, content in _fields(data) if number == 3]
        return [
            Shape(layer.name, shape, told)
            for layer in found
            if layer.name in layers
            for shape, told in _features(layer, tile)
        ]
    except TileUnreadable:
        raise
    except (LookupError, struct.error, ValueError, TypeError, AttributeError, shapely.errors.GEOSException) as error:
        raise TileUnreadable(type(error).__name__) from error  # what stands where something else should


def _layer(data: bytes) -> _Layer:
    layer = _Layer()
    for number, content in _fields(data):
        if number == 1:
            layer.name = content.decode()
        elif number == 2:
            layer.features.append(content)
        elif number == 3:
            layer.keys.append(content.decode())
        elif number == 4:
            layer.values.append(_value(content))
        elif number == 5:
            layer.extent = max(1, content)
    return layer


def _signed(number: int) -> int:
    return (number >> 1) ^ -(number & 1)


_VALUES: dict[int, Callable[[Any], Value]] = {
    1: lambda content: str(content.decode()),
    2: lambda content: float(struct.unpack("<f", content)[0]),
    3: lambda content: float(struct.unpack("<d", content)[0]),
    4: int,
    5: int,
    6: _signed,
    7: bool,
}


def _value(data: bytes) -> Value:
    for number, content in _fields(data):
        if number in _VALUES:
            return _VALUES[number](content)
    return ""


def _features(layer: _Layer, tile: Tile) -> Iterator[tuple[BaseGeometry, dict[str, Value]]]:
    for data in layer.features:
        parts = dict(_fields(data))
        tags = list(_numbers(parts.get(2, b"")))
        told = {layer.keys[key]: layer.values[value] for key, value in zip(tags[::2], tags[1::2], strict=False)}
        shape = _geometry(parts.get(3, 0), list(_rings(parts.get(4, b""))), layer.extent, tile)
        if shape is not None and not shape.is_empty:
            yield shape, told


def _geometry(kind: int, rings: list[Ring], extent: int, tile: Tile) -> BaseGeometry | None:
    """Make a shape of its rings; what is too short to be one is left out, as renderers do."""
    if kind == POINT:
        return shapely.MultiPoint(_metres([spot for ring in rings for spot in ring], extent, tile))
    if kind == LINE:
        return shapely.MultiLineString([_metres(ring, extent, tile) for ring in rings if len(ring) > 1])
    return _areas([ring for ring in rings if len(ring) > 2], extent, tile) if kind == AREA else None


def _areas(rings: list[Ring], extent: int, tile: Tile) -> BaseGeometry:
    """Tell outlines from holes by the way they turn (4.3.4.4): a hole belongs to the outline before it."""
    grouped: list[list[Ring]] = []
    for ring in rings:
        if _turn(ring) > 0 or not grouped:
            grouped.append([ring])
        else:
            grouped[-1].append(ring)
    areas = [shapely.Polygon(outline, holes) for outline, *holes in (_all_metres(g, extent, tile) for g in grouped)]
    return shapely.make_valid(shapely.MultiPolygon(areas))


def _all_metres(rings: list[Ring], extent: int, tile: Tile) -> list[NDArray[np.float64]]:
    return [_metres(ring, extent, tile) for ring in rings]


def _turn(ring: Ring) -> int:
    """Twice the area, above nought for an outline, in a plane whose second axis runs down."""
    following = [*ring[1:], ring[0]]
    return sum(x * next_y - next_x * y for (x, y), (next_x, next_y) in zip(ring, following, strict=True))


def _metres(ring: Ring, extent: int, tile: Tile) -> NDArray[np.float64]:
    across = extent << tile.z
    units = np.array(ring, dtype=np.float64).reshape(-1, 2)
    lon = (tile.x * extent + units[:, 0]) / across * 360 - 180
    rise = np.pi * (1 - 2 * (tile.y * extent + units[:, 1]) / across)
    return np.column_stack(arrays_to_metres(lon, np.degrees(np.arctan(np.sinh(rise)))))


def _rings(data: bytes) -> Iterator[Ring]:
    """Follow the commands of a geometry: move, draw, close."""
    numbers = _numbers(data)
    x = y = 0
    ring: Ring = []
    for command in numbers:
        what, times = command & 7, command >> 3
        if what == CLOSE:
            continue
        if times > LONGEST_RING or what not in {MOVE, DRAW}:
            raise TileUnreadable("a geometry without end")
        for _ in range(times):
            x, y = x + _signed(next(numbers, 0)), y + _signed(next(numbers, 0))
            if what == MOVE and ring:
                yield ring
                ring = []
            ring.append((x, y))
    if ring:
        yield ring


def _fields(data: bytes) -> Iterator[tuple[int, Any]]:
    """Split a message of protocol buffers into numbers of fields and their contents."""
    place = 0
    while place < len(data):
        key, place = _number(data, place)
        number, kind = key >> 3, key & 7
        if kind == VARINT:
            content: Any
            content, place = _number(data, place)
        else:
            size = {EIGHT: 8, FOUR: 4}.get(kind)
            if size is None:
                size, place = _number(data, place)
            if kind not in {EIGHT, FOUR, MANY} or place + size > len(data):
                raise TileUnreadable("a field reaches beyond the end")
            content, place = data[place : place + size], place + size
        yield number, content


def _numbers(data: bytes) -> Iterator[int]:
    place = 0
    while place < len(data):
        number, place = _number(data, place)
        yield number


def _number(data: bytes, place: int) -> tuple[int, int]:
    """Read a number in groups of seven bits, the lowest first."""
    number = shift = 0
    while True:
        byte = data[place]
        number |= (byte & 0x7F) << shift
        place += 1
        if byte < 0x80:
            return number, place
        shift += 7
        if shift > 63:
            raise TileUnreadable("a number without end")
