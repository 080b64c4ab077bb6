"""Correction of minutes by those who were invited: secret links, suggestions of other words, the answers."""

from dataclasses import dataclass
from datetime import timedelta

from flask import current_app

from consult.audit import operations as audit
from consult.clock import now
from consult.db import db
from consult.mail.operations import after_answer, send
from consult.receipts import hash_of, receipt_of
from consult.web.addresses import public_url
from debates.models import CorrectionLink, Meeting, MinutesSuggestion, Statement
from debates.operations.minuting import correct_statement, said_of
from debates.operations.writing import Author, digest_of, hold, hold_minutes, known_by, written
from debates.stages import MeetingStage, SuggestionState

OPEN_FOR = timedelta(days=14)
"""How long somebody invited may suggest other words."""


class LinkEnded(Exception):
    """The minutes are not being corrected any more, or the time of a link is over."""


class AlreadyAnswered(Exception):
    """Somebody else answered a suggestion by now."""


class StatementGone(Exception):
    """The statement of a suggestion was crossed out by now, so that its words cannot be changed."""


def token_of(key: str) -> str:
    """Give the secret of a link by the key of the form that made it; it is stored nowhere."""
    return receipt_of("correction link", key, current_app.config["SECRET_KEY"])


@dataclass(frozen=True)
class Invited:
    """A link for somebody who was invited; not a new one when the same form was sent before."""

    link: CorrectionLink
    is_new: bool


def invite(author: Author, meeting: Meeting, *, key: str, function: str, address: str = "") -> Invited:
    """Make a link for somebody who was invited, once for its key, and send it if there is an address: once, too.

    Raises LinkEnded unless minutes are corrected.
    """
    digest = digest_of({"function": function, "meeting": meeting.key})
    hold(Meeting, meeting.id)
    if known := known_by(CorrectionLink, key, digest):
        return Invited(known, is_new=False)
    db.session.refresh(meeting, ["stage"])
    if meeting.stage is not MeetingStage.CORRECTING:
        raise LinkEnded
    made = CorrectionLink(
        meeting=meeting,
        key=key,
        body_digest=digest,
        function=function,
        token_hash=hash_of(token_of(key)),
        author_id=author.id,
        created_at=now(),
        ends_at=now() + OPEN_FOR,
    )
    written(author, made, "invite_to_correct")
    if address:
        after_answer(send_link, address, token=token_of(key), meeting=meeting.title, unit=meeting.unit.name)
    return Invited(made, is_new=True)


def send_link(address: str, *, token: str, meeting: str, unit: str) -> None:
    """Send a link to somebody who was invited; the address is kept nowhere."""
    send(
        address, "mail/correction_link", url=public_url("debates.read_minutes", token=token), meeting=meeting, unit=unit
    )


def end_link(author: Author, link: CorrectionLink) -> None:
    """Close a link before its time; what was suggested by it stays."""
    if link.ends_at > now():
        link.ends_at = now()
        audit.note(author.id, "end_correction_link", "correction_link", link.id, link.unit_path)


def suggest(link: CorrectionLink, statement: Statement | None, *, key: str, text: str) -> MinutesSuggestion:
    """Suggest other words for a statement, or remark on the whole, once for its key; raises LinkEnded."""
    digest = digest_of({"text": text, "statement": statement.key if statement else None, "link": link.key})
    hold(Meeting, link.meeting_id)
    if known := known_by(MinutesSuggestion, key, digest):
        return known
    db.session.refresh(link.meeting, ["stage"])
    if not link.is_open(now()):
        raise LinkEnded
    made = MinutesSuggestion(link=link, statement=statement, key=key, body_digest=digest, text=text, made_at=now())
    db.session.add(made)
    db.session.flush()  # an approval that waits for this one finds it
    return made


def take_over(author: Author, suggestion: MinutesSuggestion, *, text: str) -> None:
    """Write a statement in other words, as suggested or nearly so; a remark on the whole is noted as heeded.

    Raises AlreadyAnswered, StatementGone, MinutesApproved.
    """
    _take_up(suggestion)
    statement = suggestion.statement
    if statement is not None:
        if statement.withdrawn_at is not None:
            raise StatementGone
        correct_statement(author, statement, **(said_of(statement) | {"text": text}))
    _answer(author, suggestion, SuggestionState.TAKEN)


def decline(author: Author, suggestion: MinutesSuggestion, *, reason: str) -> None:
    """Leave a statement as it is and say why; raises AlreadyAnswered, MinutesApproved."""
    _take_up(suggestion)
    suggestion.reason = reason
    _answer(author, suggestion, SuggestionState.DECLINED)


def _take_up(suggestion: MinutesSuggestion) -> None:
    hold_minutes(suggestion.link.meeting)
    db.session.refresh(suggestion, ["state"])
    if not suggestion.is_waiting:
        raise AlreadyAnswered


def _answer(author: Author, suggestion: MinutesSuggestion, state: SuggestionState) -> None:
    suggestion.state, suggestion.decided_at, suggestion.decided_by_id = state, now(), author.id
    link = suggestion.link
    audit.note(author.id, "answer_suggestion", "minutes_suggestion", suggestion.id, link.unit_path, after=state.value)
