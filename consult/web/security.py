"""Security headers of every response."""

from flask import Flask, Response, abort, current_app, request
from flask_login import current_user

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "geolocation=(self), camera=(), microphone=(), payment=()"),
)


def init_app(app: Flask) -> None:
    """Put the headers on every response, and know no address with a zero in it."""
    app.before_request(_refuse_zero)
    app.after_request(_protect)


def _refuse_zero() -> None:
    """PostgreSQL takes no zero in a text, so nothing can have such a name."""
    if "\x00" in request.path:
        abort(404)


def _protect(response: Response) -> Response:
    said = {name.lower() for name, _value in response.headers}
    response.headers.extend((name, value) for name, value in HEADERS if name.lower() not in said)
    if current_app.config["PUBLIC_URL"].startswith("https://"):
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.endpoint == "static":
        return response
    if current_user.is_authenticated:
        response.headers["Cache-Control"] = "no-store"
    elif request.method != "GET":
        # A page of a questionnaire says otherwise: going back in the browser must find what was typed.
        response.headers.setdefault("Cache-Control", "no-store")
    return response
