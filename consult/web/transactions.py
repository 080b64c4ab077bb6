"""One request, one transaction: it commits when the answer is good and rolls back when it is not."""

from flask import Flask, Response, request

from consult.db import db, read_only

SAFE = {"GET", "HEAD", "OPTIONS"}


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


def _end(response: Response) -> Response:
    if response.status_code < 400 and request.method not in SAFE:
        db.session.commit()
    else:
        db.session.rollback()
    return response


def _forget(_error: BaseException | None) -> None:
    read_only(False)  # noqa: FBT003
