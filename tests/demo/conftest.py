"""The demonstration, loaded once for all tests that only look at it."""

import time
from dataclasses import replace

import pytest
from sqlalchemy import select

from consult.db import db, read_only, transaction
from consult.demo import content, operations
from consult.demo.content import Story
from consult.online_reports.models import OnlineReport
from consult.threats import queries
from consult.threats.models import Threat


@pytest.fixture(scope="module")
def loaded(migrated):
    """The application with the whole demonstration in it, taken out again at the end; tells how long the CPU worked."""
    with migrated.app_context():
        read_only(False)
        with db.engine.connect() as connection:
            engines, engine = db.engines, db.engine
            outer = connection.begin()
            engines[None] = connection
            db.session.configure(join_transaction_mode="create_savepoint")
            started = time.process_time()
            with transaction():
                operations.load()
            migrated.extensions["seconds"] = time.process_time() - started
            yield migrated
            migrated.extensions.pop("seconds")
            db.session.remove()
            outer.rollback()
            engines[None] = engine


@pytest.fixture
def brief(monkeypatch):
    """A demonstration of few reports, for what does not hang on how many there are."""
    stories = tuple(_shortened(story) for story in content.stories())
    monkeypatch.setattr(operations, "stories", lambda: stories)
    return stories


def _shortened(story: Story) -> Story:
    spots = [replace(spot, reports=3) for spot in story.spots[:3]]
    keys = {spot.key for spot in spots}
    meetings = [
        replace(meeting, statements=[said for said in meeting.statements if not said.spot or said.spot in keys])
        for meeting in story.meetings[:2]
    ]
    return replace(story, reports=30, spots=spots, meetings=meetings)


def what_happened():
    """Everything that the demonstration tells, as far as it does not hang on chance: voices, threats, what became of them."""
    voices = [
        (row.natural_key, row.category_code, row.observed_from, row.sent_at)
        for row in db.session.scalars(select(OnlineReport).order_by(OnlineReport.natural_key))
    ]
    threats = [
        (
            sorted(link.observation.source_key for link in queries.links_of(threat)),
            [(change.after, change.changed_at, change.reason, change.checks) for change in queries.history_of(threat)],
        )
        for threat in db.session.scalars(select(Threat).order_by(Threat.id)).unique()
    ]
    return voices, sorted(threats, key=str)
