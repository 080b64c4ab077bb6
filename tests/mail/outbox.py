"""The letters of a test: none leaves, and a test that sends one has to ask for `letters`."""

import pytest


@pytest.fixture
def letters(app):
    """The letters sent so far, in order."""
    outbox = app.extensions["mailman"].__dict__.setdefault("outbox", [])
    outbox.clear()
    yield outbox
    outbox.clear()


@pytest.fixture(autouse=True)
def _no_unexpected_letters(request):
    """Fail a test that sent a letter nobody expected."""
    yield
    if "app" in request.fixturenames and "letters" not in request.fixturenames:
        app = request.getfixturevalue("migrated")
        unexpected = [letter.subject for letter in app.extensions["mailman"].__dict__.pop("outbox", [])]
        assert not unexpected, f"nobody expected {unexpected}"
