"""The map of threats: what lies in a view, counted together where it is dense, for scripts and as a drawing."""

from collections.abc import Mapping
from typing import Any

import geojson
from flask import abort, request, url_for
from flask.typing import ResponseReturnValue

from consult import vector_tiles
from consult.geo import POLAND, Box, box_to_degrees, box_to_metres, to_degrees
from consult.threats import cells, queries
from consult.threats.cells import Cell
from consult.threats.drawing import drawing_of, frame_of
from consult.threats.filtering import chosen_filters
from consult.threats.models import Threat
from consult.threats.views import bp
from consult.threats.views.showing import feature
from consult.threats.wording import together_in_words
from consult.tiles import LOWEST, Tile
from consult.web.programs import answer
from consult.web.roles import public

ZOOMS = range(LOWEST, 19)
"""Zooms that have tiles of the public edition: down to squares of a few metres."""


@bp.get("/threats/cells.geojson", endpoint="cells")
@public
def cells_of_view() -> ResponseReturnValue:
    """Give what the public map shows of a view (`view=west,south,east,north` in degrees) or of everything.

    A threat that stands alone is a feature as in `/threats.geojson`; where several would cover one another, one
    feature counts them. `placeless` counts those of whole areas, which no view shows.
    """
    filters, shown = chosen_filters(request.args, ())
    found = cells.within(filters, view_asked())
    alone = threats_alone(found)
    features = [
        feature(alone[cell.threat_id]) if cell.threat_id in alone else group(cell, shown.arguments) for cell in found
    ]
    body = geojson.FeatureCollection(features, placeless=cells.placeless(filters))
    return answer(geojson.dumps(body, ensure_ascii=False, sort_keys=True), "application/geo+json")


@bp.get("/threats/cells/<int:z>/<int:x>/<int:y>.mvt")
@public
def cells_tile(z: int, x: int, y: int) -> ResponseReturnValue:
    """Give the same as a vector tile: points that count threats, or stand for one; 204 where there are none."""
    tile = Tile(z, x, y)
    if z not in ZOOMS or not tile.exists:
        abort(404)
    filters, _shown = chosen_filters(request.args, ())
    found = cells.of_tile(filters, tile)
    alone = threats_alone(found)
    made = answer(vector_tiles.encoded("threats", [point(tile, cell, alone) for cell in found]), vector_tiles.MIMETYPE)
    if not found and made.status_code == 200:
        made.status_code = 204
    return made


def point(tile: Tile, cell: Cell, alone: Mapping[int, Threat]) -> vector_tiles.Point:
    """Write a cell as a point of a tile; a threat that stands alone has its number, kind and state."""
    threat = alone.get(cell.threat_id or 0)
    properties: vector_tiles.Properties = (("count", cell.count),)
    if threat is not None:
        properties += (("category", threat.category_code), ("status", threat.status.value))
    x, y = tile.units_to(*to_degrees(cell.x, cell.y))
    return vector_tiles.Point(x, y, properties, threat.id if threat else None)


@bp.get("/threats/map.svg")
@public
def map_svg() -> ResponseReturnValue:
    """Draw the public edition, for readers without scripts."""
    filters, _shown = chosen_filters(request.args, ())
    frame = frame_of(filters.district)
    found = cells.within(filters, (frame.west, frame.south, frame.east, frame.north))
    return answer(drawing_of(found, threats_alone(found), frame, filters.district), "image/svg+xml")


def threats_alone(found: list[Cell]) -> dict[int, Threat]:
    """Give the threats that need no counting together, by their numbers."""
    return queries.by_ids([cell.threat_id for cell in found if cell.threat_id is not None])


def view_asked() -> Box | None:
    """Read the view of the address in EPSG:2180; what makes no sense, or leaves Poland, asks for everything."""
    try:
        west, south, east, north = (float(part) for part in request.args.get("view", "").split(","))
    except ValueError:
        return None
    west, south = max(west, POLAND[0]), max(south, POLAND[1])
    east, north = min(east, POLAND[2]), min(north, POLAND[3])
    return box_to_metres((west, south, east, north)) if west < east and south < north else None


def group(cell: Cell, arguments: Mapping[str, Any]) -> geojson.Feature:
    """Write threats that are counted together: their middle, how many, and the square in which they lie."""
    lon, lat = to_degrees(cell.x, cell.y)
    bounds = [round(degrees, 6) for degrees in box_to_degrees(cell.bounds)]
    properties: dict[str, Any] = {
        "count": cell.count,
        "title": together_in_words(cell.count),
        "bounds": bounds,
        "url": url_for("threats.index", **{**arguments, "bbox": ",".join(map(str, bounds))}),
    }
    return geojson.Feature(geometry=geojson.Point((round(lon, 6), round(lat, 6))), properties=properties)
