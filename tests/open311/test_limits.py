"""Whoever guesses keys is stopped, in Open311's own form; the transaction of other tests would stand in the way."""

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


def test_guessing_keys_is_limited(counting):
    client = counting.test_client()
    answers = [client.post("/open311/v2/requests.json", data={"api_key": f"wrong {n}"}) for n in range(61)]
    assert {answer.status_code for answer in answers[:60]} == {403}
    assert answers[-1].status_code == 429
    assert answers[-1].json[0]["code"] == 429
    assert int(answers[-1].headers["Retry-After"]) > 0
