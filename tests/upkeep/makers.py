"""Installations to back up, and what stands in them."""

import hashlib
import json
from contextlib import contextmanager

import sqlalchemy as sa

from consult.attachments.queries import folder
from consult.attachments.sifting import Kind
from consult.db import db, read_only
from tests.apart import application
from tests.factories import admit, catalogue_of_27, two_districts

PHOTO = "a1" * 16


@contextmanager
def installation(place):
    """An installation of its own with a few voices, a photo and a summary."""
    place.mkdir(parents=True, exist_ok=True)
    with application(place) as app:
        fill(app)
        yield app


def fill(app):
    read_only(False)
    catalogue_of_27()
    two_districts()
    for number in range(3):
        admit("parkowanie", text=f"zażółć gęślą jaźń {number}")
    db.session.commit()
    db.session.remove()
    folder().keep(Kind.PHOTO, PHOTO, b"a photo")
    folder().root.joinpath("held", "x").mkdir(parents=True)
    folder().root.joinpath("held", "x", "y.pdf").write_bytes(b"waits")
    reports = app.config["REPORTS_OUT"] / "2026-Q3"
    reports.mkdir(parents=True)
    (reports / "1003-laski.pdf").write_bytes(b"%PDF a summary")
    (reports / "1003-laski.json").write_text("{}")


def checksums():
    """The rows of every table that a backup holds, each table as one digest."""
    db.session.remove()
    known = sa.MetaData()
    with db.engine.connect() as connection:
        known.reflect(connection)
        return {
            table.name: hashlib.sha256(
                "\n".join(sorted(repr(tuple(row)) for row in connection.execute(sa.select(table)))).encode()
            ).hexdigest()
            for table in known.tables.values()
            if not table.name.startswith("traffic_")
        }


def run(app, *arguments):
    """Type a command; gives its status, its last line as JSON where it is one, and what it said."""
    done = app.test_cli_runner().invoke(args=list(arguments))
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    lines = done.stdout.strip().splitlines()
    told = json.loads(lines[-1]) if lines and lines[-1].startswith("{") else {}
    return done.exit_code, told, done.stderr
