"""The tiles that the maps in the browser ask us for."""

from typing import Any

from flask import Blueprint, Flask, Response, abort, current_app, request, url_for
from flask.typing import ResponseReturnValue

from consult.basemap.sources import GZIP, BasemapRefused, ServerSilent, Source, opened, unpacked
from consult.config import ConfigurationRefused
from consult.geo import POLAND
from consult.tiles import tiles_over
from consult.web.roles import public

bp = Blueprint("basemap", __name__)

DAY_S = 24 * 3600
NOTHING_S = 3600


def init_app(app: Flask) -> None:
    """Open the background once, before the first request; one that cannot be used stops the start."""
    try:
        app.extensions["basemap"] = opened(app.config["BASEMAP"], app.config["INSTANCE"] / "basemap")
    except BasemapRefused as refused:
        raise ConfigurationRefused(f"BASEMAP: {refused}") from refused
    app.jinja_env.globals.update(basemap_sheet=basemap_sheet)


def source() -> Source | None:
    """Give the background of this application."""
    found: Source | None = current_app.extensions["basemap"]
    return found


def basemap_sheet() -> dict[str, Any] | None:
    """Tell a map where its background is and what it is made of; nothing when there is none."""
    found = source()
    if found is None:
        return None
    address = url_for("basemap.tile", z=1, x=2, y=3)
    return {
        "tiles": address.removesuffix("1/2/3") + "{z}/{x}/{y}",
        "vector": found.sheet.is_vector,
        "minzoom": found.sheet.lowest,
        "maxzoom": found.sheet.highest,
        "attribution": found.sheet.attribution,
    }


@bp.get("/basemap/<int:z>/<int:x>/<int:y>")
@public
def tile(z: int, x: int, y: int) -> ResponseReturnValue:
    """Give a tile of the background. Where there is none, the land stays as it is: 204."""
    found = source()
    if found is None:
        abort(404)
    if not found.sheet.lowest <= z <= found.sheet.highest or (x, y) not in tiles_over(POLAND, z):
        return _nothing()
    try:
        data = found.tile(z, x, y)
    except ServerSilent as silent:
        current_app.logger.warning("the tile server is silent: %s", silent)
        return Response(status=503, mimetype="text/plain", headers={"Retry-After": "60", "Cache-Control": "no-store"})
    return _sent(data, found.sheet.mimetype) if data else _nothing()


def _nothing() -> Response:
    return Response(status=204, mimetype="text/plain", headers={"Cache-Control": f"public, max-age={NOTHING_S}"})


def _sent(data: bytes, mimetype: str) -> Response:
    is_packed = data.startswith(GZIP)
    if is_packed and not request.accept_encodings["gzip"]:
        data, is_packed = unpacked(data), False
    made = Response(data, mimetype=mimetype)
    if is_packed:
        made.headers["Content-Encoding"] = "gzip"
    made.headers["Vary"] = "Accept-Encoding"
    made.headers["Cache-Control"] = f"public, max-age={DAY_S}"
    made.add_etag()
    made.make_conditional(request)
    return made
