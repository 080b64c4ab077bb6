"""What a transaction notes joins the chain at the transaction's very end.

Whoever adds to the chain has to know its last entry, so one comes after another: the turn is taken last, when all else
is written, and is held for no longer than the commit takes. A transaction that fails leaves nothing, and none commits
without its entries.
"""

import zlib
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import event, insert, select
from sqlalchemy.orm import Session, SessionTransaction

from consult.audit.chain import BEGINNING, Head, digest_of, plain
from consult.audit.models import AuditEntry
from consult.db import db, take_turn

CHAIN = zlib.crc32(b"chain of the audit trail")
"""The turn of whoever adds to the chain."""

ENTRIES: Any = AuditEntry.__table__
_NOTED = "audit_noted"


@dataclass(frozen=True, slots=True)
class Noted:
    """What an entry will say."""

    at: datetime
    actor_id: int
    act: str
    object_kind: str
    object_id: str
    unit_path: str
    detail: dict[str, Any]


def add(entry: Noted) -> None:
    """Let the transaction at hand write an entry when it commits; a savepoint rolled back takes its own along."""
    session = db.session()
    transaction = _transaction(session) or session.begin()
    noted: dict[SessionTransaction, list[Noted]] = session.info.setdefault(_NOTED, {})
    noted.setdefault(transaction, []).append(replace(entry, detail=plain(entry.detail)))


def waiting() -> list[Noted]:
    """List what the transaction at hand has noted and nobody can read yet, oldest first."""
    noted: dict[SessionTransaction, list[Noted]] = db.session().info.get(_NOTED, {})
    return [entry for entries in noted.values() for entry in entries]


def last() -> Head:
    """Tell where the trail stands."""
    return _last(db.session())


def _last(session: Session) -> Head:
    chosen = select(ENTRIES.c.id, ENTRIES.c.hash).order_by(ENTRIES.c.id.desc()).limit(1)
    found = session.connection().execute(chosen).first()
    return Head(found.id, found.hash) if found else BEGINNING


def _transaction(session: Session) -> SessionTransaction | None:
    return session.get_nested_transaction() or session.get_transaction()


@event.listens_for(db.session, "before_commit")
def settle(session: Session) -> None:
    """Write what a transaction noted; what a savepoint noted becomes its transaction's."""
    noted, transaction = session.info.get(_NOTED), _transaction(session)
    if not noted or transaction is None or transaction not in noted:
        return
    entries = noted.pop(transaction)
    if transaction.nested and transaction.parent is not None:
        noted.setdefault(transaction.parent, []).extend(entries)
    else:
        _append(session, entries)


@event.listens_for(db.session, "after_transaction_end")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    """Drop what was rolled back."""
    session.info.get(_NOTED, {}).pop(transaction, None)


def _append(session: Session, entries: list[Noted]) -> None:
    session.flush()  # whatever else there is to write comes first
    take_turn(CHAIN)
    head, rows = _last(session), []
    for number, entry in enumerate(entries, head.number + 1):
        digest = digest_of(number, entry, head.digest)
        rows.append({"id": number, **asdict(entry), "prev": head.digest, "hash": digest})
        head = Head(number, digest)
    session.connection().execute(insert(ENTRIES), rows)
