"""What a device fetches before a debate, for a hall without a signal: the tiles around its districts."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice

from consult.geo import Box
from consult.tiles import Tile, TileRange, tiles_over

WIDEST, CLOSEST = 7, 15
"""The zooms that are of use in a hall: from the district among its neighbours to single houses."""

MOST_TILES = 1_500
MOST_BYTES = 10 * 1024 * 1024
"""A device keeps no more of the background, and a tenth of what it has free at most."""


def tiles_around(box: Box, lowest: int, highest: int) -> list[Tile]:
    """List the tiles over a box that a background has: zoom by zoom, each from the middle outwards.

    So whatever a device has no room for is what lies farthest out of the closest views.
    """
    zooms = range(max(lowest, WIDEST), min(highest, CLOSEST) + 1)
    ordered: Iterable[Iterator[Tile]] = (_outwards(tiles_over(box, zoom)) for zoom in zooms)
    return list(islice(chain.from_iterable(ordered), MOST_TILES))


def _outwards(tiles: TileRange) -> Iterator[Tile]:
    middle_x, middle_y = (tiles.west + tiles.east) / 2, (tiles.north + tiles.south) / 2
    return iter(sorted(tiles, key=lambda tile: max(abs(tile.x - middle_x), abs(tile.y - middle_y))))


def around(boxes: Iterable[Box]) -> Box:
    """Give the box that holds all of some boxes."""
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)
