"""Reading the trail."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from consult.audit import chaining
from consult.audit.chain import Head
from consult.audit.chaining import ENTRIES
from consult.audit.models import AuditCheck, AuditEntry, Erasure
from consult.db import db

PART = 5_000
"""So many entries are looked at in one reading of the database."""


def of_object(object_kind: str, object_id: object, act: str | None = None) -> Sequence[AuditEntry]:
    """List what was done to one object, oldest first; an act of one kind is found by an index, all by reading all."""
    chosen = [AuditEntry.object_kind == object_kind, AuditEntry.object_id == str(object_id)]
    if act:
        chosen.append(AuditEntry.act == act)
    return db.session.scalars(select(AuditEntry).where(*chosen).order_by(AuditEntry.id)).all()


def head() -> Head | None:
    """Tell where the trail stands; None while nothing was noted."""
    found = chaining.last()
    return found if found.number else None


def mark() -> dict[str, int]:
    """Tell where the trail ends, for a backup: the number of its last entry and how many there are.

    A backup is also made of tables from before the trail was a chain: no digest is read here.
    """
    last, number = db.session.execute(select(func.max(ENTRIES.c.id), func.count(ENTRIES.c.id))).one()
    return {"last": last or 0, "entries": number}


def count() -> int:
    """Count all entries."""
    return db.session.scalar(select(func.count()).select_from(AuditEntry)) or 0


def digest_at(number: int) -> str | None:
    """Give the digest of an entry, or None when it is not there."""
    return db.session.scalar(select(AuditEntry.hash).where(AuditEntry.id == number))


def each(after: int = 0) -> Iterator[Any]:
    """Go through the entries after one of them in parts, each in a transaction of its own."""
    while True:
        chosen = select(ENTRIES).where(ENTRIES.c.id > after).order_by(ENTRIES.c.id).limit(PART)
        part = db.session.execute(chosen).all()
        db.session.rollback()  # a reading that lasts keeps SQLite from emptying its log
        yield from part
        if len(part) < PART:
            return
        after = part[-1].id


def last_check() -> AuditCheck | None:
    """Find the last look at the chain."""
    return db.session.scalars(select(AuditCheck).order_by(AuditCheck.id.desc()).limit(1)).first()


def broken() -> AuditCheck | None:
    """Find the last look at the chain when it did not find it whole."""
    found = last_check()
    return None if found is None or found.is_intact else found


def last_whole(*, is_of_everything: bool = False) -> AuditCheck | None:
    """Find the last look that found the chain whole, or the last such one that went through everything."""
    chosen = select(AuditCheck).where(AuditCheck.broken_at.is_(None)).order_by(AuditCheck.id.desc()).limit(1)
    return db.session.scalars(chosen.where(AuditCheck.since_id == 0) if is_of_everything else chosen).first()


def erasures_since(moment: datetime) -> list[tuple[str, str]]:
    """List what was erased at somebody's wish from a moment on: each kind and key once."""
    chosen = select(Erasure.kind, Erasure.key).where(Erasure.erased_at >= moment).distinct()
    return [(kind, key) for kind, key in db.session.execute(chosen.order_by(Erasure.kind, Erasure.key))]
