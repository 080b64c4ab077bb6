"""The observations of one's own areas on a map: how often people spoke of something, and where."""

from collections import Counter
from typing import Any

from flask import Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from consult.districts import queries as districts
from consult.geo import box_to_degrees
from consult.observations import mapping
from consult.threats.drawing import frame_around, observations_drawn, one_district
from consult.threats.filtering import chosen_categories
from consult.threats.views import bp
from consult.threats.views.access import READERS, own_areas
from consult.threats.views.showing import offers
from consult.tiles import Tile
from consult.vector_tiles import MIMETYPE
from consult.web.roles import only


def seen_areas() -> tuple[str, ...] | None:
    """List the districts and communes whose observations the reader sees, a voivodeship by its districts.

    Whoever serves every district of the country sees all (None): hundreds of codes would be compared for each of
    thousands of counts.
    """
    areas = own_areas()
    voivodeships = tuple(code for code in areas if len(code) == len("10"))
    known = {region.code for region in districts.districts()}
    seen = {code for code in known if code.startswith(voivodeships)} | {*areas}.difference(voivodeships)
    return None if known and known.issubset(seen) else tuple(sorted(seen))


@bp.get("/threats/observations")
@only(*READERS)
def observations() -> ResponseReturnValue:
    """Show the observations of the own areas: as a map of tiles, as a drawing, and as a table."""
    areas, categories = seen_areas(), chosen_categories(request.args)
    held = mapping.by_area(areas, categories)
    return render_template(
        "threats/observations.html",
        rows=rows_of(areas, held),
        total=sum(held.values()),
        placeless=mapping.placeless(areas, categories),
        offers=offers(),
        category=",".join(categories),
        map=map_of(areas, {"category": ",".join(categories)} if categories else {}),
    )


def rows_of(areas: mapping.Areas, held: dict[str, int]) -> list[tuple[str, int]]:
    """Count by communes within one district, else by districts: the name of the area, and how many."""
    digits = 7 if one_district(areas) else 4
    counts: Counter[str] = Counter()
    for code, count in held.items():
        counts[code[:digits]] += count
    names = districts.names(counts)
    return [(names.get(code, code), count) for code, count in counts.most_common()]


def map_of(areas: mapping.Areas, arguments: dict[str, Any]) -> dict[str, Any]:
    """Give a map its addresses: tiles, borders, the drawing for readers without scripts; and where to look."""
    district = one_district(areas)
    within: dict[str, Any] = {"within": district} if district else {}
    frame = frame_around(areas)
    tile = url_for("threats.observations_tile", z=1, x=2, y=3, **arguments)
    return {
        "tiles": tile.replace("/1/2/3.", "/{z}/{x}/{y}."),
        "boundaries": url_for("districts.boundaries", **within),
        "bounds": ",".join(f"{number:.4f}" for number in box_to_degrees(frame.bounds)),
        "drawing": url_for("threats.observations_svg", **arguments),
        "listed": url_for("threats.index", **arguments),
    }


@bp.get("/threats/observations.svg")
@only(*READERS)
def observations_svg() -> ResponseReturnValue:
    """Draw the observations of the own areas, for readers without scripts."""
    areas, categories = seen_areas(), chosen_categories(request.args)
    return Response(observations_drawn(areas, categories), mimetype="image/svg+xml")


@bp.get("/threats/observations/<int:z>/<int:x>/<int:y>.mvt")
@only(*READERS)
def observations_tile(z: int, x: int, y: int) -> ResponseReturnValue:
    """Give a tile of the observations of the own areas; where there are none, 204."""
    tile = Tile(z, x, y)
    if z not in mapping.ZOOMS or not tile.exists:
        abort(404)
    data = mapping.encoded(tile, seen_areas(), chosen_categories(request.args))
    return Response(data, status=200 if data else 204, mimetype=MIMETYPE)
