"""After the police have closed a threat: is it gone? And the review that "still there" asks for. Nothing here commits.

An answer is asked for once after each closing, for fourteen days. It is counted apart and changes no status: the head
of the unit looks, and decides on the page of the threat.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import contains_eager, joinedload

from consult.audit import operations as audit
from consult.clock import now
from consult.db import db
from consult.online_reports import queries
from consult.online_reports.models import OnlineReport, Outcome, Says
from consult.threats import queries as threats
from consult.threats.models import StatusChange
from consult.threats.workflow import OPEN

ASKED_FOR = timedelta(days=14)
PAGE_SIZE = 50
WAITING = (Outcome.says == Says.STILL_THERE, Outcome.reviewed_at.is_(None))


class NotAsked(Exception):
    """Nothing is asked now: the threat is open, the fourteen days are over, or the report was taken back."""


class AlreadySaid(Exception):
    """The one answer after this closing was given."""


class AlreadyReviewed(Exception):
    """Somebody has looked at it in the meantime."""


def closing_of(report: OnlineReport) -> StatusChange | None:
    """Find the change that closed the threat of a report, if it is closed now."""
    threat = queries.threat_of(report) if report.withdrawn_at is None else None
    if threat is None or threat.status in OPEN:
        return None
    changes = threats.history_of(threat)
    return changes[-1] if changes else None


def asked_about(report: OnlineReport, at: datetime) -> StatusChange | None:
    """Find the closing about which whoever sent a report is asked at a moment."""
    closing = closing_of(report)
    if closing is None or closing.changed_at <= report.sent_at or at >= closing.changed_at + ASKED_FOR:
        return None
    return closing if said_about(report, closing) is None else None


def said_about(report: OnlineReport, closing: StatusChange) -> Outcome | None:
    """Find what was said after a closing."""
    return db.session.scalar(select(Outcome).where(Outcome.report_id == report.id, Outcome.change_id == closing.id))


def last_said(report: OnlineReport) -> Outcome | None:
    """Find what was said last."""
    chosen = select(Outcome).where(Outcome.report_id == report.id).order_by(Outcome.id.desc()).limit(1)
    return db.session.scalar(chosen)


def say(report: OnlineReport, says: Says, words: str = "") -> Outcome:
    """Take the one answer after a closing; the same again is the one that is there. Raises NotAsked, AlreadySaid."""
    closing = closing_of(report)
    known = said_about(report, closing) if closing else None
    if known is not None:
        return _same(known, says, words)
    closing = asked_about(report, now())
    if closing is None:
        raise NotAsked
    said = Outcome(report_id=report.id, change_id=closing.id, says=says, words=words, said_at=now())
    try:
        with db.session.begin_nested():
            db.session.add(said)
    except IntegrityError:  # of two clicks at once the second
        known = said_about(report, closing)
        assert known is not None
        return _same(known, says, words)
    return said


def _same(known: Outcome, says: Says, words: str) -> Outcome:
    if (known.says, known.words) != (says, words):
        raise AlreadySaid
    return known


def outcome(outcome_id: int) -> Outcome:
    """Give what somebody said, or raise NoResultFound."""
    return db.session.execute(select(Outcome).where(Outcome.id == outcome_id)).unique().scalar_one()


@dataclass(frozen=True)
class Tally:
    """What people in some areas said in a time, apart from every status: how many, and how many wait for a review."""

    gone: int = 0
    still_there: int = 0
    unknown: int = 0
    waiting: int = 0


def tally(areas: Sequence[str], since: datetime) -> Tally:
    """Count the answers of these areas since a moment, and the reviews that wait, however old."""
    chosen = _of_areas(select(Outcome.says, func.count(Outcome.id)), areas)
    rows = db.session.execute(chosen.where(Outcome.said_at >= since).group_by(Outcome.says)).all()
    counts: dict[str, int] = {row[0].value: row[1] for row in rows}
    return Tally(**counts, waiting=count_reviews(areas))


def count_reviews(areas: Sequence[str]) -> int:
    """Count what waits for a review in these areas."""
    return db.session.scalar(_of_areas(select(func.count(Outcome.id)), areas).where(*WAITING)) or 0


def reviews(areas: Sequence[str], page: int = 1) -> Sequence[Outcome]:
    """List what waits for a review in these areas, the oldest first."""
    chosen = _of_areas(select(Outcome), areas).where(*WAITING).order_by(Outcome.said_at, Outcome.id)
    loaded = chosen.options(
        contains_eager(Outcome.change).contains_eager(StatusChange.threat), joinedload(Outcome.report)
    )
    return db.session.scalars(loaded.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)).unique().all()


def _of_areas(chosen: Select[*tuple[Any, ...]], areas: Sequence[str]) -> Select[*tuple[Any, ...]]:
    return chosen.join(Outcome.change).join(StatusChange.threat).where(threats.lies_within(areas))


def review(said: Outcome, text: str, actor_id: int) -> None:
    """Write what was found when somebody looked at "still there" again; they read it. Raises AlreadyReviewed."""
    waiting = (Outcome.id == said.id, *WAITING)
    facts = {"review": text, "reviewed_at": now(), "reviewed_by_id": actor_id}
    reviewed = db.session.connection().execute(update(Outcome).where(*waiting).values(**facts))
    if reviewed.rowcount != 1:
        raise AlreadyReviewed
    db.session.refresh(said)
    audit.note(actor_id, "review_outcome", "report", said.report_id)
