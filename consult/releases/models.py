"""The table of releases. Rows are only ever added: the database itself refuses to change or delete one."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from consult.db import Key, Model
from consult.releases.sealing import digest_of


class ReleaseKind(StrEnum):
    """What was published: threats of a month, or what people answered to a survey."""

    THREATS = "threats"
    SURVEY = "survey"


class Release(Model):
    """Figures as they were published. `subject` is the month or the survey, `titles` are its names.

    `figures` is the text that the digest is of. `bases` are the exact numbers of people behind the figures of a survey,
    which nobody is shown: they tell whether enough people came since for the next release.
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

    @property
    def is_intact(self) -> bool:
        """Whether the figures are those that the digest was made of."""
        return digest_of(self.figures) == self.digest
