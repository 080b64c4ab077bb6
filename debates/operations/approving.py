"""Approving minutes, opening them again, and withholding from everybody what a statement says."""

from datetime import datetime

from sqlalchemy import update

from consult.accounts.models import Account
from consult.audit import operations as audit
from consult.clock import now
from consult.db import db
from debates import freezing, queries
from debates.editions import digest_of
from debates.models import CorrectionLink, Meeting, MinutesEdition, Statement
from debates.operations.convening import change_stage
from debates.operations.writing import Author, hold
from debates.stages import MeetingStage


class ChangedSinceSeen(Exception):
    """The minutes are no longer what the head was shown."""


def shown_to_head(meeting: Meeting) -> str:
    """Name what the head is shown before approving: the public edition, and the requests that would be left out."""
    left = [statement.key for statement in queries.unasked(meeting)]
    return digest_of({"public": freezing.public(meeting), "unlisted": left})


def approve(head: Account, meeting: Meeting, *, seen: str | None = None, leave_out: bool = False) -> MinutesEdition:
    """Approve minutes and keep them as an edition that never changes; raises StageRefused when something comes first.

    `seen` is what `shown_to_head` gave; raises ChangedSinceSeen when it is another one by now. `leave_out` says that
    requests which are in no list stay there, else they raise RequestsUnlisted. Of two who approve at once the second is
    refused. The links of those who were invited end.
    """
    hold(Meeting, meeting.id)
    db.session.expire_all()  # what was read before the minutes were held may have been corrected since
    if seen is not None and seen != shown_to_head(meeting):
        raise ChangedSinceSeen
    change_stage(head, meeting, MeetingStage.APPROVED, leave_out=leave_out)
    at = now()
    _end_links(meeting, at)
    edition = _frozen(head, meeting, at)
    meeting.opened_again_because = ""
    db.session.add(edition)
    db.session.flush()  # the next edition counts this one
    return edition


def _frozen(head: Account, meeting: Meeting, at: datetime) -> MinutesEdition:
    full, public = freezing.full(meeting), freezing.public(meeting)
    return MinutesEdition(
        meeting_id=meeting.id,
        number=len(queries.editions_of(meeting)) + 1,
        approved_at=at,
        approved_by_id=head.id,
        approved_by=head.function,
        because=meeting.opened_again_because,
        full=full,
        public=public,
        full_digest=digest_of(full),
        public_digest=digest_of(public),
    )


def _end_links(meeting: Meeting, at: datetime) -> None:
    still_open = (CorrectionLink.meeting_id == meeting.id, CorrectionLink.ends_at > at)
    db.session.execute(update(CorrectionLink).where(*still_open).values(ends_at=at))


def open_again(head: Author, meeting: Meeting, *, reason: str) -> None:
    """Open approved minutes for correction; the edition that was approved stays as it is. Raises StageRefused."""
    change_stage(head, meeting, MeetingStage.CORRECTING)
    meeting.opened_again_because = reason


def withhold_statement(author: Author, statement: Statement, *, reason: str) -> None:
    """Keep a statement from everybody, in editions approved before as well; the reason is for colleagues."""
    statement.withheld_because = reason
    audit.note(author.id, "withhold_statement", "statement", statement.id, statement.unit_path)


def release_statement(author: Author, statement: Statement) -> None:
    """Let everybody read a statement again that was withheld, as far as the rules allow."""
    statement.withheld_because = ""
    audit.note(author.id, "release_statement", "statement", statement.id, statement.unit_path)
