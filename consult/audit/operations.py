"""Writing the trail: one call beside every write of staff, in the same transaction."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from consult.audit import chain, chaining, queries
from consult.audit.chain import BEGINNING, Head, Verdict
from consult.audit.models import AuditCheck, Erasure
from consult.clock import now
from consult.db import apart, db, read_only, transaction

MACHINE = 0
"""The actor of what no person did."""

PART = 500

ALL_ANEW_AFTER = timedelta(days=6)
"""Every night looks at what is new, and about once a week at everything: an old entry can be changed too."""


def note(actor_id: int, act: str, object_kind: str, object_id: object, unit_path: str = "", **detail: Any) -> None:
    """Add an entry. `act` is a verb of the operations ("record_statement"); `detail` holds codes, never texts.

    It is written when the transaction commits, and by nothing else (`chaining`).
    """
    chaining.add(
        chaining.Noted(
            at=now(),
            actor_id=actor_id,
            act=act,
            object_kind=object_kind,
            object_id=str(object_id),
            unit_path=unit_path,
            detail=detail,
        )
    )


def note_reading(actor_id: int, act: str, object_kind: str, object_id: object, unit_path: str, **detail: Any) -> None:
    """Add an entry about what somebody of staff looked at or took along, by a page that only reads.

    It is kept in a transaction of its own before the first byte leaves: what cannot be noted is not given.
    """
    with apart():
        note(actor_id, act, object_kind, object_id, unit_path, **detail)


def note_erasure(kind: str, key: str) -> None:
    """Keep in mind that something was erased at a person's wish, so that no older backup brings it back for good.

    `kind` names who erases it again (`ERASERS` in `consult.app`), `key` what it was; who wished it is not kept.
    """
    db.session.add(Erasure(kind=kind, key=key, erased_at=now()))


def forget_erasures(before: datetime) -> int:
    """Forget one part of what was erased before a moment, and tell how much."""
    ids = db.session.scalars(select(Erasure.id).where(Erasure.erased_at < before).limit(PART)).all()
    db.session.execute(delete(Erasure).where(Erasure.id.in_(ids)))
    return len(ids)


def verify(anchors: Iterable[Head] = (), since: Head = BEGINNING) -> Verdict:
    """Follow the chain in parts; for commands and jobs, which hold no transaction meanwhile."""
    db.session.rollback()
    read_only(True)  # noqa: FBT003  # nobody who writes waits for it
    try:
        return chain.verify(queries.each(since.number), anchors, since)
    finally:
        db.session.rollback()
        read_only(False)  # noqa: FBT003


def check() -> AuditCheck:
    """Look at what is new since the chain was last found whole, or at everything, and write down what it came to."""
    begin, is_due = _found_whole()
    if is_due or (begin.number and queries.digest_at(begin.number) != begin.digest):
        verdict, since = verify([begin]), BEGINNING
    else:
        verdict, since = verify(since=begin), begin
    found = AuditCheck(
        at=now(),
        since_id=since.number,
        entry_id=verdict.head.number,
        entry_hash=verdict.head.digest,
        broken_at=verdict.broken_at,
    )
    with transaction():
        db.session.add(found)
    return found


def _found_whole() -> tuple[Head, bool]:
    """Tell up to which entry the chain was last found whole, and whether it is time to look at everything anew."""
    last, all_of_it = queries.last_whole(), queries.last_whole(is_of_everything=True)
    if last is None or all_of_it is None:
        return BEGINNING, True
    return Head(last.entry_id, last.entry_hash), all_of_it.at < now() - ALL_ANEW_AFTER
