"""What lies below a map on paper: shapes out of vector tiles, pictures turned into the frame, damaged tiles."""

from dataclasses import dataclass, field
from io import BytesIO

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from PIL import Image

from consult.basemap.covering import MOST_PICTURES, MOST_TILES, BackgroundUnreadable, covering
from consult.basemap.land import Kind, pieces
from consult.basemap.shapes import Shape, TileUnreadable, read
from consult.basemap.sources import VECTOR, Sheet
from consult.geo import box_to_degrees, to_degrees, to_metres
from consult.tiles import EXTENT, Tile, tiles_over
from tests.factories import LASK

TILE = next(iter(tiles_over((*LASK, *LASK), 14)))
X, Y = to_metres(*LASK)
FRAME = (X - 750, Y - 500, X + 750, Y + 500)


@dataclass
class Tiles:
    """A background of tiles that a function makes."""

    make: object
    mimetype: str = VECTOR
    lowest: int = 4
    highest: int = 16
    asked: list = field(default_factory=list)

    @property
    def sheet(self):
        return Sheet(self.mimetype, self.lowest, self.highest, "© nobody")

    def tile(self, z, x, y):
        self.asked.append((z, x, y))
        return self.make(Tile(z, x, y))


def vector(features, layer="transportation", **options):
    named = [{"name": layer, "features": [{"geometry": shape, "properties": told} for shape, told in features]}]
    return mapbox_vector_tile.encode(named, default_options={"y_coord_down": True, **options})


# --- shapes ------------------------------------------------------------------------------------------------------------


def test_a_line_comes_back_in_metres():
    spots = [(100, 100), (2000, 1000), (4000, 3900)]
    data = vector([(shapely.LineString(spots), {"class": "minor", "name": "ul. Lipowa", "lanes": 2, "toll": False})])

    [shape] = read(data, TILE, {"transportation"})

    expected = [to_metres(*TILE.position_of(*spot)) for spot in spots]
    assert shapely.get_coordinates(shape.geometry) == pytest.approx(np.array(expected), abs=0.01)
    assert shape.told == {"class": "minor", "name": "ul. Lipowa", "lanes": 2, "toll": False}


def test_an_area_keeps_its_hole_and_its_size():
    ring = shapely.Polygon(
        [(0, 0), (EXTENT, 0), (EXTENT, EXTENT), (0, EXTENT)], [[(1000, 1000), (1000, 2000), (2000, 2000), (2000, 1000)]]
    )

    [shape] = read(vector([(ring, {"class": "lake"})], "water"), TILE, {"water"})

    west, south, east, north = TILE.box
    (left, bottom), (right, top) = to_metres(west, south), to_metres(east, north)
    assert shape.geometry.area == pytest.approx((right - left) * (top - bottom) * (1 - (1000 / EXTENT) ** 2), rel=0.01)
    assert len(shape.geometry.geoms[0].interiors) == 1


def test_only_the_layers_asked_for_are_read():
    data = vector([(shapely.Point(1, 1), {})], "housenumber")
    assert read(data, TILE, {"water"}) == []
    assert len(read(data, TILE, {"housenumber"})) == 1
    assert read(b"", TILE, {"water"}) == []


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_tile_that_was_cut_off_is_refused_or_read(cut):
    data = vector([(shapely.LineString([(0, 0), (10, 10)]), {"class": "minor"})])
    try:
        read(data[:-cut], TILE, {"transportation"})
    except TileUnreadable:
        return
    assert cut >= len(data)


@pytest.mark.parametrize("data", [b"\xff" * 40, b"<html>", b"\x1a\x05\x0a\x01\xff\x28", b"\x1a\xff\xff\xff\x0f"])
def test_what_is_no_tile_is_refused(data):
    with pytest.raises(TileUnreadable):
        read(data, TILE, {"transportation"})


