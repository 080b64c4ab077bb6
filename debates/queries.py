"""Reading meetings, statements and proposals: in a unit's scope for staff, by district for the roof and the public."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, Select, and_, exists, extract, func, or_, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import joinedload, selectinload

from consult.accounts.models import Unit
from consult.db import db
from consult.period import Period
from debates.models import (
    SPEAKS_OF_A_THREAT,
    UNFINISHED,
    Commitment,
    Meeting,
    MeetingDistrict,
    MeetingKind,
    Proposal,
    ProposalStatus,
    Statement,
    StatementKind,
)
from debates.stages import HELD, Hindrance

PAGE_SIZE = 25
_KEY = re.compile(r"[0-9a-f]{32}(\.[0-9]{1,6})?")
YEAR_MONTHS = 12


@dataclass(frozen=True)
class Counted:
    """A meeting with what was said at it, counted; `without_place` are threats and requests that nobody located."""

    meeting: Meeting
    statements: int
    without_place: int
    proposals: int
    answered: int


def meeting(meeting_id: int) -> Meeting:
    """Give a meeting, or raise NoResultFound."""
    return db.session.execute(select(Meeting).where(Meeting.id == meeting_id)).scalar_one()


def meeting_by_key(key: str) -> Meeting | None:
    """Find a meeting by what identifies it for ever."""
    return db.session.scalar(select(Meeting).where(Meeting.key == key))


def knows(statement_key: str) -> bool:
    """Tell whether a statement is written down already."""
    return bool(db.session.scalar(select(exists().where(Statement.key == statement_key))))


def statement(statement_id: int) -> Statement:
    """Give a statement, or raise NoResultFound."""
    return db.session.execute(select(Statement).where(Statement.id == statement_id)).scalar_one()


def statement_by_key(key: str) -> Statement:
    """Give the statement that an observation came from, or raise NoResultFound; the key may name a revision."""
    if not _KEY.fullmatch(key):
        raise NoResultFound(key)
    return db.session.execute(select(Statement).where(Statement.key == key.partition(".")[0])).scalar_one()


def proposal(proposal_id: int) -> Proposal:
    """Give a proposal, or raise NoResultFound."""
    return db.session.execute(select(Proposal).where(Proposal.id == proposal_id)).scalar_one()


def commitment(commitment_id: int) -> Commitment:
    """Give a commitment, or raise NoResultFound."""
    return db.session.execute(select(Commitment).where(Commitment.id == commitment_id)).scalar_one()


def meetings(scope: str, year: int | None = None, kind: MeetingKind | None = None, page: int = 1) -> Pagination:
    """List the meetings of a scope, newest first, page by page; those without a date come last."""
    chosen = select(Meeting).where(_within(scope))
    if year:
        chosen = chosen.where(Meeting.held_on.between(date(year, 1, 1), date(year, 12, 31)))
    if kind:
        chosen = chosen.where(Meeting.kind == kind)
    newest = (Meeting.held_on.is_(None), Meeting.held_on.desc(), Meeting.id.desc())
    return db.paginate(chosen.order_by(*newest), page=page, per_page=PAGE_SIZE, max_per_page=PAGE_SIZE, error_out=False)


def earlier_meetings(scope: str, limit: int = 200) -> Sequence[Meeting]:
    """List the meetings of a scope that a later one may follow, newest first."""
    dated = select(Meeting).where(_within(scope), Meeting.held_on.is_not(None), Meeting.stage.in_(HELD))
    return db.session.scalars(dated.order_by(Meeting.held_on.desc(), Meeting.id.desc()).limit(limit)).all()


def years(scope: str) -> list[int]:
    """List the years in which the meetings of a scope were held, newest first."""
    year = extract("year", Meeting.held_on)
    found = db.session.scalars(select(year).distinct().where(_within(scope), Meeting.held_on.is_not(None)))
    return sorted((int(number) for number in found), reverse=True)


def counted(found: Sequence[Meeting]) -> list[Counted]:
    """Count what was said at each of some meetings, in two queries however many they are."""
    ids = [entry.id for entry in found]
    said = {key: counts for key, *counts in db.session.execute(_statements_by_meeting(ids))}
    asked = {key: counts for key, *counts in db.session.execute(_proposals_by_meeting(ids))}
    return [Counted(entry, *said.get(entry.id, (0, 0)), *asked.get(entry.id, (0, 0))) for entry in found]


def _statements_by_meeting(ids: Sequence[int]) -> Select[int, int, int]:
    placeless = func.count(Statement.id).filter(_without_place())
    chosen = select(Statement.meeting_id, func.count(Statement.id), placeless)
    standing = (Statement.meeting_id.in_(ids), Statement.withdrawn_at.is_(None))
    return chosen.where(*standing).group_by(Statement.meeting_id)


def _proposals_by_meeting(ids: Sequence[int]) -> Select[int, int, int]:
    answered = func.count(Proposal.id).filter(Proposal.status.not_in((ProposalStatus.OPEN, ProposalStatus.NO_ANSWER)))
    chosen = select(Proposal.meeting_id, func.count(Proposal.id), answered)
    return chosen.where(Proposal.meeting_id.in_(ids)).group_by(Proposal.meeting_id)


def _without_place() -> ColumnElement[bool]:
    """Say in the database's words what `Statement.lacks_a_place` says of one row."""
    return and_(Statement.place.is_(None), Statement.kind.in_(SPEAKS_OF_A_THREAT), Statement.withdrawn_at.is_(None))


