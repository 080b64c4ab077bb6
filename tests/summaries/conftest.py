"""Fixtures of summaries: a shelf of the test's own, and one printing process for all tests of a session."""

import pytest

from consult.documents.rendering import Renderer


@pytest.fixture(scope="session")
def renderer():
    with Renderer() as one:
        yield one


@pytest.fixture
def shelf(world, tmp_path, monkeypatch):
    """The folder that summaries are written to."""
    monkeypatch.setitem(world.config, "REPORTS_OUT", tmp_path / "reports_out")
    return tmp_path / "reports_out"