@pytest.mark.parametrize(
    ("layer", "told", "shape", "kind"),
    [
        ("transportation", {"class": "primary"}, shapely.LineString([(0, 0), (9, 9)]), Kind.ROAD),
        ("roads", {"kind": "minor_road", "name": "Lipowa"}, shapely.LineString([(0, 0), (9, 9)]), Kind.STREET),
        ("transportation", {"class": "rail"}, shapely.LineString([(0, 0), (9, 9)]), Kind.RAILWAY),
        ("waterway", {"class": "stream"}, shapely.LineString([(0, 0), (9, 9)]), Kind.STREAM),
        ("water", {"kind": "lake"}, shapely.box(0, 0, 9, 9), Kind.WATER),
        ("landuse", {"kind": "park"}, shapely.box(0, 0, 9, 9), Kind.GREEN),
        ("landuse", {"kind": "industrial"}, shapely.box(0, 0, 9, 9), None),
        ("buildings", {}, shapely.box(0, 0, 9, 9), Kind.BUILDING),
        ("poi", {"class": "school", "name": "Szkoła"}, shapely.Point(1, 1), Kind.SPOT),
        ("poi", {"class": "school"}, shapely.Point(1, 1), None),
        ("transportation", {"class": "ferry"}, shapely.LineString([(0, 0), (9, 9)]), None),
    ],
)
def test_both_usual_schemes_are_understood(layer, told, shape, kind):
    found = list(pieces([Shape(layer, shape, told)]))
    assert [piece.kind for piece in found] == ([kind] if kind else [])


def test_a_name_is_polish_where_the_source_knows_it():
    told = {"class": "minor", "name": "Lindenstraße", "name:pl": "ul.  Lipowa"}
    [piece] = pieces([Shape("transportation_name", shapely.LineString([(0, 0), (9, 9)]), told)])
    assert piece.name == "ul. Lipowa"


# --- tiles of a frame --------------------------------------------------------------------------------------------------


def test_a_frame_is_covered_by_the_finest_tiles_of_which_few_enough_are_needed():
    source = Tiles(lambda tile: None)
    covering(source, FRAME, (300, 200))
    zoom = source.asked[0][0]
    finer = tiles_over(box_to_degrees(FRAME), zoom + 1)

    assert len(source.asked) <= MOST_TILES
    assert set(source.asked) == {(tile.z, tile.x, tile.y) for tile in tiles_over(box_to_degrees(FRAME), zoom)}
    assert zoom == source.highest or len(list(finer)) > MOST_TILES


def test_without_a_background_there_is_nothing_below():
    assert covering(None, FRAME, (300, 200)).is_empty
    assert covering(Tiles(lambda tile: None), FRAME, (300, 200)).is_empty
    assert covering(Tiles(lambda tile: None, lowest=14), (X - 40_000, Y, X + 40_000, Y + 40_000), (300, 200)).is_empty


def test_shapes_of_all_tiles_are_gathered():
    line = vector([(shapely.LineString([(0, 2048), (EXTENT, 2048)]), {"class": "minor"})])
    source = Tiles(lambda tile: line, highest=14)
    found = covering(source, FRAME, (300, 200))
    assert len(found.pieces) == len(source.asked)
    assert found.attribution == "© nobody"


def test_a_damaged_tile_is_told_by_its_number():
    with pytest.raises(BackgroundUnreadable, match=r"\d+/\d+/\d+"):
        covering(Tiles(lambda tile: b"\xff" * 40), FRAME, (300, 200))
    with pytest.raises(BackgroundUnreadable, match=r"\d+/\d+/\d+"):
        covering(Tiles(lambda tile: b"no picture", "image/png"), FRAME, (300, 200))


def png(pixels):
    stream = BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


def test_pictures_stand_where_the_ground_is():
    """One black spot on the ground is found in the picture at the same place, whatever the tiles' north."""
    lon, lat = to_degrees(X + 300, Y - 200)

    def tile(of):
        pixels = np.full((256, 256, 3), 255, np.uint8)
        if of.holds(lon, lat):
            x, y = (unit * 256 // EXTENT for unit in of.units_to(lon, lat))
            pixels[max(0, y - 3) : y + 4, max(0, x - 3) : x + 4] = 0
        return png(pixels)

    source = Tiles(tile, "image/png")
    found = covering(source, FRAME, (600, 400))

    assert len(source.asked) <= MOST_PICTURES
    seen = np.asarray(Image.open(BytesIO(found.picture)), dtype=float)
    assert seen.shape == (400, 600)
    rows, columns = np.nonzero(seen < 200)
    metre = 600 / 1500
    assert columns.mean() == pytest.approx((750 + 300) * metre, abs=4)
    assert rows.mean() == pytest.approx((500 + 200) * metre, abs=4)
    assert seen.min() >= 89, "ink must stand out"
