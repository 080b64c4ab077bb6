"""The trail of what staff did, what looking at it came to, and what was erased at somebody's wish."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from consult.db import Key, Model


class AuditEntry(Model):
    """One act: who (a plain account id, 0 for the machine), what, on what, when. Never the words of a resident.

    Entries are numbered without gaps. `hash` is the digest of what the entry says and of `prev`, the `hash` of the one
    before it (`chain`). The database itself refuses to change or delete one; they are written by `chaining` alone.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (Index(None, "act", "id"),)

    id: Mapped[Key]
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[int] = mapped_column(index=True)
    act: Mapped[str] = mapped_column(String(60))
    object_kind: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[str] = mapped_column(String(60))
    unit_path: Mapped[str] = mapped_column(String(200))
    detail: Mapped[dict[str, Any]]
    prev: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditCheck(Model):
    """A look at the chain: from which entry on, up to which it is whole, and the first that is not as it was written.

    `since_id` 0 means that all was looked at. The database refuses to change or delete one, as with entries.
    """

    __tablename__ = "audit_check"
    __table_args__ = (CheckConstraint("length(entry_hash) = 64", "hash_is_sha256"),)

    id: Mapped[Key]
    at: Mapped[datetime]
    since_id: Mapped[int] = mapped_column(BigInteger)
    entry_id: Mapped[int] = mapped_column(BigInteger)
    entry_hash: Mapped[str] = mapped_column(String(64))
    broken_at: Mapped[int | None] = mapped_column(BigInteger)

    @property
    def is_intact(self) -> bool:
        """Whether nothing was found."""
        return self.broken_at is None


class Erasure(Model):
    """Something that a person had erased or took back, by its key alone: nothing of what it said.

    A backup from before holds it still; whoever restores one erases it again by this row. Rows go after a year.
    """

    __tablename__ = "erasure"

    id: Mapped[Key]
    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(120))
    erased_at: Mapped[datetime] = mapped_column(index=True)
