"""A report that was sent, and what the police do about it."""

from datetime import timedelta

from sqlalchemy import select, update

from consult.clock import now
from consult.db import db
from consult.observations.models import Observation
from consult.online_reports.models import OnlineReport
from consult.threats import operations as threats
from consult.threats.models import StatusChange, Threat
from consult.threats.workflow import Status
from tests.online_reports.makers import RIGHT
from tests.pages import Page


def sent(client, **values):
    """Send a report and give the address of its receipt."""
    answer = Page(client, "/online-reports/new").send(**{**RIGHT, "step": "send", **values})
    assert answer.status_code == 303, answer.status
    return answer.location


def the_report():
    """The report sent first."""
    db.session.expire_all()
    return db.session.scalars(select(OnlineReport).order_by(OnlineReport.id)).unique().first()


def the_threat():
    """The threat of the first report."""
    db.session.expire_all()
    return db.session.scalars(select(Threat).order_by(Threat.id)).unique().first()


def voice_page(page=""):
    """The address of the staff's page about the first report."""
    return f"/online-reports/voices/{db.session.scalars(select(Observation.id).order_by(Observation.id)).first()}{page}"


def told(status, words="Patrol był na miejscu"):
    """Let the police change the state, and give the change."""
    change = threats.change_status(the_threat(), status, words, 1)
    db.session.commit()
    return change


def closed(words="Auta odholowano"):
    """Let the police find it, and end it."""
    for status in (Status.IN_VERIFICATION, Status.CONFIRMED):
        told(status)
    return told(Status.ELIMINATED, words)


def earlier(by=timedelta(minutes=2)):
    """Let what was sent and changed so far be older."""
    db.session.execute(update(OnlineReport).values(sent_at=now() - 2 * by))
    db.session.execute(update(StatusChange).values(changed_at=now() - by))
    db.session.commit()
