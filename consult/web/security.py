"""Security headers of every response, and forms of other sites' pages, which are refused."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, request
from flask_login import current_user
from werkzeug.exceptions import Forbidden

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
READING = {"GET", "HEAD", "OPTIONS"}
ELSEWHERE = {"cross-site", "same-site"}
"""What browsers say in Sec-Fetch-Site of a page that is not ours; a neighbour of the same domain is none either."""

View = TypeVar("View", bound=Callable[..., Any])


class ForeignPage(Forbidden):
    """Something that writes was sent from a page of another site."""


def from_anywhere(view: View) -> View:
    """Take what programs and pages of others send: the right is a key or a secret, no cookie of a browser."""
    view.is_from_anywhere = True  # type: ignore[attr-defined]
    return view


def is_own_host(name: str) -> bool:
    """Tell whether pages under a host's name are ours: a proxy need not pass on the name that residents use."""
    return name in {request.host, urlsplit(current_app.config["PUBLIC_URL"]).netloc}


def init_app(app: Flask) -> None:
    """Put the headers on every response, know no address with a zero in it, and refuse forms of other sites."""
    app.before_request(_refuse_zero)
    app.before_request(_refuse_foreign_pages)
    app.after_request(_protect)


def _refuse_zero() -> None:
    """PostgreSQL takes no zero in a text, so nothing can have such a name."""
    if "\x00" in request.path:
        abort(404)


def _refuse_foreign_pages() -> None:
    """Refuse before anything else what another site's page makes a browser send.

    A browser that says nothing of the page (or `null`, as for privacy) goes on to the check of the form's token.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method in READING or getattr(view, "is_from_anywhere", False):
        return
    said, origin = request.headers.get("Sec-Fetch-Site", ""), request.headers.get("Origin", "")
    is_strange = not said and origin not in {"", "null"} and not is_own_host(urlsplit(origin).netloc)
    if said in ELSEWHERE or is_strange:
        raise ForeignPage


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
