"""A small town that nobody lives in, as vector tiles: streets with names, a river, a railway, a park, houses."""

import math

import mapbox_vector_tile
import numpy as np
import shapely
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer
from shapely.affinity import rotate, translate

from consult.geo import box_to_degrees, shape_to_degrees, to_metres
from consult.tiles import EXTENT, tiles_over

ZOOM = 14
ALONG = ("Lipowa", "Kościuszki", "Polna", "Szkolna", "Nowa", "Ogrodowa", "Leśna", "Krótka")
ACROSS = ("Żeromskiego", "Kościelna", "Mickiewicza", "Zielona", "Kolejowa", "Słoneczna", "Wodna", "9 Maja", "Boczna")


def features(x, y):
    """Everything in the town, in metres around its market square: layer, geometry, what is told of it."""
    around = [*_streets(), *_water(), *_green(), *_houses(), *_spots()]
    return [(layer, translate(rotate(shape, 12, origin=(0, 0)), x, y), told) for layer, shape, told in around]


def _streets():
    for place, name in enumerate(ALONG):
        south = -700 + 190 * place
        bend = [(east, south + 22 * math.sin(east / 260 + place)) for east in range(-900, 901, 60)]
        yield from _street(shapely.LineString(bend), f"ul. {name}", "secondary" if place == 3 else "minor")
    for place, name in enumerate(ACROSS):
        west = -800 + 200 * place
        way = shapely.LineString([(west, -720), (west + 15, 0), (west - 10, 660)])
        yield from _street(way, f"ul. {name}", "primary" if place == 4 else "minor")
    yield "transportation", shapely.LineString([(-900, 560), (-200, 480), (900, 620)]), {"class": "rail"}
    yield "transportation", shapely.LineString([(-400, -690), (-250, -420), (-330, -150)]), {"class": "path"}


def _street(way, name, sort):
    yield "transportation", way, {"class": sort}
    yield "transportation_name", way, {"class": sort, "name": name}


def _water():
    bend = [(east, -330 + 60 * math.sin(east / 170)) for east in range(-950, 951, 30)]
    yield "water", shapely.LineString(bend).buffer(14), {"class": "river"}
    yield "water", shapely.Point(520, -560).buffer(70), {"class": "lake"}


def _green():
    yield "landcover", shapely.box(-380, -300, -220, -170), {"class": "wood"}
    yield "park", shapely.box(420, 60, 585, 210), {"class": "park"}


def _houses():
    chosen = np.random.default_rng(5)
    for east in range(-850, 850, 34):
        for south in range(-680, 660, 95):
            if chosen.random() < 0.75:
                side = 5 + 5 * chosen.random()
                yield "building", shapely.box(east, south + 25, east + 2 * side, south + 25 + side), {}


def _spots():
    for (east, north), name, sort in (
        ((-120, 40), "Szkoła Podstawowa nr 1", "school"),
        ((90, -60), "Kościół św. Anny", "place_of_worship"),
        ((310, 520), "Dworzec", "railway"),
        ((-510, 250), "OSP", "fire_station"),
        ((30, 130), "Urząd Miejski", "town_hall"),
    ):
        yield "poi", shapely.Point(east, north), {"name": name, "class": sort}


def tiles(lon, lat, zoom=ZOOM):
    """The town around a position as tiles: z, x, y and bytes."""
    shapes = [(layer, shape_to_degrees(shape), told) for layer, shape, told in features(*to_metres(lon, lat))]
    x, y = to_metres(lon, lat)
    for tile in tiles_over(box_to_degrees((x - 1000, y - 1000, x + 1000, y + 1000)), zoom):
        layers = {}
        for layer, shape, told in shapes:
            units = shapely.transform(shape, lambda pairs, tile=tile: _units(tile, pairs))
            cut = shapely.clip_by_rect(units, -80, -80, EXTENT + 80, EXTENT + 80)
            if not cut.is_empty:
                layers.setdefault(layer, []).append({"geometry": cut, "properties": told})
        named = [{"name": layer, "features": found} for layer, found in layers.items()]
        yield (tile.z, tile.x, tile.y), mapbox_vector_tile.encode(named, default_options={"y_coord_down": True})


def _units(tile, pairs):
    return np.array([tile.units_to(*pair) for pair in pairs], dtype=float)


def pmtiles(path, lon, lat, zoom=ZOOM):
    """The town in a file that BASEMAP can name."""
    made = sorted((zxy_to_tileid(*place), data) for place, data in tiles(lon, lat, zoom))
    with path.open("wb") as file:
        writer = Writer(file)
        for number, data in made:
            writer.write_tile(number, data)
        header = {
            "tile_type": TileType.MVT, "tile_compression": Compression.NONE, "min_zoom": zoom, "max_zoom": zoom,
            "min_lon_e7": 140_000_000, "min_lat_e7": 489_000_000, "max_lon_e7": 242_000_000, "max_lat_e7": 550_000_000,
            "center_zoom": zoom, "center_lon_e7": 190_000_000, "center_lat_e7": 515_000_000,
        }  # fmt: skip
        writer.finalize(header, {"attribution": "Dane próbne: miasto zmyślone"})
    return path
