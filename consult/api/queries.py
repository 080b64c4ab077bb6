"""Reading for the API: lists in the order of their numbers, a page after the last number of the page before."""

from collections.abc import Sequence
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload

from consult.db import Model, db
from consult.threats import queries as threats_queries
from consult.threats.models import Threat
from debates.models import Meeting, MeetingDistrict, MeetingKind, Proposal, Statement
from debates.outcomes import ProposalStatus
from debates.stages import HELD

Row = TypeVar("Row", bound=Model)

MOST_LISTED = 500
"""The newest requests and meetings of a district; a shape without pages has room for no more."""

_HELD = Meeting.stage.in_(HELD)
_DATED = (Meeting.held_on.is_not(None), Meeting.is_year_only.is_(False), _HELD)


def threats(filters: threats_queries.Filters, after: int, size: int) -> tuple[Sequence[Threat], int]:
    """List a page of threats and one more when there is a next page; and count all that pass the filters."""
    chosen = threats_queries.narrowed(select(Threat), filters).where(Threat.id > after)
    return _page(chosen.order_by(Threat.id), size), threats_queries.count(filters)


def public_threat(threat_id: int, visible: ColumnElement[bool]) -> Threat | None:
    """Find a threat that passes a condition, or that leads on to another."""
    chosen = select(Threat).where(Threat.id == threat_id)
    return db.session.scalars(chosen.where(visible | Threat.successor_id.is_not(None))).unique().one_or_none()


def meetings(
    district: str | None,
    kinds: Sequence[MeetingKind],
    window: tuple[date | None, date | None],
    after: int,
    size: int,
) -> tuple[Sequence[Meeting], int]:
    """List a page of meetings of a district or a voivodeship, held in a window of days, ends included."""
    conditions = [_HELD, *_held_within(window)]
    if district:
        conditions.append(_counts_in(district))
    if kinds:
        conditions.append(Meeting.kind.in_(kinds))
    chosen = select(Meeting).where(Meeting.id > after, *conditions).order_by(Meeting.id)
    return _page(chosen, size), _count(select(func.count(Meeting.id)).where(*conditions))


def proposals(
    district: str | None, statuses: Sequence[ProposalStatus], after: int, size: int
) -> tuple[Sequence[Proposal], int]:
    """List a page of what was asked for at meetings of a district or a voivodeship."""
    conditions = [_counts_in(district)] if district else []
    if statuses:
        conditions.append(Proposal.status.in_(statuses))
    chosen = select(Proposal).join(Proposal.meeting).where(Proposal.id > after, *conditions)
    loaded = (
        joinedload(Proposal.meeting).joinedload(Meeting.unit),
        joinedload(Proposal.statement).joinedload(Statement.category),
    )
    counted = select(func.count(Proposal.id)).join(Proposal.meeting).where(*conditions)
    return _page(chosen.options(*loaded).order_by(Proposal.id), size), _count(counted)


def priorities(district: str) -> Sequence[Proposal]:
    """List what was asked for at the dated meetings of a district, newest first."""
    chosen = select(Proposal).join(Proposal.meeting).where(_counts_in(district), *_DATED)
    loaded = (joinedload(Proposal.meeting), joinedload(Proposal.statement).joinedload(Statement.category))
    order = (Meeting.held_on.desc(), Proposal.id)
    return db.session.scalars(chosen.options(*loaded).order_by(*order).limit(MOST_LISTED)).unique().all()


def events(district: str) -> Sequence[Meeting]:
    """List the dated meetings of a district, newest first."""
    chosen = select(Meeting).where(_counts_in(district), *_DATED)
    order = (Meeting.held_on.desc(), Meeting.id)
    return db.session.scalars(chosen.order_by(*order).limit(MOST_LISTED)).unique().all()


def proposals_counted(found: Sequence[Meeting]) -> dict[int, int]:
    """Count what was asked for at each of some meetings."""
    chosen = select(Proposal.meeting_id, func.count(Proposal.id)).group_by(Proposal.meeting_id)
    asked = chosen.where(Proposal.meeting_id.in_([meeting.id for meeting in found]))
    return {row[0]: row[1] for row in db.session.execute(asked)}


def _held_within(window: tuple[date | None, date | None]) -> list[ColumnElement[bool]]:
    first, last = window
    conditions: list[ColumnElement[bool]] = []
    if first:
        conditions.append(Meeting.held_on >= first)
    if last:
        conditions.append(Meeting.held_on <= last)
    return conditions


def _counts_in(code: str) -> ColumnElement[bool]:
    counted_there = select(MeetingDistrict.meeting_id)
    return Meeting.id.in_(counted_there.where(threats_queries.in_area(MeetingDistrict.district_code, code)))


def _page(chosen: Select[Row], size: int) -> Sequence[Row]:
    return db.session.scalars(chosen.limit(size + 1)).unique().all()


def _count(chosen: Select[Any]) -> int:
    return db.session.scalar(chosen) or 0
