"""Tables of sheets for a proposed change: the sheet, and every version of what is written on it."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.accounts.models import Unit
from consult.allocation.sheet import Content, Kind
from consult.db import Key, Model, choice_of


class AllocationSheet(Model):
    """A proposed change of one unit, about a district or commune (TERYT); `key` is that of the form it came with."""

    __tablename__ = "allocation_sheet"

    id: Mapped[Key]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    area_code: Mapped[str] = mapped_column(String(7))
    kind: Mapped[Kind] = mapped_column(choice_of(Kind, "allocation_kind"))
    key: Mapped[str | None] = mapped_column(String(32), index=True, unique=True)
    created_at: Mapped[datetime]
    actor_id: Mapped[int]

    unit: Mapped[Unit] = relationship(lazy="joined")
    versions: Mapped[list["AllocationVersion"]] = relationship(
        back_populates="sheet", order_by="AllocationVersion.number", lazy="selectin"
    )

    @property
    def unit_path(self) -> str:
        """The path of the unit that proposes."""
        return self.unit.path

    @property
    def latest(self) -> "AllocationVersion":
        """The newest version."""
        return self.versions[-1]

    @property
    def content(self) -> Content:
        """What is written on the sheet now."""
        return self.latest.read


class AllocationVersion(Model):
    """What was written on a sheet at a moment; it never changes. `section` is the part that was written."""

    __tablename__ = "allocation_version"
    __table_args__ = (UniqueConstraint("sheet_id", "number"), CheckConstraint("number >= 1", "numbered_from_one"))

    id: Mapped[Key]
    sheet_id: Mapped[int] = mapped_column(ForeignKey("allocation_sheet.id"))
    number: Mapped[int]
    section: Mapped[str] = mapped_column(String(20))
    content: Mapped[dict[str, Any]]
    actor_id: Mapped[int]
    saved_at: Mapped[datetime]

    sheet: Mapped[AllocationSheet] = relationship(back_populates="versions")

    @property
    def read(self) -> Content:
        """The content as the rules know it."""
        return Content.from_record(self.content)
