"""The table of residents' online reports: what was sent, and the receipt."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.catalogue.models import Category
from consult.db import Key, Model
from consult.geo import Place
from consult.period import day_of
from consult.threats.workflow import Status


class Channel(StrEnum):
    """How a report reached us."""

    PAGE = "page"
    IMPORT = "import"


class OnlineReport(Model):
    """A resident's report. Its receipt is a secret link of which only the hash is kept.

    `natural_key` identifies the report for ever: the receipt's hash, or the other system's own id; under it the
    report's observation is found. `body_digest` tells the same content sent twice from another one under the same key.
    `joined_threat_id` is the threat of which the resident said "I see it too": such a report has no place of its own,
    and `place` is where the map showed that threat. `imported_status` is what the other system said when the report
    came; no status of ours follows from it.
    """

    __tablename__ = "online_report"
    __table_args__ = (
        CheckConstraint("length(description) <= 500", "description_is_short"),
        CheckConstraint("(channel = 'page') = (receipt_hash IS NOT NULL)", "a_page_gives_a_receipt"),
        CheckConstraint("imported_status IS NULL OR channel = 'import'", "only_files_bring_a_status"),
        {"sqlite_autoincrement": True},  # the number of a deleted report is never given again
    )

    id: Mapped[Key]
    channel: Mapped[Channel]
    natural_key: Mapped[str] = mapped_column(String(120), unique=True)
    receipt_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    body_digest: Mapped[str] = mapped_column(String(64))
    category_code: Mapped[str] = mapped_column(ForeignKey("category.code"))
    place: Mapped[Place]
    observed_from: Mapped[datetime]
    observed_to: Mapped[datetime]
    weekdays: Mapped[int] = mapped_column(default=0)
    times_of_day: Mapped[int] = mapped_column(default=0)
    description: Mapped[str] = mapped_column(String(500), default="")
    language: Mapped[str] = mapped_column(String(2), default="pl")
    voice_key: Mapped[str | None] = mapped_column(String(64))
    imported_status: Mapped[Status | None]
    joined_threat_id: Mapped[int | None] = mapped_column(ForeignKey("threat.id"))
    sent_at: Mapped[datetime] = mapped_column(index=True)
    withdrawn_at: Mapped[datetime | None]

    category: Mapped[Category] = relationship(lazy="joined")

    @property
    def number(self) -> str:
        """The number for talking about the report: it opens nothing. Numbers run on from year to year."""
        return f"ZG-{day_of(self.sent_at).year}-{self.id:06}"
