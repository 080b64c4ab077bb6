"""What every operation of debates shares: one writer at a time, one record for one key, a note in the trail.

A record that a form sends twice is saved once; another content under the same key is a Conflict.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, time
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from sqlalchemy import select

from consult.audit import operations as audit
from consult.db import Model, db
from consult.districts import queries as districts
from consult.geo import Place
from consult.web.errors import Conflict
from debates.models import (
    Commitment,
    CommitmentChange,
    CorrectionLink,
    Meeting,
    MeetingFile,
    MinutesSuggestion,
    Proposal,
    ProposalChange,
    Statement,
)
from debates.stages import MinutesApproved


class Author(Protocol):
    """Whoever writes: a person of the police, or the machine that reads a file."""

    @property
    def id(self) -> int: ...


class NotHeld(Exception):
    """A meeting that is still planned: nothing was said there and nothing asked for."""


Keyed = TypeVar(
    "Keyed",
    Meeting,
    Statement,
    Proposal,
    ProposalChange,
    Commitment,
    CommitmentChange,
    CorrectionLink,
    MeetingFile,
    MinutesSuggestion,
)


def hold(model: type[Model], row_id: int) -> None:
    """Let one writer at a time add to a parent: of two clicks the second one finds what the first one saved."""
    key = model.__table__.c.id
    db.session.execute(select(key).where(key == row_id).with_for_update())


def hold_minutes(meeting: Meeting) -> None:
    """Hold a meeting to change what its minutes say; raises MinutesApproved when somebody approved them by now."""
    hold(Meeting, meeting.id)
    db.session.refresh(meeting, ["stage"])
    if meeting.is_approved:
        raise MinutesApproved


def known_by(model: type[Keyed], key: str, digest: str) -> Keyed | None:
    """Find what the same form saved before, or raise Conflict when it says something else now."""
    known = db.session.scalar(select(model).where(model.key == key))
    if known is not None and known.body_digest != digest:
        raise Conflict
    return known


def written(author: Author, record: Keyed, act: str) -> Keyed:
    db.session.add(record)
    db.session.flush()  # the trail names the row by its id
    audit.note(author.id, act, record.__tablename__, record.id, record.unit_path)
    return record


def digest_of(said: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(said, default=_plain, sort_keys=True).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Place):
        return value.record
    if isinstance(value, date | time):
        return value.isoformat()
    return value.value if isinstance(value, StrEnum) else sorted(value)


def check(place: Place | None) -> None:
    """Refuse a place outside the boundaries before anything is written."""
    if place is not None:
        districts.containing(place)


def unmoved(before: Place | None, after: Place | None) -> Place | None:
    """Keep a place as it was when only its drawing came back: the words and the accuracy it was found with stay."""
    if before is None or after is None or before.geojson != after.geojson:
        return after
    return before if after.code == before.code and not after.words else after
