"""The table of warnings that the coordinator puts on public pages."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from consult.db import Key, Model


class Banner(Model):
    """A warning ("Uwaga, oszustwa") above the public pages of an area, from its first day to its last.

    `area_code` is a district's TERYT code, or empty for the whole country. A text that is empty gives way to the
    Polish one. `ended_at` is when somebody took it down before its time; `key` is that of the form it came with.
    """

    __tablename__ = "banner"
    __table_args__ = (
        CheckConstraint("last_on >= first_on", "days_in_order"),
        CheckConstraint("length(text_pl) > 0", "it_says_something"),
    )

    id: Mapped[Key]
    area_code: Mapped[str] = mapped_column(String(4))
    text_pl: Mapped[str] = mapped_column(String(300))
    text_en: Mapped[str] = mapped_column(String(300), default="")
    text_uk: Mapped[str] = mapped_column(String(300), default="")
    first_on: Mapped[date]
    last_on: Mapped[date] = mapped_column(index=True)
    key: Mapped[str | None] = mapped_column(String(32), index=True, unique=True)
    author_id: Mapped[int]
    written_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    def is_shown_on(self, day: date) -> bool:
        """Tell whether public pages show it on a day."""
        return self.ended_at is None and self.first_on <= day <= self.last_on
