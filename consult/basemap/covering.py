"""The background of one frame, for a map on paper: the tiles that cover it, as shapes or as one grey picture."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from consult.basemap.land import LAYERS, Piece, pieces
from consult.basemap.shapes import TileUnreadable, read
from consult.basemap.sources import Source, unpacked
from consult.geo import Box, Floats, box_to_degrees, to_degrees
from consult.tiles import Tile, TileRange, tiles_over

MOST_TILES, MOST_PICTURES = 36, 16
"""So many tiles hold every street of a village and the roads of a commune; more would only be smaller than ink. In
pictures the names of streets are drawn already: fewer pictures are larger ones, and the names can be read.
"""

TILE_PIXELS = 256
GREY = np.array([0.299, 0.587, 0.114])
DARKEST, LIGHTEST = 90.0, 255.0
"""The picture lies below ink: black becomes grey, so that fields, names and crosses stand out."""


class BackgroundUnreadable(Exception):
    """A tile of the background is not what it should be."""


@dataclass(frozen=True)
class Background:
    """What lies below a map: shapes, or a grey picture (PNG) that fills the frame. Neither: there is nothing there."""

    pieces: tuple[Piece, ...] = ()
    picture: bytes = b""
    attribution: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether the map has no streets of its own."""
        return not (self.pieces or self.picture)


def covering(source: Source | None, frame: Box, size: tuple[int, int]) -> Background:
    """Gather the background of a frame in EPSG:2180, a picture of so many pixels.

    Raises BackgroundUnreadable, or ServerSilent of a server that does not answer.
    """
    if source is None:
        return Background()
    tiles = _finest(source, frame)
    if tiles is None:
        return Background()
    if source.sheet.is_vector:
        return Background(tuple(_pieces(source, tiles)), attribution=source.sheet.attribution)
    picture = _picture(source, tiles, frame, size)
    return Background(picture=picture, attribution=source.sheet.attribution if picture else "")


def _finest(source: Source, frame: Box) -> TileRange | None:
    """Choose the finest tiles of which few enough cover the frame; none when even the coarsest are too many."""
    box, most = box_to_degrees(frame), MOST_TILES if source.sheet.is_vector else MOST_PICTURES
    for zoom in range(source.sheet.highest, source.sheet.lowest - 1, -1):
        tiles = tiles_over(box, zoom)
        if (tiles.east - tiles.west + 1) * (tiles.south - tiles.north + 1) <= most:
            return tiles
    return None


def _pieces(source: Source, tiles: TileRange) -> Iterator[Piece]:
    for tile in tiles:
        data = source.tile(tile.z, tile.x, tile.y)
        if data:
            try:
                yield from pieces(read(unpacked(data), tile, LAYERS))
            except (TileUnreadable, OSError, EOFError) as error:
                raise BackgroundUnreadable(f"{tile.z}/{tile.x}/{tile.y}: {error}") from error


# Pictures


def _picture(source: Source, tiles: TileRange, frame: Box, size: tuple[int, int]) -> bytes:
    """Put the tiles together and turn them into the frame: their north is not quite the grid's."""
    wide, tall = tiles.east - tiles.west + 1, tiles.south - tiles.north + 1
    mosaic = np.full((tall * TILE_PIXELS, wide * TILE_PIXELS), LIGHTEST)
    found = 0
    for tile in tiles:
        data = source.tile(tile.z, tile.x, tile.y)
        if data:
            top, left = (tile.y - tiles.north) * TILE_PIXELS, (tile.x - tiles.west) * TILE_PIXELS
            mosaic[top : top + TILE_PIXELS, left : left + TILE_PIXELS] = _grey(unpacked(data), tile)
            found += 1
    if not found:
        return b""
    turned = _sampled(mosaic, *_pixels(tiles, frame, size))
    paler = DARKEST + turned / 255 * (LIGHTEST - DARKEST)
    stream = BytesIO()
    Image.fromarray(paler.round().astype(np.uint8)).save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _grey(data: bytes, tile: Tile) -> Floats:
    try:
        with Image.open(BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as image:
            small = image.convert("RGBA").resize((TILE_PIXELS, TILE_PIXELS), Image.Resampling.LANCZOS)
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise BackgroundUnreadable(f"{tile.z}/{tile.x}/{tile.y}: {type(error).__name__}") from error
    coloured = np.asarray(small, dtype=np.float64)
    share = coloured[..., 3] / 255
    return np.asarray(coloured[..., :3] @ GREY * share + LIGHTEST * (1 - share))


def _pixels(tiles: TileRange, frame: Box, size: tuple[int, int]) -> tuple[Floats, Floats]:
    """Tell for every pixel of the frame where it lies in the mosaic.

    Four corners tell of all between: over a sheet's map the two grids differ by a turn and a stretch.
    """
    west, south, east, north = frame
    corners = [to_degrees(x, y) for x, y in ((west, north), (east, north), (west, south), (east, south))]
    spots = np.array([_mosaic_spot(tiles, lon, lat) for lon, lat in corners]).reshape(2, 2, 2)
    right = (np.arange(size[0]) + 0.5)[None, :, None] / size[0]
    down = (np.arange(size[1]) + 0.5)[:, None, None] / size[1]
    top, bottom = (spots[row, 0] * (1 - right) + spots[row, 1] * right for row in (0, 1))
    between = top * (1 - down) + bottom * down
    return between[..., 0], between[..., 1]


def _mosaic_spot(tiles: TileRange, lon: float, lat: float) -> tuple[float, float]:
    across = 1 << tiles.z
    rise = math.asinh(math.tan(math.radians(lat))) / math.pi
    column, row = (lon + 180) / 360 * across, (1 - rise) / 2 * across
    return (column - tiles.west) * TILE_PIXELS, (row - tiles.north) * TILE_PIXELS


def _sampled(mosaic: Floats, x: Floats, y: Floats) -> NDArray[np.float64]:
    """Read the mosaic between its pixels."""
    tall, wide = mosaic.shape
    x, y = np.clip(x - 0.5, 0, wide - 1.001), np.clip(y - 0.5, 0, tall - 1.001)
    left, top = x.astype(int), y.astype(int)
    right, down = x - left, y - top
    above = mosaic[top, left] * (1 - right) + mosaic[top, left + 1] * right
    below = mosaic[top + 1, left] * (1 - right) + mosaic[top + 1, left + 1] * right
    return np.asarray(above * (1 - down) + below * down)
