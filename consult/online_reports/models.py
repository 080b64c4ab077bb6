"""The table of residents' online reports: what was sent, and the receipt."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.catalogue.models import Category
from consult.db import Key, Model
from consult.geo import Place
from consult.observations.models import Observation


class Channel(StrEnum):
    """How a report reached us."""

    PAGE = "page"
    IMPORT = "import"


class OnlineReport(Model):
    """A resident's report. Its receipt is a secret link of which only the hash is kept; `number` is for talking.

    `natural_key` identifies the report for ever: the receipt's hash, or the other system's own id. `body_digest` tells
    the same content sent twice from another one under the same key.
    """

    __tablename__ = "online_report"
    __table_args__ = (
        CheckConstraint("length(description) <= 500", "description_is_short"),
        CheckConstraint("(channel = 'page') = (receipt_hash IS NOT NULL)", "a_page_gives_a_receipt"),
        Index(None, "observation_id"),
    )

    id: Mapped[Key]
    number: Mapped[str] = mapped_column(String(20), unique=True)
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
    sent_at: Mapped[datetime] = mapped_column(index=True)
    withdrawn_at: Mapped[datetime | None]
    observation_id: Mapped[int | None] = mapped_column(ForeignKey("observation.id"))

    category: Mapped[Category] = relationship()
    observation: Mapped[Observation | None] = relationship()
