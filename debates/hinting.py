"""Requests hear of their threats: each change of a threat is noted once where statements speak of it."""

from datetime import datetime

from sqlalchemy import select

from consult.db import db
from consult.threats.models import Link, StatusChange
from consult.threats.news import settled_until
from debates.models import Proposal, Statement, ThreatHint, ThreatsRead

READER = "hints"


def follow(at: datetime) -> int:
    """Note what changed since the last change that was read, and count the notes; the first time nothing is read.

    What is noted and how far was read are one transaction: a run that dies is done anew by the next one.
    """
    until = settled_until(at)
    read = db.session.get(ThreatsRead, READER, with_for_update=True)
    if read is None:
        db.session.add(ThreatsRead(reader=READER, change_id=until))
        return 0
    noted = _note(read.change_id, until, at)
    read.change_id = max(read.change_id, until)
    return noted


def _note(start: int, until: int, at: datetime) -> int:
    pairs = (
        select(Proposal.id, StatusChange.id)
        .join(Statement, Statement.id == Proposal.statement_id)
        .join(Link, Link.observation_id == Statement.observation_id)
        .join(StatusChange, StatusChange.threat_id == Link.threat_id)
        .where(Link.ended_at.is_(None), StatusChange.id > start, StatusChange.id <= until)
        .order_by(StatusChange.id, Proposal.id)
    )
    found = db.session.execute(pairs).all()
    db.session.add_all(ThreatHint(proposal_id=row[0], change_id=row[1], noted_at=at) for row in found)
    return len(found)
