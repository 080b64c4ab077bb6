"""The small world of debates: boundaries, the catalogue, an officer who is signed in."""

import pytest
from sqlalchemy import event

from consult.db import db
from tests.accounts.makers import officer, sign_in
from tests.factories import catalogue_of_27, two_districts


@pytest.fixture
def client(client, monkeypatch):
    """A browser after whose every request the test reads the database anew."""
    opened = client.open

    def fresh(*args, **kwargs):
        response = opened(*args, **kwargs)
        db.session.expire_all()
        return response

    monkeypatch.setattr(client, "open", fresh)
    return client


@pytest.fixture
def asked_of_database(app):
    """Count the statements that a call sends to the database."""

    def count(call):
        seen = []
        listener = lambda *_: seen.append(1)  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", listener)
        call()
        event.remove(db.engine, "before_cursor_execute", listener)
        assert seen, "nothing was asked"
        return len(seen)

    return count


@pytest.fixture
def world(app):
    """Two districts and the catalogue."""
    two_districts()
    catalogue_of_27()
    db.session.commit()


@pytest.fixture
def account(world):
    """An officer of unit 1003."""
    return officer()


@pytest.fixture
def desk(client, account):
    """The officer's browser, signed in, in Polish as by default."""
    return sign_in(client, account)
