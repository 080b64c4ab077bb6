"""The table of releases. Rows are only ever added: the database itself refuses to change or delete one."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from consult.audit.chain import Head
from consult.db import Key, Model
from consult.releases.sealing import digest_of


class ReleaseKind(StrEnum):
    """What was published: threats of a month, or what people answered to a survey."""

    THREATS = "threats"
    SURVEY = "survey"


class Release(Model):
    """Figures as they were published. `subject` is the month or the survey, `titles` are its names.

    `figures` is the text that the digest is of. `trail_entry` and `trail_digest` say where the audit trail stood when
    it was published; releases from before the trail was a chain have none. `bases` are the exact numbers of people
    behind the figures of a survey, which nobody is shown: they tell whether enough people came since for the next one.
    """

    __tablename__ = "figure_release"
    __table_args__ = (
        UniqueConstraint("kind", "subject", "cutoff_on"),
        CheckConstraint("length(digest) = 64", "digest_is_sha256"),
    )

    id: Mapped[Key]
    kind: Mapped[ReleaseKind]
    subject: Mapped[str] = mapped_column(String(80))
    cutoff_on: Mapped[date]
    created_at: Mapped[datetime]
    digest: Mapped[str] = mapped_column(String(64))
    titles: Mapped[dict[str, Any]]
    figures: Mapped[str] = mapped_column(Text, deferred=True)
    bases: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    trail_entry: Mapped[int | None] = mapped_column(BigInteger)
    trail_digest: Mapped[str | None] = mapped_column(String(64))

    @property
    def trail(self) -> Head | None:
        """Where the audit trail stood."""
        return Head(self.trail_entry, self.trail_digest) if self.trail_entry and self.trail_digest else None

    @property
    def is_intact(self) -> bool:
        """Whether the figures are those that the digest was made of."""
        return digest_of(self.figures) == self.digest
