"""Points as a vector tile: Mapbox Vector Tile 2.1 (protocol buffers), one layer, written by hand.

The format is a few nested lists of numbers, and a tile of a thousand points has to be written in about a millisecond.
"""

from collections.abc import Iterable
from typing import NamedTuple

from consult.tiles import EXTENT

MIMETYPE = "application/vnd.mapbox-vector-tile"

Value = int | str
"""What a property may be: a number from nought on, or a text."""


Properties = tuple[tuple[str, Value], ...]
"""Names and values; points with the same ones share what is written of them."""


class Point(NamedTuple):
    """A point by its units from the north-western corner of the tile, with its properties."""

    x: int
    y: int
    properties: Properties = ()
    id: int | None = None


def encoded(layer: str, points: Iterable[Point]) -> bytes:
    """Write points as the one layer of a tile, 4,096 units wide; no points, no bytes. The sections are those of 4.1."""
    keys: dict[str, int] = {}
    values: dict[Value, int] = {}
    kinds: dict[Properties, bytes] = {}
    features: list[bytes] = []
    for x, y, properties, number in points:
        kind = kinds.get(properties)
        if kind is None:
            kind = kinds[properties] = _kind(properties, keys, values)
        where = _signed(x) + _signed(y)
        feature = kind + _WRITTEN[len(where) + 1] + b"\x09" + where
        if number is not None:
            feature = b"\x08" + _number(number) + feature
        features += b"\x12", _number(len(feature)), feature
    if not features:
        return b""
    named = b"".join(_part(b"\x1a", key.encode()) for key in keys)
    valued = b"".join(_part(b"\x22", _value(value)) for value in values)
    head = b"\x78\x02" + _part(b"\x0a", layer.encode())  # the version, then the name
    return _part(b"\x1a", head + b"".join(features) + named + valued + b"\x28" + _number(EXTENT))


def _kind(properties: Properties, keys: dict[str, int], values: dict[Value, int]) -> bytes:
    """Write what points with the same properties share: tags, that they are points, and that their place follows."""
    tags = b""
    for key, value in properties:
        tags += _number(keys.setdefault(key, len(keys))) + _number(values.setdefault(value, len(values)))
    return (_part(b"\x12", tags) if tags else b"") + b"\x18\x01\x22"


def _value(value: Value) -> bytes:
    return _part(b"\x0a", value.encode()) if isinstance(value, str) else b"\x28" + _number(value)


def _part(tag: bytes, content: bytes) -> bytes:
    return tag + _number(len(content)) + content


def _signed(number: int) -> bytes:
    """Write a number of either sign: nought, minus one, one, minus two and so on."""
    if 0 <= number < EXTENT:  # nearly all: places within the tile
        return _WRITTEN[number << 1]
    return _number(number << 1 if number >= 0 else (-number << 1) - 1)


def _number(number: int) -> bytes:
    """Write a number in groups of seven bits, the lowest first; the usual ones are written already."""
    return _WRITTEN[number] if number < _USUAL else _long(number)


def _long(number: int) -> bytes:
    groups = bytearray()
    while number > 0x7F:
        groups.append(number & 0x7F | 0x80)
        number >>= 7
    groups.append(number)
    return bytes(groups)


_USUAL = 2 * EXTENT
_WRITTEN = tuple(_long(number) for number in range(_USUAL))
