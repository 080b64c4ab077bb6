"""The versions of summaries, with who wrote, looked at and released them, and the offices that are told of them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.audit.chain import Head
from consult.db import Key, Model
from consult.summaries.figures import Edition


class SummaryVersion(Model):
    """A summary as it was written: a draft until somebody looks at it and the head of the unit releases it.

    A public one has a number from one on, and everybody reads it once it is released; a later one says by `because`
    what was wrong with the one that it replaces. The edition for staff is never released and has no number: it has
    one row, written over. `digest` is that of the data file, `figures` that of the figures alone, `made_of` that of
    all that the documents were made of, and `pdf_digest` that of the printed document's bytes. `trail_entry` and
    `trail_digest` say where the audit trail stood when these figures were first written down; they stay while the
    figures do, however often the document is printed. Nobody stands for what a machine did; who released it stands
    there by function.
    """

    __tablename__ = "summary_version"
    __table_args__ = (
        UniqueConstraint("district_code", "period", "edition", "language", "number"),
        Index(None, "edition", "released_at"),
        CheckConstraint("(edition = 'public') = (number >= 1) AND number >= 0", "public_ones_are_numbered"),
        CheckConstraint("released_at IS NULL OR looked_at IS NOT NULL", "looked_at_before_released"),
        CheckConstraint("released_at IS NULL OR edition = 'public'", "only_public_ones_are_released"),
    )

    id: Mapped[Key]
    district_code: Mapped[str] = mapped_column(String(4))
    period: Mapped[str] = mapped_column(String(7), index=True)
    edition: Mapped[Edition]
    language: Mapped[str] = mapped_column(String(2))
    number: Mapped[int]
    stem: Mapped[str] = mapped_column(String(120))
    digest: Mapped[str] = mapped_column(String(64))
    figures: Mapped[str] = mapped_column(String(64))
    made_of: Mapped[str] = mapped_column(String(64))
    pdf_digest: Mapped[str] = mapped_column(String(64))
    trail_entry: Mapped[int | None] = mapped_column(BigInteger)
    trail_digest: Mapped[str] = mapped_column(String(64), default="")
    because: Mapped[str] = mapped_column(String(1000), default="")
    written_at: Mapped[datetime]
    written_by_id: Mapped[int | None]
    looked_at: Mapped[datetime | None]
    looked_by_id: Mapped[int | None]
    released_at: Mapped[datetime | None]
    released_by_id: Mapped[int | None]
    released_by: Mapped[str] = mapped_column(String(120), default="")

    @property
    def trail(self) -> Head | None:
        """Where the audit trail stood, number 0 while it was empty; unknown of versions from before it was a chain."""
        return None if self.trail_entry is None else Head(self.trail_entry, self.trail_digest)

    @property
    def is_released(self) -> bool:
        """Whether everybody reads it."""
        return self.released_at is not None

    @property
    def is_correction(self) -> bool:
        """Whether it replaces an earlier version."""
        return self.number > 1


class SummaryReader(Model):
    """An office that is written to when a summary of a district is released: the starosta, a wójt, a council.

    `function` says whose office it is and names nobody. The address is erased when the office is withdrawn from the
    list or stops the letters itself. `stopped_hash` is then all that is left of it: it opens nothing, and tells only
    whether the same address is entered again.
    """

    __tablename__ = "summary_reader"
    __table_args__ = (
        UniqueConstraint("district_code", "email"),
        CheckConstraint("(email IS NULL) = (ended_at IS NOT NULL)", "address_until_the_end"),
        CheckConstraint("stopped_hash IS NULL OR ended_at IS NOT NULL", "stopped_ones_have_ended"),
    )

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(32), unique=True)
    district_code: Mapped[str] = mapped_column(String(4))
    function: Mapped[str] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(254))
    languages: Mapped[list[str]]
    entered_at: Mapped[datetime]
    entered_by_id: Mapped[int]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None]
    stopped_hash: Mapped[str | None] = mapped_column(String(64), index=True)

    @property
    def stands(self) -> bool:
        """Whether letters go there."""
        return self.ended_at is None

    @property
    def has_stopped(self) -> bool:
        """Whether the office itself ended the letters."""
        return self.ended_at is not None and self.ended_by_id is None


class LetterState(StrEnum):
    """How a letter about a release stands."""

    SENDING = "sending"
    SENT = "sent"
    WAITING = "waiting"
    REFUSED = "refused"
    GIVEN_UP = "given_up"


class SummaryLetter(Model):
    """A letter about a released version to a reader: one row, so that none goes twice.

    The row is written before the letter goes. One that stays at `sending` was broken off, and nobody knows whether it
    went. Of the link that stops the letters only the hash is kept.
    """

    __tablename__ = "summary_letter"
    __table_args__ = (UniqueConstraint("version_id", "reader_id"), Index(None, "state"))

    id: Mapped[Key]
    version_id: Mapped[int] = mapped_column(ForeignKey("summary_version.id"))
    reader_id: Mapped[int] = mapped_column(ForeignKey("summary_reader.id"), index=True)
    state: Mapped[LetterState]
    tried_at: Mapped[datetime]
    stop_hash: Mapped[str] = mapped_column(String(64), unique=True)

    version: Mapped[SummaryVersion] = relationship(lazy="joined")
    reader: Mapped[SummaryReader] = relationship(lazy="joined")
