"""Answers are sent packed, so that a page comes quickly over a weak line.

A packed answer's length tells whether its words repeat (the BREACH attack): who can make a reader's browser ask for an
address with words of one's own choice, and sees the length of the answer, could guess a secret of the same page letter
by letter. So an answer that holds a secret is packed only where nobody can put words into it: see `may_pack`.
"""

import gzip

from flask import Flask, Response, g, request

LEAST_BYTES = 1_000
"""Below this an answer fits into one packet of the network, packed or not."""

LEVEL = 6
"""Of nine: more takes twice the time for a hundredth of the bytes."""

TEXTS = frozenset(
    {
        "text/html",
        "text/css",
        "text/csv",
        "text/plain",
        "image/svg+xml",
        "application/atom+xml",
        "application/geo+json",
        "application/json",
        "application/vnd.mapbox-vector-tile",
        "application/xml",
        "text/xml",
    }
)


def init_app(app: Flask) -> None:
    """Pack answers when everything else about them is said."""
    app.after_request(pack)


def pack(response: Response) -> Response:
    """Pack an answer for a reader who takes it so; what is packed already, or streamed, stays as it is."""
    if response.mimetype not in TEXTS or response.is_streamed or response.direct_passthrough:
        return response
    if "Content-Encoding" in response.headers or not may_pack(response):
        return response
    response.vary.add("Accept-Encoding")
    plain = response.get_data()
    if len(plain) < LEAST_BYTES or response.status_code == 304 or not request.accept_encodings.quality("gzip"):
        return response
    response.set_data(gzip.compress(plain, LEVEL, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    etag, _is_weak = response.get_etag()
    if etag:  # the same words in other bytes
        response.set_etag(etag, weak=True)
    return response


def may_pack(response: Response) -> bool:
    """Tell whether an answer's length may follow its words.

    Pages that are kept nowhere (of staff, of a receipt, of a code) and answers to a sent form stay as they are. A
    public page with a token of a form is packed at its bare address only: it says the same to everybody but the token.
    """
    if request.method not in {"GET", "HEAD"} or response.cache_control.no_store:
        return False
    holds_secret = "csrf_token" in g or "Set-Cookie" in response.headers
    return not (holds_secret and request.query_string)
