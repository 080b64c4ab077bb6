"""Tables of partners with the areas they serve and the kinds of threats they are for."""

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.db import Key, Model


class PartnerKind(StrEnum):
    """What an office answers for."""

    COMMUNE = "commune"
    ROAD = "road"
    RAILWAY = "railway"
    HOUSING = "housing"
    NATURE = "nature"
    OTHER = "other"


class Partner(Model):
    """An office to which the police hand threats over. Its name is public: it is an office's and never a person's.

    Without groups it is for threats of every kind. Whoever was handed a threat once stays in its history: a partner is
    ended by a date and never removed. `valid_to` is the first day on which it is no longer offered.
    """

    __tablename__ = "partner"
    __table_args__ = (
        CheckConstraint("email <> '' OR address <> ''", "can_be_written_to"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", "validity_in_order"),
    )

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(32), unique=True)
    kind: Mapped[PartnerKind]
    name: Mapped[str] = mapped_column(String(160))
    email: Mapped[str] = mapped_column(String(254))
    address: Mapped[str] = mapped_column(String(300))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    areas: Mapped[list["PartnerArea"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="PartnerArea.area_code"
    )
    groups: Mapped[list["PartnerGroup"]] = relationship(lazy="selectin", cascade="all, delete-orphan")

    @property
    def area_codes(self) -> tuple[str, ...]:
        """The TERYT codes of the areas it serves: voivodeships, districts or communes."""
        return tuple(sorted(area.area_code for area in self.areas))

    @property
    def group_codes(self) -> tuple[str, ...]:
        """The groups of categories it is for; none means all."""
        return tuple(sorted(group.group_code for group in self.groups))

    def is_valid_on(self, day: date) -> bool:
        """Tell whether it is offered on a day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    def is_for(self, group_code: str) -> bool:
        """Tell whether it answers for a group of categories."""
        return not self.groups or group_code in self.group_codes


class PartnerArea(Model):
    """An area that a partner serves: two digits are a voivodeship, four a district, six a commune."""

    __tablename__ = "partner_area"

    partner_id: Mapped[int] = mapped_column(ForeignKey("partner.id"), primary_key=True)
    area_code: Mapped[str] = mapped_column(String(6), primary_key=True, index=True)


class PartnerGroup(Model):
    """A group of categories that a partner is for, such as road traffic."""

    __tablename__ = "partner_group"

    partner_id: Mapped[int] = mapped_column(ForeignKey("partner.id"), primary_key=True)
    group_code: Mapped[str] = mapped_column(ForeignKey("category_group.code"), primary_key=True)
