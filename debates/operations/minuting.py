"""Writing down what was said.

A statement that speaks of a threat at a place goes through `threats.operations.admit`; its observation is never
rewritten.
"""

import uuid
from collections.abc import Sequence
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
from consult.web.errors import Conflict
from debates import queries
from debates.models import Meeting, Statement
from debates.notes import LONGEST_STATEMENT, Note, SpeakerRole, StatementKind
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
from debates.stages import MeetingStage

SOURCE = "debates.statement"
"""The page that shows the statement behind an observation."""

SAID = (
    "kind",
    "text",
    "category_code",
    "place",
    "said_of",
    "weekdays",
    "times_of_day",
    "voices",
    "speaker",
    "answer",
)
"""What is written down of a statement."""


class CorrectedMeanwhile(Exception):
    """Somebody else corrected the statement since it was read."""


class CrossedOutMeanwhile(CorrectedMeanwhile):
    """Somebody else crossed the statement out since it was read."""


class NothingBefore(Exception):
    """There is no statement before the first one."""


class TooLongTogether(Exception):
    """Two statements would make one that is longer than a statement may be."""


def record_statement(author: Author, meeting: Meeting, *, key: str, place: Place | None, **said: Any) -> Statement:
    """Add the next thing said, once for its key; with a category and a place it goes on the map.

    A threat and a request go there alike, since who asks for a crossing at a place speaks of a danger at that place;
    questions, praise and information stay in the minutes. What is added while the minutes are being corrected
    is marked, since they may have been read without it. Raises PlaceRefused before anything is written.
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
        added_in_correction=meeting.stage is MeetingStage.CORRECTING,
        revision=1,
        **said,
    )
    written(author, statement, "add_in_correction" if statement.added_in_correction else "record_statement")
    _show_on_map(statement)
    return statement


def record_note(author: Author, meeting: Meeting, *, key: str, lines: Sequence[Note]) -> list[Statement]:
    """Add what a note says, a statement a line; the note's key makes one for each line, so it is saved once."""
    return [
        record_statement(
            author,
            meeting,
            key=uuid.uuid5(uuid.UUID(key), str(number)).hex,
            place=None,
            kind=line.kind or StatementKind.THREAT,
            text=line.text,
            category_code=line.category_code,
            voices=line.voices or 1,
            speaker=line.speaker or SpeakerRole.RESIDENT,
            answer=line.answer,
        )
        for number, line in enumerate(lines)
    ]


def correct_statement(
    author: Author, statement: Statement, *, place: Place | None, version: int | None = None, **said: Any
) -> None:
    """Correct a statement. Its observation is withdrawn and another one admitted when what it carries has changed.

    `version` is the one that the author read; raises CorrectedMeanwhile when another one stands now, and
    MinutesApproved when nobody may correct it any more.
    """
    hold_minutes(statement.meeting)
    _take_up(statement, version)
    statement.version += 1
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


def complete_statement(
    author: Author, statement: Statement, *, version: int, category_code: str | None, place: Place | None
) -> None:
    """Give a statement the category or the place that it lacked."""
    told = {name: value for name, value in (("category_code", category_code), ("place", place)) if value is not None}
    correct_statement(author, statement, version=version, **(said_of(statement) | told))


def withdraw_statement(author: Author, statement: Statement, *, reason: str) -> None:
    """Cross a statement out of the minutes: it stays there with the reason, and leaves the map.

    Raises MinutesApproved when nobody may cross it out any more.
    """
    hold_minutes(statement.meeting)
    _take_up(statement, None)
    if statement.withdrawn_at is not None:
        return
    statement.version += 1
    statement.withdrawn_at, statement.withdrawn_because = now(), reason
    if statement.observation is not None:
        threats.withdraw(statement.observation, author.id, reason)
        statement.observation = None
    audit.note(author.id, "withdraw_statement", "statement", statement.id, statement.unit_path)


