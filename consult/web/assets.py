"""Files that pages load: styles, scripts, fonts, pictures. Sent compressed, and kept by browsers until they change."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, Response, current_app, request, send_from_directory, url_for
from flask.typing import ResponseReturnValue
from werkzeug.security import safe_join

from consult.web.roles import public

YEAR_S = 365 * 24 * 3600
NEVER_CHANGES = ("dist/parts/", "dist/fonts/")
"""Files whose name changes with their content."""


def init_app(app: Flask) -> None:
    """Send files our way, and give templates their addresses."""
    app.view_functions["static"] = static
    app.jinja_env.globals.update(asset=asset)


def asset(path: str) -> str:
    """Give the address of a file; it changes with the file, so that browsers may keep what they have."""
    return url_for("static", filename=path, v=_version(_folder() / path))


@public
def static(filename: str) -> ResponseReturnValue:
    """Send a file, the compressed one beside it when there is one and the browser takes it."""
    response = _compressed(filename) or send_from_directory(_folder(), filename)
    if "v" in request.args or filename.startswith(NEVER_CHANGES):
        response.cache_control.no_cache = None
        response.cache_control.public = True
        response.cache_control.max_age = YEAR_S
        response.cache_control.immutable = True
    if response.status_code == 304 or request.method == "HEAD":
        response.close()  # no body is sent then, and nobody else would close the file
    return response


PACKINGS = (("br", "br"), ("gzip", "gz"))
"""How files lie packed beside the plain ones, the smallest first: the name in HTTP and the end of the file's name."""


def _compressed(filename: str) -> Response | None:
    for packing, ending in PACKINGS:
        beside = safe_join(str(_folder()), f"{filename}.{ending}")
        if beside is not None and Path(beside).is_file() and request.accept_encodings.quality(packing):
            return _packed(filename, packing, ending)
    return None


def _packed(filename: str, packing: str, ending: str) -> Response:
    name = Path(filename).name
    response = send_from_directory(_folder(), f"{filename}.{ending}", mimetype=_kind(filename), download_name=name)
    response.headers["Content-Encoding"] = packing
    response.vary.add("Accept-Encoding")
    return response


KINDS = {".css": "text/css", ".js": "text/javascript", ".mjs": "text/javascript", ".svg": "image/svg+xml"}


def _kind(filename: str) -> str:
    return KINDS.get(Path(filename).suffix, "text/plain")


def _folder() -> Path:
    return Path(current_app.static_folder or "static")


def _version(path: Path) -> str | None:
    return _digest(path, path.stat().st_mtime_ns) if path.is_file() else None


@cache
def _digest(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]
