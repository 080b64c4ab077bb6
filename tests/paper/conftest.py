"""The small world of sheets: two districts, the catalogue, two officers of one unit."""

import pytest

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
def world(app):
    """Two districts and the catalogue."""
    two_districts()
    catalogue_of_27()
    db.session.commit()


@pytest.fixture
def account(world):
    """Who types sheets in first."""
    return officer()


@pytest.fixture
def colleague(world):
    """Who types them in again."""
    return officer()


@pytest.fixture
def desk(client, account):
    """The browser of the first officer."""
    return sign_in(client, account)
