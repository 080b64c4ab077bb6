"""Pages are read in English here."""

import pytest


@pytest.fixture
def client(client):
    """A reader of the English pages."""
    client.set_cookie("language", "en")
    return client
