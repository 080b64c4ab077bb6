"""Whoever guesses the keys of letters is stopped; the transaction of other tests would stand in the way."""

import pytest

from consult.app import create_app
from consult.config import Config
from consult.db import db
from consult.web import traffic


@pytest.fixture
def counting(migrated, tmp_path):
    """An application that counts, on the database of the tests and with counters of its own."""
    url = migrated.config["SQLALCHEMY_DATABASE_URI"]
    app = create_app(Config(SECRET_KEY="k" * 40, SQLALCHEMY_DATABASE_URI=url, INSTANCE=tmp_path, TESTING=True))
    yield app
    with app.app_context():
        traffic.forget_all()
        db.session.remove()
        db.engine.dispose()


def test_guessing_at_buttons_is_limited(counting):
    client = counting.test_client()
    guesses = [client.post("/online-reports/letters/1-x/stop").status_code for _guess in range(61)]
    assert (set(guesses[:60]), guesses[60]) == ({404}, 429)
