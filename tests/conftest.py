"""Fixtures: an application on a migrated database, and every test in a transaction that is rolled back."""

import gc
import gzip
import os
import socket
from itertools import count
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from flask_migrate import upgrade
from hypothesis import HealthCheck, settings
from sqlalchemy import event

from consult.app import create_app
from consult.audit import chaining
from consult.audit.models import AuditEntry
from consult.config import Config
from consult.db import db, read_only
from tests import divided
from tests.documents import presses as printing
from tests.factories import catalogue_of_27, two_districts
from tests.mail.outbox import _no_unexpected_letters, letters  # noqa: F401  # no test sends a letter unasked
from tests.pages import check_page

# The gate asks the same cases each time and times none of them: the machine that runs it may be busy. Of what Hypothesis
# makes up PostgreSQL is asked the first twenty.
# HYPOTHESIS_PROFILE=trial asks ten thousand others.
settings.register_profile(
    "gate",
    derandomize=True,
    deadline=None,
    max_examples=20 if divided.SECOND_PASS else 50,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "trial", settings.get_profile("gate"), max_examples=10_000, derandomize=False, print_blob=True
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "gate"))

IS_FIRST_PASS = not divided.SECOND_PASS

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


def pytest_collection_modifyitems(config, items):
    """Leave to the other pass what it asks for both."""
    kept, left = divided.divide(items)
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = kept


def pytest_collection_finish():
    """Let what has been imported be, for it stays: to look it through again and again takes a tenth of all the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pytest_runtest_setup(item):
    Client.checks_pages = IS_FIRST_PASS or divided.is_asked_of_postgresql_alone(item)


class Client(FlaskClient):
    """A client whose every request has an application context of its own, and whose every page is checked.

    A page is the same HTML whichever database its figures came from, and checking it takes as long as making it: the
    pass on SQLite does it for both. What PostgreSQL alone is asked is checked there.
    """

    checks_pages = True

    def open(self, *args, **kwargs):
        with self.application.app_context():
            response = super().open(*args, **kwargs)
        if self.checks_pages and response.mimetype == "text/html" and response.status_code not in {301, 302, 303, 308}:
            check_page(unpacked(response).decode())
        return response


def unpacked(response):
    """The bytes of an answer before they were packed for the way."""
    is_packed = response.headers.get("Content-Encoding") == "gzip"
    return gzip.decompress(response.data) if is_packed else response.data


@pytest.fixture(scope="session")
def migrated(tmp_path_factory):
    """The application on a database of its own, brought up by the migrations alone."""
    folder = tmp_path_factory.mktemp("instance")
    url = os.environ.get("TEST_DATABASE_URL") or f"sqlite+pysqlite:///{folder / 'test.db'}"
    config = Config(
        SECRET_KEY="a key for the tests, 32 characters or more",
        SQLALCHEMY_DATABASE_URI=url,
        INSTANCE=folder,
        REPORTS_OUT=tmp_path_factory.mktemp("reports_out"),
        TESTING=True,
        RATELIMIT_ENABLED=False,
    )
    app = create_app(config)
    app.test_client_class = Client
    with app.app_context():
        upgrade()
        db.session.remove()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session", autouse=True)
def presses():
    """Presses that all tests share."""
    with printing.shared() as kept:
        yield kept


@pytest.fixture(autouse=True)
def _own_press(request, presses):
    """Give a test of presses its own."""
    presses.are_shared = request.node.get_closest_marker("own_press") is None


@pytest.fixture
def app(migrated):
    """The application inside one transaction; what a request commits is a savepoint of it."""
    with migrated.app_context():
        read_only(False)
        with db.engine.connect() as connection:
            engines, engine = db.engines, db.engine
            transaction = connection.begin()
            engines[None] = connection
            db.session.configure(join_transaction_mode="create_savepoint")
            yield migrated
            db.session.remove()
            transaction.rollback()
            engines[None] = engine


@pytest.fixture(autouse=True)
def _noted_is_read():
    """Let a test that commits nothing read what it noted: elsewhere the trail is written when a transaction commits."""

    def settle(state):
        mapper = state.bind_mapper
        if mapper is not None and mapper.class_ is AuditEntry:
            chaining.settle(state.session)

    event.listen(db.session, "do_orm_execute", settle)
    yield
    event.remove(db.session, "do_orm_execute", settle)


@pytest.fixture
def client(app):
    """pytest-flask's own client keeps the last request's context open, which `Client` must not."""
    return app.test_client()


@pytest.fixture
def world(app):
    """A small world to test in: the catalogue and two square districts."""
    catalogue_of_27()
    two_districts()
    return app


@pytest.fixture
def elsewhere(app):
    """Make clients of other people: `elsewhere()` sits in a network of its own."""
    numbers = count(1)

    def client():
        made = app.test_client()
        made.environ_base["REMOTE_ADDR"] = f"198.51.100.{next(numbers)}"
        return made

    return client


@pytest.fixture
def queries_counted(app):
    """Count the statements that an action sends to the database."""
    from sqlalchemy import event

    connection = db.engines[None]

    def counted(action):
        sent = []

        def note(_connection, _cursor, statement, *_more):
            if statement.lstrip().upper().startswith("SELECT"):
                sent.append(statement)

        event.listen(connection, "before_cursor_execute", note)
        try:
            action()
        finally:
            event.remove(connection, "before_cursor_execute", note)
        return len(sent)

    return counted


@pytest.fixture
def shared():
    """The folder of reference data beside the repository; a test that needs it says so by skipping."""
    if not SHARED.is_dir():
        pytest.skip("the reference data ../shared/data is not here")
    return SHARED


@pytest.fixture(autouse=True)
def _no_network(monkeypatch):
    """Let no test open a connection to another machine."""
    connect = socket.socket.connect

    def guarded(self, address):
        if self.family != socket.AF_UNIX and address[0] not in {"127.0.0.1", "localhost", "::1"}:
            raise AssertionError(f"a test wanted to connect to {address}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
