"""One request, one transaction: it commits when the answer is good and rolls back when it is not."""

from uuid import UUID

from flask import Flask, Response, request

from consult.db import db, read_only, take_turn

SAFE = {"GET", "HEAD", "OPTIONS"}
KEY_BITS_TOO_MANY = 128 - 63
"""The number of a turn fits into eight bytes with a sign; the key of a form has 128 bits."""


def init_app(app: Flask) -> None:
    """Begin and end the transaction of every request."""
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_forget)


def _begin() -> None:
    read_only(request.method in SAFE)
    if request.method not in SAFE:
        # The whole body is read before the first query: a slow client must not hold the one write lock.
        _ = request.form


def only_reads() -> None:
    """Say that this POST writes nothing to the database: on SQLite it then holds up nobody who writes.

    For a page that is one step of a longer form. What was read before, such as who asks, is let go: with it the turn
    to write, which SQLite gave.
    """
    db.session.rollback()
    read_only(True)  # noqa: FBT003


def one_at_a_time(key: UUID) -> None:
    """Let a form be taken once at a time: of two clicks at once the second one finds what the first one saved."""
    take_turn(key.int >> KEY_BITS_TOO_MANY)


def _end(response: Response) -> Response:
    if response.status_code < 400 and request.method not in SAFE:
        db.session.commit()
    else:
        db.session.rollback()
    return response


def _forget(_error: BaseException | None) -> None:
    read_only(False)  # noqa: FBT003
