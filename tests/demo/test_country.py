"""A country of invented voices: all of it is what the product itself would have counted, joined and written."""

from collections import Counter
from datetime import date

import pytest
from sqlalchemy import func, select

from consult.accounts.models import Account
from consult.db import db
from consult.demo import country
from consult.observations import counting
from consult.observations.models import Observation
from consult.period import midnight
from consult.threats.models import Link, StatusChange, Threat
from consult.threats.workflow import ALLOWED, Status
from tests.accounts.makers import officer

DAY = date(2026, 11, 20)
SIZE = 300


@pytest.fixture
def filled(world):
    by = officer(function="x")
    *_, last = country.load(SIZE, DAY, by.id)
    return last


def column(what):
    return list(db.session.scalars(what))


def test_all_districts_have_voices_and_all_of_them_are_joined(filled):
    codes = column(select(Observation.district_code))
    assert (filled.voices, len(codes)) == (SIZE, SIZE)
    assert set(codes) == {"1003", "1019"}
    assert column(select(func.count()).select_from(Link)) == [SIZE]
    assert 60 < filled.threats < SIZE


def test_what_is_counted_by_cells_is_what_stands(filled):
    assert counting.size() > 0
    assert counting.differences() == 0


def test_every_history_is_one_that_the_police_may_write_and_ends_where_the_threat_stands(filled):
    standing = dict(db.session.execute(select(Threat.id, Threat.status)).all())
    changes = db.session.scalars(select(StatusChange).order_by(StatusChange.threat_id, StatusChange.changed_at)).all()
    now = dict.fromkeys(standing, Status.NEW)
    for change in changes:
        assert change.before is now[change.threat_id]
        assert change.after in ALLOWED[change.before]
        assert change.changed_at <= midnight(DAY)
        now[change.threat_id] = change.after
    assert now == standing
    states = Counter(standing.values())
    assert states[Status.ELIMINATED] > states[Status.CONFIRMED]
    assert states[Status.NOT_CONFIRMED] > filled.threats / 4


def test_the_same_day_tells_the_same_country_and_a_second_run_goes_on(filled):
    (actor,) = column(select(Account.id).limit(1))
    before = column(select(Observation.source_key).order_by(Observation.source_key))
    changes = column(select(func.count()).select_from(StatusChange))
    assert [one.voices for one in country.load(SIZE, DAY, actor)][-1] == SIZE
    assert column(select(Observation.source_key).order_by(Observation.source_key)) == before
    assert column(select(func.count()).select_from(StatusChange)) == changes


def test_the_command_refuses_a_country_whose_boundaries_nobody_loaded(app):
    answer = app.test_cli_runner().invoke(args=["demo", "load", "--observations", "5", "--districts", "all"])
    assert answer.exit_code == 1
    assert "flask districts import" in answer.stderr
    assert column(select(func.count()).select_from(Observation)) == [0]


def test_some_districts_alone_can_be_filled(world):
    *_, last = country.load(40, DAY, officer(function="x").id, {"1019"})
    assert last.voices == 40
    assert set(column(select(Observation.district_code))) == {"1019"}
