"""The versions of summaries, with who wrote, looked at and released them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from consult.db import Key, Model
from consult.summaries.figures import Edition


class SummaryVersion(Model):
    """A summary as it was written: a draft until somebody looks at it and the head of the unit releases it.

    A public one has a number from one on, and everybody reads it once it is released; a later one says by `because`
    what was wrong with the one that it replaces. The edition for staff is never released and has no number: it has
    one row, written over. `digest` is that of the data file, `figures` that of the figures alone, `made_of` that of
    all that the documents were made of, and `pdf_digest` that of the printed document's bytes. Nobody stands for what
    a machine did; who released it stands there by function.
    """

    __tablename__ = "summary_version"
    __table_args__ = (
        UniqueConstraint("district_code", "period", "edition", "language", "number"),
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
    because: Mapped[str] = mapped_column(String(1000), default="")
    written_at: Mapped[datetime]
    written_by_id: Mapped[int | None]
    looked_at: Mapped[datetime | None]
    looked_by_id: Mapped[int | None]
    released_at: Mapped[datetime | None]
    released_by_id: Mapped[int | None]
    released_by: Mapped[str] = mapped_column(String(120), default="")

    @property
    def is_released(self) -> bool:
        """Whether everybody reads it."""
        return self.released_at is not None

    @property
    def is_correction(self) -> bool:
        """Whether it replaces an earlier version."""
        return self.number > 1
