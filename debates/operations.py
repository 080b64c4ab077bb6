"""Writing meetings, what was said there, what was asked for and what was promised.

A record that a form sends twice is saved once; another content under the same key is a Conflict. A statement that
speaks of a threat at a place goes through `threats.operations.admit`; its observation is never rewritten.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date, time, timedelta
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from flask_babel import gettext as _
from sqlalchemy import func, select

from consult.accounts import queries as accounts
from consult.accounts.models import Unit
from consult.audit import operations as audit
from consult.catalogue import queries as catalogue
from consult.clock import now, today
from consult.db import Model, db
from consult.districts import queries as districts
from consult.geo import Place
from consult.observations.models import Observation, Plane
from consult.observations.operations import Voice
from consult.period import midnight
from consult.threats import operations as threats
from consult.threats import queries as threat_queries
from consult.threats.models import LinkedBy, Threat
from consult.web.errors import Conflict
from debates.models import (
    Commitment,
    Meeting,
    MeetingDistrict,
    Proposal,
    ProposalStatus,
    Statement,
)

SOURCE = "debates.statement"
"""The page that shows the statement behind an observation."""


class Author(Protocol):
    """Whoever writes: a person of the police, or the machine that reads a file."""

    @property
    def id(self) -> int: ...


Keyed = TypeVar("Keyed", Meeting, Statement, Proposal, Commitment)


def record_meeting(
    author: Author,
    *,
    key: str,
    unit_code: str,
    district_codes: Iterable[str],
    place: Place | None = None,
    **said: Any,
) -> Meeting:
    """Write a meeting down, once for its key; raise Conflict when the key came with another content."""
    unit = _unit(unit_code)
    digest = _digest(said | {"unit_code": unit_code, "district_codes": set(district_codes), "place": place})
    _hold(Unit, unit.id)
    if known := _known(Meeting, key, digest):
        return known
    _check(place)
    meeting = Meeting(
        key=key, body_digest=digest, unit=unit, place=place, author_id=author.id, created_at=now(), **said
    )
    _count_in(meeting, district_codes)
    return _written(author, meeting, "record_meeting")


def correct_meeting(
    author: Author,
    meeting: Meeting,
    *,
    unit_code: str,
    district_codes: Iterable[str],
    place: Place | None,
    **said: Any,
) -> None:
    """Correct a meeting's record. When its day changes, what was said there moves with it on the map."""
    place = _unmoved(meeting.place, place)
    _check(place)
    days = meeting.days
    meeting.unit, meeting.place = _unit(unit_code), place
    meeting.is_year_only = meeting.is_year_only and said["held_on"] == meeting.held_on
    for name, value in said.items():
        setattr(meeting, name, value)
    _count_in(meeting, district_codes)
    if meeting.days != days:
        for statement in meeting.statements:
            _follow(author, statement)
    audit.note(author.id, "correct_meeting", "meeting", meeting.id, meeting.unit_path)


def record_statement(author: Author, meeting: Meeting, *, key: str, place: Place | None, **said: Any) -> Statement:
    """Add the next thing said, once for its key; with a category and a place it goes on the map.

    A threat and a request go there alike, since who asks for a crossing at a place speaks of a danger at that place;
    questions, praise and information stay in the minutes. Raises PlaceRefused before anything is written.
    """
    digest = _digest(said | {"place": place, "meeting": meeting.key})
    _hold(Meeting, meeting.id)
    if known := _known(Statement, key, digest):
        return known
    _check(place)
    statement = Statement(
        key=key,
        body_digest=digest,
        meeting=meeting,
        position=_next_position(meeting),
        place=place,
        author_id=author.id,
        recorded_at=now(),
        revision=1,
        **said,
    )
    _written(author, statement, "record_statement")
    _show_on_map(statement)
    return statement


def correct_statement(author: Author, statement: Statement, *, place: Place | None, **said: Any) -> None:
    """Correct a statement. Its observation is withdrawn and another one admitted when what it carries has changed."""
    place = _unmoved(statement.place, place)
    _check(place)
    before = _whereabouts(statement), _carried(statement)
    statement.place = place
    for name, value in said.items():
        setattr(statement, name, value)
    statement.category = catalogue.by_code(statement.category_code) if statement.category_code else None
    if _carried(statement) != before[1] or (statement.observation is not None) != statement.belongs_on_the_map:
        _follow(author, statement, moved=_whereabouts(statement) != before[0])
    audit.note(author.id, "correct_statement", "statement", statement.id, statement.unit_path)


def withdraw_statement(author: Author, statement: Statement, *, reason: str) -> None:
    """Cross a statement out of the minutes: it stays there with the reason, and leaves the map."""
    if statement.withdrawn_at is not None:
        return
    statement.withdrawn_at, statement.withdrawn_because = now(), reason
    if statement.observation is not None:
        threats.withdraw(statement.observation, author.id, reason)
        statement.observation = None
    audit.note(author.id, "withdraw_statement", "statement", statement.id, statement.unit_path)


