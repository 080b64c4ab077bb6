"""Writing the trail: one call beside every write of staff, in the same transaction."""

from typing import Any

from consult.audit.models import AuditEntry
from consult.clock import now
from consult.db import apart, db

MACHINE = 0
"""The actor of what no person did."""


def note(actor_id: int, act: str, object_kind: str, object_id: object, unit_path: str = "", **detail: Any) -> None:
    """Add an entry. `act` is a verb of the operations ("record_statement"); `detail` holds codes, never texts."""
    entry = AuditEntry(
        at=now(),
        actor_id=actor_id,
        act=act,
        object_kind=object_kind,
        object_id=str(object_id),
        unit_path=unit_path,
        detail=detail,
    )
    db.session.add(entry)


def note_reading(actor_id: int, act: str, object_kind: str, object_id: object, unit_path: str, **detail: Any) -> None:
    """Add an entry about what somebody of staff looked at or took along, by a page that only reads.

    It is kept in a transaction of its own before the first byte leaves: what cannot be noted is not given.
    """
    with apart():
        note(actor_id, act, object_kind, object_id, unit_path, **detail)
