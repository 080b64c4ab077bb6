"""Writing what was asked for, what was answered and what was promised.

What became of a request is a history: an answer adds a row, and the newest one stands. Whoever answers says which
version of the request they had read; when somebody else was quicker, nothing is written and they are told.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from consult.accounts import queries as accounts
from consult.audit import operations as audit
from consult.clock import now, today
from consult.db import db
from consult.partners import queries as partners
from consult.partners.models import PartnerKind
from debates import queries
from debates.models import (
    AddresseeKind,
    Commitment,
    CommitmentChange,
    Meeting,
    Proposal,
    ProposalChange,
    Statement,
)
from debates.operations.writing import Author, NotHeld, digest_of, hold, hold_minutes, known_by, written
from debates.outcomes import ProposalStatus

KINDS = {
    PartnerKind.COMMUNE: AddresseeKind.COMMUNE,
    PartnerKind.ROAD: AddresseeKind.ROAD_OWNER,
    PartnerKind.RAILWAY: AddresseeKind.RAILWAY,
}
"""What an office of the register is to whoever asks it; any other one is somebody else."""


@dataclass(eq=False)
class ProposalsChanged(Exception):
    """Somebody else answered or corrected these proposals since the writer read them; nothing was written."""

    proposals: Sequence[Proposal]


class CommitmentChanged(Exception):
    """Somebody else wrote what came of a promise since the writer read it; nothing was written."""


def record_proposal(
    author: Author,
    meeting: Meeting,
    *,
    key: str,
    addressee: str,
    addressee_name: str = "",
    statement: Statement | None = None,
    status: ProposalStatus = ProposalStatus.OPEN,
    answer: str = "",
    answered_on: date | None = None,
    **said: Any,
) -> Proposal:
    """Write down what was asked of whom, once for its key; what is known to be answered gets the first row of history.

    `addressee` is a kind, or a unit or partner of the register as `unit:7` or `partner:7`. Raises MinutesApproved when
    nothing is added any more.
    """
    named = {"addressee": addressee, "addressee_name": addressee_name}
    known_so_far = {"status": status, "answer": answer, "answered_on": answered_on}
    digest = digest_of(said | named | known_so_far | {"statement": statement and statement.key, "meeting": meeting.key})
    hold(Meeting, meeting.id)
    if known := known_by(Proposal, key, digest):
        return known
    if meeting.is_planned:
        raise NotHeld
    hold_minutes(meeting)
    proposal = Proposal(
        key=key,
        body_digest=digest,
        meeting=meeting,
        statement=statement,
        author_id=author.id,
        created_at=now(),
        version=1,
        **known_so_far,
        **addressed(addressee, addressee_name),
        **said,
    )
    written(author, proposal, "record_proposal")
    if status is not ProposalStatus.OPEN:
        change = _change(author, proposal, ProposalStatus.OPEN, answer=answer, answered_on=answered_on)
        change.key, change.body_digest = key, digest
        db.session.add(change)
    return proposal


def addressed(code: str, name: str) -> dict[str, Any]:
    """Say who is asked in the columns of a proposal: of the register, with the name of today, or in words."""
    kind, _, number = code.partition(":")
    if kind == "unit":
        unit = accounts.unit(int(number))
        return _of(AddresseeKind.POLICE, unit.name, unit_id=unit.id)
    if kind == "partner":
        partner = partners.partner(int(number))
        return _of(KINDS.get(partner.kind, AddresseeKind.OTHER), partner.name, partner_id=partner.id)
    return _of(AddresseeKind(kind), name)


def _of(kind: AddresseeKind, name: str, unit_id: int | None = None, partner_id: int | None = None) -> dict[str, Any]:
    return {"addressee": kind, "addressee_name": name, "addressee_unit_id": unit_id, "partner_id": partner_id}


def correct_proposal(
    author: Author, proposal: Proposal, *, version: int, addressee: str, addressee_name: str, **said: Any
) -> None:
    """Correct what was asked, of whom and by when; raise ProposalsChanged when somebody else was quicker.

    Raises MinutesApproved when it stands in approved minutes.
    """
    _take(proposal, version)
    hold_minutes(proposal.meeting)
    for name, value in (said | addressed(addressee, addressee_name)).items():
        setattr(proposal, name, value)
    audit.note(author.id, "correct_proposal", "proposal", proposal.id, proposal.unit_path)


def address_proposals(author: Author, wanted: Sequence[dict[str, Any]]) -> int:
    """Write for many proposals at once of whom each is asked and by when; tell how many that changed.

    `wanted` holds for each the proposal, the version that the writer read, addressee, addressee_name and due_on. Only
    what says something new is written; raises ProposalsChanged when of that something was changed by somebody else.
    """
    proposals = {one["proposal"].id: one["proposal"] for one in wanted}
    _hold_all(list(proposals.values()))
    new = [one for one in wanted if not _stands_already(**one)]
    _refuse_changed(new)
    for one in new:
        correct_proposal(author, text=one["proposal"].text, **one)
    return len(new)


def _stands_already(proposal: Proposal, addressee: str, addressee_name: str, due_on: date | None, **_: Any) -> bool:
    asked = (proposal.addressee_code, proposal.due_on)
    is_same_name = ":" in addressee or proposal.addressee_name == addressee_name
    return asked == (addressee, due_on) and is_same_name


def _hold_all(proposals: Sequence[Proposal]) -> None:
    """Hold many proposals in one order, so that of two writers one waits for the other."""
    for one in sorted(proposals, key=lambda one: one.id):
        hold(Proposal, one.id)
        db.session.refresh(one)


def _refuse_changed(said: Sequence[dict[str, Any]]) -> None:
    changed = [one["proposal"] for one in said if one["proposal"].version != one["version"]]
    if changed:
        raise ProposalsChanged(changed)


def propose_statements(author: Author, meeting: Meeting) -> int:
    """Make a proposal of each request in the minutes that has none yet; the same button again makes nothing."""
    hold(Meeting, meeting.id)
    found = queries.unasked(meeting)
    for statement in found:
        key = uuid5(NAMESPACE_OID, f"proposal of statement {statement.key}").hex
        record_proposal(
            author, meeting, key=key, statement=statement, text=statement.text, addressee=AddresseeKind.POLICE
        )
    return len(found)


def report_back(
    author: Author, meeting: Meeting, *, key: str, reported_on: date | None, said: Sequence[dict[str, Any]]
) -> int:
    """Write down what became of the requests that a debate takes over, and when the residents were told.

    `said` holds for each the proposal, the version that the writer read, after, answer and answered_by. A row is added
    where that is new, and where an answer is told at this debate for the first time. Tells how many rows; raises
    ProposalsChanged when of those something was changed by somebody else.
    """
    _hold_all([one["proposal"] for one in said])
    told = queries.told_at(meeting) if reported_on else frozenset()
    new = [one for one in said if _is_news(one, told, reported_on)]
    keys = {one["proposal"].id: uuid5(UUID(key), one["proposal"].key).hex for one in new}
    new = [one for one in new if not queries.knows_change(keys[one["proposal"].id])]
    _refuse_changed(new)
    at: dict[str, Any] = {"meeting_id": meeting.id, "reported_on": reported_on} if reported_on else {}
    for one in new:
        answer_proposal(author, **one, **at, key=keys[one["proposal"].id])
    return len(new)


def _is_news(one: dict[str, Any], told: Collection[int], reported_on: date | None) -> bool:
    proposal = one["proposal"]
    if (one["after"], one["answer"]) != (proposal.status, proposal.answer):
        return True
    return reported_on is not None and proposal.id not in told and proposal.status is not ProposalStatus.OPEN


def _take(proposal: Proposal, version: int) -> None:
    """Hold a proposal as the writer read it, and count one version more."""
    hold(Proposal, proposal.id)
    db.session.refresh(proposal)
    if proposal.version != version:
        raise ProposalsChanged([proposal])
    proposal.version += 1


def answer_proposal(
    author: Author, proposal: Proposal, *, key: str, version: int, after: ProposalStatus, answer: str, **said: Any
) -> ProposalChange:
    """Add what became of a proposal, once for its key.

    An answer without a date was given today, and one that only changes its words when it was.

    Raises ProposalsChanged when somebody else was quicker.
    """
    digest = digest_of(said | {"after": after, "answer": answer, "proposal": proposal.key})
    hold(Proposal, proposal.id)
    if known := known_by(ProposalChange, key, digest):
        return known
    _take(proposal, version)
    said["answered_on"] = said.get("answered_on") or _day_of_answer(proposal, after, answer)
    change = _change(author, proposal, proposal.status, key=key, body_digest=digest, after=after, answer=answer, **said)
    proposal.status, proposal.answer, proposal.answered_on = after, answer, change.answered_on
    proposal.changes.append(change)
    db.session.flush()  # the next page reads the history in its order
    codes = {"before": change.before.value, "after": after.value}
    audit.note(author.id, "answer_proposal", "proposal", proposal.id, proposal.unit_path, **codes)
    return change


def _day_of_answer(proposal: Proposal, after: ProposalStatus, answer: str) -> date | None:
    """Give the day of an answer without one: today, unless only the words of the answer so far are put better."""
    if after is proposal.status and proposal.answered_on is not None:
        return proposal.answered_on
    return today() if answer else None


def _change(author: Author, proposal: Proposal, before: ProposalStatus, **said: Any) -> ProposalChange:
    facts = {"after": proposal.status} | said
    return ProposalChange(proposal_id=proposal.id, before=before, actor_id=author.id, changed_at=now(), **facts)


def publish_evidence(author: Author, change: ProposalChange) -> None:
    """Let everybody see what shows that a request was done; twice is once."""
    if change.has_evidence and not change.evidence_is_public:
        change.evidence_is_public = True
        audit.note(author.id, "publish_evidence", "proposal", change.proposal_id, change.unit_path)


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


def close_commitment(
    author: Author, commitment: Commitment, *, key: str, version: int, kept_on: date | None, outcome: str
) -> CommitmentChange:
    """Add what came of a promise, once for its key: the day on which it was kept, or why it was not.

    Raises CommitmentChanged when somebody else was quicker.
    """
    digest = digest_of({"kept_on": kept_on, "outcome": outcome, "commitment": commitment.key})
    hold(Commitment, commitment.id)
    if known := known_by(CommitmentChange, key, digest):
        return known
    db.session.refresh(commitment)
    if commitment.version != version:
        raise CommitmentChanged
    commitment.version += 1
    commitment.kept_on, commitment.outcome = kept_on, outcome
    change = CommitmentChange(
        key=key, body_digest=digest, kept_on=kept_on, outcome=outcome, actor_id=author.id, changed_at=now()
    )
    commitment.changes.append(change)
    db.session.flush()  # the next page reads the history in its order
    audit.note(author.id, "close_commitment", "commitment", commitment.id, commitment.unit_path)
    return change
