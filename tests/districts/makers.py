"""Small made-up boundaries for tests: squares of ten kilometres in a row, with the codes of real districts."""

import json
from datetime import date

import shapely

from consult.districts import operations
from consult.districts.boundary_file import Outline
from consult.districts.models import Level
from consult.geo import shape_to_degrees

WEST, SOUTH, SIDE = 480_000.0, 400_000.0, 10_000.0
FIRST_DAY = date(2016, 1, 1)


def square(column, row=0, side=SIDE):
    """A square in EPSG:2180, counted east and north from the first."""
    west, south = WEST + column * SIDE, SOUTH + row * SIDE
    return shapely.box(west, south, west + side, south + side)


def three_districts():
    """Three districts of the voivodeship łódzkie side by side, west to east."""
    return [
        Outline(1, "1001", "bełchatowski", square(0)),
        Outline(2, "1003", "łaski", square(1)),
        Outline(3, "1008", "pabianicki", square(2)),
    ]


def four_communes():
    """The second district's communes: two halves, the northern and the southern; and one for each other district."""
    west, south, east, north = square(1).bounds
    half = (south + north) / 2
    return [
        Outline(1, "1001012", "Bełchatów", square(0)),
        Outline(2, "1003012", "Buczek", shapely.box(west, south, east, half)),
        Outline(3, "1003023", "Łask", shapely.box(west, half, east, north)),
        Outline(4, "1008011", "Pabianice", square(2)),
    ]


def boundaries(level=Level.DISTRICT, outlines=None, valid_from=FIRST_DAY, **kwargs):
    """A set in force."""
    if outlines is None:
        outlines = three_districts() if level is Level.DISTRICT else four_communes()
    return operations.record_set(outlines, level=level, valid_from=valid_from, source="test", **kwargs)


def geojson(path, *features, crs=None):
    """A GeoJSON file of (properties, shape in degrees or metres) pairs."""
    collection = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": properties, "geometry": shape and json.loads(shapely.to_geojson(shape))}
            for properties, shape in features
        ],
    }
    if crs:
        collection["crs"] = {"type": "name", "properties": {"name": crs}}
    path.write_text(json.dumps(collection), encoding="utf-8")
    return path


def degrees(shape):
    """A shape of EPSG:2180 in degrees."""
    return shape_to_degrees(shape)
