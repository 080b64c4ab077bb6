"""Writing what was asked for, what was answered and what was promised."""

from datetime import date
from typing import Any

from consult.audit import operations as audit
from consult.clock import now, today
from debates.models import (
    Commitment,
    Meeting,
    Proposal,
    ProposalStatus,
    Statement,
)
from debates.operations.writing import Author, digest_of, hold, known_by, written


def record_proposal(
    author: Author, meeting: Meeting, *, key: str, statement: Statement | None = None, **said: Any
) -> Proposal:
    """Write down what was asked of whom, once for its key."""
    digest = digest_of(said | {"statement": statement.key if statement else None, "meeting": meeting.key})
    hold(Meeting, meeting.id)
    if known := known_by(Proposal, key, digest):
        return known
    proposal = Proposal(
        key=key,
        body_digest=digest,
        meeting=meeting,
        statement=statement,
        author_id=author.id,
        created_at=now(),
        **({"status": ProposalStatus.OPEN} | said),
    )
    return written(author, proposal, "record_proposal")


def correct_proposal(author: Author, proposal: Proposal, **said: Any) -> None:
    """Correct what was asked, of whom and by when."""
    for name, value in said.items():
        setattr(proposal, name, value)
    audit.note(author.id, "correct_proposal", "proposal", proposal.id, proposal.unit_path)


def answer_proposal(
    author: Author, proposal: Proposal, *, after: ProposalStatus, answer: str, answered_on: date | None
) -> None:
    """Write down what became of a proposal; an answer without a date was given today."""
    before = proposal.status
    proposal.status, proposal.answer = after, answer
    proposal.answered_on = answered_on or (today() if answer else None)
    codes = {"before": before.value, "after": after.value}
    audit.note(author.id, "answer_proposal", "proposal", proposal.id, proposal.unit_path, **codes)


def record_commitment(author: Author, proposal: Proposal, *, key: str, **said: Any) -> Commitment:
    """Write down who promised what by when, once for its key."""
    digest = digest_of(said | {"proposal": proposal.key})
    hold(Proposal, proposal.id)
    if known := known_by(Commitment, key, digest):
        return known
    commitment = Commitment(
        key=key, body_digest=digest, proposal=proposal, author_id=author.id, created_at=now(), **said
    )
    return written(author, commitment, "record_commitment")


def close_commitment(author: Author, commitment: Commitment, *, kept_on: date | None, outcome: str) -> None:
    """Write down what came of a promise: the day on which it was kept, or why it was not."""
    commitment.kept_on, commitment.outcome = kept_on, outcome
    audit.note(author.id, "close_commitment", "commitment", commitment.id, commitment.unit_path)
