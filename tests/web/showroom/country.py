"""An invented district of four square communes, for looking at maps without a database."""

import json

import shapely
from flask import Flask, Response, request

from consult import geo
from consult.documents.marks import MARKS
from consult.documents.svg_map import Area, Scene, Symbol, View, draw
from consult.geo import Place, PlaceKind, PlaceRefused
from consult.web.place_field import Found

COMMUNES = {
    "1003023": ("Łask", shapely.box(19.0, 51.55, 19.2, 51.7)),
    "1003052": ("Wodzierady", shapely.box(19.2, 51.55, 19.4, 51.7)),
    "1003032": ("Sędziejowice", shapely.box(19.0, 51.4, 19.2, 51.55)),
    "1003042": ("Widawa", shapely.box(19.2, 51.4, 19.4, 51.55)),
}
STREETS = [("Warszawska", 19.13, 51.59), ("Widawska", 19.14, 51.58), ("9 Maja", 19.135, 51.592)]
STATUSES = ["new", "in_verification", "confirmed", "eliminated", "handed_over", "not_confirmed", "joke"]


def search(words: str, _district: str | None) -> list[Found]:
    return [
        Found(name, f"ulica {name}", "Łask", Place.point(lon, lat, 150, f"ulica {name}"))
        for name, lon, lat in STREETS
        if words.casefold() in f"ulica {name}, łask".casefold()
    ]


def communes(_district: str | None) -> list[Found]:
    found = []
    for code, (name, shape) in COMMUNES.items():
        spot = shape.centroid
        found.append(Found(code, name, "", Place.whole(PlaceKind.COMMUNE, code, spot.x, spot.y, 9000, name)))
    return found


def frame(_district: str | None) -> View:
    return View.fitting(shapely.union_all([geo.shape_to_metres(s) for _, s in COMMUNES.values()]).bounds, 600, 420)


def init_app(app: Flask) -> None:
    app.add_url_rule("/districts/map.svg", "districts.map_svg", drawn)
    app.add_url_rule("/districts/boundaries.geojson", "districts.boundaries", boundaries)
    app.add_url_rule("/threats.geojson", "threats.geojson", threats)


def drawn() -> Response:
    view = View(*(float(part) for part in request.args["view"].split(",")))
    areas = [Area(geo.shape_to_metres(shape), name) for name, shape in COMMUNES.values()]
    symbols = []
    try:
        marked = Place.from_geojson(request.args.get("marked", ""))
        symbols.append(Symbol(*marked.x_y, MARKS["place"], extent=marked.metres))
    except PlaceRefused:
        pass
    return Response(draw(Scene(view, "Mapa", areas=areas, symbols=symbols)), mimetype="image/svg+xml")


def boundaries() -> Response:
    whole = shapely.union_all([shape for _, shape in COMMUNES.values()])
    inner = shapely.MultiLineString([[(19.2, 51.4), (19.2, 51.7)], [(19.0, 51.55), (19.4, 51.55)]])
    features = [
        _feature(whole, level="district", own=True),
        _feature(whole.exterior, level="district", own=True),
        _feature(inner, level="commune", own=True),
        *(_feature(shape.centroid, level="commune", label=name) for name, shape in COMMUNES.values()),
    ]
    return _geojson(features, approximate=True, attribution="Dane pokazowe")


def threats() -> Response:
    features = []
    for number in range(40):
        status = STATUSES[number % len(STATUSES)]
        spot = shapely.Point(19.02 + (number * 37 % 100) / 280, 51.42 + (number * 61 % 100) / 380)
        shape = spot.buffer(0.01).envelope if number % 13 == 5 else spot
        title = ["Nieprawidłowe parkowanie", "Dzikie wysypisko <b>śmieci</b>"][number % 2]
        features.append(
            _feature(shape, id=number, title=f"{title} {number}", status=status, letter="PDR"[number % 3],
                     url="/form", approximate=number % 13 == 5)
        )  # fmt: skip
    return _geojson(features)


def _feature(shape, **properties):
    return {"type": "Feature", "properties": properties, "geometry": json.loads(shapely.to_geojson(shape))}


def _geojson(features, **more) -> Response:
    return Response(
        json.dumps({"type": "FeatureCollection", "features": features, **more}), mimetype="application/geo+json"
    )