def move_statement(author: Author, statement: Statement, *, earlier: bool) -> None:
    """Let a statement change places with the one before or after it in the minutes; at an end nothing happens."""
    standing = _standing(statement)
    place = standing.index(statement)
    other = place - 1 if earlier else place + 1
    if not 0 <= other < len(standing):
        return
    _put(statement, beside=standing[other], before=earlier)
    audit.note(author.id, "move_statement", "statement", statement.id, statement.unit_path)


def split_statement(
    author: Author,
    statement: Statement,
    *,
    key: str,
    version: int,
    text: str,
    rest: str,
    rest_category_code: str | None,
) -> Statement:
    """Make two statements of one, once for the key: the rest stands right after it, with the same people and place."""
    hold_minutes(statement.meeting)
    known = db.session.scalar(select(Statement).where(Statement.key == key))
    if known is not None and known.meeting_id == statement.meeting_id:
        if (statement.text, known.text) != (text, rest):
            raise Conflict
        return known
    _standing(statement)
    stood_there = rest in statement.text
    correct_statement(author, statement, version=version, **(said_of(statement) | {"text": text}))
    parted = record_statement(
        author,
        statement.meeting,
        key=key,
        **(said_of(statement) | {"text": rest, "category_code": rest_category_code, "answer": ""}),
    )
    if stood_there:
        parted.added_in_correction = statement.added_in_correction
    _put(parted, beside=statement, before=False)
    return parted


def join_statement(author: Author, statement: Statement, *, version: int) -> Statement:
    """Join a statement to the one before it, which is given; what only one of them knew, both know now.

    Raises NothingBefore for the first one, and TooLongTogether before anything is written.
    """
    standing = _standing(statement)
    place = standing.index(statement)
    if place == 0:
        raise NothingBefore
    _take_up(statement, version)
    first = standing[place - 1]
    said = _joined(first, statement)
    if max(len(said["text"]), len(said["answer"])) > LONGEST_STATEMENT:
        raise TooLongTogether
    correct_statement(author, first, **said)
    withdraw_statement(author, statement, reason=str(_("Joined to statement %(number)s", number=first.position)))
    return first


def _take_up(statement: Statement, version: int | None) -> None:
    """Read a statement as it stands now, one writer at a time, and refuse another version than the author read."""
    hold(Statement, statement.id)
    db.session.refresh(statement)
    if version is not None and version != statement.version:
        raise CorrectedMeanwhile if statement.withdrawn_at is None else CrossedOutMeanwhile


def _standing(statement: Statement) -> list[Statement]:
    """Hold the minutes and list what stands in them now, the statement included.

    Raises CrossedOutMeanwhile when somebody has crossed it out.
    """
    hold_minutes(statement.meeting)
    db.session.refresh(statement)  # it may have been read before somebody else moved it
    if statement.withdrawn_at is not None:
        raise CrossedOutMeanwhile
    return [entry for entry in queries.statements_of(statement.meeting) if entry.withdrawn_at is None]


def said_of(statement: Statement) -> dict[str, Any]:
    """Give all that is written down of a statement, by its name."""
    return {name: getattr(statement, name) for name in SAID}


def _joined(first: Statement, second: Statement) -> dict[str, Any]:
    """Say what two statements say together: the first one's kind, and whatever only the second one knew."""
    said = {name: value or getattr(second, name) for name, value in said_of(first).items()}
    return said | {
        "text": f"{first.text}\n{second.text}",
        "answer": "\n".join(filter(None, (first.answer, second.answer))),
        "voices": max(first.voices, second.voices),
        "weekdays": first.weekdays | second.weekdays,
        "times_of_day": first.times_of_day | second.times_of_day,
    }


def _put(statement: Statement, *, beside: Statement, before: bool) -> None:
    """Put a statement before or after another one; the numbers in the minutes follow."""
    order = [entry for entry in queries.statements_of(statement.meeting) if entry is not statement]
    order.insert(order.index(beside) + (0 if before else 1), statement)
    moved = [(number, entry) for number, entry in enumerate(order, 1) if entry.position != number]
    for number, entry in moved:
        entry.position = -number  # no number stands twice even for a moment
    db.session.flush()
    for number, entry in moved:
        entry.position = number
    db.session.flush()


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
