"""Writing down what was said.

A statement that speaks of a threat at a place goes through `threats.operations.admit`; its observation is never
rewritten.
"""

from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from consult.audit import operations as audit
from consult.catalogue import queries as catalogue
from consult.clock import now
from consult.db import db
from consult.geo import Place
from consult.observations.models import Observation, Plane
from consult.observations.operations import Voice
from consult.period import midnight
from consult.threats import operations as threats
from consult.threats import queries as threat_queries
from consult.threats.models import LinkedBy, Threat
from debates.models import (
    Meeting,
    Statement,
)
from debates.operations.writing import (
    Author,
    NotHeld,
    check,
    digest_of,
    hold,
    hold_minutes,
    known_by,
    unmoved,
    written,
)

SOURCE = "debates.statement"
"""The page that shows the statement behind an observation."""


def record_statement(author: Author, meeting: Meeting, *, key: str, place: Place | None, **said: Any) -> Statement:
    """Add the next thing said, once for its key; with a category and a place it goes on the map.

    A threat and a request go there alike, since who asks for a crossing at a place speaks of a danger at that place;
    questions, praise and information stay in the minutes. Raises PlaceRefused before anything is written.
    """
    digest = digest_of(said | {"place": place, "meeting": meeting.key})
    hold(Meeting, meeting.id)
    if known := known_by(Statement, key, digest):
        return known
    hold_minutes(meeting)
    if meeting.is_planned:
        raise NotHeld
    check(place)
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
    written(author, statement, "record_statement")
    _show_on_map(statement)
    return statement


def correct_statement(author: Author, statement: Statement, *, place: Place | None, **said: Any) -> None:
    """Correct a statement. Its observation is withdrawn and another one admitted when what it carries has changed.

    Raises MinutesApproved when nobody may correct it any more.
    """
    hold_minutes(statement.meeting)
    place = unmoved(statement.place, place)
    check(place)
    before = _whereabouts(statement), _carried(statement)
    statement.place = place
    for name, value in said.items():
        setattr(statement, name, value)
    statement.category = catalogue.by_code(statement.category_code) if statement.category_code else None
    if _carried(statement) != before[1] or (statement.observation is not None) != statement.belongs_on_the_map:
        follow(author, statement, moved=_whereabouts(statement) != before[0])
    audit.note(author.id, "correct_statement", "statement", statement.id, statement.unit_path)


def withdraw_statement(author: Author, statement: Statement, *, reason: str) -> None:
    """Cross a statement out of the minutes: it stays there with the reason, and leaves the map.

    Raises MinutesApproved when nobody may cross it out any more.
    """
    if statement.withdrawn_at is not None:
        return
    hold_minutes(statement.meeting)
    statement.withdrawn_at, statement.withdrawn_because = now(), reason
    if statement.observation is not None:
        threats.withdraw(statement.observation, author.id, reason)
        statement.observation = None
    audit.note(author.id, "withdraw_statement", "statement", statement.id, statement.unit_path)


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


def follow(author: Author, statement: Statement, *, moved: bool = True) -> None:
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
