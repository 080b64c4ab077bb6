"""Points as a vector tile: Mapbox Vector Tile 2.1 (protocol buffers), one layer, written by hand.

The format is a few nested lists of numbers, and a tile of a thousand points has to be written in about a millisecond.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from consult.tiles import EXTENT

MIMETYPE = "application/vnd.mapbox-vector-tile"

Value = int | str
"""What a property may be: a number from nought on, or a text."""


@dataclass(frozen=True, slots=True)
class Point:
    """A point by its units from the north-western corner of the tile, with its properties."""

    x: int
    y: int
    properties: Mapping[str, Value] = field(default_factory=dict)
    id: int | None = None


def encoded(layer: str, points: Iterable[Point]) -> bytes:
    """Write points as the one layer of a tile, 4,096 units wide; no points, no bytes. The sections are those of 4.1."""
    keys: dict[str, int] = {}
    values: dict[Value, int] = {}
    features = bytearray()
    for point in points:
        tags = b"".join(
            _number(keys.setdefault(key, len(keys))) + _number(values.setdefault(value, len(values)))
            for key, value in point.properties.items()
        )
        features += _part(b"\x12", _feature(point, tags))
    if not features:
        return b""
    named = b"".join(_part(b"\x1a", key.encode()) for key in keys)
    valued = b"".join(_part(b"\x22", _value(value)) for value in values)
    head = b"\x78\x02" + _part(b"\x0a", layer.encode())  # the version, then the name
    return _part(b"\x1a", head + features + named + valued + b"\x28" + _number(EXTENT))


def _feature(point: Point, tags: bytes) -> bytes:
    """Write a feature: its number, its tags, that it is a point, and one step to where it lies (4.3.4.2)."""
    number = b"" if point.id is None else b"\x08" + _number(point.id)
    where = b"\x09" + _signed(point.x) + _signed(point.y)
    return number + (_part(b"\x12", tags) if tags else b"") + b"\x18\x01" + _part(b"\x22", where)


def _value(value: Value) -> bytes:
    return _part(b"\x0a", value.encode()) if isinstance(value, str) else b"\x28" + _number(value)


def _part(tag: bytes, content: bytes | bytearray) -> bytes:
    return tag + _number(len(content)) + content


def _signed(number: int) -> bytes:
    """Write a number of either sign: nought, minus one, one, minus two and so on."""
    return _number(number << 1 if number >= 0 else (-number << 1) - 1)


def _number(number: int) -> bytes:
    """Write a number in groups of seven bits, the lowest first; the usual ones are written already."""
    return _WRITTEN[number] if number < len(_WRITTEN) else _long(number)


def _long(number: int) -> bytes:
    groups = bytearray()
    while number > 0x7F:
        groups.append(number & 0x7F | 0x80)
        number >>= 7
    groups.append(number)
    return bytes(groups)


_WRITTEN = tuple(_long(number) for number in range(2 * EXTENT))
