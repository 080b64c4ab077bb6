"""The demonstration, loaded once for all tests that only look at it."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import select

from consult.db import db, transaction
from consult.demo import answers, content, operations, surveys
from consult.demo.content import Story
from consult.online_reports.models import OnlineReport
from consult.threats import queries
from consult.threats.models import Threat
from surveys.models import Submission, Survey
from surveys.queries.mixing import SOURCE
from tests.apart import application
from tests.conftest import Client


@pytest.fixture(scope="package")
def told(tmp_path_factory):
    """An application of its own with the whole demonstration in it."""
    with application(tmp_path_factory.mktemp("demonstration")) as app:
        app.test_client_class = Client
        with transaction():
            operations.load()
        yield app


@pytest.fixture
def loaded(told):
    """The told demonstration; no test leaves a transaction open in which a page would wait."""
    db.session.remove()
    yield told
    db.session.remove()


@pytest.fixture
def brief(monkeypatch):
    """A demonstration of few reports, for what does not hang on how many there are."""
    stories = tuple(_shortened(story) for story in content.stories())
    polls = tuple(replace(poll, people=12) for poll in answers.polls())
    monkeypatch.setattr(operations, "stories", lambda: stories)
    monkeypatch.setattr(surveys, "polls", lambda: polls)
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
    """Everything that the demonstration tells, as far as it does not hang on chance: voices, answers, what became of threats.

    The keys of places out of surveys are drawn, and so is the order in which they come: they are left out.
    """
    voices = [
        (row.natural_key, row.category_code, row.observed_from, row.sent_at)
        for row in db.session.scalars(select(OnlineReport).order_by(OnlineReport.natural_key))
    ]
    threats = [
        (
            sorted(link.observation.source_key for link in links),
            [(change.after, change.changed_at, change.reason, change.checks) for change in queries.history_of(threat)],
        )
        for threat in db.session.scalars(select(Threat).order_by(Threat.id)).unique()
        if (links := [link for link in queries.links_of(threat) if link.observation.source != SOURCE])
    ]
    rows = db.session.execute(select(Survey.slug, Submission.mode, Submission.answers).join(Survey)).all()
    answered = [(row.slug, row.mode, json.dumps(row.answers, sort_keys=True)) for row in rows]
    return voices, sorted(threats, key=str), sorted(answered)
