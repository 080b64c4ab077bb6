"""How many threats there are: exact while they are few, some seconds old when they are the many of a country."""

from datetime import timedelta

import pytest

from consult.clock import now
from consult.threats import publication, queries
from consult.threats.queries import Filters
from tests.factories import admit, metres_away


@pytest.fixture
def few(world, monkeypatch):
    monkeypatch.setattr(queries, "_kept", {})
    for east in range(0, 4_000, 1_000):
        admit("parkowanie", at=metres_away(east, 0))


def everywhere(at=None, **narrowed):
    return queries.count(Filters(visible=publication.public_condition(at or now()), **narrowed))


def test_a_number_of_few_is_exact_each_time(few):
    assert everywhere() == 4
    admit("parkowanie", at=metres_away(0, 2_000))
    assert everywhere() == 5


def test_many_are_counted_once_in_a_while_for_each_question(few, monkeypatch):
    monkeypatch.setattr(queries, "KEPT_FROM", 4)
    at = now()
    monkeypatch.setattr(queries, "now", lambda: at)
    assert everywhere(at) == 4
    admit("alkohol", at=metres_away(0, 2_000))
    assert everywhere(at) == 4
    assert everywhere(at, categories=("alkohol",)) == 1
    assert everywhere(at, district="1003") == 5
    at += timedelta(seconds=queries.KEPT_S)
    assert everywhere(at) == 5
    assert len(queries._kept) == 1
