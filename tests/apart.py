"""An application with a database of its own, for tests that must really commit: what a transaction leaves is their point."""

import atexit
import os
import uuid
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from flask_migrate import upgrade
from sqlalchemy import create_engine, make_url
from sqlalchemy.exc import OperationalError

from consult.app import create_app
from consult.config import Config
from consult.db import db, read_only


@contextmanager
def application(folder, backups_kept=0):
    """The application on a database that the migrations made and nobody has used, inside an application context."""
    with _database(folder) as url, application_on(url, folder, backups_kept) as app:
        yield app


@contextmanager
def application_on(url, folder, backups_kept=0):
    """The application on a database as it is, whoever made it, inside an application context."""
    config = Config(
        SECRET_KEY="a key for the tests, 32 characters or more",
        SQLALCHEMY_DATABASE_URI=url,
        INSTANCE=folder,
        REPORTS_OUT=folder / "reports_out",
        TESTING=True,
        RATELIMIT_ENABLED=False,
        BACKUPS_KEPT=backups_kept,
    )
    app = create_app(config)
    with app.app_context():
        read_only(False)
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


@contextmanager
def _database(folder):
    """A file on SQLite; on PostgreSQL a database beside the tests' own, which the fixtures of others never see."""
    tests = os.environ.get("TEST_DATABASE_URL", "")
    if not tests.startswith("postgres"):
        file = folder / "apart.db"
        file.write_bytes(_migrated_file())
        yield f"sqlite+pysqlite:///{file}"
        return
    name = f"apart_{uuid.uuid4().hex}"
    _on_server(tests, f"CREATE DATABASE {name} TEMPLATE {_migrated_database(tests)}")
    yield _url(tests, name)
    _on_server(tests, f"DROP DATABASE {name} WITH (FORCE)")


@cache
def _migrated_file():
    """What the migrations make of no file: the bytes that every database apart begins with."""
    with TemporaryDirectory() as made:
        folder = Path(made)
        with application_on(f"sqlite+pysqlite:///{folder / 'apart.db'}", folder):
            upgrade()
        return (folder / "apart.db").read_bytes()


@cache
def _migrated_database(tests):
    """The name of a database that the migrations made, which PostgreSQL copies faster than it runs them."""
    name = f"apart_{uuid.uuid4().hex}"
    _on_server(tests, f"CREATE DATABASE {name}")
    atexit.register(_dropped, tests, name)
    with TemporaryDirectory() as folder, application_on(_url(tests, name), Path(folder)):
        upgrade()
    return name


def _dropped(tests, name):
    with suppress(OperationalError):  # the server is gone, and the database with it
        _on_server(tests, f"DROP DATABASE {name} WITH (FORCE)")


def _on_server(tests, statement):
    engine = create_engine(make_url(tests), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
    finally:
        engine.dispose()


def _url(tests, name):
    return make_url(tests).set(database=name).render_as_string(hide_password=False)
