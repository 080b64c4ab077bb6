"""Boundaries for maps: as GeoJSON for the browser's map, as a drawing for pages without scripts."""

import hashlib
import json
from functools import lru_cache

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

from consult.districts import drawing, linework, queries, teryt
from consult.districts.drawing import ViewRefused
from consult.documents.svg_map import View
from consult.geo import Place, PlaceRefused
from consult.places import queries as places
from consult.web.languages import language
from consult.web.roles import public

MAX_AGE_S = 3600

bp = Blueprint("districts", __name__, url_prefix="/districts")


@bp.get("/boundaries.geojson")
@public
def boundaries() -> ResponseReturnValue:
    """Give the borders of one district with its communes, or of all districts."""
    within = request.args.get("within") or None
    code = queries.district(teryt.district_of(within)).code if within else ""
    return _answer(_collection(queries.digest(), code), "application/geo+json")


@bp.get("/map.svg")
@public
def map_svg() -> ResponseReturnValue:
    """Draw the land in a frame, with a place marked on it."""
    district = request.args.get("district") or None
    try:
        text = request.args.get("marked", "")
        marked = Place.from_geojson(text) if text else None
        view = request.args.get("view", "")
        frame = drawing.view_of(view) if view else drawing.frame(district, marked)
    except (PlaceRefused, ViewRefused):
        abort(400)
    drawn = drawing.ground(frame, district, marked) if marked else _land(_state(), frame, district)
    response = _answer(drawn, "image/svg+xml")
    response.vary.add("Cookie")
    response.headers["Content-Language"] = language()
    return response


@lru_cache(maxsize=32)
def _land(_state: str, frame: View, district: str | None) -> str:
    """Draw the land without a mark; most readers look at the same few frames."""
    return drawing.ground(frame, district)


def _state() -> str:
    """Name all that a drawing depends on besides its frame."""
    return f"{queries.digest()} {places.newest()} {language()}"


@lru_cache(maxsize=64)
def _collection(_digest: str, code: str) -> str:
    """Write the boundaries in force as GeoJSON; the digest tells when they are others."""
    source, is_approximate = queries.attribution()
    if code:
        features = linework.of_district(queries.district(code), queries.communes_of(code), queries.neighbours_of(code))
    else:
        features = linework.of_country(queries.districts())
    collection = {
        "type": "FeatureCollection",
        "approximate": is_approximate,
        "attribution": source,
        "features": features,
    }
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":"))


def _answer(text: str, mimetype: str) -> Response:
    """Answer with what anybody may keep for an hour, or with "not modified"."""
    response = Response(text, mimetype=mimetype)
    response.cache_control.public = True
    response.cache_control.max_age = MAX_AGE_S
    response.set_etag(hashlib.sha256(text.encode()).hexdigest()[:32])
    response.make_conditional(request)
    return response
