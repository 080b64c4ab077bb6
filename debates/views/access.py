"""Who may open which record: the unit's scope decides, and what lies outside does not exist."""

from dataclasses import dataclass

from flask import abort, request

from consult.accounts.denying import demand
from consult.accounts.rights import Action
from consult.web.roles import Role
from debates import queries
from debates.models import Meeting, Proposal, Statement
from debates.stages import MinutesApproved

READERS = (Role.OFFICER, Role.HEAD, Role.COORDINATOR)
WRITERS = (Role.OFFICER, Role.HEAD)
MOST_PAGES = 100_000
CONFLICT = 409
"""The status of a page that shows what somebody else wrote meanwhile beside the reader's own words."""


def page_number() -> int:
    """Read which page of a list is wanted; anything odd is the first or the last."""
    return min(max(request.args.get("page", 1, type=int), 1), MOST_PAGES)


def seen_meeting(meeting_id: int) -> Meeting:
    """Give a meeting of the reader's scope, or answer 404."""
    meeting = queries.meeting(meeting_id)
    demand(Action.SEE, meeting)
    return meeting


def edited_meeting(meeting_id: int) -> Meeting:
    """Give a meeting that the reader may change, or answer 404."""
    meeting = queries.meeting(meeting_id)
    demand(Action.EDIT, meeting)
    return meeting


def open_minutes(meeting_id: int) -> Meeting:
    """Give a meeting whose minutes the reader may change; raises MinutesApproved when nobody may any more."""
    meeting = edited_meeting(meeting_id)
    if meeting.is_approved:
        raise MinutesApproved
    return meeting


@dataclass(eq=False)
class CrossedOut(Exception):
    """Somebody crossed the statement out that the reader wanted to change."""

    statement: Statement


def edited_statement(meeting_id: int, statement_id: int) -> Statement:
    """Give a statement of this meeting that the reader may change, or answer 404; raises CrossedOut."""
    statement = own_statement(meeting_id, statement_id)
    if statement.withdrawn_at is not None:
        raise CrossedOut(statement)
    return statement


def own_statement(meeting_id: int, statement_id: int) -> Statement:
    """Give a statement of this meeting, crossed out or not, whose minutes the reader may change, or answer 404."""
    meeting, statement = edited_meeting(meeting_id), queries.statement(statement_id)
    if statement.meeting_id != meeting.id:
        abort(404)
    return statement


def seen_proposal(proposal_id: int) -> Proposal:
    """Give a proposal of the reader's scope, or answer 404."""
    proposal = queries.proposal(proposal_id)
    demand(Action.SEE, proposal)
    return proposal


def edited_proposal(proposal_id: int) -> Proposal:
    """Give a proposal that the reader may change, or answer 404."""
    proposal = queries.proposal(proposal_id)
    demand(Action.EDIT, proposal)
    return proposal