def statements_of(meeting: Meeting) -> Sequence[Statement]:
    """List what was said at a meeting, in its order, withdrawn statements too."""
    chosen = select(Statement).where(Statement.meeting_id == meeting.id).options(joinedload(Statement.category))
    return db.session.scalars(chosen.order_by(Statement.position)).unique().all()


def proposals_of(meeting: Meeting) -> Sequence[Proposal]:
    """List what was asked for at a meeting, in its order."""
    return db.session.scalars(select(Proposal).where(Proposal.meeting_id == meeting.id).order_by(Proposal.id)).all()


def evaluations_of(meeting: Meeting) -> Sequence[Meeting]:
    """List the meetings that followed a meeting."""
    return db.session.scalars(select(Meeting).where(Meeting.previous_id == meeting.id).order_by(Meeting.held_on)).all()


def hindrances(meeting: Meeting) -> list[Hindrance]:
    """List what has to be done before the minutes of a meeting go on to be corrected or approved.

    A threat needs its category, and an evaluating debate says of every request of the debate before what became of it.
    """
    found = []
    said = select(Statement).where(Statement.meeting_id == meeting.id, Statement.withdrawn_at.is_(None))
    lacking = said.where(Statement.kind == StatementKind.THREAT, Statement.category_code.is_(None))
    if db.session.scalar(select(lacking.exists())):
        found.append(Hindrance.NO_CATEGORY)
    if meeting.kind is MeetingKind.EVALUATING_DEBATE and meeting.previous_id is not None:
        silent = select(Proposal).where(
            Proposal.meeting_id == meeting.previous_id, Proposal.status == ProposalStatus.OPEN
        )
        if db.session.scalar(select(silent.exists())):
            found.append(Hindrance.NO_STATUS)
    return found


def open_proposals(scope: str) -> Sequence[Proposal]:
    """List the proposals of a scope that still lack a result: the nearest deadline first, none at all last."""
    chosen = _with_meeting().where(_within(scope), Proposal.status.in_(UNFINISHED))
    order = (Proposal.due_on.is_(None), Proposal.due_on, Proposal.id)
    return db.session.scalars(chosen.order_by(*order)).unique().all()


def in_period(district_code: str, period: Period) -> list[Counted]:
    """List the meetings that count in a district and were held in a period, oldest first; planned ones do not count.

    Where only the year is known, the meeting counts in whole years alone.
    """
    chosen = select(Meeting).where(_counts_in(district_code), _held_in(period), Meeting.stage.in_(HELD))
    return counted(db.session.scalars(chosen.order_by(Meeting.held_on, Meeting.id)).unique().all())


def proposals_in(district_code: str, period: Period) -> Sequence[Proposal]:
    """List the proposals of a district that were made at a meeting of the period or answered in it, oldest first."""
    answered = Proposal.answered_on.between(period.first, period.last)
    chosen = _with_meeting().where(_counts_in(district_code), or_(_held_in(period), answered))
    return db.session.scalars(chosen.order_by(Meeting.held_on, Proposal.id)).unique().all()


def published(district_code: str | None = None, page: int = 1) -> Pagination:
    """List the proposals that everybody may see, of one district or all, newest meeting first."""
    chosen = _with_meeting().options(joinedload(Proposal.statement).joinedload(Statement.category))
    if district_code:
        chosen = chosen.where(_counts_in(district_code))
    newest = (Meeting.held_on.is_(None), Meeting.held_on.desc(), Meeting.id.desc(), Proposal.id)
    return db.paginate(chosen.order_by(*newest), page=page, per_page=PAGE_SIZE, max_per_page=PAGE_SIZE, error_out=False)


def districts_with_proposals() -> Sequence[str]:
    """List the codes of the districts in which something was asked for."""
    chosen = select(MeetingDistrict.district_code).distinct()
    asked = exists().where(Proposal.meeting_id == MeetingDistrict.meeting_id)
    return db.session.scalars(chosen.where(asked).order_by(MeetingDistrict.district_code)).all()


def _with_meeting() -> Select[Proposal]:
    loaded = (joinedload(Proposal.meeting).joinedload(Meeting.unit), selectinload(Proposal.commitments))
    return select(Proposal).join(Proposal.meeting).options(*loaded)


def _within(scope: str) -> ColumnElement[bool]:
    return Meeting.unit_id.in_(select(Unit.id).where(Unit.path.startswith(scope, autoescape=True)))


def _counts_in(district_code: str) -> ColumnElement[bool]:
    """Choose meetings by a district's code, or by a voivodeship's as its beginning."""
    return Meeting.districts.any(MeetingDistrict.district_code.startswith(district_code, autoescape=True))


def _held_in(period: Period) -> ColumnElement[bool]:
    held = Meeting.held_on.between(period.first, period.last)
    return held if period.months == YEAR_MONTHS else and_(held, Meeting.is_year_only.is_(False))
