"""An application with a database of its own, for tests that must really commit: what a transaction leaves is their point."""

import os
import uuid
from contextlib import contextmanager

from flask_migrate import upgrade
from sqlalchemy import create_engine, make_url

from consult.app import create_app
from consult.config import Config
from consult.db import db, read_only


@contextmanager
def application(folder, backups_kept=0):
    """The application on an empty database, brought up by the migrations, inside an application context."""
    with _database(folder) as url:
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
            upgrade()
            db.session.remove()
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
        yield f"sqlite+pysqlite:///{folder / 'apart.db'}"
        return
    name = f"apart_{uuid.uuid4().hex}"
    engine = create_engine(make_url(tests), isolation_level="AUTOCOMMIT", pool_pre_ping=True)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        yield make_url(tests).set(database=name).render_as_string(hide_password=False)
        with engine.connect() as connection:  # the server may have been started anew meanwhile
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        engine.dispose()
