"""Many posts in the same moment, in transactions that really commit: one code, one form, one place in the quota."""

import threading
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from consult.db import db
from surveys import codes
from surveys.models import Access, Counter, DayCount, Invitation, Receipt, Submission, Survey
from tests.accounts.makers import coordinator
from tests.apart import application
from tests.conftest import Client
from tests.factories import catalogue_of_27, two_districts
from tests.surveys import makers
from tests.surveys.walker import Walker

AT_ONCE = 20


@pytest.fixture(scope="module")
def apart(tmp_path_factory):
    with application(tmp_path_factory.mktemp("at_once")) as app:
        app.test_client_class = Client
        catalogue_of_27()
        two_districts()
        db.session.commit()
        yield app


@pytest.fixture(scope="module")
def author(apart):
    """Whoever publishes; only the id is asked for, since every test ends the session."""
    return SimpleNamespace(id=coordinator().id)


def ready(app, slug, code=""):
    """Somebody who has answered and whose next press sends."""
    walk = Walker(app.test_client(), slug)
    if code:
        walk.post({**walk.fields, "-code": code})
    return walk.send(safe="yes").send(marks="5")


def at_once(posts):
    """Send all posts in the same moment; give the states of the answers."""
    states, gate = [], threading.Barrier(len(posts))

    def send(client, url, data):
        gate.wait()
        states.append(client.post(url, data=data).status_code)

    threads = [threading.Thread(target=send, args=post) for post in posts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    db.session.remove()
    return sorted(states)


def held(slug):
    survey = db.session.scalars(select(Survey).where(Survey.slug == slug)).unique().one()
    count = lambda model: db.session.scalar(select(func.count()).select_from(model).where(model.survey_id == survey.id))  # noqa: E731
    of_version = (Counter.version_id == survey.published.id, Counter.question == "safe", Counter.value == "yes")
    return {
        "submissions": count(Submission),
        "receipts": count(Receipt),
        "accepted": survey.accepted,
        "days": db.session.scalar(select(func.sum(DayCount.n)).where(DayCount.survey_id == survey.id)),
        "counted": db.session.scalar(select(func.sum(Counter.n)).where(*of_version)),
    }


ONE = dict.fromkeys(("submissions", "receipts", "accepted", "days", "counted"), 1)


def test_twenty_people_with_one_code_are_one_submission(apart, author):
    survey = makers.survey(slug="jeden-kod", author=author, access=Access.INVITATION)
    code = codes.new_code()
    hmac = codes.hmac_of(code, apart.config["SECRET_KEY"], codes.INVITATIONS)
    db.session.add(Invitation(survey_id=survey.id, code_hmac=hmac))
    db.session.commit()
    walks = [ready(apart, "jeden-kod", code) for _ in range(AT_ONCE)]
    states = at_once([(walk.client, walk.url, {**walk.fields, "-go": "send"}) for walk in walks])
    assert states == [303] + [422] * (AT_ONCE - 1)
    assert held("jeden-kod") == ONE


def test_twenty_presses_of_one_button_are_one_submission(apart, author):
    makers.survey(slug="jeden-formularz", author=author)
    walk = ready(apart, "jeden-formularz")
    states = at_once([(walk.client, walk.url, {**walk.fields, "-go": "send"}) for _ in range(AT_ONCE)])
    assert states == [303] * AT_ONCE
    assert held("jeden-formularz") == ONE


def test_a_quota_of_seven_takes_seven_of_twenty(apart, author):
    makers.survey(slug="siedem", author=author, quota=7)
    walks = [ready(apart, "siedem") for _ in range(AT_ONCE)]
    states = at_once([(walk.client, walk.url, {**walk.fields, "-go": "send"}) for walk in walks])
    assert states == [303] * 7 + [410] * (AT_ONCE - 7)
    assert held("siedem") == dict.fromkeys(ONE, 7)


def test_twenty_people_at_once_are_twenty_submissions(apart, author):
    """Their counters are the same rows: nobody waits crosswise, and no count is lost."""
    makers.survey(slug="dwadziescia", author=author)
    walks = [ready(apart, "dwadziescia") for _ in range(AT_ONCE)]
    states = at_once([(walk.client, walk.url, {**walk.fields, "-go": "send"}) for walk in walks])
    assert states == [303] * AT_ONCE
    assert held("dwadziescia") == dict.fromkeys(ONE, AT_ONCE)


def test_turning_pages_waits_for_nobody_who_writes(apart, author):
    """The writer here does not end before the reader has gone on."""
    survey_id = makers.survey(slug="obok", author=author).id
    db.session.remove()  # to look up the number began a transaction
    walk = Walker(apart.test_client(), "obok")
    with db.engine.connect() as writer:
        writer.execute(Receipt.__table__.insert(), {"survey_id": survey_id, "receipt_hmac": "0" * 64})
        walk.send(safe="yes").send(marks="5")
        writer.rollback()
    assert walk.status == 200
    assert walk.send("send").status == 303
