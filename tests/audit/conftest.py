"""Letters are expected by name, or not sent; pages are read in English."""

import pytest

from tests.mail.outbox import _no_unexpected_letters, letters

__all__ = ["_no_unexpected_letters", "letters"]


@pytest.fixture
def client(client):
    """A reader of the English pages."""
    client.set_cookie("language", "en")
    return client