def record_proposal(
    author: Author, meeting: Meeting, *, key: str, statement: Statement | None = None, **said: Any
) -> Proposal:
    """Write down what was asked of whom, once for its key."""
    digest = _digest(said | {"statement": statement.key if statement else None, "meeting": meeting.key})
    _hold(Meeting, meeting.id)
    if known := _known(Proposal, key, digest):
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
    return _written(author, proposal, "record_proposal")


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
    digest = _digest(said | {"proposal": proposal.key})
    _hold(Proposal, proposal.id)
    if known := _known(Commitment, key, digest):
        return known
    commitment = Commitment(
        key=key, body_digest=digest, proposal=proposal, author_id=author.id, created_at=now(), **said
    )
    return _written(author, commitment, "record_commitment")


def close_commitment(author: Author, commitment: Commitment, *, kept_on: date | None, outcome: str) -> None:
    """Write down what came of a promise: the day on which it was kept, or why it was not."""
    commitment.kept_on, commitment.outcome = kept_on, outcome
    audit.note(author.id, "close_commitment", "commitment", commitment.id, commitment.unit_path)


def _unit(code: str) -> Unit:
    unit = accounts.unit_by_code(code)
    assert unit is not None, "the form offers units that exist"
    return unit


def _count_in(meeting: Meeting, district_codes: Iterable[str]) -> None:
    wanted, there = set(district_codes), {entry.district_code: entry for entry in meeting.districts}
    meeting.districts = [there.get(code) or MeetingDistrict(district_code=code) for code in sorted(wanted)]


def _hold(model: type[Model], row_id: int) -> None:
    """Let one writer at a time add to a parent: of two clicks the second one finds what the first one saved."""
    key = model.__table__.c.id
    db.session.execute(select(key).where(key == row_id).with_for_update())


def _known(model: type[Keyed], key: str, digest: str) -> Keyed | None:
    """Find what the same form saved before, or raise Conflict when it says something else now."""
    known = db.session.scalar(select(model).where(model.key == key))
    if known is not None and known.body_digest != digest:
        raise Conflict
    return known


def _written(author: Author, record: Keyed, act: str) -> Keyed:
    db.session.add(record)
    db.session.flush()  # the trail names the row by its id
    audit.note(author.id, act, record.__tablename__, record.id, record.unit_path)
    return record


def _digest(said: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(said, default=_plain, sort_keys=True).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Place):
        return value.record
    if isinstance(value, date | time):
        return value.isoformat()
    return value.value if isinstance(value, StrEnum) else sorted(value)


def _check(place: Place | None) -> None:
    """Refuse a place outside the boundaries before anything is written."""
    if place is not None:
        districts.containing(place)


def _unmoved(before: Place | None, after: Place | None) -> Place | None:
    """Keep a place as it was when only its drawing came back: the words and the accuracy it was found with stay."""
    if before is None or after is None or before.geojson != after.geojson:
        return after
    return before if after.code == before.code and not after.words else after


def _next_position(meeting: Meeting) -> int:
    last = db.session.scalar(select(func.max(Statement.position)).where(Statement.meeting_id == meeting.id))
    return (last or 0) + 1


def _whereabouts(statement: Statement) -> tuple[Any, ...]:
    """What decides which threat a voice belongs to: category, place, time."""
    place = statement.place.record if statement.place else None
    return (statement.category_code, place, statement.days, statement.weekdays, statement.times_of_day)


def _carried(statement: Statement) -> tuple[Any, ...]:
    """Everything that the observation says of the statement."""
    return (*_whereabouts(statement), statement.text, statement.voices)


def _follow(author: Author, statement: Statement, *, moved: bool = True) -> None:
    """Bring the map up to a corrected statement: the old voice is taken back, a new one admitted.

    Where only words or numbers changed and a person had decided which threat the voice belongs to, it stays there.
    """
    kept = None if moved else _chosen_by_a_person(statement.observation)
    if statement.observation is not None:
        threats.withdraw(statement.observation, author.id, str(_("Corrected in the minutes")))
        statement.observation = None
        statement.revision += 1
    _show_on_map(statement, kept)


def _chosen_by_a_person(observation: Observation | None) -> Threat | None:
    link = threat_queries.open_link(observation.id) if observation else None
    return link.threat if link is not None and link.made_by is LinkedBy.PERSON else None


def _show_on_map(statement: Statement, threat: Threat | None = None) -> None:
    if statement.belongs_on_the_map:
        statement.observation = threats.admit(_voice(statement), threat)
        db.session.flush()  # the statement and its observation are read together


def _voice(statement: Statement) -> Voice:
    """Say what the map needs of a statement. A show of hands is one voice, with its number beside it."""
    assert statement.category_code is not None
    assert statement.place is not None
    assert statement.days is not None
    category = catalogue.by_code(statement.category_code)
    assert category is not None
    first, last = statement.days
    return Voice(
        source=SOURCE,
        source_key=statement.key if statement.revision == 1 else f"{statement.key}.{statement.revision}",
        plane=Plane.DIRECT_CONTACT,
        category=category,
        place=statement.place,
        observed_from=midnight(first),
        observed_to=midnight(last + timedelta(days=1)) - timedelta(seconds=1),
        weekdays=statement.weekdays,
        times_of_day=statement.times_of_day,
        voices=statement.voices,
        voice_key=f"statement:{statement.key}",
        text=statement.text,
    )
