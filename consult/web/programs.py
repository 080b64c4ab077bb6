"""Answers for other programs: open to every host's pages, kept for a while, and asked again by their ETag."""

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import Response, current_app, request

KEPT_S = 60
"""How long anybody may keep an answer: what the public sees changes by the minute, not by the second."""


def answer(body: str | bytes, mimetype: str, links: Mapping[str, str] | None = None, kept_s: int = KEPT_S) -> Response:
    """Answer with a document that everybody may read; 304 when the asker has it already.

    `links` are the addresses of other pages of a list by their relation ("next"), for the Link header (RFC 8288).
    """
    made: Response = current_app.response_class(body, mimetype=mimetype)
    made.headers["Cache-Control"] = f"public, max-age={kept_s}"
    open_to_all(made)
    if links:
        made.headers["Link"] = ", ".join(f'<{address}>; rel="{relation}"' for relation, address in links.items())
    made.add_etag()
    made.make_conditional(request)  # it turns itself into a 304
    return made


def open_to_all(made: Response) -> None:
    """Let the pages of other hosts read an answer; it is the same for everybody and takes no cookie."""
    made.headers["Access-Control-Allow-Origin"] = "*"
    made.headers["Cross-Origin-Resource-Policy"] = "cross-origin"


def other_page(address: str, **changed: object) -> str:
    """Write the address of another page of the list that is asked for, every other argument kept."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in changed]
    return f"{address}?{urlencode([*kept, *changed.items()])}"
